"""人员与岗位: the staff of an administrator's units."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotFound
from linli.foundation.lists.opening import opens_as_left
from linli.foundation.places.models import Division

from ..forms import (
    DeputyForm,
    HandoverForm,
    RoleForm,
    StaffDetailsForm,
    StaffFilterForm,
    StaffForm,
    form_refuse,
)
from ..middleware import ActorRequest
from ..models import Account, Role, Unit
from ..oidc import is_offered
from ..permissions import actor_of, administrator_required, can_end_role, can_manage_account, can_manage_unit
from ..rules import functions_of_unit, phone_masked
from ..selectors import (
    account_for_management,
    account_list,
    area_choices,
    colleague_list,
    deputyship_list,
    duty_count,
    identities_waiting,
    identity_list,
    own_role_list,
    role_history,
    roles_by_person,
    unit_for_management,
    unit_scope,
)
from ..services import (
    account_create_staff,
    account_reset,
    account_state_set,
    account_update,
    deputyship_end,
    deputyship_set,
    handover_all,
    role_end,
    role_grant,
)
from .ways import posted

PAGE = 25


@require_GET
@administrator_required
@opens_as_left("staff")
def staff_list(request: ActorRequest) -> HttpResponse:
    """List the staff of one's units."""
    actor = actor_of(request)
    units = unit_scope(actor).order_by("function", "pinyin", "name")
    filters = StaffFilterForm(request.GET or None, units=units)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    found = account_list(
        actor, words=chosen.get("q", ""), unit=chosen.get("unit"), state=chosen.get("state", "")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    roles = roles_by_person(page.object_list)
    rows = [(account, roles.get(account.person_id, [])) for account in page.object_list]
    context = {"filters": filters, "page": page, "rows": rows, "is_filtered": any(chosen.values())}
    context["waiting"] = identities_waiting(actor)
    return render(request, "accounts/staff_list.html", context)


def _areas_of(unit: Unit) -> Any:
    paths = [place.path for place in area_choices(unit.area_paths)]
    return Division.objects.filter(path__in=paths).order_by("path")


def _role_form(form: type[RoleForm], request: ActorRequest, unit: Unit, is_posted: bool) -> Any:
    return form(
        request.POST if is_posted else None,
        initial={"function": unit.function},
        functions=functions_of_unit(unit.function),
        areas=_areas_of(unit),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def staff_new(request: ActorRequest) -> HttpResponse:
    """Choose the unit, then name the person; the temporary password is shown once."""
    actor = actor_of(request)
    units = unit_scope(actor).filter(closed_on__isnull=True).order_by("function", "pinyin", "name")
    wanted = request.POST.get("unit") or request.GET.get("unit", "")
    unit = unit_for_management(actor, wanted) if wanted else units.first() if units.count() == 1 else None
    if unit is None:
        return render(request, "accounts/staff_new_unit.html", {"units": units})
    form = _role_form(StaffForm, request, unit, request.method == "POST")
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        chosen.pop("valid_to")
        try:
            made = account_create_staff(actor=actor, unit=unit, **chosen)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            return _password_page(request, made.account, made.password, is_new=True)
    context = {"form": form, "unit": unit}
    return render(request, "accounts/staff_new.html", context, status=422 if form.errors else 200)


def _password_page(request: ActorRequest, account: Account, password: str, *, is_new: bool) -> HttpResponse:
    context = {"account": account, "password": password, "is_new": is_new}
    return render(request, "accounts/password_once.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def staff_detail(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show one staff member: roles, deputies, state; correct name and e-mail."""
    actor, account = actor_of(request), account_for_management(actor_of(request), public_id)
    details = {"name": account.person.name, "email": account.email}
    form = StaffDetailsForm(posted(request), initial=details)
    if request.method == "POST" and form.is_valid():
        account_update(actor=actor, account=account, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("accounts:staff_detail", public_id)
    roles = list(own_role_list(account.person))
    context = {
        "account": account,
        "form": form,
        "phone": phone_masked(account.person.phone),
        "roles": [(role, can_end_role(actor, role)) for role in roles],
        "former": [role for role in role_history(account.person) if role not in roles],
        "deputyships": deputyship_list(account.person),
        "can_manage": can_manage_account(actor, account),
        "is_self": account.pk == actor.account_id,
        "oidc_name": settings.OIDC_NAME if is_offered() else "",
        "identities": identity_list(account),
        "units": [u for u in unit_scope(actor).filter(closed_on__isnull=True) if can_manage_unit(actor, u)][
            :50
        ],
    }
    return render(request, "accounts/staff_detail.html", context, status=422 if form.errors else 200)


@require_POST
@administrator_required
def staff_reset(request: ActorRequest, public_id: str) -> HttpResponse:
    """Give a temporary password, shown once on the page that answers."""
    account = account_for_management(actor_of(request), public_id)
    password = account_reset(actor=actor_of(request), account=account)
    return _password_page(request, account, password, is_new=False)


@require_POST
@administrator_required
def staff_state(request: ActorRequest, public_id: str) -> HttpResponse:
    """Stop an account, or let it sign in again."""
    account = account_for_management(actor_of(request), public_id)
    is_active = request.POST.get("active") == "1"
    account_state_set(actor=actor_of(request), account=account, is_active=is_active)
    messages.success(request, _("账号已启用。") if is_active else _("账号已停用，正在使用的页面会立即退出。"))
    return redirect("accounts:staff_detail", public_id)


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def staff_role_new(request: ActorRequest, public_id: str) -> HttpResponse:
    """Grant one more role."""
    actor, account = actor_of(request), account_for_management(actor_of(request), public_id)
    unit = unit_for_management(actor, request.POST.get("unit") or request.GET.get("unit", ""))
    form = _role_form(RoleForm, request, unit, request.method == "POST")
    if request.method == "POST" and form.is_valid():
        try:
            role_grant(actor=actor, person=account.person, unit=unit, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("岗位已授予，对方下一次打开页面即可使用。"))
            return redirect("accounts:staff_detail", public_id)
    context = {"form": form, "unit": unit, "account": account}
    return render(request, "accounts/staff_role_new.html", context, status=422 if form.errors else 200)


@require_POST
@administrator_required
def staff_role_end(request: ActorRequest, public_id: str, role_id: str) -> HttpResponse:
    """End a role at once."""
    account = account_for_management(actor_of(request), public_id)
    role = Role.objects.filter(person=account.person, public_id=role_id).select_related("unit").first()
    if role is None:
        raise NotFound
    role_end(actor=actor_of(request), role=role)
    messages.success(request, _("岗位已结束，立即生效。"))
    return redirect("accounts:staff_detail", public_id)


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def staff_deputy(request: ActorRequest, public_id: str) -> HttpResponse:
    """Arrange who stands in while somebody is on leave, or end it (field ``end``)."""
    actor, account = actor_of(request), account_for_management(actor_of(request), public_id)
    roles = own_role_list(account.person)
    if request.POST.get("end", "").isdigit():
        return _deputy_end(request, account, int(request.POST["end"]))
    form = DeputyForm(posted(request), roles=roles, colleagues=colleague_list(account.person, roles))
    if request.method == "POST" and form.is_valid():
        try:
            deputyship_set(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("代理已安排，到期自动结束。"))
            return redirect("accounts:staff_detail", public_id)
    context = {"form": form, "account": account}
    return render(request, "accounts/staff_deputy.html", context, status=422 if form.errors else 200)


def _deputy_end(request: ActorRequest, account: Account, number: int) -> HttpResponse:
    deputyship = next((row for row in deputyship_list(account.person) if row.pk == number), None)
    if deputyship is None:
        raise NotFound
    deputyship_end(actor=actor_of(request), deputyship=deputyship)
    messages.success(request, _("代理已结束。"))
    return redirect("accounts:staff_detail", account.public_id)


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def staff_handover(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show what is still open, then hand it all to a successor and end every role."""
    actor, account = actor_of(request), account_for_management(actor_of(request), public_id)
    roles = list(own_role_list(account.person))
    form = HandoverForm(posted(request), colleagues=colleague_list(account.person, roles))
    if request.method == "POST" and form.is_valid():
        try:
            moved = handover_all(actor=actor, person=account.person, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            words = _("移交完成：%(duties)d件待办已转给接手人，%(roles)d个岗位已结束。")
            messages.success(request, words % {"duties": moved.duties, "roles": moved.roles})
            return redirect("accounts:staff_detail", public_id)
    context = {
        "form": form,
        "account": account,
        "roles": roles,
        "duties": duty_count(account.person),
        "standing_in": [row for row in deputyship_list(account.person) if row.deputy_id == account.person_id],
    }
    return render(request, "accounts/staff_handover.html", context, status=422 if form.errors else 200)
