"""An administrator says who in the common sign-in is which staff member."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.errors import InvalidInput, NotFound

from ..middleware import ActorRequest
from ..models import Identity
from ..permissions import actor_of, administrator_required
from ..selectors import account_for_management
from ..services import identity_confirm as confirm_service
from ..services import identity_end as end_service
from ..services import identity_link


def _identity(request: ActorRequest, public_id: str, identity_id: str) -> Identity:
    account = account_for_management(actor_of(request), public_id)
    found = account.identities.filter(public_id=identity_id).select_related("account").first()
    if found is None:
        raise NotFound(_("没有找到这个统一认证身份。"))
    return found


@require_POST
@administrator_required
def identity_new(request: ActorRequest, public_id: str) -> HttpResponse:
    """Enter a subject by hand."""
    account = account_for_management(actor_of(request), public_id)
    try:
        identity_link(actor=actor_of(request), account=account, subject=request.POST.get("subject", ""))
    except InvalidInput as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已关联，本人可以用统一认证登录。"))
    return redirect("accounts:staff_detail", public_id)


@require_POST
@administrator_required
def confirm(request: ActorRequest, public_id: str, identity_id: str) -> HttpResponse:
    """Confirm a claim."""
    confirm_service(actor=actor_of(request), identity=_identity(request, public_id, identity_id))
    messages.success(request, _("已确认，本人可以用统一认证登录。"))
    return redirect("accounts:staff_detail", public_id)


@require_POST
@administrator_required
def end(request: ActorRequest, public_id: str, identity_id: str) -> HttpResponse:
    """Refuse a claim or unlink."""
    end_service(actor=actor_of(request), identity=_identity(request, public_id, identity_id))
    messages.success(request, _("已解除，统一认证不能再登录这个账号。"))
    return redirect("accounts:staff_detail", public_id)
