"""保存期限: the rules, what is due, what went, what must stay."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.core import clock, retention
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required

from .forms import HoldForm
from .permissions import can_hold, can_see_retention
from .selectors import hold_list, next_run, retention_lines, tombstone_find
from .services import hold_lift, hold_place


@require_http_methods(["GET", "POST"])
@staff_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show the rules and the holds; place a hold; look up what became of a record."""
    actor = actor_of(request)
    if not can_see_retention(actor):
        raise NotAllowed(_("保存期限由属地、监督和运维人员查看。"))
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hold_place(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        except Conflict as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("已暂缓删除，到期也不会清理，直到解除。"))
            return redirect("retention:overview")
    asked = request.GET.get("id", "").strip()[:80]
    context = {
        "lines": retention_lines(),
        "next": next_run(clock.now()),
        "form": form,
        "may_hold": can_hold(actor),
        "holds": hold_list(),
        "labels": {rule.kind: rule.label for rule in retention.rules()},
        "asked": asked,
        "found": tombstone_find(asked) if asked else [],
    }
    return render(request, "retention/overview.html", context, status=422 if form.errors else 200)


@require_POST
@staff_required
def lift(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Lift a hold."""
    hold_lift(actor=actor_of(request), hold_id=str(hold_id))
    messages.success(request, _("已解除，按保存期限处理。"))
    return redirect("retention:overview")
