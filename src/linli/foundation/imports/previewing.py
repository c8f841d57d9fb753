"""What looking through a whole file found: counts, reasons, and every row as it would become, in pages."""

import json
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .planning import Plan
from .targets import Row, Target

MOST_SHOWN, MOST_UNKNOWN = 8, 60
OUTCOMES = ("new", "changed", "unchanged", "conflicts", "quarantined")


@dataclass(slots=True)
class Preview:
    """What looking through a file found, added up chunk by chunk."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    first: list[dict[str, Any]] = field(default_factory=list)
    keyless: int = 0

    def add(self, target: Target, plan: Plan) -> dict[str, list[dict[str, Any]]]:
        """Add a chunk; return its rows by outcome as the preview shows them."""
        words = shower(target)
        rows = {name: [words.line(name, row, plan, at) for row, at in group] for name, group in _groups(plan)}
        for name, lines in rows.items():
            self.counts[name] += len(lines)
        for name, group in _groups(plan):
            for row, _subject in group:
                self._row(row)
                if len(self.first) < MOST_SHOWN and name in ("new", "changed"):
                    cells = words.values(row)
                    self.first.append({"number": row.number, "is_new": name == "new", "cells": cells})
        return rows

    def _row(self, row: Row) -> None:
        if row.reasons:
            self.reasons.update(row.reasons)
        self.keyless += not row.key
        self.remarks.update(row.remarks)
        for code, word in row.unknown.items():
            self.unknown.setdefault(code, Counter())[word[:80]] += 1

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "counts": {name: count for name, count in self.counts.items() if count or name != "conflicts"},
            "reasons": self.reasons.most_common(20),
            "remarks": self.remarks.most_common(20),
            "unknown": {code: words.most_common(MOST_UNKNOWN) for code, words in self.unknown.items()},
            "first": self.first,
        }


def _groups(plan: Plan) -> Iterable[tuple[str, list[tuple[Row, int]]]]:
    yield "new", [(row, 0) for row in plan.new]
    yield "changed", list(plan.changed)
    yield "unchanged", [(row, 0) for row in plan.unchanged]
    yield "conflicts", [(row, 0) for row in plan.conflicts]
    yield "quarantined", [(row, 0) for row in plan.quarantined]


@dataclass(frozen=True, slots=True)
class _Shower:
    """How a target's rows are shown, the labels of choices asked for once."""

    target: Target
    labels: dict[str, dict[str, str]]

    def values(self, row: Row) -> dict[str, str]:
        """Return a row's values as people read them, field → words; personal ones masked."""
        words: dict[str, str] = {}
        for item in self.target.fields:
            value = row.values.get(item.code)
            if value in (None, ""):
                continue
            if item.is_personal:
                words[item.code] = self.target.mask(item.code, str(value))
            elif item.shows is not None:
                words[item.code] = item.shows(value)[:120]
            elif isinstance(value, datetime):
                words[item.code] = value.strftime("%Y-%m-%d %H:%M")
            else:
                words[item.code] = str(self.labels.get(item.code, {}).get(str(value), value))[:120]
        return words

    def line(self, name: str, row: Row, plan: Plan, subject: int) -> dict[str, Any]:
        """Return a row of the preview: its number, what it says, and what would change or is wrong."""
        line: dict[str, Any] = {"n": row.number}
        if name != "unchanged":
            line["v"] = self.values(row)
        if name == "changed" and self.target.differ is not None:
            line["d"] = self.target.differ(read=plan.read, row=row, subject_id=subject)
        if name == "conflicts":
            line["c"] = [clash.label for clash in row.clashes]
        if row.reasons or row.remarks:
            line["w"] = [*row.reasons, *row.remarks]
        return line


def shower(target: Target) -> _Shower:
    """Return what shows rows of a target."""
    labels = {
        item.code: {str(v): str(w) for v, w in item.choices()} for item in target.fields if item.choices
    }
    return _Shower(target, labels)


def lines_packed(lines: list[dict[str, Any]]) -> str:
    """Return lines of the preview as the table keeps them (encrypted by their field)."""
    return b64encode(zlib.compress(json.dumps(lines, ensure_ascii=False).encode(), 1)).decode()


def lines_unpacked(text: str) -> list[dict[str, Any]]:
    """Return what ``lines_packed`` kept."""
    found: list[dict[str, Any]] = json.loads(zlib.decompress(b64decode(text)))
    return found
