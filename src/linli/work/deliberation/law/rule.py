"""A rule for one kind of decision, as the law has it from a day on; and as JSON, to be kept with a ballot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .measures import Basis, Requirement, Share, Whole


@dataclass(frozen=True, slots=True)
class Proxies:
    """Who may vote for others: for how many (``None``: no number in the law), whether in writing."""

    limit: int | None
    candidate_may: bool
    written: bool
    who: str
    article: str


@dataclass(frozen=True, slots=True)
class Caller:
    """What share of whom may ask that a meeting be called or a vote be held."""

    who: str
    share: Share
    article: str


@dataclass(frozen=True, slots=True)
class Interval:
    """How often it must be held: once in every ``months``, of the calendar or since the last time."""

    months: int
    calendar: bool
    article: str


@dataclass(frozen=True, slots=True)
class SecondRound:
    """Another vote for the seats left: with most votes, but not fewer than ``share`` of those cast.

    ``more``: by how many candidates exceed the seats.
    """

    share: Share
    of: Whole
    more: int
    article: str


@dataclass(frozen=True, slots=True)
class Note:
    """One more sentence with where it comes from and how surely that is known."""

    what: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What the law asks of one kind of decision, in force from ``begins`` to ``ends`` inclusive.

    ``mark``: ✔ the text was read, ○ second hand, ✘ a setting; ``suggested`` names those fields of a row
    marked otherwise that are settings too. Days are calendar days. ``about`` lists what is decided by it.
    """

    key: str
    kind: str
    title: str
    about: tuple[str, ...]
    begins: date
    ends: date | None
    source: str
    mark: str
    electorate: str
    convened_by: str
    way: str
    turnout: tuple[Requirement, ...]
    turnout_any: bool
    passing: tuple[Requirement, ...]
    unanimous: bool
    notice_days: int | None
    roll_days: int | None
    objection_days: int | None
    ruling_days: int | None
    publish_days: int | None
    announce_days: int | None
    proxies: Proxies | None
    may_change: bool
    callers: tuple[Caller, ...]
    every: Interval | None
    second_round: SecondRound | None
    more_candidates: bool
    nominators: int | None
    handover_days: int | None
    suggested: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def by_area(self) -> bool:
        """Whether floor area counts beside heads."""
        return any(part.basis is Basis.AREA for part in (*self.turnout, *self.passing))

    @property
    def is_secret(self) -> bool:
        """Whether it can only be decided by secret ballot."""
        return self.way == "secret"


def requirement_to_json(part: Requirement) -> dict[str, str]:
    """Return a threshold as plain values."""
    return {"basis": part.basis, "share": str(part.share), "of": part.of, "article": part.article}


def requirement_from_json(row: Mapping[str, Any]) -> Requirement:
    """Return the threshold that plain values say; raises ``ValueError`` or ``KeyError``."""
    return Requirement(Basis(row["basis"]), Share.read(row["share"]), Whole(row["of"]), row["article"])


def rule_to_json(rule: DecisionRule) -> dict[str, Any]:
    """Return the whole rule as plain values, to be kept with a ballot and published."""
    plain = {name: getattr(rule, name) for name in DecisionRule.__slots__}
    proxies, every, again = rule.proxies, rule.every, rule.second_round
    return plain | {
        "about": list(rule.about),
        "begins": rule.begins.isoformat(),
        "ends": rule.ends.isoformat() if rule.ends else None,
        "turnout": [requirement_to_json(part) for part in rule.turnout],
        "passing": [requirement_to_json(part) for part in rule.passing],
        "proxies": proxies and {name: getattr(proxies, name) for name in Proxies.__slots__},
        "callers": [{"who": c.who, "share": str(c.share), "article": c.article} for c in rule.callers],
        "every": every and {name: getattr(every, name) for name in Interval.__slots__},
        "second_round": again
        and {"share": str(again.share), "of": again.of, "more": again.more, "article": again.article},
        "suggested": list(rule.suggested),
        "notes": [{"what": n.what, "source": n.source, "mark": n.mark} for n in rule.notes],
    }


def _second_round(row: Mapping[str, Any] | None) -> SecondRound | None:
    if not row:
        return None
    return SecondRound(Share.read(row["share"]), Whole(row["of"]), int(row["more"]), row["article"])


def rule_from_json(row: Mapping[str, Any]) -> DecisionRule:
    """Return the rule that plain values say; raises ``ValueError`` or ``KeyError``."""
    turned: dict[str, Any] = {
        "about": tuple(row["about"]),
        "begins": date.fromisoformat(row["begins"]),
        "ends": date.fromisoformat(row["ends"]) if row["ends"] else None,
        "turnout": tuple(requirement_from_json(part) for part in row["turnout"]),
        "passing": tuple(requirement_from_json(part) for part in row["passing"]),
        "proxies": Proxies(**row["proxies"]) if row["proxies"] else None,
        "callers": tuple(Caller(c["who"], Share.read(c["share"]), c["article"]) for c in row["callers"]),
        "every": Interval(**row["every"]) if row["every"] else None,
        "second_round": _second_round(row["second_round"]),
        "suggested": tuple(row["suggested"]),
        "notes": tuple(Note(**note) for note in row["notes"]),
    }
    return DecisionRule(**{name: turned.get(name, row[name]) for name in DecisionRule.__slots__})
