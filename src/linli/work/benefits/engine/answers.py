"""What the engine is given about a household, and what it answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..language.tree import Compare, Holds, OneOf, Term

Values = Mapping[str, int | None]  # column → whole number; absent or None is unknown
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person of a household by the columns of ``language.columns``.

    ``key`` tells persons apart. ``dates`` says since when a value is known, ``expired`` on which day one ran
    out whose value is therefore unknown (both ``yyyymmdd``; only the trace looks at them). Who has no
    ``presence`` lives there.
    """

    key: str | int
    values: Values
    dates: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    expired: Mapping[str, int] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """A household: what is known of it and of everybody registered in it."""

    values: Values
    members: tuple[PersonFacts, ...]
    dates: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    expired: Mapping[str, int] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, order=True)
class Absent:
    """A fact that is not known; ``person`` is empty where it is the household's, or no fact of anybody
    (``standard:CODE`` for a figure of the city, ``policy:CODE`` for a policy that is not at hand)."""

    fact: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A column that a condition looked at: whose, what stood there, since when, or since when no longer."""

    column: str
    person: str | int | None
    value: int | None
    known_on: int | None = None
    expired_on: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A test within a labelled condition: the number found, and the number it was held against where it is
    a comparison. Every number is a whole one, as the column's kind says (fen, ``yyyymmdd``, a choice)."""

    test: Compare | OneOf | Holds
    found: int | None
    against: int | None
    looked: tuple[Looked, ...]

    @property
    def term(self) -> Term:
        """What was measured, as the rule says it."""
        match self.test:
            case Compare(left=term) | OneOf(of=term) | Holds(members=term):
                return term


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trace: a labelled condition and its answer (``None``: not known).

    ``depth`` is 0 for a line that stands under no other; ``policies`` are those whose verdict was asked.
    """

    label: str
    clause: str
    answer: bool | None
    depth: int
    measured: tuple[Measured, ...]
    missing: tuple[str, ...]
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a policy says of a person, or of the household (``person`` is ``None``).

    ``verdict``: ``True`` eligible, ``False`` not, ``None`` 待核, and then ``missing`` names the facts that
    leave it open and ``absent`` whose they are. ``amount`` (fen, by the policy's period) only where eligible
    and known. ``is_worth_asking``: 待核, and the policy says that these facts are worth a visit.
    """

    person: str | int | None
    verdict: bool | None
    amount: int | None
    missing: tuple[str, ...]
    absent: tuple[Absent, ...]
    is_worth_asking: bool
    trace: tuple[Line, ...]
