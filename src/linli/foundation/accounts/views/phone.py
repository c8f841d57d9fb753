"""Another number for one's own account: codes to the new and to the old one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.core.errors import InvalidInput, NotAllowed, Refusal

from ..forms import NewPhoneCodesForm, NewPhoneForm, form_refuse
from ..middleware import ActorRequest
from ..models import Account
from ..permissions import actor_of, actor_required
from ..rules import CodeAnswer
from ..services import code_send, code_try, phone_change
from .ways import pending_get, pending_keep, posted, secret_unwrap, secret_wrap

PENDING = "phone_change"


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def phone(request: ActorRequest) -> HttpResponse:
    """Take the new number, then both codes."""
    if actor_of(request).is_staff:
        raise NotAllowed(_("工作人员的手机号由单位管理员维护。"), hint=_("请联系本单位管理员更正。"))
    kept = {} if "again" in request.GET else pending_get(request, PENDING)
    form: Any = NewPhoneCodesForm(posted(request)) if kept else NewPhoneForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _codes_posted(request, kept, form) if kept else _number_posted(request, form)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        except Refusal as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
    context = {"form": form, "kept": kept, "has_gateway": settings.SHOW_CODES or bool(settings.SMS["url"])}
    return render(request, "accounts/phone.html", context, status=422 if form.errors else 200)


def _person(request: ActorRequest) -> Any:
    account = request.user
    if not isinstance(account, Account):
        raise NotAllowed()
    return account.person


def _number_posted(request: ActorRequest, form: NewPhoneForm) -> HttpResponse:
    actor, number = actor_of(request), form.cleaned_data["phone"]
    sent = code_send(actor=actor, phone=number, purpose="phone_new", address=request.address)
    old = code_send(actor=actor, phone=_person(request).phone, purpose="phone_old", address=request.address)
    pending_keep(
        request,
        PENDING,
        phone=secret_wrap(number),
        masked=sent.phone_masked,
        shown=sent.shown,
        masked_old=old.phone_masked,
        shown_old=old.shown,
    )
    return redirect("accounts:phone")


def _codes_posted(request: ActorRequest, kept: dict[str, Any], form: NewPhoneCodesForm) -> HttpResponse:
    actor, number = actor_of(request), secret_unwrap(kept["phone"])
    tries = {}
    for field, purpose, to in (
        ("code", "phone_new", number),
        ("code_old", "phone_old", _person(request).phone),
    ):
        tried = code_try(
            actor=actor,
            phone=to,
            code=form.cleaned_data[field],
            purpose=purpose,
            address=request.address,
        )
        if tried.answer != CodeAnswer.RIGHT:
            words = _("验证码不对或已失效，请核对；用完次数请重新开始。")
            raise InvalidInput(words, details={field: words})
        tries[field] = tried
    phone_change(actor=actor, phone=number, tried=tries["code"], tried_old=tries["code_old"])
    del request.session[PENDING]
    messages.success(request, _("手机号已更换，以后用新号码登录。"))
    return redirect("accounts:profile")
