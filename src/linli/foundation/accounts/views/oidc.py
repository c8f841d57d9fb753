"""Coming in by the common sign-in: out to the provider, back again, and what is said on the way."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from linli.core.errors import NotFound, Refusal

from ..middleware import ActorRequest
from ..models import Account, Identity
from ..oidc import Claims, SignInRefused, is_offered, sign_in_begin, sign_in_end, sign_out_address
from ..permissions import actor_of
from ..selectors import account_named, identity_of
from ..services import identity_claim
from .staff_sign_in import DESK, OIDC
from .staff_sign_in import PENDING as STEPS
from .ways import next_address, pending_get, pending_keep, secret_unwrap, secret_wrap

PENDING = "oidc_sign_in"


@never_cache
@require_GET
def oidc_start(request: ActorRequest) -> HttpResponse:
    """Send the browser to the provider; what must come back is kept in the session."""
    if not is_offered():
        raise NotFound(_("本系统没有接入统一身份认证。"), hint=_("请用工作账号登录。"))
    wanted = request.GET.get("next", "")
    if actor_of(request).is_staff:
        return redirect(next_address(request, wanted, DESK))
    begun = sign_in_begin()
    kept = {"state": begun.state, "nonce": begun.nonce, "verifier": secret_wrap(begun.verifier)}
    pending_keep(request, PENDING, next=wanted, **kept)
    return redirect(begun.url)


@never_cache
@require_GET
def oidc_return(request: ActorRequest) -> HttpResponse:
    """Take what the browser brings back, once; whoever is linked goes on to the remaining steps."""
    kept = pending_get(request, PENDING)
    request.session.pop(PENDING, None)
    if not kept or not is_offered():
        raise SignInRefused(_("登录已超时，或不是从这里开始的。"))
    claims = sign_in_end(
        request.GET.dict(),
        state=kept["state"],
        nonce=kept["nonce"],
        verifier=secret_unwrap(kept["verifier"]),
    )
    identity = identity_of(claims.issuer, claims.subject) or _claimed(request, claims)
    if identity is None or identity.confirmed_at is None:
        return _not_yet(request, identity)
    if not identity.account.is_active or identity.account.kind != Account.Kind.STAFF:
        raise SignInRefused(_("这个账号已停用。"), hint=_("请联系本单位管理员。"))
    request.session.cycle_key()
    passed = claims.has_second_factor
    pending_keep(request, STEPS, account=identity.account_id, next=kept["next"], code_passed=passed, way=OIDC)
    return redirect("accounts:staff_sign_in_step")


def _claimed(request: ActorRequest, claims: Claims) -> Identity | None:
    """Note who says to be one of our accounts; nobody where no account has that name, or it is taken."""
    account = account_named(claims.username)
    if account is None:
        return None
    try:
        made: Identity = identity_claim(actor=actor_of(request), account=account, claims=claims)
    except Refusal:  # stopped, or linked to somebody else: as if there were none
        return None
    return made


def _not_yet(request: ActorRequest, identity: Identity | None) -> HttpResponse:
    context = {"is_waiting": identity is not None, "name": settings.OIDC_NAME}
    return render(request, "accounts/oidc_not_yet.html", context, status=403)


@never_cache
@require_GET
def oidc_signed_out(request: ActorRequest) -> HttpResponse:
    """Say that our session has ended, and offer to end the provider's too."""
    try:
        address = sign_out_address() if is_offered() else ""
    except Refusal:  # the provider does not answer: ours has ended all the same
        address = ""
    return render(request, "accounts/oidc_signed_out.html", {"address": address, "name": settings.OIDC_NAME})
