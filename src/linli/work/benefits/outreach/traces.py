"""Why a lead is one: every condition with value, clause, date; sealed under the key of whom it is about."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest
from typing import Any

from linli.core.crypto import key_ring
from linli.registers.residents.models import Household, Resident

from ..engine.answers import Judged, Line, Looked, Measured
from ..language.columns import Kind, columns
from ..language.tree import Column, Compare, Constant, Holds, OneOf
from ..language.wording import condition_words, kind_of, value_words, words_named
from ..models import Lead

CONTEXT = "benefits_lead.trace_sealed"
MASK = "***"
SPOKEN = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, slots=True)
class LineShown:
    """One condition as a page shows it: ``answer`` is yes, no or unknown; a sensitive value is dots."""

    label: str
    clause: str
    answer: str
    depth: int
    value: str = ""
    against: str = ""
    known_on: date | None = None
    expired_on: date | None = None
    missing: tuple[str, ...] = ()
    is_masked: bool = False
    is_group: bool = False  # the lines below it are parts of it


@dataclass(frozen=True, slots=True)
class Trace:
    """Why: on which day it was reckoned, line by line; ``absent`` says which facts of whom are missing
    (resident id, 0 the household's); ``columns`` were looked at, of them ``sensitive`` stand as dots."""

    on: date | None = None
    lines: tuple[LineShown, ...] = ()
    absent: tuple[tuple[str, int], ...] = ()
    sensitive: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def named(self, names: Mapping[str, str]) -> Trace:
        """Return the trace with policies and figures called by their names (``names``: code → name)."""
        return replace(
            self,
            lines=tuple(
                replace(
                    line,
                    label=words_named(line.label, names),
                    missing=tuple(names.get(name, name) for name in line.missing),
                )
                for line in self.lines
            ),
        )


@dataclass(slots=True)
class _Measure:
    values: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    known_on: int = 0
    expired_on: int = 0


def trace_text(found: Judged, on: date) -> str:
    """Return a verdict's trace as it is kept: words, days and names of facts."""
    absent = [[one.fact, int(one.person or 0)] for one in found.absent]
    lines = [_kept(line) for line in found.trace]
    return json.dumps({"on": on.isoformat(), "lines": lines, "absent": absent}, ensure_ascii=False)


def _kept(line: Line) -> dict[str, Any]:
    said = _Measure()
    for measured in line.measured:
        _measure(measured, said)
    return {
        "label": line.label,
        "clause": line.clause,
        "answer": SPOKEN[line.answer],
        "depth": line.depth,
        "value": "、".join(dict.fromkeys(said.values)),
        "against": "、".join(dict.fromkeys(said.against)),
        "columns": list(said.columns),
        "known_on": said.known_on,
        "expired_on": said.expired_on,
        "missing": list(line.missing),
    }


def _measure(measured: Measured, said: _Measure) -> None:
    if measured.found is not None:
        what = measured.test if isinstance(measured.test, Holds) else measured.term
        said.values.append(f"{condition_words(what)}：{_words(measured, measured.found)}")
    if measured.against is not None and not _is_written(measured):
        said.against.append(_words(measured, measured.against))
    for looked in measured.looked:
        said.columns[looked.column] = None
        if looked.known_on and (not said.known_on or looked.known_on < said.known_on):
            said.known_on = looked.known_on  # a value is as old as the oldest that it is made of
        said.expired_on = max(said.expired_on, looked.expired_on or 0)


def _is_written(measured: Measured) -> bool:
    """Whether the other side stands in the label already."""
    return isinstance(measured.test, Compare) and isinstance(measured.test.right, Constant)


def _words(measured: Measured, number: int) -> str:
    term = measured.term
    if isinstance(measured.test, OneOf) and isinstance(term, Column) and term.name in columns():
        return _choice(term.name, number)
    if not isinstance(measured.test, Compare | OneOf):
        return "是" if number else "否"
    return value_words(kind_of(term), number)


def _choice(name: str, number: int) -> str:
    line = columns()[name]
    if line.kind is not Kind.CHOICE:
        return value_words(line.kind, number)
    names = ["没有", *line.choices.values()]
    return names[number] if 0 <= number < len(names) else str(number)


# -- sealed -------------------------------------------------------------------------------------------------
def trace_sealed(owner: Resident | Household, text: str) -> str:
    """Seal a trace under the data key of whom it is about, which must stand."""
    sealed: str = key_ring().key_open(owner.data_key).seal(text, CONTEXT)
    return sealed


def trace_opened(lead: Lead, opened: Collection[str] = ()) -> Trace:
    """Return a lead's trace; values of sensitive facts are dots but for those of ``opened``.

    Empty where there is none yet, or where the person was erased.
    """
    owner = lead.resident or lead.household
    if not lead.trace_sealed or not owner.data_key:
        return Trace()
    kept = json.loads(key_ring().key_open(owner.data_key).open(lead.trace_sealed, CONTEXT))
    return _trace(kept, opened)


def own_trace(found: Judged, on: date, mine: Collection[int]) -> Trace:
    """Return a verdict's trace as somebody reads it about themselves and their wards (``mine``).

    What rests on another member's sensitive fact stands as dots: it counts, but it is theirs.
    """
    trace = _trace(json.loads(trace_text(found, on)), columns())
    lines = []
    for shown, line in zip(trace.lines, found.trace, strict=True):
        is_others = any(_is_others(looked, mine) for one in line.measured for looked in one.looked)
        hidden = is_others and bool(shown.value)
        lines.append(replace(shown, value=MASK, is_masked=True) if hidden else shown)
    return replace(trace, lines=tuple(lines))


def _is_others(looked: Looked, mine: Collection[int]) -> bool:
    is_secret = looked.column in columns() and columns()[looked.column].is_sensitive
    return is_secret and looked.person is not None and looked.person not in mine


def _trace(kept: dict[str, Any], opened: Collection[str]) -> Trace:
    names = dict.fromkeys(name for line in kept["lines"] for name in line["columns"])
    return Trace(
        on=date.fromisoformat(kept["on"]),
        lines=tuple(
            _shown(line, opened, is_group=bool(after) and after["depth"] > line["depth"])
            for line, after in zip_longest(kept["lines"], kept["lines"][1:])
        ),
        absent=tuple((fact, person) for fact, person in kept["absent"]),
        sensitive=tuple(_sensitive(names)),
        columns=tuple(names),
    )


def _sensitive(names: Iterable[str]) -> list[str]:
    return [name for name in names if name in columns() and columns()[name].is_sensitive]


def _shown(line: dict[str, Any], opened: Collection[str], *, is_group: bool) -> LineShown:
    is_masked = bool(line["value"]) and not set(_sensitive(line["columns"])) <= set(opened)
    return LineShown(
        label=line["label"],
        clause=line["clause"],
        answer=line["answer"],
        depth=line["depth"],
        value=MASK if is_masked else line["value"],
        against=line["against"],
        known_on=_day(line["known_on"]),
        expired_on=_day(line["expired_on"]),
        missing=tuple(fact_label(name) for name in line["missing"]),
        is_masked=is_masked,
        is_group=is_group,
    )


def _day(number: int) -> date | None:
    return date(number // 10000, number // 100 % 100, number % 100) if number else None


def fact_label(name: str) -> str:
    """Return what a missing fact is called; a figure of the city or a policy by its own name."""
    if name in columns():
        return columns()[name].label
    return name.partition(":")[2] or name
