"""What would become of rows: read by the map, checked, compared with what earlier files said. No writes."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from linli.core.crypto import key_ring
from linli.core.errors import InvalidInput
from linli.core.fields import in_areas
from linli.foundation.places.matching import division_match
from linli.foundation.places.models import Division, Level
from linli.foundation.places.rules import code_unpadded

from .mapping import MapSpec
from .models import ImportedRow
from .reading import RawRow, folded
from .targets import Field, Kind, Match, Row, Scope, Target
from .values import Ambiguous, date_of, instant_of, number_of


@dataclass(slots=True)
class Plan:
    """A chunk of rows by what would happen to them; ``changed`` names their records.

    ``subjects``: the records of rows that are unchanged or wait, where they are known.
    """

    read: Any
    new: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, int]] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    conflicts: list[Row] = field(default_factory=list)
    quarantined: list[Row] = field(default_factory=list)
    subjects: dict[int, int] = field(default_factory=dict)


Contested = Mapping[str, Sequence[int]]
MOST_NAMED = 5  # rows named in a reason
NUMBER_BITS = 24  # of a row's number: no file has more rows
NOBODY: Contested = {}


@dataclass(slots=True)
class Seen:
    """Keys that this file has had already, with the first of their rows, and records that it names.

    Keys are numbers of 60 bits, rows a part of their digest and their number in one: among a million rows
    two alike by chance are not to be feared. ``contested``: keys whose rows say different things → numbers.
    """

    rows: dict[int, int] = field(default_factory=dict)
    subjects: dict[int, int] = field(default_factory=dict)
    contested: dict[str, list[int]] = field(default_factory=dict)

    def first(self, row: Row) -> int:
        """Return the number of the first row with this key that says something else, else 0; keep it."""
        said = int(row.digest[:9], 16) << NUMBER_BITS | row.number
        before = self.rows.setdefault(int(row.key[:15], 16), said)
        if before >> NUMBER_BITS == said >> NUMBER_BITS:
            return 0
        number = before & (1 << NUMBER_BITS) - 1
        self.contested.setdefault(row.key, [number]).append(row.number)
        return number


def chunks(
    rows: Iterable[RawRow], size: int, together: Callable[[RawRow], str] | None = None
) -> Iterator[list[RawRow]]:
    """Yield rows in groups; neighbours that belong ``together`` stay in one, up to half a group more."""
    waiting = iter(rows)
    chunk: list[RawRow] = list(islice(waiting, size))
    while chunk:
        following = next(waiting, None)
        while following and together and len(chunk) < size * 1.5 and _are_one(chunk[-1], following, together):
            chunk.append(following)
            following = next(waiting, None)
        yield chunk
        chunk = [following, *islice(waiting, size - 1)] if following else []


def _are_one(last: RawRow, following: RawRow, together: Callable[[RawRow], str]) -> bool:
    return bool(together(last)) and together(last) == together(following)


def together_of(target: Target, spec: MapSpec, headers: Sequence[str]) -> Callable[[RawRow], str] | None:
    """Return what of a row must be equal for neighbours to stay in one batch, where the file has it."""
    columns = [spec.columns.get(code, "") for code in target.together]
    places = [headers.index(header) for header in columns if header in headers]
    if not places:
        return None
    return lambda row: "\0".join(row.cells[at] for at in places if at < len(row.cells)).strip("\0")


def rows_plan(
    target: Target,
    spec: MapSpec,
    headers: Sequence[str],
    scope: Scope,
    raw: Sequence[RawRow],
    *,
    job_id: int,
    seen: Seen | None = None,
    contested: Contested = NOBODY,
) -> Plan:
    """Return what would become of a chunk of rows.

    ``seen`` carries the keys over a whole file while nothing is written; a run finds them in the table.
    ``contested``: keys that the file gives to several rows which say different things; none of them counts.
    """
    rows = rows_read(target, spec, headers, scope, raw)
    plan = Plan(None, quarantined=[row for row in rows if row.reasons])
    seen = seen or Seen()
    fair = _uncontested(plan, [row for row in rows if not row.reasons], contested)
    fresh = _sorted_by_ledger(target, plan, fair, job_id, seen)
    if fresh:
        plan.read = target.read(scope, fresh)
        if target.match is not None:
            _matched(target, target.match, plan, job_id, seen)
        target.check(plan.read, fresh)
    _parted(plan, fresh)
    return plan


def rows_read(
    target: Target, spec: MapSpec, headers: Sequence[str], scope: Scope, raw: Sequence[RawRow]
) -> list[Row]:
    """Return the rows as the map reads them, with their keys and digests where they can be read."""
    reader = reader_of(target, spec, headers, _places(target, spec, headers, scope, raw))
    rows = [reader.row(line) for line in raw]
    if target.gather is not None:
        target.gather(groups=_groups(rows, raw, together_of(target, spec, headers)))
    for row in rows:
        if not row.reasons:
            _identify(target, row)
    return rows


def _groups(
    rows: Sequence[Row], raw: Sequence[RawRow], together: Callable[[RawRow], str] | None
) -> list[list[Row]]:
    """Return rows by what they say together; one that says nothing there stands alone."""
    groups: dict[str, list[Row]] = {}
    for row, line in zip(rows, raw, strict=True):
        words = together(line) if together else ""
        groups.setdefault(words or f"\0{row.number}", []).append(row)
    return list(groups.values())


def _parted(plan: Plan, fresh: Sequence[Row]) -> None:
    """Take out what cannot be taken, and what a person has to decide."""
    plan.subjects |= {row.number: known for row, known in plan.changed}
    plan.quarantined += [row for row in fresh if row.reasons]
    plan.conflicts = [row for row in fresh if row.clashes and not row.reasons]
    plan.new = [row for row in plan.new if not row.reasons and not row.clashes]
    plan.changed = [pair for pair in plan.changed if not pair[0].reasons and not pair[0].clashes]


def _matched(target: Target, match: Match, plan: Plan, job_id: int, seen: Seen) -> None:
    """Rows of a key that is new may mean a record that is known by another way."""
    found = match(read=plan.read, rows=plan.new)
    if not found:
        return
    taken = ImportedRow.objects.filter(of=job_id, target=target.code, subject_id__in=set(found.values()))
    numbers = {**seen.subjects, **dict(taken.values_list("subject_id", "number"))}
    for row in plan.new:
        subject = found.get(row.number)
        if subject is None:
            continue
        earlier = numbers.get(subject, row.number)
        if earlier != row.number:
            row.reasons.append(_twice(target, earlier))
        if target.gather is None:
            numbers[subject] = earlier
        seen.subjects.setdefault(subject, row.number)
        row.subject = subject
        plan.changed.append((row, subject))
    plan.new = [row for row in plan.new if row.number not in found]


def _twice(target: Target, earlier: int) -> str:
    if target.gather is not None:
        return _("与第%d行说的是同一条登记，两行没有排在一起。请排好序，整份重新上传。") % earlier
    return _("与第%d行是同一条登记，请核对后只留一行。") % earlier


def _identify(target: Target, row: Row) -> None:
    ring = key_ring()
    row.key = ring.digest("index", f"import\0{target.code}\0{target.key(row.values)}")
    plain = {code: _plain(value) for code, value in row.values.items()}
    text = json.dumps([plain, row.kept], sort_keys=True, ensure_ascii=False)
    row.digest = ring.digest("index", f"import-row\0{text}")


def _plain(value: Any) -> Any:
    if isinstance(value, Division):
        return value.code
    return value.isoformat() if isinstance(value, datetime) else value


def _uncontested(plan: Plan, rows: Sequence[Row], contested: Contested) -> list[Row]:
    """Let all rows of one key wait where they say different things, here or elsewhere in the file."""
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    fair = []
    for row in rows:
        mates = by_key[row.key]
        if row.key in contested or (len(mates) > 1 and len({mate.digest for mate in mates}) > 1):
            _contest(plan, row, [*contested.get(row.key, ()), *(mate.number for mate in mates)])
        else:
            fair.append(row)
    return fair


def _contest(plan: Plan, row: Row, numbers: Iterable[int]) -> None:
    words = "、".join(str(number) for number in sorted(set(numbers))[:MOST_NAMED])
    row.reasons.append(_("同一个文件里有相同编号、内容不同的行（第%s行），请核对后改正。") % words)
    row.key = ""  # nobody ends while it is open whom such a row means
    plan.quarantined.append(row)


def _sorted_by_ledger(target: Target, plan: Plan, rows: Sequence[Row], job_id: int, seen: Seen) -> list[Row]:
    """Sort rows into new, changed, unchanged; return those that still have to be checked."""
    known = {
        key: (digest, subject, of)
        for key, digest, subject, of in ImportedRow.objects.filter(
            target=target.code, is_current=True, key__among=[row.key for row in rows]
        ).values_list("key", "digest", "subject_id", "of_id")
    }
    for row in rows:
        digest, subject, of = known.get(row.key, ("", 0, 0))
        is_repeated = int(row.key[:15], 16) in seen.rows
        earlier = seen.first(row)
        row.subject = subject
        if subject:
            plan.subjects[row.number] = subject
        if row.digest == digest or (is_repeated and not earlier):
            plan.unchanged.append(row)
        elif earlier or of == job_id:
            _contest(plan, row, [earlier, row.number] if earlier else [row.number])
        elif digest:
            plan.changed.append((row, subject))
        else:
            plan.new.append(row)
    return [*plan.new, *(row for row, _known in plan.changed)]


# -- one row --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the cells of a chunk: the columns of the map, the places it names, the words of choices.

    ``choices`` keeps field → word → value over the chunk: most cells repeat a few words.
    """

    columns: Sequence[tuple[Field, int, str]]
    notes: Sequence[tuple[str, int]]
    width: int
    spec: MapSpec
    places: Mapping[str, Division | None]
    labels: Mapping[str, Mapping[str, str]]
    choices: dict[tuple[str, str], str] = field(default_factory=dict)

    def row(self, raw: RawRow) -> Row:
        row, cells = Row(raw.number, raw.cells, decided=raw.decided), raw.cells
        count = len(cells)
        if count > self.width and any(cells[self.width :]):
            row.reasons.append(_("这一行的列比表头多，多半是内容里有没加引号的分隔符。"))
            return row
        for item, at, fixed in self.columns:
            text = cells[at] if 0 <= at < count else ""
            if text or fixed:
                self._value(item, text, fixed, row)
            elif item.is_required:
                row.reasons.append(_("“%s”是空的。") % item.label)
        row.kept = {header: cells[at] for header, at in self.notes if at < count and cells[at]}
        return row

    def _value(self, item: Field, text: str, fixed: str, row: Row) -> None:
        if item.kind == Kind.PLACE:
            self._place(item, text, row)
        elif not text:
            row.values[item.code] = fixed
        elif item.kind == Kind.CHOICE:
            self._choice(item, text, fixed, row)
        else:
            self._parsed(item, text, row)

    def _place(self, item: Field, text: str, row: Row) -> None:
        word = self.spec.values.get(item.code, {}).get(text, text) if text else self.spec.fixed[item.code]
        place = self.places.get(word)
        if place is not None:
            row.values[item.code] = place
            return
        if text:
            row.unknown[item.code] = text
        row.reasons.append(_("“%s”没有对应到本辖区的居村委或街镇。") % item.label)

    def _choice(self, item: Field, text: str, fixed: str, row: Row) -> None:
        given, value = self.spec.values.get(item.code, {}), self.choices.get((item.code, text))
        if value is None:
            plain = folded(text)
            value = given.get(text) or item.known.get(plain) or self.labels[item.code].get(plain) or ""
            self.choices[item.code, text] = value
        if value:
            row.values[item.code] = value
            return
        if text not in given:
            row.unknown[item.code] = text
        if fixed:
            row.values[item.code] = fixed
        elif item.is_strict:
            row.reasons.append(_("“%s”的说法还没有对应。") % item.label)
        else:
            row.remarks.append(_("“%s”没有对应，先空着。") % item.label)

    def _parsed(self, item: Field, text: str, row: Row) -> None:
        try:
            row.values[item.code] = _parsed(item, text, self.spec.date_order)
        except InvalidInput as refusal:
            row.reasons.append(refusal.message)
        except Ambiguous:
            row.reasons.append(_("“%s”分不清先写月还是先写日，请在设置里选。") % item.label)
        except (ValueError, OverflowError):
            words = {
                Kind.INSTANT: _("“%s”不是认得的日期。"),
                Kind.DATE: _("“%s”不是认得的日期。"),
                Kind.NUMBER: _("“%s”不是数字。"),
                Kind.TEXT: _("“%s”太长了。"),
            }
            row.reasons.append(str(item.kind_words) or words[item.kind] % item.label)


