"""What would become of rows: read by the map, checked, compared with what earlier files said. No writes."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from .targets import Field, Kind, Row, Scope, Target
from .values import Ambiguous, instant_of, number_of

CHUNK = 250


@dataclass(slots=True)
class Plan:
    """A chunk of rows by what would happen to them; ``ids`` are the records of ``changed``."""

    read: Any
    new: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, int]] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    quarantined: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Seen:
    """Keys that this file has had already, with the digest of their row."""

    digests: dict[str, str] = field(default_factory=dict)


def chunks(rows: Iterable[RawRow], size: int = CHUNK) -> Iterator[list[RawRow]]:
    """Yield rows in groups."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, size)):
        yield chunk


def rows_plan(
    target: Target,
    spec: MapSpec,
    headers: Sequence[str],
    scope: Scope,
    raw: Sequence[RawRow],
    *,
    job_id: int,
    seen: Seen | None = None,
) -> Plan:
    """Return what would become of a chunk of rows.

    ``seen`` carries the keys over a whole file while nothing is written; a run finds them in the table.
    """
    places = _places(target, spec, headers, scope, raw)
    reader = _Reader(target, spec, headers, places, labels_of(target))
    rows = [reader.row(line) for line in raw]
    for row in rows:
        if not row.reasons:
            _identify(target, row)
    plan = Plan(None, quarantined=[row for row in rows if row.reasons])
    fresh = _sorted_by_ledger(target, plan, [row for row in rows if not row.reasons], job_id, seen or Seen())
    plan.read = target.read(scope, fresh)
    target.check(plan.read, fresh)
    plan.new = [row for row in plan.new if not row.reasons]
    plan.changed = [(row, known) for row, known in plan.changed if not row.reasons]
    plan.quarantined += [row for row in fresh if row.reasons]
    return plan


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


def _sorted_by_ledger(target: Target, plan: Plan, rows: Sequence[Row], job_id: int, seen: Seen) -> list[Row]:
    """Sort rows into new, changed, unchanged; return those that still have to be checked."""
    known = {
        key: (digest, subject, of)
        for key, digest, subject, of in ImportedRow.objects.filter(
            target=target.code, is_current=True, key__in=[row.key for row in rows]
        ).values_list("key", "digest", "subject_id", "of_id")
    }
    for row in rows:
        digest, subject, of = known.get(row.key, ("", 0, 0))
        earlier = seen.digests.get(row.key, "")
        seen.digests.setdefault(row.key, row.digest)
        if row.digest in (digest, earlier):
            plan.unchanged.append(row)
        elif earlier or of == job_id:
            row.reasons.append(_("同一个文件里有相同编号、内容不同的行。"))
            plan.quarantined.append(row)
        elif digest:
            plan.changed.append((row, subject))
        else:
            plan.new.append(row)
    return [*plan.new, *(row for row, _known in plan.changed)]


# -- one row --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the cells of a chunk: the map, the places it names, the words of choices (asked for once)."""

    target: Target
    spec: MapSpec
    headers: Sequence[str]
    places: Mapping[str, Division | None]
    labels: Mapping[str, Mapping[str, str]]

    def row(self, raw: RawRow) -> Row:
        row = Row(raw.number, raw.cells)
        if any(raw.cells[len(self.headers) :]):
            row.reasons.append(_("这一行的列比表头多，多半是内容里有没加引号的分隔符。"))
            return row
        texts = dict(zip(self.headers, raw.cells, strict=False))
        for item in self.target.fields:
            self._value(item, texts.get(self.spec.columns.get(item.code, ""), ""), row)
        row.kept = {header: text for header in self.spec.keep if (text := texts.get(header, ""))}
        return row

    def _value(self, item: Field, text: str, row: Row) -> None:
        fixed = self.spec.fixed.get(item.code, "")
        if not text and not fixed:
            if item.is_required:
                row.reasons.append(_("“%s”是空的。") % item.label)
        elif item.kind == Kind.PLACE:
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
        given, plain = self.spec.values.get(item.code, {}), folded(text)
        value = given.get(text) or item.known.get(plain) or self.labels[item.code].get(plain)
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
        except Ambiguous:
            row.reasons.append(_("“%s”分不清先写月还是先写日，请在设置里选。") % item.label)
        except (ValueError, OverflowError):
            words = {
                Kind.INSTANT: _("“%s”不是认得的日期。"),
                Kind.NUMBER: _("“%s”不是数字。"),
                Kind.TEXT: _("“%s”太长了。"),
            }
            row.reasons.append(words[item.kind] % item.label)


def _parsed(item: Field, text: str, order: str) -> Any:
    if item.kind == Kind.INSTANT:
        return instant_of(text, order, is_end=item.is_end)
    if item.kind == Kind.NUMBER:
        return number_of(text)
    if item.longest and len(text) > item.longest:
        raise ValueError(item.code)
    return text


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


# -- the whole file -----------------------------------------------------------------
MOST_SHOWN, MOST_UNKNOWN = 8, 60


@dataclass(slots=True)
class Preview:
    """What looking through a file found, added up chunk by chunk."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    first: list[dict[str, Any]] = field(default_factory=list)

    def add(self, target: Target, plan: Plan) -> None:
        """Add a chunk."""
        groups = {
            "new": plan.new,
            "changed": [row for row, _known in plan.changed],
            "unchanged": plan.unchanged,
            "quarantined": plan.quarantined,
        }
        for name, rows in groups.items():
            self.counts[name] += len(rows)
            for row in rows:
                self._row(target, name, row)

    def _row(self, target: Target, name: str, row: Row) -> None:
        self.reasons.update(row.reasons)
        self.remarks.update(row.remarks)
        for code, word in row.unknown.items():
            self.unknown.setdefault(code, Counter())[word[:80]] += 1
        if len(self.first) < MOST_SHOWN and name in ("new", "changed"):
            self.first.append({"number": row.number, "is_new": name == "new", "cells": shown(target, row)})

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "counts": dict(self.counts),
            "reasons": self.reasons.most_common(20),
            "remarks": self.remarks.most_common(20),
            "unknown": {code: words.most_common(MOST_UNKNOWN) for code, words in self.unknown.items()},
            "first": self.first,
        }


def shown(target: Target, row: Row) -> dict[str, str]:
    """Return a row's values as people read them, field → words; personal ones hidden."""
    words: dict[str, str] = {}
    for item in target.fields:
        value = row.values.get(item.code)
        if value in (None, ""):
            continue
        if item.is_personal:
            words[item.code] = "●●●"
        elif isinstance(value, datetime):
            words[item.code] = value.strftime("%Y-%m-%d %H:%M")
        else:
            labels = dict(item.choices()) if item.choices else {}
            words[item.code] = str(labels.get(str(value), value))[:120]
    return words
