"""Who sees which personal field of the register: the table that pages and interfaces are tested against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from linli.core.actor import Function

TABLE = Path(__file__).parent / "data" / "field_access.yaml"
AT_THE_DOOR = frozenset({Function.GRID_WORKER, Function.COMMITTEE, Function.STREET})
NONE = "none"


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """One personal field: what it is called, by which mask it is shown in part, and who sees it how."""

    field: str  # residents.Model.column
    label: str
    ways: Mapping[str, str]
    mask: str = ""
    note: str = ""

    def way(self, function: str) -> str:
        """Return how a function sees it: ``none``, ``clear``, ``masked``, each also with ``reveal``."""
        rest = self.ways["rest"]
        return self.ways.get(function, self.ways.get("working", rest) if function in AT_THE_DOOR else rest)


@cache
def field_access() -> dict[str, FieldAccess]:
    """Return every personal field of the register with who sees it, in the order of the file."""
    lines = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {field: _line(field, dict(line)) for field, line in lines.items()}


def _line(field: str, line: dict[str, str]) -> FieldAccess:
    label, mask, note = line.pop("label"), line.pop("mask", ""), line.pop("note", "")
    return FieldAccess(field, label, line, mask, note)
