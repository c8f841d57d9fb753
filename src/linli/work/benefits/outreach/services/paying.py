"""Handing an approved list to the office that pays: names and numbers opened, each look recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import record, service
from linli.registers.residents.models import AccountLink, Resident
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.selectors import HouseholdPeople, cards_of

from ...models import Batch, Lead
from ..permissions import can_pay_batch

LONGEST = 200
OPENED = ["name_sealed", "number_sealed"]


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid for one lead: the person, or the head of the household that it is for."""

    lead: Lead
    name: str
    number: str
    address: str


@service
def batch_pay(*, actor: Actor, batch_id: UUID | str, reason: str) -> list[Payee]:
    """Open names and numbers of those on an approved list, for a reason that each of them reads."""
    batch = Batch.objects.visible_to(actor).select_related("policy").filter(public_id=batch_id).first()
    if batch is None:
        raise NotFound(_("没有找到这份名单。"))
    if not can_pay_batch(actor, batch):
        raise NotAllowed(_("发放名单由街镇导出。"))
    if batch.state != Batch.State.APPROVED:
        raise Conflict(_("只有核准过的名单才能导出发放。"), hint=_("请先由另一人核准。"))
    why = reason.strip()
    if not why or len(why) > LONGEST:
        raise InvalidInput(
            _("请写明交给谁、用来做什么，最多200个字。"), details={"reason": _("请写明交给谁、用来做什么。")}
        )
    leads = list(batch.leads.select_related("resident", "household__compound").order_by("area_path", "pk"))
    homes = {card.household.pk: card for card in cards_of(actor, [lead.household for lead in leads])}
    payees = [(lead, _paid(lead, homes[lead.household_id])) for lead in leads]
    _recorded((who for _lead, who in payees if who), why)
    record("batch.pay", batch, purpose=f"{len(leads)}人；{why}"[:LONGEST])
    return [_payee(lead, who, homes) for lead, who in payees]


def _paid(lead: Lead, home: HouseholdPeople) -> Resident | None:
    if lead.resident is not None:
        return lead.resident
    return home.head.resident if home.head else None


def _payee(lead: Lead, who: Resident | None, homes: Mapping[int, HouseholdPeople]) -> Payee:
    name, number = (sealed_get(who, "name"), sealed_get(who, "number")) if who else ("", "")
    address = str(homes[lead.household_id].part or lead.household.compound or "")
    return Payee(lead, name, number, address)


def _recorded(people: Iterable[Resident], why: str) -> None:
    found = {one.pk: one for one in people}
    links = AccountLink.objects.filter(resident__in=found, state=AccountLink.State.STANDING)
    accounts = dict(links.values_list("resident_id", "person_id"))
    for pk, one in found.items():
        record("batch.pay", one, purpose=why, looked_at=OPENED, about_id=accounts.get(pk))
