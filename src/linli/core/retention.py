"""How long records are kept: the rules of ``data/retention.yaml``, and what rooms say of their kinds.

A room's ``retention.py`` calls ``kind_add``; the retention room loads those modules at start-up and
carries the rules out. Nothing here reads or writes records.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from .errors import NotFound


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the YAML; ``days`` is ``None`` where the kind is kept.

    ``least`` is how many days a law demands; fewer raise ``ValueError``.
    """

    kind: str
    label: str
    event: str
    does: str
    source: str
    days: int | None = None
    by: str = ""
    tombstone: bool = False
    least: int = 0

    def __post_init__(self) -> None:
        if self.days is not None and self.days < self.least:
            raise ValueError(
                f"{self.kind}: {self.days} days, but the law demands {self.least} ({self.source})"
            )

    @property
    def is_carried_out_here(self) -> bool:
        """Whether the retention room carries it out (else the room's own job does)."""
        return self.by == "retention"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a room lets a kind of record go.

    ``due(before)`` are the rows whose event lies before an instant, oldest first. ``dispose(rows)`` runs
    inside the service that records it and returns the models that it wrote to. ``find(text)`` returns the
    record that a person names by what is read out, for a hold; ``None`` where nobody holds such records.
    """

    name: str
    due: Callable[[datetime], QuerySet[Any]]
    dispose: Callable[[list[Any]], Iterable[type[Model]]]
    find: Callable[[str], Model | None] | None = None


_KINDS: dict[str, Kind] = {}


def kind_add(kind: Kind) -> None:
    """Say how a kind is let go (once a kind)."""
    _KINDS[kind.name] = kind


def kind_get(name: str) -> Kind:
    """Return a kind that a room has declared, or raise ``NotFound``."""
    if name not in _KINDS:
        raise NotFound(_("没有这一种记录。"))
    return _KINDS[name]


def kinds() -> list[Kind]:
    """Return every declared kind."""
    return list(_KINDS.values())


@cache
def _lines() -> tuple[dict[str, Any], ...]:
    text = (Path(__file__).parent / "data" / "retention.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text)["rules"])


def rules() -> list[Rule]:
    """Return the rules in the order of the file, with periods that are settings filled in."""
    found = []
    for line in _lines():
        plain = {name: value for name, value in line.items() if name != "setting"}
        if "setting" in line:
            plain["days"] = getattr(settings, line["setting"])
        found.append(Rule(**plain))
    return found


def rule_of(kind: str) -> Rule:
    """Return the rule of a kind, or raise ``NotFound``."""
    for rule in rules():
        if rule.kind == kind:
            return rule
    raise NotFound(_("没有这一种记录的保存期限。"))


def period(kind: str) -> timedelta:
    """Return how long a kind is kept, for the room whose own job sweeps it."""
    days = rule_of(kind).days
    if days is None:
        raise ValueError(f"{kind} is kept")
    return timedelta(days=days)
