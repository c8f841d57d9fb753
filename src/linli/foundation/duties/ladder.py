"""The ladder's figures in force: dated data that ship with Linli, overridden by streets and districts.

Each process keeps the overrides for a minute; one takes effect on a later day than it was made on, so that
nobody misses it.
"""

import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from linli.core.timelimits import Limit, LimitUnit

from .models import LadderRule
from .rungs import LEVELS, Kind, Ladder

FILE = Path(__file__).parent / "data" / "ladder.yaml"
KEEP_SECONDS = 60


class BadLadder(Exception):
    """The file of the ladder cannot be used; the message names the version and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class LadderVersion:
    """One version of the file: from which day, and its two ladders."""

    valid_from: date
    ladders: Mapping[Kind, Ladder]


def _limit(row: Mapping[str, Any]) -> Limit:
    return Limit(int(row["amount"]), LimitUnit(row["unit"]))


def _ladder(version: Mapping[str, Any], kind: Kind) -> Ladder:
    row = version[kind]
    if not 0 < row["remind"] < row["amber"] < 100:
        raise ValueError("remind and amber must rise between 0 and 100")
    return Ladder(
        version=str(version["version"]),
        source=version["source"],
        mark=version["mark"],
        remind=row["remind"],
        amber=row["amber"],
        remind_lead=timedelta(hours=row["remind_lead_hours"]),
        hand_up=_limit(row["hand_up"]),
        stages={level: _limit(row[level]) for level in LEVELS},
        supervise=_limit(row["supervise"]),
        above=dict(version["above"]),
    )


def ladder_versions(content: Mapping[str, Any]) -> tuple[LadderVersion, ...]:
    """Check the file's content and return its versions, oldest first; raises ``BadLadder``."""
    made = []
    for version in content.get("versions") or ():
        try:
            ladders = {kind: _ladder(version, kind) for kind in Kind}
            if _circles(version["above"]):
                raise ValueError("above goes round in a circle")
            made.append(LadderVersion(version["valid_from"], ladders))
        except (KeyError, TypeError, ValueError) as error:
            raise BadLadder(f"{version.get('version', '?')}: {error}") from error
    if not made:
        raise BadLadder("no version")
    return tuple(sorted(made, key=lambda version: version.valid_from))


def _circles(above: Mapping[str, str]) -> bool:
    for start in above:
        seen, at = {start}, above.get(start)
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at is not None:
            return True
    return False


@functools.cache
def shipped() -> tuple[LadderVersion, ...]:
    """Return the versions that ship with Linli."""
    return ladder_versions(yaml.safe_load(FILE.read_text(encoding="utf-8")))


_kept: tuple[float, Sequence[LadderRule]] | None = None


def _rules() -> Sequence[LadderRule]:
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        _kept = (time.monotonic(), list(LadderRule.objects.order_by("area_path", "valid_from", "pk")))
    return _kept[1]


def ladder_forget() -> None:
    """Read the overrides again next time (after one was made)."""
    global _kept
    _kept = None


def ladder_for(area_path: str, kind: Kind, on: date) -> Ladder:
    """Return the ladder of a place for a duty opened on a day: the street's, the district's, or Linli's."""
    versions = shipped()
    version = next((row for row in reversed(versions) if row.valid_from <= on), versions[0])
    ladder = version.ladders[kind]
    own: LadderRule | None = None
    for rule in _rules():  # a longer path sorts behind its beginning, a later day behind an earlier
        if rule.kind == kind and rule.valid_from <= on and area_path.startswith(rule.area_path):
            own = rule
    return ladder if own is None else with_rule(ladder, own)


def with_rule(ladder: Ladder, rule: LadderRule) -> Ladder:
    """Return a ladder with the figures that a street or district has set."""
    unit = LimitUnit.WORKING_DAY if rule.kind == Kind.DAY else LimitUnit.MINUTE
    return replace(
        ladder,
        version=f"{rule.valid_from}#{rule.pk}",
        source=rule.reason,
        mark="",
        remind=rule.remind,
        amber=rule.amber,
        hand_up=Limit(rule.hand_up, unit),
        stages={
            "street": Limit(rule.street, unit),
            "district": Limit(rule.district, unit),
            "city": Limit(rule.city, unit),
        },
        supervise=Limit(rule.supervise, unit),
    )
