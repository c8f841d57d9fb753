"""The ladder's decisions and its file, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.duties.ladder import FILE, BadLadder, ladder_versions, shipped
from linli.foundation.duties.rungs import Kind, Rung, climb, kind_of, rule_faults

LADDER = shipped()[0].ladders[Kind.DAY]


def step(
    rung: Rung, function: str = "committee", held_by: str = "", phase: int = Rung.RED
) -> tuple[Rung, str]:
    climbed = climb(LADDER, phase, rung=rung, function=function, held_by=held_by)
    return climbed.rung, climbed.held_by


@pytest.mark.parametrize("rung", [Rung.NONE, Rung.REMINDED, Rung.AMBER])
def test_time_alone_leads_to_red(rung: Rung) -> None:
    assert step(rung, phase=Rung.AMBER) == (Rung.AMBER, "")
    assert step(rung) == (Rung.RED, "")


def test_behind_red_it_goes_from_level_to_level_with_supervision_between() -> None:
    rung, held_by, way = Rung.RED, "", []
    for _ in range(6):
        rung, held_by = step(rung, held_by=held_by)
        way.append((rung.name, held_by))
    assert way == [
        (name, level) for level in ("street", "district", "city") for name in ("HANDED", "SUPERVISED")
    ]
    assert step(rung, held_by=held_by) == (Rung.SUPERVISED, "city")  # and stays there


@pytest.mark.parametrize(
    ("function", "first"),
    [
        *(
            ("grid_worker", "committee"),
            ("committee", "street"),
            ("property", "street"),
            ("department", "street"),
        ),
        *(("provider", "street"), ("social_org", "street"), ("street", "district"), ("district", "city")),
        *(("city", ""), ("operator", ""), ("supervisor", "")),
    ],
)
def test_who_takes_over_from_whom(function: str, first: str) -> None:
    assert step(Rung.RED, function) == ((Rung.HANDED, first) if first else (Rung.RED, ""))
    red = climb(LADDER, Rung.RED, rung=0, function=function, held_by="")
    assert (red.wait is not None) == bool(
        first
    )  # who has nobody above is told that it is late, and that is all


@given(minutes=st.integers(1, 1_000_000))
def test_the_first_rungs_stand_in_order(minutes: int) -> None:
    opened = datetime(2026, 3, 10, 2, tzinfo=UTC)
    due = opened + timedelta(minutes=minutes)
    amber = LADDER.amber_at(opened, due)
    assert opened <= LADDER.first_at(opened, due, amber) <= amber <= due


@given(
    function=st.sampled_from(["committee", "street", "property", "operator", "city"]),
    phases=st.lists(st.sampled_from([Rung.AMBER, Rung.RED]), max_size=12),
)
def test_a_ladder_ends_and_behind_red_no_rung_comes_twice(function: str, phases: list[Rung]) -> None:
    rung, held_by, seen = Rung.NONE, "", []
    for phase in phases:
        after = step(rung, function, held_by, phase)
        if after != (rung, held_by):
            seen.append(after)
        rung, held_by = after
    assert len(seen) == len(set(seen)) <= 8


def test_limits_in_hours_climb_their_own_ladder() -> None:
    assert [kind_of(unit) for unit in ("minute", "hour", "workhour", "workday", "day", "month", "")] == [
        *(Kind.HOUR, Kind.HOUR), *[Kind.DAY] * 5,
    ]  # fmt: skip
    assert shipped()[0].ladders[Kind.HOUR].hand_up.unit == "minute"


def broken(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    content["versions"][0] |= changes
    return content


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"versions": []},
        broken(above={"committee": "street", "street": "committee"}),
        broken(day={"remind": 80, "amber": 75}),
        broken(hour=None),
        broken(
            day={
                "remind": 50,
                "amber": 75,
                "remind_lead_hours": 1,
                "hand_up": {"amount": 0, "unit": "workday"},
            }
        ),
        broken(
            day={"remind": 50, "amber": 75, "remind_lead_hours": 1, "hand_up": {"amount": 1, "unit": "moon"}}
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(BadLadder):
        ladder_versions(content)


FIT = {"remind": 40, "amber": 80, "hand_up": 1, "street": 1, "district": 2, "city": 3, "supervise": 1}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"remind": 0}, "remind"), ({"amber": 100}, "amber"), ({"remind": 80}, "amber")),
        *(({"hand_up": 0}, "hand_up"), ({"street": 61}, "street"), ({"supervise": -1}, "supervise")),
    ],
)
def test_own_figures_are_checked(changes: dict[str, int], field: str) -> None:
    today = date(2026, 3, 10)
    assert not rule_faults(Kind.DAY, today + timedelta(days=1), today, "街道办〔2026〕3号", FIT)
    assert list(rule_faults(Kind.DAY, today + timedelta(days=1), today, "文", FIT | changes)) == [field]
    assert set(rule_faults(Kind.DAY, today, today, " ", FIT)) == {"valid_from", "reason"}
