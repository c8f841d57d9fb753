"""What is wrong or odd about a table: rows nobody can follow, rows in each other's way, cases without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from . import rules
from .conditions import DAY, DAY_OFF, WORKDAY, Condition, is_under, is_within
from .rules import Row
from .words import DAYS, PLACES, hour_words, joined

if TYPE_CHECKING:
    from .ruling import Sheet

MOST_STEPS = 20_000  # so many different cases of one category are looked at; beyond, the check says so
MOST_NAMED = 6
ELEMENTARY_PLACES = ("outside", "compound", *(code for code in PLACES if code.startswith("housing:")))
ELEMENTARY_DAYS = tuple((str(day), kind) for day in range(1, 8) for kind in (WORKDAY, DAY_OFF))
OTHER = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark, the rows concerned, in plain words.

    ``kind`` is fault (must be mended), shadow, overlap, gap, or unsure: too many cases to look at all.
    """

    kind: str
    rows: tuple[int, ...]
    words: str


def check(sheet: Sheet, leaves: Sequence[str]) -> list[Finding]:
    """Return every remark on a version; ``leaves`` are the categories that a matter can be given."""
    faults = [
        Finding("fault", (row.number,), _("第%(row)d行：%(words)s。") % {"row": row.number, "words": words})
        for row in sheet.rules.rows
        for words in row.faults
    ]
    sound = [row for row in sheet.rules.rows if not row.faults]
    names = {path: name for name, path in sheet.known.areas.values()}
    return [*faults, *_pairs(sheet.rules.policy, sound), *_gaps(sound, leaves, names)]


# -- what a row covers ----------------------------------------------------------------------------
class Region:
    """What a row covers, as sets that can be compared."""

    def __init__(self, row: Row) -> None:
        """Look at a row."""
        self.row, self.asks = row, row.condition

    @cached_property
    def minutes(self) -> int:
        """Return the accepted minutes of the day as bits."""
        spans = self.asks.hours
        if not spans:
            return (1 << DAY) - 1
        return sum(1 << m for m in range(DAY) if any(is_within(m, span) for span in spans))

    @cached_property
    def days(self) -> int:
        """Return the accepted kinds of days as bits."""
        wanted = self.asks.days
        pairs = enumerate(ELEMENTARY_DAYS)
        return sum(1 << n for n, pair in pairs if not wanted or set(pair) & set(wanted))

    @cached_property
    def places(self) -> int:
        """Return the accepted kinds of places as bits."""
        pairs = enumerate(ELEMENTARY_PLACES)
        return sum(1 << n for n, place in pairs if accepts_place(self.asks, place))

    @cached_property
    def answers(self) -> dict[str, set[str]]:
        """Return question → accepted answers."""
        return {question: set(accepted) for question, accepted in self.asks.answers}


def accepts_place(condition: Condition, place: str) -> bool:
    """Whether a row accepts a kind of place; every housing type lies inside a compound."""
    wanted = condition.places
    return not wanted or place in wanted or (place.startswith("housing:") and "compound" in wanted)


def covers(one: Region, other: Region) -> bool:
    """Whether everything that the other row accepts is accepted by this one."""
    a, b = one.asks, other.asks
    return (
        _all_within(b.categories, a.categories, is_under)
        and _all_within(b.areas, a.areas, str.startswith)
        and _all_within(b.words, a.words, lambda word, known: known in word)
        and not other.places & ~one.places
        and not other.days & ~one.days
        and not other.minutes & ~one.minutes
        and all(q in other.answers and other.answers[q] <= accepted for q, accepted in one.answers.items())
    )


def _all_within(inner: Sequence[str], outer: Sequence[str], lies: Callable[[str, str], bool]) -> bool:
    if not outer:
        return True
    return bool(inner) and all(any(lies(value, frame) for frame in outer) for value in inner)


def overlap(one: Region, other: Region) -> bool:
    """Whether some matter fits both rows; texts can always hold the words of both."""
    a, b = one.asks, other.asks
    return (
        bool(one.places & other.places and one.days & other.days and one.minutes & other.minutes)
        and _touch(a.categories, b.categories, "/")
        and _touch(a.areas, b.areas, "")
        and all(other.answers.get(q, accepted) & accepted for q, accepted in one.answers.items())
    )


def _touch(one: Sequence[str], other: Sequence[str], sign: str) -> bool:
    if not one or not other:
        return True
    pairs = ((f"{a}{sign}", f"{b}{sign}") for a in one for b in other)
    return any(a.startswith(b) or b.startswith(a) for a, b in pairs)


def _pairs(policy: str, rows: Sequence[Row]) -> Iterator[Finding]:
    regions = [Region(row) for row in rows]
    hidden = set[int]()
    for one, other in combinations(regions, 2):
        numbers = (one.row.number, other.row.number)
        names = {"a": numbers[0], "b": numbers[1]}
        if policy == rules.FIRST and other.row.number not in hidden and covers(one, other):
            hidden.add(other.row.number)
            yield Finding(
                "shadow",
                numbers,
                _("第%(b)d行永远用不到：它的情况都已被上面的第%(a)d行包含。可以删去，或移到上面。") % names,
            )
        elif policy == rules.UNIQUE and overlap(one, other):
            yield Finding(
                "overlap",
                numbers,
                _("第%(a)d行和第%(b)d行会同时符合，到时不给建议。请把其中一行写得更窄。") % names,
            )
        elif policy == rules.COLLECT and one.asks == other.asks and one.row.outcome == other.row.outcome:
            yield Finding("overlap", numbers, _("第%(a)d行和第%(b)d行完全一样，可以删去一行。") % names)


# -- gaps -----------------------------------------------------------------------------------------
Accepts = Callable[[Condition, Any], bool]
Choice = tuple[str, int]  # what a case is called, and the rows (bits) that accept it