def _parsed(item: Field, text: str, order: str) -> Any:
    if item.kind == Kind.INSTANT:
        return instant_of(text, order, is_end=item.is_end)
    if item.kind == Kind.DATE:
        return date_of(text, order)
    if item.kind == Kind.NUMBER:
        return number_of(text)
    if item.longest and len(text) > item.longest:
        raise ValueError(item.code)
    return item.parse(text) if item.parse else text


def reader_of(
    target: Target, spec: MapSpec, headers: Sequence[str], places: Mapping[str, Division | None]
) -> _Reader:
    """Return what reads the rows of one chunk."""
    at = {header: place for place, header in enumerate(headers)}
    columns = [
        (item, at.get(spec.columns.get(item.code, ""), -1), spec.fixed.get(item.code, ""))
        for item in target.fields
    ]
    return _Reader(
        columns=[part for part in columns if part[1] >= 0 or part[2] or part[0].is_required],
        notes=[(header, at[header]) for header in spec.keep if header in at],
        width=len(headers),
        spec=spec,
        places=places,
        labels=labels_of(target),
    )


def labels_of(target: Target) -> dict[str, dict[str, str]]:
    """Return field → folded value or label → value, for every choice."""
    return {
        item.code: {folded(word): value for value, label in item.choices() for word in (value, label)}
        for item in target.fields
        if item.choices
    }


