"""What is known: of one subject as people may see it, and of many at once for engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.selectors import person_names

from ..models import Fact, Household, Resident
from .dictionary import FactKey, Of, dictionary, fact_key, keys_of
from .permissions import can_read_in_bulk, can_record_facts
from .rules import MISSING, Answer, FactValue, holds, is_void, latest, reading
from .subjects import Subject, column_of, keys_wrapped, of_what, rows_of, subject_seen, values_opened
from .values import period_shown, shown

MASK = "***"
Known = Mapping[str, tuple[FactValue, ...]]
CHUNK = 5_000
LOOKED_AT = ("key", "period", "state", "value", "value_sealed", "source", "collected_on", "from_on", "to_on")


def fact_current(
    actor: Actor, subject: Subject, key: str, on: date | None = None, period: str = ""
) -> FactValue:
    """Return what is known of one key on a day (default today), of the latest period if none is named.

    ``FactValue.answer`` is known, none, unknown, expired or missing. A sensitive value is left out,
    except for machines; people open it by ``facts_reveal``.
    """
    seen = subject_seen(actor, subject)
    line, day = fact_key(key, of_what(seen)), on or clock.today()
    rows = [row for row in rows_of(seen).filter(key=key) if holds(row, day) and period in ("", row.period)]
    opened: dict[int, str] = {}
    if not line.is_sensitive or can_read_in_bulk(actor):
        opened = values_opened(rows, {seen.pk: seen.data_key}, of_what(seen))
    return latest(_reading(line, row, opened.get(row.pk, ""), day) for row in rows)


def _reading(line: FactKey, row: Fact, value: str, on: date) -> FactValue:
    return reading(
        line,
        state=row.state,
        value=value,
        period=row.period,
        source=row.source,
        collected_on=row.collected_on,
        on=on,
        fact_id=row.pk,
    )


def facts_bulk(
    actor: Actor, ids: Iterable[int], keys: Iterable[str], on: date, *, of: Of = Of.PERSON
) -> dict[int, dict[str, tuple[FactValue, ...]]]:
    """Return subject id → key → values on a day, oldest period first, for engines; sensitive ones are opened.

    What is absent is missing. Only machines read so, and their own service records the run. Two queries for
    each 5,000 subjects.
    """
    if not can_read_in_bulk(actor):
        raise NotAllowed
    lines = {key: fact_key(key, of) for key in keys}
    found: dict[int, dict[str, tuple[FactValue, ...]]] = {}
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), CHUNK):
        _bulk(wanted[start : start + CHUNK], lines, on, of, found)
    return found


def _bulk(
    ids: Sequence[int],
    lines: Mapping[str, FactKey],
    on: date,
    of: Of,
    found: dict[int, dict[str, tuple[FactValue, ...]]],
) -> None:
    column = column_of(of)
    rows = Fact.objects.filter(**{f"{column}__in": ids}, key__in=list(lines)).order_by("period", "pk")
    held = [row for row in rows.only(column, *LOOKED_AT) if holds(row, on)]
    secret = {getattr(row, f"{column}_id") for row in held if row.value_sealed}
    opened = values_opened(held, keys_wrapped(of, list(secret)) if secret else {}, of)
    for row in held:
        kept = found.setdefault(getattr(row, f"{column}_id"), {})
        value = _reading(lines[row.key], row, opened[row.pk], on)
        kept[row.key] = (*kept.get(row.key, ()), value)


def one(known: Known | None, key: str) -> FactValue:
    """Return the value of the latest period out of what ``facts_bulk`` found for one subject."""
    return latest((known or {}).get(key, ()))


@dataclass(frozen=True, slots=True)
class FactShown:
    """One line of a card: what is known of a key, masked where it is sensitive."""

    line: FactKey
    value: FactValue
    words: str
    is_masked: bool
    collector: str = ""
    period: str = ""
    document: str = ""
    from_on: date | None = None
    to_on: date | None = None
    is_void: bool = False

    @property
    def is_expired(self) -> bool:
        """Whether it is too old to be taken as it is."""
        return self.value.answer is Answer.EXPIRED


def facts_of(
    actor: Actor, subject: Subject, *, opened: Mapping[int, str] | None = None, on: date | None = None
) -> list[FactShown]:
    """Return what is known today of every key of the dictionary that was ever asked, in its order.

    ``opened`` is what ``facts_reveal`` returned; without it sensitive values are shown as dots.
    """
    seen = subject_seen(actor, subject)
    day = on or clock.today()
    rows = [row for row in rows_of(seen).order_by("period", "pk") if holds(row, day)]
    return _shown(seen, rows, opened or {}, day)


def facts_of_many(
    actor: Actor, subjects: Iterable[Subject], *, opened: Mapping[int, str] | None = None
) -> dict[UUID, list[FactShown]]:
    """Return ``facts_of`` for several subjects that the actor has read, by public id (two queries).

    A subject outside the actor's areas (somebody who is only registered here) is left out.
    """
    seen = [row for row in subjects if can_record_facts(actor, row.area_path)]
    people = [row.pk for row in seen if isinstance(row, Resident)]
    homes = [row.pk for row in seen if isinstance(row, Household)]
    rows = Fact.objects.filter(Q(resident__in=people) | Q(household__in=homes)).order_by("period", "pk")
    order, day = {key: place for place, key in enumerate(dictionary())}, clock.today()
    held = [row for row in rows if row.key in order and holds(row, day)]
    held.sort(key=lambda row: order[row.key])
    names = person_names(row.collected_by_id for row in held)
    found: dict[UUID, list[FactShown]] = {}
    for subject in seen:
        mine = [row for row in held if subject.pk == getattr(row, f"{column_of(of_what(subject))}_id")]
        found[subject.public_id] = [_one_shown(row, opened or {}, day, names) for row in mine]
    return found


def fact_history(
    actor: Actor, subject: Subject, key: str = "", *, opened: Mapping[int, str] | None = None
) -> list[FactShown]:
    """Return every row of a key (or of all), newest first, those that never held marked."""
    seen = subject_seen(actor, subject)
    rows = rows_of(seen).order_by("-recorded_at", "-pk")
    return _shown(seen, list(rows.filter(key=key) if key else rows), opened or {}, clock.today())


def fact_get(actor: Actor, subject: Subject, fact_id: int) -> FactShown:
    """Return one row about a subject, masked where it is sensitive; missing and hidden are ``NotFound``."""
    seen = subject_seen(actor, subject)
    found = _shown(seen, list(rows_of(seen).filter(pk=fact_id)), {}, clock.today())
    if not found:
        raise NotFound(_("没有找到这条登记。"))
    return found[0]


def facts_asked(actor: Actor, subject: Subject) -> list[FactKey]:
    """Return the keys of which nothing is known: never asked, not known, or too old."""
    seen = subject_seen(actor, subject)
    settled = {shown.line.key for shown in facts_of(actor, seen) if shown.value.is_settled}
    return [line for line in keys_of(of_what(seen)) if line.key not in settled]


def _shown(subject: Subject, rows: list[Fact], opened: Mapping[int, str], on: date) -> list[FactShown]:
    order = {key: place for place, key in enumerate(dictionary())}
    names = person_names(row.collected_by_id for row in rows)
    known = [row for row in rows if row.key in order]
    return [_one_shown(row, opened, on, names) for row in sorted(known, key=lambda row: order[row.key])]


def _one_shown(row: Fact, opened: Mapping[int, str], on: date, names: Mapping[int, str]) -> FactShown:
    line = dictionary()[row.key]
    is_masked = bool(row.value_sealed) and row.pk not in opened
    text = opened.get(row.pk, row.value)
    return FactShown(
        line=line,
        value=_reading(line, row, "" if is_masked else text, on),
        words=MASK if is_masked else _words(line, row.state, text),
        is_masked=is_masked,
        collector=names.get(row.collected_by_id or 0, ""),
        period=period_shown(line, row.period),
        document=row.document,
        from_on=row.from_on,
        to_on=row.to_on,
        is_void=is_void(row),
    )


def _words(line: FactKey, state: str, value: str) -> str:
    if state == Fact.State.KNOWN:
        return shown(line, value)
    return _("没有") if state == Fact.State.NONE else _("不清楚")


def fact_prefill(actor: Actor, subject: Subject, keys: Iterable[str]) -> dict[str, FactValue]:
    """Return what a form need not ask again: key → what is known; sensitive values stay closed.

    A form that may use a sensitive value opens it by ``facts_reveal`` for its purpose.
    """
    wanted = set(keys)
    found: dict[str, Any] = dict.fromkeys(wanted, MISSING)
    for row in facts_of(actor, subject):
        if row.line.key in wanted:
            found[row.line.key] = latest(
                [found[row.line.key], row.value] if found[row.line.key].fact_id else [row.value]
            )
    return found
