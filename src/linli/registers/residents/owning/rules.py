"""Owners counted for a vote, by a dated rule, in whole numbers; and what a title must satisfy. Pure."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

DATA = Path(__file__).parent.parent / "data"
MOST_AREA = 10_000_000  # 100,000 m² in 1/100 m²
SAME_BUYER = frozenset({"owners", "voter"})
PARKING = "parking"


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence of a rule with where it comes from and how surely that is known."""

    what: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class HeadsRule:
    """How owners are counted from a day on."""

    begins: date
    source: str
    mark: str
    same_buyer: str
    developer_is_one: bool
    counted: frozenset[str]
    parking_counts_heads: bool
    parking_counts_area: bool
    notes: tuple[Note, ...] = ()


class BadHeads(Exception):
    """The file of rules cannot be used; the message says why."""


def heads_rules_read(content: Mapping[str, Any]) -> list[HeadsRule]:
    """Check the content of ``heads.yaml`` and return its rules, oldest first; raises ``BadHeads``."""
    found = [_rule(row) for row in content["rules"]]
    begins = [rule.begins for rule in found]
    if not found or begins != sorted(set(begins)):
        raise BadHeads("rules stand in order of their days, each day once")
    return found


def _rule(row: Mapping[str, Any]) -> HeadsRule:
    if row["same_buyer"] not in SAME_BUYER:
        raise BadHeads(f"same_buyer: {row['same_buyer']!r}")
    return HeadsRule(
        begins=row["from"],
        source=row["source"],
        mark=row["mark"],
        same_buyer=row["same_buyer"],
        developer_is_one=bool(row["developer_is_one"]),
        counted=frozenset(row["counted"]),
        parking_counts_heads=bool(row["parking_counts_heads"]),
        parking_counts_area=bool(row["parking_counts_area"]),
        notes=tuple(Note(note["what"], note["source"], note["mark"]) for note in row["notes"]),
    )


@functools.cache
def _rules() -> tuple[HeadsRule, ...]:
    return tuple(heads_rules_read(yaml.safe_load((DATA / "heads.yaml").read_text(encoding="utf-8"))))


def heads_rule(on: date) -> HeadsRule:
    """Return the rule in force on a day; before the first one, the first."""
    begun = [rule for rule in _rules() if rule.begins <= on]
    return begun[-1] if begun else _rules()[0]


@dataclass(frozen=True, slots=True)
class Title:
    """One title as counting sees it: owners by any names that tell them apart; area in 1/100 m²."""

    part: int
    part_kind: str
    area: int
    owners: frozenset[str] = frozenset()
    voter: str = ""
    is_unsold: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """One head: its titles and their area together."""

    titles: tuple[Title, ...]
    area: int
    is_developer: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """The heads of a roll in a fixed order; the area of what counts by area; what does not count at all."""

    heads: tuple[Head, ...]
    area: int
    left_out: tuple[Title, ...]

    @property
    def number(self) -> int:
        """How many heads."""
        return len(self.heads)


def heads_counted(titles: Iterable[Title], rule: HeadsRule) -> Count:
    """Count heads and area of the titles of one compound (or building) by a rule; whole numbers only.

    A title whose owners are not known is a head by itself. The order of the titles never matters.
    """
    groups: dict[tuple[Any, ...], list[Title]] = {}
    area, left_out = 0, list[Title]()
    for title in sorted(titles, key=lambda title: title.part):
        by_area, by_head = _counts(title, rule)
        area += title.area if by_area else 0
        if by_head:
            groups.setdefault(_buyer(title, rule), []).append(title)
        elif not by_area:
            left_out.append(title)
    heads = tuple(
        Head(tuple(group), sum(title.area for title in group), buyer == ("developer",))
        for buyer, group in groups.items()
    )
    return Count(heads, area, tuple(left_out))