# -- places -----------------------------------------------------------------------
def _places(
    target: Target, spec: MapSpec, headers: Sequence[str], scope: Scope, raw: Sequence[RawRow]
) -> dict[str, Division | None]:
    """Return word of the file (or code of the map) → division inside the areas, two queries at most."""
    words: set[str] = set()
    for item in (item for item in target.fields if item.kind == Kind.PLACE):
        given, header = spec.values.get(item.code, {}), spec.columns.get(item.code)
        at = headers.index(header) if header in headers else -1
        found = {row.cells[at] for row in raw if 0 <= at < len(row.cells)}
        words |= {given.get(word, word) for word in found} | {spec.fixed.get(item.code, "")}
    return places_find(words - {""}, scope.areas)


def places_find(words: Iterable[str], areas: tuple[str, ...]) -> dict[str, Division | None]:
    """Return word → the street or committee in the areas with that code or name, or called that."""
    wanted = {word: _code(word) for word in words}
    rows = Division.objects.on().filter(in_areas("path", areas), level__in=(Level.STREET, Level.COMMITTEE))
    by_code = {
        place.code: place for place in rows.filter(code__in=[code for code in wanted.values() if code])
    }
    names = [word for word, code in wanted.items() if not code]
    named: dict[str, list[Division]] = {}
    for place in (*rows.filter(name__in=names), *rows.filter(short_name__in=names)) if names else ():
        for name in {place.name, place.short_name}:
            named.setdefault(name, []).append(place)
    return {
        word: by_code.get(code) if code else _only(named.get(word, ())) or _called(word, areas)
        for word, code in wanted.items()
    }


def _called(word: str, areas: Iterable[str]) -> Division | None:
    """Return what people mean by a name that does not stand in the register word for word."""
    for level in (Level.COMMITTEE, Level.STREET):
        found = [division_match(word, level=level, area=area).division for area in areas]
        if place := _only(row for row in found if row is not None):
            return place
    return None


def _only(places: Iterable[Division]) -> Division | None:
    found = {place.pk: place for place in places}
    return next(iter(found.values())) if len(found) == 1 else None


def _code(word: str) -> str:
    try:
        return code_unpadded(word)
    except InvalidInput:
        return ""
