"""Care as those see it who give it, and as counts for those who govern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.accounts.selectors import person_names

from ..ages import age_on
from ..holding import holds_on
from ..masking import name_masked
from ..models import CareEntry, Membership, Occupancy
from ..rounding import Rounded, rounded
from ..sealing import sealed_get
from .permissions import can_decide_care
from .rules import CareGroup, care_group, care_rules, reason_words

State = CareEntry.State
TABS = ("proposed", "confirmed", "expiring", "refused", "ended")


def care_list(actor: Actor, *, state: str = "proposed", group: str = "") -> QuerySet[CareEntry]:
    """Return the entries of the actor's unit: to be decided, running, soon over, refused, ended."""
    rows = CareEntry.objects.visible_to(actor)
    if group:
        rows = rows.filter(group=group)
    if state == "expiring":
        soon = clock.today() + timedelta(days=care_rules().remind_days)
        rows = rows.filter(state=State.CONFIRMED, expires_on__lte=soon)
    else:
        rows = rows.filter(state=state if state in State.values else State.PROPOSED)
    order = {"confirmed": "expires_on", "expiring": "expires_on", "proposed": "-proposed_at"}
    found: QuerySet[CareEntry] = rows.order_by(order.get(state, "-decided_at"), "pk")
    return found


def care_numbers(actor: Actor, group: str = "") -> dict[str, int]:
    """Return tab → how many entries."""
    return {tab: care_list(actor, state=tab, group=group).count() for tab in TABS}


@dataclass(frozen=True, slots=True)
class CareRow:
    """One entry as a list shows it; ``name`` is masked unless it was opened."""

    entry: CareEntry
    group: CareGroup | None
    name: str
    age: int | None
    address: str
    reasons: tuple[str, ...]
    decider: str
    may_decide: bool

    @property
    def label(self) -> str:
        """What the group is called."""
        return self.group.label if self.group else self.entry.group


def care_rows(actor: Actor, entries: Sequence[CareEntry], *, is_open: bool = False) -> list[CareRow]:
    """Dress entries for a list (masked), or for a printed round (``is_open``, after ``care_print``)."""
    day = clock.today()
    where = addresses([entry.resident_id for entry in entries], day)
    names = person_names(entry.decided_by_id for entry in entries)
    return [_row(actor, entry, is_open, day, where, names) for entry in entries]


def _row(
    actor: Actor, entry: CareEntry, is_open: bool, day: date, where: dict[int, str], names: dict[int, str]
) -> CareRow:
    name = sealed_get(entry.resident, "name")
    return CareRow(
        entry=entry,
        group=care_group(entry.group),
        name=name if is_open else name_masked(name),
        age=age_on(entry.resident.birth_month, day),
        address=where.get(entry.resident_id, ""),
        reasons=tuple(reason_words(code) for code in entry.reasons),
        decider=names.get(entry.decided_by_id or 0, ""),
        may_decide=can_decide_care(actor, entry),
    )


def addresses(ids: Sequence[int], on: date) -> dict[int, str]:
    """Return resident id → the dwelling in words, of those who live in one."""
    living = Membership.objects.filter(holds_on(on), resident__in=ids, presence=Membership.Presence.LIVING)
    home_of = dict(living.values_list("resident_id", "household_id"))
    occupied = Occupancy.objects.filter(holds_on(on), household__in=set(home_of.values()))
    related = occupied.select_related("part__stair__building__compound", "part__building__compound")
    part_of = {row.household_id: str(row.part) for row in related}
    return {resident: part_of[home] for resident, home in home_of.items() if home in part_of}


@dataclass(frozen=True, slots=True)
class CareCount:
    """How many people of one group, as those see it who see no names; small numbers are hidden."""

    label: str
    service: str
    confirmed: Rounded
    proposed: Rounded


def care_counts(actor: Actor) -> list[CareCount]:
    """Return the numbers of each group in the actor's areas, rounded as all figures about people are."""
    rows = CareEntry.objects.countable_by(actor).filter(state__in=(State.PROPOSED, State.CONFIRMED))
    counted = rows.order_by().values("group", "state").annotate(n=Count("pk"))
    numbers = {(row["group"], row["state"]): row["n"] for row in counted}
    return [
        CareCount(
            group.label,
            group.service,
            rounded(numbers.get((group.group, State.CONFIRMED), 0)),
            rounded(numbers.get((group.group, State.PROPOSED), 0)),
        )
        for group in care_rules().groups
    ]
