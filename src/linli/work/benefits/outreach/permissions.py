"""Who hands found people out, who goes to them, who approves what needs no application."""

from __future__ import annotations

from linli.core.actor import GOVERNING, Actor, Function
from linli.foundation.places.models.grids import reaches

from ..models import Batch, Lead, Outreach, Wave
from ..models.leads import RELEASING, VISITING

DEALING = frozenset({Function.COMMITTEE, Function.STREET})


def can_see_leads(actor: Actor) -> bool:
    """Those who go to people read who was found, in their areas."""
    return actor.function in VISITING


def can_see_funnel(actor: Actor) -> bool:
    """Whoever governs reads how many were found, told and granted."""
    return actor.function in GOVERNING or actor.function == Function.SYSTEM


def can_take_leads(actor: Actor) -> bool:
    """The machine that compares runs: it recommends, people decide."""
    return actor.function == Function.SYSTEM


def can_release_wave(actor: Actor, area_path: str) -> bool:
    """Street, district and city, each in their areas."""
    return actor.function in RELEASING and actor.covers(area_path)


def can_change_wave(actor: Actor, wave: Wave) -> bool:
    """Whoever could release it: pausing, going on, ending."""
    return can_release_wave(actor, wave.area_path)


def can_deal(actor: Actor) -> bool:
    """The nightly job hands out what the waves allow."""
    return actor.function == Function.SYSTEM


def can_work_outreach(actor: Actor, outreach: Outreach) -> bool:
    """Those who go to people, in their areas (who is named has it as a duty; a colleague may step in)."""
    return actor.function in VISITING and reaches(actor, outreach.area_path)


def can_assign_outreach(actor: Actor, outreach: Outreach) -> bool:
    """Committee and street say who of them goes."""
    return actor.function in DEALING and actor.covers(outreach.area_path)


def can_settle_lead(actor: Actor, lead: Lead) -> bool:
    """Those who go to people, in their areas."""
    return actor.function in VISITING and reaches(actor, lead.area_path)


def can_propose_batch(actor: Actor, area_path: str) -> bool:
    """The street puts the list together."""
    return actor.function == Function.STREET and actor.covers(area_path)


def can_decide_batch(actor: Actor, batch: Batch) -> bool:
    """Another person of the street, never the one who put it together."""
    is_other = batch.proposed_by_id not in actor.person_ids
    return actor.function == Function.STREET and actor.covers(batch.area_path) and is_other


def can_pay_batch(actor: Actor, batch: Batch) -> bool:
    """The street hands the names on an approved list to the office that pays."""
    return actor.function == Function.STREET and actor.covers(batch.area_path)
