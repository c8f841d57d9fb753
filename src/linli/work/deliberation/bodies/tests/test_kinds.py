"""The kinds of bodies, their composition and their lawful dates: without a database."""

from datetime import date
from typing import Any

import pytest
import yaml

from linli.work.deliberation.bodies.kinds import (
    DATA,
    BadKinds,
    Composed,
    composition_faults,
    kinds,
    kinds_read,
    term_warning,
)
from linli.work.deliberation.bodies.rules import is_warned, meet_by, term_ends_on, term_faults

TODAY = date(2026, 11, 26)


def test_every_kind_decides_by_a_rule_in_force() -> None:
    for kind in kinds().values():
        rule = kind.rule_on(TODAY)
        assert rule is not None, kind.key
        assert kind.source and (kind.everybody or kind.posts)


def test_the_bodies_of_the_law_are_there() -> None:
    names = {kind.name for kind in kinds().values()}
    assert names >= {
        *("居民会议", "居民代表会议", "居民委员会", "居民委员会下属委员会", "村民会议", "村民代表会议"),
        *("业主大会", "业主委员会", "街道社区代表会议", "社区委员会", "社区委员会专业委员会"),
        *("社区议事会", "居民小组议事会", "楼组议事会"),
    }


@pytest.mark.parametrize(
    "change",
    [{"level": "moon"}, {"of": "nobody"}, {"not_with": ["nobody"]}, {"mark": "?"}, {"women": "half"}],
)
def test_a_bad_kind_is_refused(change: dict[str, Any]) -> None:
    content = yaml.safe_load(DATA.read_text("utf-8"))
    content["kinds"][0] |= change
    with pytest.raises(BadKinds):
        kinds_read(content)


def members(*posts: str, women: int = 0, unknown: int = 0) -> list[Composed]:
    sexes = [True] * women + [None] * unknown + [False] * len(posts)
    return [Composed(post, sex) for post, sex in zip(posts, sexes, strict=False)]


@pytest.mark.parametrize(
    ("kind", "composed", "fault"),
    [
        ("residents_committee", members("chair", *["member"] * 4, women=1), ""),
        ("residents_committee", members("chair", *["member"] * 8, women=1), ""),
        ("residents_committee", members("chair", *["member"] * 3, women=1), "5至9人"),
        ("residents_committee", members("chair", *["member"] * 9, women=1), "5至9人"),
        ("residents_committee", members("chair", *["member"] * 4), "妇女"),
        ("residents_committee", members("chair", *["member"] * 4, unknown=1), ""),
        ("residents_committee", members(*["member"] * 5, women=1), "一名主任"),
        ("residents_committee", members("chair", "chair", *["member"] * 3, women=1), "一名主任"),
        ("residents_representatives", members(*["representative"] * 4, "committee"), ""),
        ("residents_representatives", members(*["representative"] * 3, "committee"), "五分之四以上"),
        ("residents_representatives", members("group_head", *["representative"] * 3, "committee"), ""),
        ("village_representatives", members(*["representative"] * 3, women=1), ""),
        ("village_representatives", members(*["representative"] * 4, women=1), "三分之一以上"),
        ("residents_meeting", [], ""),
        ("residents_committee", [], ""),
    ],
)
def test_what_the_law_asks_of_members(kind: str, composed: list[Composed], fault: str) -> None:
    faults = composition_faults(kinds()[kind], composed)
    assert bool(faults) == bool(fault)
    assert not fault or fault in faults[0]


def test_a_term_lasts_five_years_at_most() -> None:
    kind = kinds()["residents_committee"]
    assert term_ends_on(kind, date(2026, 3, 1)) == date(2031, 2, 28)
    begins = date(2026, 3, 1)
    assert term_faults(kind, begins, date(2031, 2, 28), None) == {}
    assert "最长5年" in term_faults(kind, begins, date(2031, 3, 1), None)["ends_on"]
    assert "begins_on" in term_faults(kind, begins, date(2031, 2, 28), begins)
    assert "begins_on" in term_faults(kinds()["residents_meeting"], begins, date(2031, 2, 28), None)


def test_by_when_a_body_must_meet() -> None:
    twice_a_year, since = kinds()["residents_representatives"], date(2026, 3, 10)
    assert meet_by(twice_a_year, TODAY, since=since, last_on=None) == date(2026, 6, 30)
    assert meet_by(twice_a_year, TODAY, since=since, last_on=date(2026, 4, 1)) == date(2026, 12, 31)
    assert meet_by(twice_a_year, TODAY, since=since, last_on=None, ended_on=TODAY) is None
    assert meet_by(kinds()["supervision_committee"], TODAY, since=since, last_on=None) is None


def test_before_the_new_law_nothing_was_due() -> None:
    """The duty of twice a year began with the law of 2026."""
    kind = kinds()["residents_representatives"]
    assert meet_by(kind, TODAY, since=date(2020, 1, 1), last_on=None) == date(2026, 6, 30)


def test_people_are_warned_before_the_day_and_after_it() -> None:
    limit = date(2026, 6, 30)
    assert not is_warned(limit, date(2026, 4, 30), 60)
    assert is_warned(limit, date(2026, 5, 1), 60)
    assert is_warned(limit, date(2026, 7, 1), 60)
    assert term_warning() == 180
