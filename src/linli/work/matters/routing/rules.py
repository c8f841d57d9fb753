"""What follows from the rows that apply: hit policies, one outcome a table; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from linli.core.timelimits import Limit, LimitUnit

from .conditions import Condition, Facts, Matcher

FIRST, UNIQUE, COLLECT = "first", "unique", "collect"
ROUTE, CLASS, CLOCK, URGENCY = "route", "class", "clock", "urgency"
URGENT, USUAL = "urgent", "usual"
CLASSES = ("major", "minor", "private")  # the more demanding first
MOST_ROWS = 1_000
# For "the shortest" only: how long a unit of a limit is about.
_ABOUT = {
    LimitUnit.MINUTE: timedelta(minutes=1),
    LimitUnit.HOUR: timedelta(hours=1),
    LimitUnit.WORK_HOUR: timedelta(hours=3),
    LimitUnit.WORKING_DAY: timedelta(days=1.4),
    LimitUnit.DAY: timedelta(days=1),
    LimitUnit.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row says; its table's subject decides which part is filled.

    ``lead`` and ``helpers`` are names as rows keep them: ``unit:<public id>``, or ``kind:城管`` for the unit
    of that kind that serves the place.
    """

    lead: str = ""
    helpers: tuple[str, ...] = ()
    is_direct: bool = False
    affair_class: str = ""
    limit: Limit | None = None
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the table (from 1), what it asks, what it says, why; what is wrong with it.

    A row with ``faults`` asks only what of it can be read, so that no matter passes it by unnoticed; where it
    would count, the table says nothing.
    """

    number: int
    condition: Condition
    outcome: Outcome
    note: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table says of one matter: the rows that count and their outcome, or why it says nothing.

    ``clash``: rows that apply together although only one may. ``broken``: rows that would count but cannot.
    """

    rows: tuple[Row, ...] = ()
    outcome: Outcome = field(default_factory=Outcome)
    clash: tuple[int, ...] = ()
    broken: tuple[Row, ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """The rows of one version under its hit policy, ready to be asked."""

    policy: str
    rows: Sequence[Row]
    matcher: Matcher

    @classmethod
    def of(cls, policy: str, rows: Sequence[Row]) -> RuleSet:
        """Lay rows out for asking."""
        return cls(policy, rows, Matcher([row.condition for row in rows]))

    def decide(self, facts: Facts) -> Decision:
        """Return what the table says of a matter."""
        hits = (self.rows[number] for number in self.matcher.hits(facts))
        return decision(self.policy, hits)


def decision(policy: str, hits: Iterator[Row]) -> Decision:
    """Apply the hit policy to the rows that apply, from the top.

    first: the topmost counts. unique: exactly one may apply; several are a clash and nothing is said.
    collect: all count, put together by ``collected``.
    """
    found = tuple(islice(hits, 1) if policy == FIRST else hits)
    if broken := tuple(row for row in found if row.faults):
        return Decision(broken=broken)
    if policy == UNIQUE and len(found) > 1:
        return Decision(clash=tuple(row.number for row in found))
    return Decision(found, collected(row.outcome for row in found))


def collected(outcomes: Iterable[Outcome]) -> Outcome:
    """Put outcomes together: the first unit leads, others help; the more demanding class, the shorter limit.

    It is urgent as soon as one row says so; it goes out directly only where every row that names a unit
    says so.
    """
    said = list(outcomes)
    if len(said) == 1:
        return said[0]
    leads = [one for one in said if one.lead]
    lead = leads[0].lead if leads else ""
    helpers = [*(one.lead for one in leads[1:]), *(name for one in said for name in one.helpers)]
    classes, urgencies = {one.affair_class for one in said}, {one.urgency for one in said}
    return Outcome(
        lead=lead,
        helpers=tuple(dict.fromkeys(name for name in helpers if name != lead)),
        is_direct=bool(leads) and all(one.is_direct for one in leads),
        affair_class=next((name for name in CLASSES if name in classes), ""),
        limit=min((one.limit for one in said if one.limit), key=length_of, default=None),
        urgency=next((name for name in (URGENT, USUAL) if name in urgencies), ""),
    )


def length_of(limit: Limit) -> timedelta:
    """Return about how long a limit is, to compare limits of different units."""
    return limit.amount * _ABOUT[limit.unit]