def _choices(rows: Sequence[Row], values: Sequence[tuple[str, Any]], accepts: Accepts) -> list[Choice]:
    """Return one case for each different set of accepting rows, the first that has it."""
    cases: dict[int, str] = {}
    for label, value in values:
        bits = sum(1 << n for n, row in enumerate(rows) if accepts(row.condition, value))
        cases.setdefault(bits, label)
    return [(label, bits) for bits, label in cases.items()]


def _hours_of(rows: Sequence[Row]) -> list[tuple[str, Any]]:
    cuts = sorted({cut % DAY for row in rows for span in row.condition.hours for cut in span})
    ends = [*cuts[1:], cuts[0]] if cuts else []
    return [(hour_words((begin, end)), begin) for begin, end in zip(cuts, ends, strict=True)] or [("", 0)]


def _days_of(rows: Sequence[Row]) -> list[tuple[str, Any]]:
    if not any(row.condition.days for row in rows):
        return [("", ("1", WORKDAY))]
    named = {day for row in rows for day in row.condition.days}
    by_weekday = bool(named - {WORKDAY, DAY_OFF})
    usual = [(d, WORKDAY if d < "6" else DAY_OFF) for d in "1234567"]
    return [(str(DAYS[pair[0] if by_weekday else pair[1]]), pair) for pair in usual]


def _areas_of(rows: Sequence[Row], names: Mapping[str, str]) -> list[tuple[str, Any]]:
    named = dict.fromkeys(path for row in rows for path in row.condition.areas)
    return [(_("其余区域") if named else "", OTHER), *((names.get(path, path), path) for path in named)]


def _places_of(rows: Sequence[Row]) -> list[tuple[str, Any]]:
    if not any(row.condition.places for row in rows):
        return [("", "outside")]
    return [(str(PLACES[place]), place) for place in ELEMENTARY_PLACES]


def _dimensions(rows: Sequence[Row], names: Mapping[str, str]) -> list[list[Choice]]:
    """Return, part by part, the cases that some row tells apart."""
    found = [
        _choices(rows, _places_of(rows), accepts_place),
        _choices(
            rows,
            _areas_of(rows, names),
            lambda c, path: not c.areas or any(path.startswith(a) for a in c.areas),
        ),
        _choices(rows, _days_of(rows), lambda c, pair: not c.days or bool(set(pair) & set(c.days))),
        _choices(
            rows, _hours_of(rows), lambda c, at: not c.hours or any(is_within(at, span) for span in c.hours)
        ),
        _choices(rows, [("", None)], lambda c, none: not c.words),
    ]
    for question in sorted({q for row in rows for q, _accepted in row.condition.answers}):
        found.append(_answers_of(rows, question))
    return found


def _answers_of(rows: Sequence[Row], question: str) -> list[Choice]:
    named = sorted({a for row in rows for a in dict(row.condition.answers).get(question, ())})
    other = (_("“%s”没有回答或是别的回答") % question, OTHER)

    def accepts(condition: Condition, answer: str) -> bool:
        asked = dict(condition.answers)
        return question not in asked or answer in asked[question]

    return _choices(rows, [other, *((f"{question}={answer}", answer) for answer in named)], accepts)


Gap = tuple[str, str]  # kind of the remark, and what the case is called


def _uncovered(rows: Sequence[Row], names: Mapping[str, str]) -> Gap | None:
    """Return a case that no row accepts, "unsure" after too many cases, or None where there is none.

    What follows depends only on the rows that are left and the next part, so such a pair is seen once.
    """
    if not rows:
        return "nothing", ""
    dimensions = _dimensions(rows, names)
    seen, waiting = set[tuple[int, int]](), [((1 << len(rows)) - 1, 0, "")]
    while waiting:
        bits, at, words = waiting.pop()
        if not bits:
            return "case", words
        if len(seen) >= MOST_STEPS:
            return "unsure", ""
        if at == len(dimensions) or (bits, at) in seen:
            continue
        seen.add((bits, at))
        for label, accepting in reversed(dimensions[at]):
            waiting.append((bits & accepting, at + 1, "、".join(filter(None, (words, label)))))
    return None


def _gaps(rows: Sequence[Row], leaves: Sequence[str], names: Mapping[str, str]) -> Iterator[Finding]:
    if any(row.condition.is_open for row in rows):
        return
    cases: dict[Gap, list[str]] = defaultdict(list)
    known: dict[tuple[int, ...], Gap | None] = {}
    for leaf in leaves:
        asked = [r for r in rows if not r.condition.categories or _names(r.condition, leaf)]
        key = tuple(row.number for row in asked)
        if key not in known:
            known[key] = _uncovered(asked, names)
        if gap := known[key]:
            cases[gap].append(leaf)
    for gap, paths in cases.items():
        yield Finding("unsure" if gap[0] == "unsure" else "gap", (), _gap_words(gap, paths))


def _names(condition: Condition, leaf: str) -> bool:
    return any(is_under(leaf, path) for path in condition.categories)


def _gap_words(gap: Gap, paths: Sequence[str]) -> str:
    (kind, case), more = gap, _("等%d类") % len(paths) if len(paths) > MOST_NAMED else ""
    names = {"paths": joined(paths[:MOST_NAMED]) + more, "case": case}
    if kind == "nothing":
        return _("没有一行管到：%(paths)s。") % names
    if kind == "unsure":
        return (
            _("%(paths)s：条件太多，没有逐一查完，可能还有没管到的情况。请把条件写得简单些，再查一次。")
            % names
        )
    if not case:
        return _("%(paths)s：文字里没有所写的词时，没有一行符合。") % names
    return _("%(paths)s：遇到“%(case)s”时，没有一行符合。") % names
