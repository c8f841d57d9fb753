"""The list of staff as a file: what the page shows, no telephone numbers."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from .forms import StaffFilterForm
from .models import Account
from .permissions import can_administer
from .selectors import account_list, roles_by_person, unit_scope


def _staff(actor: Actor, query: QueryDict) -> Chosen:
    if not can_administer(actor):
        raise NotAllowed(_now("只有单位管理员可以管理人员和单位。"), hint=_now("请联系本单位的管理员办理。"))
    form = StaffFilterForm(query, units=unit_scope(actor))
    chosen = form.cleaned_data if form.is_valid() else {}
    found = account_list(
        actor, words=chosen.get("q", ""), unit=chosen.get("unit"), state=chosen.get("state", "")
    )
    return Chosen(found, form_conditions(form), _with_roles)


def _with_roles(rows: list[Account]) -> list[tuple[Account, list[Any]]]:
    roles = roles_by_person(rows)
    return [(account, roles.get(account.person_id, [])) for account in rows]


def _state(row: tuple[Account, list[Any]]) -> str:
    account, roles = row
    if not account.is_active:
        return _now("已停用")
    return _now("在岗") if roles else _now("已离岗")


def _roles(row: tuple[Account, list[Any]]) -> str:
    return "；".join(f"{role}{_now('（管理员）') if role.is_unit_admin else ''}" for role in row[1])


listing_add(
    Listing(
        "staff",
        _("人员与岗位"),
        (
            Column(_("姓名"), lambda row: row[0].person.name, width=12),
            Column(_("用户名"), lambda row: row[0].username, width=16),
            Column(_("岗位"), _roles, width=30),
            Column(_("单位"), lambda row: "；".join(str(role.unit or "") for role in row[1]), width=30),
            Column(_("状态"), _state, width=8),
            Column(_("最近登录"), lambda row: row[0].signed_in_at, Kind.INSTANT, 17),
        ),
        _staff,
        page="accounts:staff_list",
    )
)
