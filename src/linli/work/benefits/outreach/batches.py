"""Reading lists without application: who is on one, masked, and for which policies one can be made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.places.selectors import division_names
from linli.registers.residents.rounding import Rounded, rounded
from linli.registers.residents.selectors import cards_of

from ..authoring.checked import kinds_known, text_read
from ..models import Batch, Lead, Policy
from ..running.force import in_force
from .permissions import can_see_funnel, can_see_leads
from .shown import amount_words, pays_of


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One line of a list: for whom (masked), where, how much."""

    lead: Lead
    who: str
    address: str
    amount: str


@dataclass(frozen=True, slots=True)
class BatchShown:
    """One list among others: where, how many."""

    batch: Batch
    area: str
    people: Rounded


def batches_shown(actor: Actor) -> Callable[[Sequence[Batch]], list[BatchShown]]:
    """Return what dresses lists for this actor (a fixed number of queries)."""

    def dress(found: Sequence[Batch]) -> list[BatchShown]:
        names = division_names({batch.area_path for batch in found})
        return [
            BatchShown(batch, names.get(batch.area_path, ""), people_shown(actor, batch)) for batch in found
        ]

    return dress


def batches_seen(actor: Actor, *, policy: str = "", state: str = "") -> QuerySet[Batch]:
    """Return the lists of the actor's areas, of a policy (a code), in a state; the latest first."""
    if not can_see_funnel(actor):
        raise NotAllowed(_("名单由居委会、街镇、区和市查看。"))
    rows: QuerySet[Batch] = Batch.objects.visible_to(actor)
    rows = rows.filter(policy__code=policy) if policy else rows
    rows = rows.filter(state=state) if state else rows
    return rows.select_related("policy", "proposed_by", "decided_by")


def batch_get(actor: Actor, public_id: UUID | str) -> Batch:
    """Return one list of the actor's areas, or raise ``NotFound``."""
    found = batches_seen(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这份名单。"))
    return found


def batch_leads(actor: Actor, batch: Batch) -> QuerySet[Lead]:
    """Return who is on a list, for those who go to people; nobody else reads any."""
    rows: QuerySet[Lead] = Lead.objects.visible_to(actor).filter(batch=batch)
    return rows.select_related("policy_version", "household__compound").order_by("area_path", "pk")


def batch_rows(actor: Actor, leads: Sequence[Lead]) -> list[BatchRow]:
    """Return lines for a page of leads (a fixed number of queries)."""
    homes = {lead.household_id: lead.household for lead in leads}
    cards = {card.household.pk: card for card in cards_of(actor, list(homes.values()))}
    rows, kinds = [], kinds_known()
    for lead in leads:
        card = cards[lead.household_id]
        names = {one.resident.pk: one.name for one in card.members}
        who = names.get(lead.resident_id, _("已不在这一户的人")) if lead.resident_id else _("全家")
        pays = pays_of(text_read(lead.policy_version.text, kinds))
        address = str(card.part or lead.household.compound or "")
        rows.append(BatchRow(lead, who, address, amount_words(lead.amount, pays)))
    return rows


def people_shown(actor: Actor, batch: Batch) -> Rounded:
    """Return how many are on a list: rounded, small numbers hidden, for who reads no rows."""
    return (Rounded if can_see_leads(actor) else rounded)(batch.people)


def policies_without_application(actor: Actor) -> list[Policy]:
    """Return the policies in force of the actor's areas and above that ask for no application."""
    seen = set(Policy.objects.visible_to(actor).values_list("pk", flat=True))
    found = (one for one in in_force(clock.today()).policies if one.says.is_automatic)
    return [one.policy for one in found if one.policy.pk in seen]
