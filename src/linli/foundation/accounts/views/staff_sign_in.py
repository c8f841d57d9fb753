"""Staff come in by user name, password and authenticator, one step after the other."""

import base64
import secrets
from typing import Any

import segno
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.core.errors import InvalidInput, Refusal, TooMany

from ..forms import CodeForm, NewPasswordForm, SecondFactorForm, StaffSignInForm, form_refuse
from ..middleware import WAY, ActorRequest, session_begin
from ..models import Account
from ..oidc import is_offered
from ..permissions import actor_of
from ..rules import SignInStep, sign_in_step
from ..selectors import actor_half_in
from ..services import (
    code_send,
    link_prove,
    password_change,
    staff_enter,
    totp_enrol,
    totp_try,
)
from ..sign_in import code_verify
from .ways import next_address, pending_get, pending_keep, posted, secret_unwrap, secret_wrap

PENDING = "staff_sign_in"
CODES = "recovery_codes"
OIDC = "oidc"
DESK = "/desk/"


@never_cache
@require_http_methods(["GET", "POST"])
def staff_sign_in(request: ActorRequest) -> HttpResponse:
    """Take user name and password; what else is needed follows step by step."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if actor_of(request).is_staff:
        return redirect(next_address(request, wanted, DESK))
    form = StaffSignInForm(posted(request), initial={"next": wanted})
    status = 200
    if request.method == "POST" and form.is_valid():
        account = _authenticated(request, form)
        if account is not None:
            request.session.cycle_key()
            pending_keep(request, PENDING, account=account.pk, next=wanted, code_passed=False)
            return redirect("accounts:staff_sign_in_step")
    if form.errors:
        status = 429 if getattr(request, "axes_locked_out", False) else 422
    context = {"form": form, "next": wanted, "oidc_name": settings.OIDC_NAME if is_offered() else ""}
    return render(request, "accounts/staff_sign_in.html", context, status=status)


def _authenticated(request: ActorRequest, form: StaffSignInForm) -> Account | None:
    username = form.cleaned_data["username"].strip().lower()
    account = authenticate(request, username=username, password=form.cleaned_data["password"])
    if getattr(request, "axes_locked_out", False):
        form.add_error(None, _("连续输错次数太多，请15分钟后再试，或请单位管理员重置密码。"))
        return None
    if not isinstance(account, Account) or account.kind != Account.Kind.STAFF:
        form.add_error(None, _("用户名或密码不对。忘记密码请联系本单位管理员重置。"))
        return None
    return account


def _step_of(account: Account, kept: dict[str, Any]) -> SignInStep:
    """Return what is left to do; who comes by the common sign-in needs no password of ours."""
    is_common = kept.get("way") == OIDC
    return sign_in_step(
        has_totp=Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists(),
        code_passed=kept["code_passed"],
        must_prove_phone=account.must_prove_phone,
        must_change_password=account.must_change_password and not is_common,
        needs_totp=not settings.DEMO and not (is_common and kept["code_passed"]),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def staff_sign_in_step(request: ActorRequest) -> HttpResponse:
    """Show and take the next step; when none is left, the person is in."""
    kept = pending_get(request, PENDING)
    account = Account.objects.filter(pk=kept.get("account", 0), is_active=True).first()
    if account is None:
        messages.warning(request, _("登录已超时，请重新填写用户名和密码。"))
        return redirect("accounts:staff_sign_in")
    step = _step_of(account, kept)
    if step == SignInStep.DONE:
        return _enter(request, account, kept)
    form = FORMS[step](request.POST if request.method == "POST" and "send" not in request.POST else None)
    refusal: Refusal | None = None
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            TAKEN[step](request, account, kept, form)
            return redirect("accounts:staff_sign_in_step")
        except InvalidInput as error:
            form_refuse(form, error)
        except Refusal as error:
            refusal = error
    context = {"form": form, "step": step, "refused": refusal, **_shown(request, account, kept, step)}
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, f"accounts/step_{step.value}.html", context, status=status)


def _enter(request: ActorRequest, account: Account, kept: dict[str, Any]) -> HttpResponse:
    codes = request.session.get(CODES)
    del request.session[PENDING]
    staff_enter(actor=actor_half_in(account), account=account)
    session_begin(request, account)
    if kept.get("way") == OIDC:
        request.session[WAY] = OIDC
    if not codes:
        return redirect(next_address(request, kept["next"], DESK))
    del request.session[CODES]
    context = {
        "codes": [secret_unwrap(code) for code in codes],
        "next": next_address(request, kept["next"], DESK),
    }
    return render(request, "accounts/recovery_codes.html", context)


def _take_code(request: ActorRequest, account: Account, kept: dict[str, Any], form: forms.Form) -> None:
    if not totp_try(actor=actor_half_in(account), account=account, code=form.cleaned_data["code"]):
        words = _("动态码不对或已用过。请等验证器换出新的6位数字再试，或使用一个备用码。")
        raise InvalidInput(words, details={"code": words})
    request.session[PENDING] = {**kept, "code_passed": True}


def _take_phone(request: ActorRequest, account: Account, kept: dict[str, Any], form: forms.Form) -> None:
    actor, phone = actor_half_in(account), account.person.phone
    if not form.is_bound:
        sent = code_send(actor=actor, phone=phone, purpose="link", address=request.address)
        request.session[PENDING] = {**kept, "masked": sent.phone_masked, "shown": sent.shown}
        return
    tried = code_verify(
        actor=actor, phone=phone, code=form.cleaned_data["code"], purpose="link", address=request.address
    )
    link_prove(actor=actor, account=account, tried=tried)


def _take_password(request: ActorRequest, account: Account, kept: dict[str, Any], form: forms.Form) -> None:
    password_change(actor=actor_half_in(account), account=account, **form.cleaned_data)


def _take_enrol(request: ActorRequest, account: Account, kept: dict[str, Any], form: forms.Form) -> None:
    if "secret" not in kept:
        raise TooMany(_("请先扫描二维码，再填写动态码。"))
    codes = totp_enrol(
        actor=actor_half_in(account),
        account=account,
        secret=secret_unwrap(kept["secret"]),
        code=form.cleaned_data["code"],
    )
    request.session[CODES] = [secret_wrap(code) for code in codes]
    request.session[PENDING] = {**kept, "code_passed": True}


def _shown(request: ActorRequest, account: Account, kept: dict[str, Any], step: SignInStep) -> dict[str, Any]:
    if step == SignInStep.PHONE:
        return {"kept": kept}
    if step != SignInStep.ENROL:
        return {}
    if "secret" not in kept:
        fresh = base64.b32encode(secrets.token_bytes(20)).decode()
        kept = {**kept, "secret": secret_wrap(fresh)}
        request.session[PENDING] = kept
    secret = secret_unwrap(kept["secret"])
    label = f"otpauth://totp/Linli:{account.username}?secret={secret}&issuer=Linli"
    return {"secret": secret, "qr": segno.make(label, error="m").svg_data_uri(scale=5, light="white")}


FORMS: dict[SignInStep, type[forms.Form]] = {
    SignInStep.CODE: SecondFactorForm,
    SignInStep.PHONE: CodeForm,
    SignInStep.PASSWORD: NewPasswordForm,
    SignInStep.ENROL: CodeForm,
}
TAKEN = {
    SignInStep.CODE: _take_code,
    SignInStep.PHONE: _take_phone,
    SignInStep.PASSWORD: _take_password,
    SignInStep.ENROL: _take_enrol,
}
