"""Writing a row of facts so that the rows of one key and period never overlap; steps of the services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, require_service

from ..models import Fact
from ..services.acts import Act
from .dictionary import FactKey
from .permissions import can_record_facts
from .rules import Answer, overlaps, reading
from .subjects import (
    Subject,
    column_of,
    of_what,
    rows_of,
    standing_check,
    subject_seen,
    value_columns,
    values_opened,
)
from .values import canonical_period, period_begins

WORKER = "worker"
MAX_DOCUMENT = 120
State = Fact.State


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written down; ``value`` is canonical, days may be left to their defaults."""

    state: str
    value: str = ""
    period: str = ""
    from_on: date | None = None
    to_on: date | None = None
    source: str = WORKER
    document: str = ""
    collected_on: date | None = None


def _refused(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})


def entry_complete(line: FactKey, entry: Entry, today: date) -> Entry:
    """Fill in the days and check them; raises ``InvalidInput`` beside the field."""
    period = canonical_period(line, entry.period)
    collected = entry.collected_on or today
    begins = entry.from_on or period_begins(line, period) or collected
    if collected > today:
        raise _refused("collected_on", _("采集日期不能晚于今天。"))
    if begins > today:
        raise _refused("from_on", _("开始日期不能晚于今天。"))
    if entry.to_on is not None and entry.to_on <= begins:
        raise _refused("to_on", _("结束日期要晚于开始日期。"))
    if len(entry.document) > MAX_DOCUMENT:
        raise _refused("document", _("依据最多120个字。"))
    return replace(entry, period=period, collected_on=collected, from_on=begins)


@require_service
def subject_locked(*, actor: Actor, subject: Subject) -> Subject:
    """Return the subject locked for a write by this actor, with a data key to seal under."""
    seen: Subject = subject_seen(actor, subject, lock=True)
    if not can_record_facts(actor, seen.area_path):
        raise NotAllowed
    standing_check(seen)
    if not seen.data_key:
        changes_of(seen, data_key=key_ring().key_new())
    return seen


@require_service
def fact_write(*, actor: Actor, subject: Subject, line: FactKey, entry: Entry) -> Fact:
    """Write an entry down, ending what it replaces; the same again is a confirmation."""
    seen = subject_locked(actor=actor, subject=subject)
    whole = entry_complete(line, entry, clock.today())
    rows = list(rows_of(seen).filter(key=line.key, period=whole.period))
    standing = next((row for row in rows if row.to_on is None), None)
    if standing is not None and whole.to_on is None:
        if is_same(seen, standing, whole):
            return fact_confirmed(actor=actor, subject=seen, fact=standing, on=whole.collected_on)
        unknown_check(line, standing, whole)
    act = act_begun(actor, "fact.set", seen, on=whole.from_on, source=whole.source)
    if standing is not None and whole.to_on is None:
        fact_ended(act=act, fact=standing, begins=whole.from_on)
    fact = fact_new(actor=actor, subject=seen, line=line, entry=whole)
    overlap_check(fact, rows)
    act.add(fact)
    act.finish(fact, says=[line.key])
    return fact


def is_same(subject: Subject, fact: Fact, entry: Entry) -> bool:
    """Whether an entry says what a row says already."""
    return fact.state == entry.state and fact_value(subject, fact) == entry.value


def fact_value(subject: Subject, fact: Fact) -> str:
    """Return the canonical value of one row."""
    of = of_what(subject)
    return values_opened([fact], {subject.pk: subject.data_key}, of)[fact.pk]


def unknown_check(line: FactKey, standing: Fact, entry: Entry) -> None:
    """Not knowing replaces nothing that is known and not too old."""
    if entry.state != State.UNKNOWN or standing.state == State.UNKNOWN:
        return
    today = clock.today()
    said = reading(
        line,
        state=standing.state,
        value="",
        period="",
        source="",
        collected_on=standing.collected_on,
        on=today,
    )
    if said.answer is not Answer.EXPIRED:
        raise Conflict(
            _("这一项已有登记，不能改成不清楚。"), hint=_("登记有误请用更正；已经不再成立请用结束。")
        )


@require_service
def fact_ended(*, act: Act, fact: Fact, begins: date | None) -> None:
    """End a row on the day on which its successor begins, never before it began itself."""
    if fact.from_on is not None and begins is not None and begins < fact.from_on:
        raise _refused("from_on", _("开始日期不能早于现有登记的开始日期；登记有误请用更正。"))
    act.change(fact, to_on=begins)


def fact_new(*, actor: Actor, subject: Subject, line: FactKey, entry: Entry) -> Fact:
    """Return a row, not saved yet."""
    return Fact(
        **{column_of(of_what(subject)): subject},
        key=line.key,
        period=entry.period,
        state=entry.state,
        **value_columns(line, subject, entry.value),
        from_on=entry.from_on,
        to_on=entry.to_on,
        source=entry.source,
        recorded_at=clock.now(),
        collected_by_id=actor.person_id,
        collected_on=entry.collected_on or clock.today(),
        document=entry.document.strip(),
    )


def overlap_check(fact: Fact, rows: list[Fact]) -> None:
    """Refuse a row that shares a day with another of the same key and period."""
    if any(row.pk != fact.pk and overlaps(row, fact) for row in rows):
        raise _refused("from_on", _("这段时间已有登记，请核对起止日期。"))


@require_service
def fact_confirmed(*, actor: Actor, subject: Subject, fact: Fact, on: date | None) -> Fact:
    """Note that a row is still true: it is as fresh as the day of asking."""
    day = max(on or clock.today(), fact.collected_on)
    act = act_begun(actor, "fact.confirm", subject, on=fact.from_on, source=fact.source)
    act.change(fact, collected_on=day, collected_by_id=actor.person_id)
    act.finish(fact, says=[fact.key])
    return fact


def act_begun(
    actor: Actor, verb: str, subject: Subject, *, on: date | None, source: str, reason: str = ""
) -> Act:
    """Return an act on a fact of a subject: kept so that it can be taken back."""
    act = Act(actor, verb, on=on, reason=reason, source=source)
    act.about(subject)
    return act
