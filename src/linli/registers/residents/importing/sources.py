"""Whose word counts: from which office a value came, and who may overwrite it. Pure."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent.parent / "data" / "sources.yaml"
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Rule:
    """The order of one field, and whether somebody is asked where a file's word counts less."""

    order: tuple[str, ...]
    asks: bool

    def may(self, source: str, standing: str) -> bool:
        """Whether a source may overwrite what another one said; what nobody said may be filled by anyone."""
        return not standing or self._place(source) <= self._place(standing)

    def _place(self, source: str) -> int:
        return self.order.index(source) if source in self.order else len(self.order)


@functools.cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return content


@functools.cache
def sources() -> Mapping[str, str]:
    """Return the sources: code → what it is called."""
    return dict(_content()["sources"])


@functools.cache
def rule(field: str) -> Rule:
    """Return the rule of a field."""
    line = _content()["fields"][field]
    return Rule(tuple(line["order"]), line["refused"] == "ask")
