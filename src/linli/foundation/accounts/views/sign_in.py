"""Residents come in by phone and one-time code; everybody goes out by one button."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotAllowed, TooMany

from ..forms import CodeForm, PhoneForm, form_refuse
from ..middleware import WAY, ActorRequest, session_begin
from ..permissions import actor_of
from ..privacy import notice_current
from ..services import code_send
from ..services.codes import SentCode
from ..sign_in import resident_sign_in_or_up
from .ways import next_address, pending_get, pending_keep, posted, secret_unwrap, secret_wrap

PENDING = "sign_in"


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """Leave the answer to the view: it has said in Chinese how long to wait."""
    return response


def _refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: TooMany) -> HttpResponse:
    response = render(request, template, context, status=refusal.status)
    response["Retry-After"] = str(refusal.details.get("retry_after", 60))
    return response


def _send(request: ActorRequest, phone: str) -> SentCode:
    sent: SentCode = code_send(
        actor=actor_of(request), phone=phone, purpose="sign_in", address=request.address
    )
    return sent


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: ActorRequest) -> HttpResponse:
    """Take the phone number and the consent, send a code."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if actor_of(request).is_signed_in:
        return redirect(next_address(request, wanted))
    notice = notice_current()
    form = PhoneForm(posted(request), initial={"privacy_version": notice.version, "next": wanted})
    context = {"form": form, "notice": notice, "next": wanted}
    if request.method == "POST" and form.is_valid():
        try:
            sent = _send(request, form.cleaned_data["phone"])
        except TooMany as refusal:
            form.add_error(None, refusal.message)
            return _refused(request, "accounts/sign_in.html", context, refusal)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            version = form.cleaned_data["privacy_version"]
            _keep(request, form.cleaned_data["phone"], sent, version, wanted)
            return redirect("accounts:sign_in_code")
    status = 422 if form.errors else 200
    return render(request, "accounts/sign_in.html", context, status=status)


def _keep(request: ActorRequest, phone: str, sent: SentCode, version: str, wanted: str) -> None:
    pending_keep(
        request,
        PENDING,
        phone=secret_wrap(phone),
        masked=sent.phone_masked,
        shown=sent.shown,
        version=version,
        next=wanted,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: ActorRequest) -> HttpResponse:
    """Take the code; a right one signs the resident in and leads back to where they were."""
    kept = pending_get(request, PENDING)
    if not kept:
        messages.warning(request, _("请重新填写手机号获取验证码。"))
        return redirect("accounts:sign_in")
    form = CodeForm(None if "resend" in request.POST else posted(request))
    context = {"form": form, "kept": kept, "has_gateway": settings.SHOW_CODES or bool(settings.SMS["url"])}
    if request.method == "POST":
        try:
            return _code_posted(request, form, kept)
        except TooMany as refusal:
            context["refused"] = refusal.message
            return _refused(request, "accounts/sign_in_code.html", context, refusal)
        except (InvalidInput, NotAllowed) as refusal:
            if isinstance(refusal, InvalidInput):
                form_refuse(form, refusal)
            else:
                form.add_error(None, refusal.message)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "accounts/sign_in_code.html", context, status=status)


def _code_posted(request: ActorRequest, form: CodeForm, kept: dict[str, Any]) -> HttpResponse:
    phone = secret_unwrap(kept["phone"])
    if not form.is_bound:
        sent = _send(request, phone)
        _keep(request, phone, sent, kept["version"], kept["next"])
        messages.success(request, _("新的验证码已发送。"))
        return redirect("accounts:sign_in_code")
    if not form.is_valid():
        raise InvalidInput(_("请填写验证码。"))
    account = resident_sign_in_or_up(
        actor=actor_of(request),
        phone=phone,
        code=form.cleaned_data["code"],
        privacy_version=kept["version"],
        address=request.address,
    )
    del request.session[PENDING]
    session_begin(request, account)
    messages.success(request, _("已登录。"))
    return redirect(next_address(request, kept["next"]))


@require_POST
def sign_out(request: ActorRequest) -> HttpResponse:
    """End the session and everything in it."""
    was_staff, way = actor_of(request).is_staff, request.session.get(WAY)
    logout(request)
    if way:
        return redirect("accounts:oidc_signed_out")
    messages.success(request, _("已退出登录。"))
    return redirect("accounts:staff_sign_in" if was_staff else settings.LOGIN_REDIRECT_URL)
