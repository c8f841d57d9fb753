"""What can be imported: a room declares a target, plain functions over rows, and adds it at start-up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from linli.core.errors import NotFound

Text = str | Promise


class Kind(StrEnum):
    """How a cell of a field is read."""

    TEXT = "text"
    INSTANT = "instant"
    NUMBER = "number"
    CHOICE = "choice"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a target.

    ``words`` are header words that suggest the column; ``known`` are words of a cell → value, folded;
    ``choices`` returns (value, label). ``is_fixable``: one value may stand for the whole file, ``default``
    is the one that is suggested.
    ``is_strict``: an unknown word sends the row to quarantine, else it is left out with a remark.
    ``is_end``: a day alone means its end.
    """

    code: str
    label: Text
    kind: Kind = Kind.TEXT
    help: Text = ""
    words: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    choices: Callable[[], list[tuple[str, str]]] | None = None
    default: str = ""
    longest: int = 0
    is_required: bool = False
    is_fixable: bool = False
    is_strict: bool = True
    is_personal: bool = False
    is_end: bool = False


@dataclass(slots=True)
class Row:
    """One row on its way: cells, what they mean by field, why it cannot be taken, what is to be noted.

    ``kept`` are further columns that the operator chose to keep, header → text.
    """

    number: int
    cells: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    key: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom rows are taken: the areas they must lie in, who answers for it, when, counted or not."""

    areas: tuple[str, ...]
    person_id: int | None
    unit_id: int | None
    at: datetime
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """What a record was before: JSON values by which ``restore`` brings it back."""

    before: Mapping[str, Any]


class Make(Protocol):
    """Writes new records."""

    def __call__(self, *, read: Any, rows: Sequence[Row]) -> list[int]:
        """Return their ids in the rows' order."""


class Change(Protocol):
    """Brings records to what a newer file says."""

    def __call__(self, *, read: Any, pairs: Sequence[tuple[Row, int]]) -> list[Changed | str]:
        """Return for each what it was before, or why it is left as it is."""


class Unmake(Protocol):
    """Takes records away."""

    def __call__(self, *, ids: Sequence[int]) -> dict[int, str]:
        """Return id → why one was left."""


class Restore(Protocol):
    """Puts records back to what they were."""

    def __call__(self, *, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
        """Return id → why one was left."""


class Count(Protocol):
    """Counts records in the room's figures, or leaves them out."""

    def __call__(self, *, ids: Sequence[int], is_counted: bool) -> None:
        """Write it."""


@dataclass(frozen=True, slots=True)
class Target:
    """How one kind of record is imported. All functions that write are steps inside the batch's service.

    ``read``: what rows are checked against, read once a batch (any value, passed on to the next three).
    ``key``: what names the same record in the next file. ``check``: the room's own rules; adds reasons.
    ``make``: new records, their ids in the rows' order. ``change``: for each (row, id) ``Changed``, or why
    the record is left as it is. ``unmake`` and ``restore``: what could not be undone, id → why.
    ``count``: in or out of the room's figures. ``named``: id → (words, address) for links.
    ``touched``: the tables that the steps write.
    """

    code: str
    label: Text
    fields: tuple[Field, ...]
    read: Callable[[Scope, Sequence[Row]], Any]
    key: Callable[[Mapping[str, Any]], str]
    check: Callable[[Any, Sequence[Row]], None]
    make: Make
    change: Change
    unmake: Unmake
    restore: Restore
    count: Count
    named: Callable[[Sequence[int]], dict[int, tuple[str, str]]]
    touched: tuple[type[Model], ...]

    def field(self, code: str) -> Field:
        """Return a field; ``KeyError`` for none."""
        return {item.code: item for item in self.fields}[code]


_TARGETS: dict[str, Target] = {}


def target_add(target: Target) -> None:
    """Add a target; a room calls this in ``ready()``."""
    _TARGETS[target.code] = target


def target_get(code: str) -> Target:
    """Return a target; raises ``NotFound``."""
    if code not in _TARGETS:
        raise NotFound(_("不能导入“%s”。") % code[:30])
    return _TARGETS[code]


def target_choices() -> list[tuple[str, Text]]:
    """Return every target as (code, label)."""
    return [(target.code, target.label) for target in _TARGETS.values()]
