"""What can be imported: a room declares a target, plain functions over rows, and adds it at start-up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from linli.core.errors import NotFound

Text = str | Promise


class Kind(StrEnum):
    """How a cell of a field is read."""

    TEXT = "text"
    INSTANT = "instant"
    DATE = "date"
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
    ``is_end``: a day alone means its end. ``parse`` reads a text to a plain value (``ValueError`` or a
    refusal for what is none); ``kind_words`` then says what it should have been. ``shows`` returns such a
    value as people read it.
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
    parse: Callable[[str], Any] | None = None
    kind_words: Text = ""
    shows: Callable[[Any], str] | None = None


KEEP, TAKE = "keep", "take"


@dataclass(frozen=True, slots=True)
class Clash:
    """One field in which a row and the record disagree and a person has to decide.

    ``ours`` and ``theirs`` are texts as people read them, ``why`` says why no rule decides; it names no
    value. ``choices`` are (code, words); the first is the careful one.
    """

    field: str
    label: str
    ours: str
    theirs: str
    why: str
    choices: tuple[tuple[str, str], ...] = ()


NOTHING: Mapping[str, str] = {}


@dataclass(slots=True)
class Row:
    """One row on its way: cells, what they mean by field, why it cannot be taken, what is to be noted.

    ``kept`` are further columns that the operator chose to keep, header → text. ``clashes`` wait for a
    person's decision; ``decided`` are decisions on an earlier try, field → choice. ``waits_for_others``:
    what is wrong may be mended by a later row of the file, so it is tried once more at the end.
    ``key`` is empty where nobody can say which record it means; ``check`` empties it for a row that waits.
    ``subject`` is the record that an earlier file's row of this key became, or that ``match`` found, else 0.
    """

    number: int
    cells: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    decided: Mapping[str, str] = field(default_factory=dict)
    waits_for_others: bool = False
    subject: int = 0
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


class UnmakeNoted(Protocol):
    """Takes records away, told what ``remember`` kept of each."""

    def __call__(self, *, notes: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
        """Return id → why one was left."""


class Restore(Protocol):
    """Puts records back to what they were."""

    def __call__(self, *, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
        """Return id → why one was left."""


class Match(Protocol):
    """Finds the record that a row of an unknown key means: known by another file, or by hand."""

    def __call__(self, *, read: Any, rows: Sequence[Row]) -> Mapping[int, int]:
        """Return row number → id."""


class Differ(Protocol):
    """Says what a row would change in its record."""

    def __call__(self, *, read: Any, row: Row, subject_id: int) -> list[tuple[str, str, str]]:
        """Return (field, before, after) as people read them."""


class Present(Protocol):
    """Says which records a file that is complete for an area would have to name."""

    def __call__(self, *, fixed: Mapping[str, str], area: str) -> Iterable[tuple[int, str]]:
        """Yield (id, path of the committee); ``fixed`` are the values that stand for the whole file."""


class End(Protocol):
    """Ends records that a complete file no longer names."""

    def __call__(self, *, scope: Scope, ids: Sequence[int]) -> list[Changed | str]:
        """Return for each what it was before, or why it is left as it is."""


class Gather(Protocol):
    """Looks at rows that only together say something, before any of them is known by its key."""

    def __call__(self, *, groups: Iterable[Sequence[Row]]) -> None:
        """Give every row of a group what the whole of it says; add reasons where it contradicts itself."""


class Count(Protocol):
    """Counts records in the room's figures, or leaves them out."""

    def __call__(self, *, ids: Sequence[int], is_counted: bool) -> None:
        """Write it."""


def limits_usual() -> tuple[int, int]:
    """Return how many rows and MB a file may have."""
    return settings.IMPORT_ROWS, settings.IMPORT_MB


def hidden(code: str, text: str) -> str:
    """Show that something stands there, and nothing of it."""
    return "●●●" if text else ""


@dataclass(frozen=True, slots=True)
class Target:
    """How one kind of record is imported. All functions that write are steps inside the batch's service.

    ``read``: what rows are checked against, read once a batch (any value, passed on to the next three).
    ``key``: what names the same record in the next file. ``check``: the room's own rules; adds reasons.
    ``make``: new records, their ids in the rows' order. ``change``: for each (row, id) ``Changed``, or why
    the record is left as it is. ``unmake`` and ``restore``: what could not be undone, id → why.
    ``count``: in or out of the room's figures. ``named``: id → (words, address) for links.
    ``touched``: the tables that the steps write.
    Not every target has the rest. ``batch``: rows a transaction. ``limits``: most rows and MB of a file.
    ``together``: fields; neighbours that say the same in all of them stay in one batch, and are tried again
    together. ``gather``: such rows are one record, which each of them stands for (one id, several rows).
    ``match``: records known otherwise.
    ``differ``: a changed row field by field. ``mask``: how a personal value is shown. ``present`` and
    ``end``: what a file that is complete for an area no longer names. ``remember``: what an undo must know of
    a new record besides its id; ``unmake_noted`` then stands for ``unmake``.
    """

    code: str
    label: Text
    fields: tuple[Field, ...]
    read: Callable[[Scope, Sequence[Row]], Any]
    key: Callable[[Mapping[str, Any]], str]
    check: Callable[[Any, Sequence[Row]], None]
    make: Make
    change: Change
    unmake: Unmake | None
    restore: Restore
    named: Callable[[Sequence[int]], dict[int, tuple[str, str]]]
    touched: tuple[type[Model], ...]
    count: Count | None = None
    keeps_notes: bool = False
    batch: int = 250
    limits: Callable[[], tuple[int, int]] = limits_usual
    together: tuple[str, ...] = ()
    gather: Gather | None = None
    match: Match | None = None
    differ: Differ | None = None
    mask: Callable[[str, str], str] = hidden
    present: Present | None = None
    end: End | None = None
    remember: Callable[[Any, Row], Mapping[str, Any]] | None = None
    unmake_noted: UnmakeNoted | None = None

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
