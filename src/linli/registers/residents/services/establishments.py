"""Establishments (实有单位): shops, firms, schools in the parts that they use."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.service import service
from linli.foundation.places.rules import name_keys

from ..checking import reason_checked
from ..entries import phone_read
from ..locking import establishment_locked, part_locked
from ..models import Establishment, Occupancy
from ..numbers import credit_code_read
from ..placing import place_of
from ..refusals import invalid
from .acts import Act
from .entering import occupancy_end
from .placing import establishment_place


def _fields(name: str, credit_code: str, kind: str, contact: str, phone: str) -> dict[str, Any]:
    plain = " ".join(name.split())
    limits = {"name": (plain, 120), "kind": (kind.strip(), 40), "contact": (contact.strip(), 50)}
    if not plain:
        raise invalid(name=_("请填写单位名称。"))
    for field, (text, limit) in limits.items():
        if len(text) > limit:
            raise invalid(**{field: _("不超过%d个字。") % limit})
    code = credit_code_read(credit_code) if credit_code.strip() else ""
    return {
        **{field: text for field, (text, _limit) in limits.items()},
        "credit_code": code,
        "phone": phone_read(phone),
        **name_keys(plain),
    }


def _code_free(code: str, but: int | None = None) -> None:
    if code and Establishment.objects.filter(credit_code=code).exclude(pk=but).exists():
        raise invalid(credit_code=_("这个统一社会信用代码已经登记过，请核对；同一单位请办迁址。"))


def _use(act: Act, establishment: Establishment, part: Any, from_on: date | None) -> None:
    act.add(
        Occupancy(
            part=part,
            establishment=establishment,
            from_on=from_on,
            source=act.source,
            recorded_at=act.at,
        )
    )


@service(idempotent=True)
def establishment_open(
    *,
    actor: Actor,
    part_id: str,
    name: str,
    credit_code: str = "",
    kind: str = "",
    contact: str = "",
    phone: str = "",
    from_on: date | None = None,
    reason: str = "",
) -> Establishment:
    """Register an establishment in the part it uses; ``from_on`` None: nobody knows since when."""
    part = part_locked(actor, part_id)
    fields = _fields(name, credit_code, kind, contact, phone)
    _code_free(fields["credit_code"])
    if part.occupancies.filter(to_on__isnull=True, establishment__name=fields["name"]).exists():
        raise invalid(name=_("这里已经登记了同名的单位。"))
    act = Act(actor, "establishment.open", on=from_on, reason=reason)
    establishment = act.add(
        Establishment(**fields, source=act.source, created_at=act.at, updated_at=act.at, **place_of(part))
    )
    _use(act, establishment, part, from_on)
    act.finish(establishment)
    return establishment


@service
def establishment_update(
    *,
    actor: Actor,
    establishment_id: str,
    version: int,
    name: str,
    credit_code: str = "",
    kind: str = "",
    contact: str = "",
    phone: str = "",
    reason: str = "",
) -> Establishment:
    """Correct what is known of an establishment."""
    establishment = establishment_locked(actor, establishment_id, version)
    fields = _fields(name, credit_code, kind, contact, phone)
    _code_free(fields["credit_code"], establishment.pk)
    act = Act(actor, "establishment.update", reason=reason)
    act.about(establishment)
    act.change(establishment, **fields)
    act.finish(establishment)
    return establishment


@service
def establishment_move(
    *,
    actor: Actor,
    establishment_id: str,
    version: int,
    part_id: str,
    on: date | None = None,
    is_further: bool = False,
    reason: str = "",
) -> Establishment:
    """Let an establishment use another part from a day on; ``is_further``: beside those it uses already."""
    establishment = establishment_locked(actor, establishment_id, version)
    part = part_locked(actor, part_id)
    act = Act(actor, "establishment.move", on=on, reason=reason)
    here = list(establishment.occupancies.filter(to_on__isnull=True).select_related("part"))
    if any(row.part_id == part.pk for row in here):
        raise invalid(part=_("这个单位已经登记在这里。"))
    for row in here if not is_further else []:
        occupancy_end(act=act, occupancy=row, on=act.on)
    _use(act, establishment, part, act.on)
    establishment_place(act=act, establishment=establishment)
    act.finish(establishment)
    return establishment


@service
def establishment_close(
    *,
    actor: Actor,
    establishment_id: str,
    version: int,
    on: date | None = None,
    reason: str,
) -> Establishment:
    """Register that an establishment is gone: it uses no part any more."""
    establishment = establishment_locked(actor, establishment_id, version)
    why = reason_checked(reason, is_required=True)
    act = Act(actor, "establishment.close", on=on, reason=why)
    for row in establishment.occupancies.filter(to_on__isnull=True).select_related("part"):
        occupancy_end(act=act, occupancy=row, on=act.on)
    act.change(establishment, closed_on=act.on)
    act.finish(establishment)
    return establishment
