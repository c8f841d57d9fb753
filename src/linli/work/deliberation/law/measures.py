"""What is counted and compared: heads, floor area, households; fractions as whole numbers, never floats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

SHARE = re.compile(r"(>=|>)\s*(\d+)/(\d+)")


class Basis(StrEnum):
    """What is counted; area in 1/100 m²."""

    HEADS = "heads"
    AREA = "area"
    HOUSEHOLDS = "households"


class Whole(StrEnum):
    """Of what a share is taken: the denominators of the law."""

    ELECTORS = "electors"
    PARTICIPANTS = "participants"
    ATTENDEES = "attendees"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction of the law: ``strict`` is “more than” （过半数、超过）, else “at least” （以上、不少于）."""

    num: int
    den: int
    strict: bool

    def __post_init__(self) -> None:
        if not 0 < self.num <= self.den or (self.strict and self.num == self.den):
            raise ValueError(f"no share of the law: {self.num}/{self.den}")

    def holds(self, part: int, whole: int) -> bool:
        """Whether ``part`` of ``whole`` is enough; nothing is ever enough of nothing."""
        if whole <= 0:
            return False
        return part * self.den > whole * self.num if self.strict else part * self.den >= whole * self.num

    def least(self, whole: int) -> int:
        """Return the smallest part of ``whole`` that is enough; 0 where nothing is."""
        if whole <= 0:
            return 0
        return whole * self.num // self.den + 1 if self.strict else -(-whole * self.num // self.den)

    def __str__(self) -> str:
        return f"{'>' if self.strict else '>='}{self.num}/{self.den}"

    @classmethod
    def read(cls, text: str) -> Share:
        """Return the share written as ``>1/2`` or ``>=2/3``; raises ``ValueError``."""
        found = SHARE.fullmatch(text)
        if not found:
            raise ValueError(f"not a share: {text!r}")
        return cls(int(found[2]), int(found[3]), found[1] == ">")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One threshold of a rule: so much of that, with its article."""

    basis: Basis
    share: Share
    of: Whole
    article: str


@dataclass(frozen=True, slots=True)
class Weights:
    """So many heads and so much area (1/100 m²)."""

    heads: int = 0
    area: int = 0

    def __add__(self, other: Weights) -> Weights:
        return Weights(self.heads + other.heads, self.area + other.area)

    def __bool__(self) -> bool:
        return bool(self.heads or self.area)


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one question.

    ``participants`` took part in the vote, with blank and invalid papers; ``invalid`` are those of them whose
    paper says nothing valid. ``members`` compose a meeting, ``attendees`` have come to it. Households are
    counted beside them where a rule asks for them. ``choices``: “yes”, “no”, “abstain”, or candidates.
    """

    electors: Weights = Weights()
    members: int = 0
    attendees: int = 0
    participants: Weights = Weights()
    choices: Mapping[str, Weights] = field(default_factory=dict)
    invalid: Weights = Weights()
    households: int = 0
    households_present: int = 0

    @classmethod
    def of_ballot(
        cls,
        electors: Weights,
        participants: Weights,
        choices: Mapping[str, Weights],
        *,
        invalid: Weights = Weights(),
        households: int = 0,
        households_present: int = 0,
    ) -> Tally:
        """Return the tally of a ballot by papers: who voted has come, whoever may vote is a member."""
        return cls(
            electors,
            electors.heads,
            participants.heads,
            participants,
            choices,
            invalid,
            households,
            households_present,
        )

    @classmethod
    def of_meeting(
        cls,
        members: int,
        attendees: int,
        choices: Mapping[str, int],
        *,
        households: int = 0,
        households_present: int = 0,
    ) -> Tally:
        """Return the tally of a show of hands: who composes the meeting, who has come, hands by choice."""
        return cls(
            electors=Weights(members),
            members=members,
            attendees=attendees,
            participants=Weights(attendees),
            choices={choice: Weights(hands) for choice, hands in choices.items()},
            households=households,
            households_present=households_present,
        )

    def choice(self, key: str) -> Weights:
        """Return what one choice got."""
        return self.choices.get(key, Weights())

    def turnout(self, basis: Basis, of: Whole) -> tuple[int, int]:
        """Return who took part and who could have, as a threshold of turnout compares them."""
        if basis is Basis.HOUSEHOLDS:
            return self.households_present, self.households
        if of is Whole.MEMBERS:
            return self.attendees, self.members
        return getattr(self.participants, basis), getattr(self.electors, basis)

    def whole(self, basis: Basis, of: Whole) -> int:
        """Return the denominator of a threshold for passing."""
        if of is Whole.MEMBERS:
            return self.members
        if of is Whole.ATTENDEES:
            return self.attendees
        return int(getattr(self.electors if of is Whole.ELECTORS else self.participants, basis))

    def fault(self, *, single: bool) -> str:
        """Return why the figures cannot be of one vote, empty if they can; ``single``: one choice a paper."""
        given = [*self.choices.values(), self.invalid]
        for basis in ("heads", "area"):
            took, could = getattr(self.participants, basis), getattr(self.electors, basis)
            counts = [getattr(weights, basis) for weights in given]
            if min([took, could, *counts]) < 0:
                return _("票数不能是负数。")
            if took > could:
                return _("参加表决的比全体还多，请核对名册。")
            if (sum(counts) if single else max(counts)) > took:
                return _("各选项的票加起来比参加表决的还多，请重新计票。")
        if self.attendees > self.members or self.households_present > self.households:
            return _("到会的比应到的还多，请核对签到。")
        return ""


def share_words(share: Share) -> str:
    """Return a share in the words of the law （过半数、三分之二以上、超过三分之二）."""
    known = {
        ">1/2": _("过半数"),
        ">=1/2": _("二分之一以上"),
        ">2/3": _("超过三分之二"),
        ">=2/3": _("三分之二以上"),
        ">=3/4": _("四分之三以上"),
        ">=4/5": _("五分之四以上"),
        ">=1/3": _("三分之一以上"),
        ">=1/5": _("五分之一以上"),
        ">=1/10": _("十分之一以上"),
        ">=1/1": _("全体一致"),
    }
    more = _("超过") if share.strict else _("不少于")
    return known.get(str(share), f"{more}{share.num}/{share.den}")


def amount_words(basis: Basis, amount: int) -> str:
    """Return a number with its unit （1,200人、8,950.00平方米、300户）."""
    if basis is Basis.AREA:
        return _("%(n)s平方米") % {"n": f"{amount // 100:,}.{amount % 100:02d}"}
    unit = _("%(n)s户") if basis is Basis.HOUSEHOLDS else _("%(n)s人")
    return unit % {"n": f"{amount:,}"}
