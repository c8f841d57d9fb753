"""Reads of closing many at once: a street's limits, what was proposed, what may not be closed so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.errors import NotFound
from linli.foundation.duties.calendar import limit_due

from ..clocks import clocks, setting
from ..models import ClosingBatch, ClosingItem, ClosingRule, Matter
from ..permissions import can_verify_matter, handler_persons, handling_units, hides_reporter
from ..rules import street_of, verifier_refusal
from ..workflow import State


@dataclass(frozen=True, slots=True)
class ClosingLimits:
    """How many at once, and how many a unit a day."""

    at_once: int
    a_day: int


def closing_limits(area_path: str) -> ClosingLimits:
    """Return the limits that hold in an area: its street's own, else the settings."""
    found = ClosingRule.objects.filter(area_path=street_of(area_path)).first()
    if found is not None:
        return ClosingLimits(found.at_once, found.a_day)
    return ClosingLimits(setting("closing_at_once"), setting("closing_a_day"))


def closed_today(actor: Actor) -> int:
    """Return how many the actor's unit has put into proposals today that were not refused or taken back."""
    stand = (ClosingBatch.State.WAITING, ClosingBatch.State.APPROVED)
    batches = ClosingBatch.objects.filter(unit_id=actor.unit_id or 0, state__in=stand)
    today = batches.filter(proposed_at__gte=local_midnight(clock.today()))
    return ClosingItem.objects.filter(batch__in=today).count()


def closing_wrong(actor: Actor, matter: Matter) -> str:
    """Return why a matter cannot be put into a proposal, or nothing."""
    if matter.state != State.HANDLED:
        return _("状态是「%s」，只有待核查的可以批量办结") % State(matter.state).label
    if matter.is_emergency or hides_reporter(matter):
        return _("紧急的、对被反映方保密的，要逐件核查")
    if not can_verify_matter(actor, matter):
        return _("不归您核查")
    waiting = ClosingItem.objects.filter(matter=matter, batch__state=ClosingBatch.State.WAITING)
    if waiting.exists():
        return _("已在另一批里等待复核")
    return hand_in(actor, matter)


def hand_in(actor: Actor, matter: Matter) -> str:
    """Return why the actor may not verify a matter because of a hand in it, or nothing."""
    refusal = verifier_refusal(
        verifier_persons=actor.person_ids,
        verifier_unit=actor.unit_id,
        handler_persons=handler_persons(matter),
        handling_units=handling_units(matter),
    )
    return refusal or ""


def closing_list(actor: Actor) -> QuerySet[ClosingBatch]:
    """Return the proposals of the actor's areas, newest first, each with its counts."""
    rows = ClosingBatch.objects.visible_to(actor).select_related("unit", "proposed_by", "decided_by")
    closed = Q(items__outcome=ClosingItem.Outcome.CLOSED)
    return rows.annotate(total=Count("items"), closed=Count("items", filter=closed)).order_by(
        "-proposed_at", "-pk"
    )


def closing_get(actor: Actor, public_id: UUID) -> ClosingBatch:
    """Return a proposal of the actor's areas; hidden is ``NotFound``."""
    found = closing_list(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这一批。"))
    return found


def closing_items(actor: Actor, batch: ClosingBatch) -> list[ClosingItem]:
    """Return the matters of a proposal with their last result, those that the actor sees."""
    seen = Matter.objects.visible_to(actor).values("pk")
    rows = batch.items.filter(matter__in=seen).select_related("matter", "matter__category")
    return list(rows.prefetch_related("matter__assignments__unit"))


def undo_until(batch: ClosingBatch) -> datetime | None:
    """Return until when what a proposal closed may be taken back; ``None`` where nothing was closed."""
    if batch.state != ClosingBatch.State.APPROVED or batch.decided_at is None:
        return None
    return limit_due(batch.decided_at, clocks().clock("closing_undo").limit).at