def _counts(title: Title, rule: HeadsRule) -> tuple[bool, bool]:
    """Return whether a title counts by area, and by head."""
    if title.part_kind == PARKING:
        return rule.parking_counts_area, rule.parking_counts_heads
    counts = title.part_kind in rule.counted
    return counts, counts


def _buyer(title: Title, rule: HeadsRule) -> tuple[Any, ...]:
    if title.is_unsold and rule.developer_is_one:
        return ("developer",)
    if rule.same_buyer == "voter" and title.voter:
        return ("voter", title.voter)
    return ("owners", *sorted(title.owners)) if title.owners else ("part", title.part)


# -- what a title must satisfy -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OwnerEntry:
    """One owner as entered: a person or an establishment by key, the share where it is known."""

    resident_id: int | None = None
    establishment_id: int | None = None
    share: Fraction | None = None
    is_voter: bool = False


def owners_faults(owners: Sequence[OwnerEntry], *, may_be_empty: bool) -> str:
    """Return what is wrong with the owners of a title in words that say what to do; empty if nothing is."""
    if not owners:
        return "" if may_be_empty else _("请至少登记一位产权人。")
    if any((owner.resident_id is None) == (owner.establishment_id is None) for owner in owners):
        return _("每位产权人是一个人或一个单位。")
    if len({(owner.resident_id, owner.establishment_id) for owner in owners}) < len(owners):
        return _("同一位产权人填了两次，请把份额合在一行里。")
    if sum(owner.is_voter for owner in owners) > 1:
        return _("共有的房屋只能推选一人表决。")
    return _shares_fault([owner.share for owner in owners])


def _shares_fault(shares: Sequence[Fraction | None]) -> str:
    known = [share for share in shares if share is not None]
    if not known:
        return ""
    if len(known) < len(shares):
        return _("份额要么每位都填，要么都不填（共同共有）。")
    if any(share <= 0 for share in known):
        return _("份额必须大于0。")
    total = sum(known, Fraction(0))
    if total != 1:
        return _("份额合计是%(total)s，应当正好等于1，请核对。") % {"total": total}
    return ""


def voter_settled(owners: Sequence[OwnerEntry]) -> list[OwnerEntry]:
    """Return the owners with the only one of them as voter; several keep what was named."""
    if len(owners) == 1:
        only = owners[0]
        return [OwnerEntry(only.resident_id, only.establishment_id, only.share, True)]
    return list(owners)


def share_read(text: str) -> Fraction | None:
    """Return a share as people write it (1/2, 50%, 0.5), ``None`` for nothing; raises ``InvalidInput``."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace("分之", "\\")
    if not plain:
        return None
    try:
        if "\\" in plain:
            below, above = plain.split("\\")
            share = Fraction(int(above), int(below))
        elif plain.endswith("%"):
            share = Fraction(plain[:-1]) / 100
        else:
            share = Fraction(plain)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1 or share.denominator > 10**6:
        raise InvalidInput(_("份额要写成不大于1的分数，如 1/2 或 50%。"))
    return share


def area_read(text: str) -> int:
    """Return an area in 1/100 m² from square metres as typed; raises ``InvalidInput`` beside ``area``."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("平方米").removesuffix("m2").strip()
    try:
        hundredths = Decimal(plain) * 100
    except InvalidOperation:
        hundredths = Decimal("NaN")
    if not hundredths.is_finite() or hundredths != hundredths.to_integral_value():
        raise _area(_("登记面积请填平方米数，最多两位小数，例如 89.50。"))
    return area_checked(int(hundredths))


def area_checked(hundredths: int) -> int:
    """Return an area that a part can have, or raise ``InvalidInput`` beside ``area``."""
    if hundredths <= 0:
        raise _area(_("登记面积必须大于0，请照不动产权证填写。"))
    if hundredths > MOST_AREA:
        raise _area(_("登记面积超过10万平方米，请核对单位是平方米。"))
    return hundredths


def _area(words: str) -> InvalidInput:
    return InvalidInput(words, details={"area": words})
