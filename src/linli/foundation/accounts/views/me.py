"""我的账户: one's own name, password, stand-ins, data, and the way out."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotFound

from ..forms import DeputyForm, EraseForm, NameForm, OwnPasswordForm, form_refuse
from ..middleware import ActorRequest
from ..models import Account, Deputyship
from ..permissions import actor_of, actor_required, staff_required
from ..privacy import notice_current
from ..rules import phone_masked
from ..selectors import colleague_list, deputyship_list, own_role_list
from ..services import (
    account_erase,
    deputyship_end,
    deputyship_set,
    name_change,
    password_change,
)
from .ways import posted


def _base(request: ActorRequest) -> str:
    return "ui/desk.html" if actor_of(request).is_staff else "ui/portal.html"


def _account(request: ActorRequest) -> Account:
    account = request.user
    if not isinstance(account, Account):
        raise NotFound
    return account


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def profile(request: ActorRequest) -> HttpResponse:
    """Show what is known of the reader; residents say here how they want to be called."""
    account = _account(request)
    form = NameForm(posted(request), initial={"name": account.person.name})
    if request.method == "POST" and form.is_valid():
        try:
            name_change(actor=actor_of(request), name=form.cleaned_data["name"])
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("称呼已保存。"))
            return redirect("accounts:profile")
    context = {
        "base": _base(request),
        "form": form,
        "account": account,
        "phone": phone_masked(account.person.phone),
        "consent": account.person.consents.order_by("-agreed_at").first(),
        "notice": notice_current(),
        "roles": request.role_choices,
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def security(request: ActorRequest) -> HttpResponse:
    """Show how a staff account is protected, and change its password."""
    account = _account(request)
    form = OwnPasswordForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _own_password_change(request, account, form)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("密码已修改，其他设备上的登录已退出。"))
            return redirect("accounts:security")
    rows = {row.type: row for row in Authenticator.objects.filter(user=account)}
    context = {
        "form": form,
        "account": account,
        "totp": rows.get("totp"),
        "recovery": rows.get("recovery_codes"),
    }
    return render(request, "accounts/security.html", context, status=422 if form.errors else 200)


def _own_password_change(request: ActorRequest, account: Account, form: OwnPasswordForm) -> None:
    if not account.check_password(form.cleaned_data["current"]):
        words = _("现在的密码不对。")
        raise InvalidInput(words, details={"current": words})
    chosen = {name: form.cleaned_data[name] for name in ("password", "repeated")}
    password_change(actor=actor_of(request), account=account, **chosen)
    update_session_auth_hash(request, account)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def deputies(request: ActorRequest) -> HttpResponse:
    """Name a colleague who stands in during leave, and see who stands in for whom."""
    actor = actor_of(request)
    person = _account(request).person
    form = DeputyForm(
        posted(request),
        roles=own_role_list(person),
        colleagues=colleague_list(person, own_role_list(person)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            deputyship_set(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("代理已安排，到期自动结束。"))
            return redirect("accounts:deputies")
    context = {"form": form, "deputyships": deputyship_list(person)}
    return render(request, "accounts/deputies.html", context, status=422 if form.errors else 200)


@require_POST
@staff_required
def deputy_end(request: ActorRequest, number: int) -> HttpResponse:
    """End a deputyship before its last day."""
    deputyship = Deputyship.objects.select_related("role__unit").filter(pk=number).first()
    person = _account(request).person
    if deputyship is None or person.pk not in (deputyship.role.person_id, deputyship.deputy_id):
        raise NotFound
    deputyship_end(actor=actor_of(request), deputyship=deputyship)
    messages.success(request, _("代理已结束。"))
    return redirect("accounts:deputies")


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def erase(request: ActorRequest) -> HttpResponse:
    """Say what the end of an account means; carry it out once it is confirmed in writing."""
    form = EraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            account_erase(actor=actor_of(request), confirmation=form.cleaned_data["confirmation"])
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            logout(request)
            return redirect("accounts:erased")
    context = {"base": _base(request), "form": form}
    return render(request, "accounts/erase.html", context, status=422 if form.errors else 200)


@require_GET
def erased(request: ActorRequest) -> HttpResponse:
    """Confirm that an account has ended."""
    return render(request, "accounts/erased.html")
