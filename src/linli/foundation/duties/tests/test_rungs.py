"""The ladder's decisions and its file, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.duties.ladder import FILE, BadLadder, ladder_versions, shipped
from linli.foundation.duties.rungs import Dates, Kind, Rung, climb, kind_of, rule_faults

OPENED = datetime(2026, 3, 10, 2, tzinfo=UTC)
DUE = OPENED + timedelta(days=8)
LADDER = shipped()[0].ladders[Kind.DAY]
DATES = Dates(OPENED, LADDER.amber_at(OPENED, DUE), DUE)


def step(
    days: float, rung: Rung = Rung.NONE, function: str = "committee", held_by: str = ""
) -> tuple[Rung, str]:
    climbed = climb(
        LADDER, OPENED + timedelta(days=days), DATES, rung=rung, function=function, held_by=held_by
    )
    return climbed.rung, climbed.held_by


@pytest.mark.parametrize(
    ("days", "rung"),
    [
        (3.9, Rung.NONE),
        (4.1, Rung.REMINDED),
        (5.9, Rung.REMINDED),
        (6.1, Rung.AMBER),
        (8, Rung.AMBER),
        (8.1, Rung.RED),
    ],
)
def test_time_alone_leads_to_red(days: float, rung: Rung) -> None:
    assert step(days) == (rung, "")


def test_behind_red_it_goes_from_level_to_level_with_supervision_between() -> None:
    rung, held_by, way = Rung.RED, "", []
    for _ in range(6):
        rung, held_by = step(9, rung, held_by=held_by)
        way.append((rung.name, held_by))
    assert way == [
        (name, level) for level in ("street", "district", "city") for name in ("HANDED", "SUPERVISED")
    ]
    assert step(9, rung, held_by=held_by) == (Rung.SUPERVISED, "city")  # and stays there


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
    assert step(9, Rung.RED, function) == ((Rung.HANDED, first) if first else (Rung.RED, ""))
    red = climb(LADDER, DUE + timedelta(days=1), DATES, rung=0, function=function, held_by="")
    assert (red.wait is not None) == bool(
        first
    )  # who has nobody above is told that it is late, and that is all


@given(
    start=st.integers(0, 200_000),
    minutes=st.integers(1, 100_000),
    ticks=st.lists(st.integers(-50_000, 200_000), max_size=12),
)
def test_a_rung_is_never_climbed_down_whatever_the_clock_does(
    start: int, minutes: int, ticks: list[int]
) -> None:
    opened = OPENED + timedelta(minutes=start)
    due = opened + timedelta(minutes=minutes)
    dates = Dates(opened, LADDER.amber_at(opened, due), due)
    rung, held_by, orders = Rung.NONE, "", ["", "street", "district", "city"]
    for tick in ticks:
        now = opened + timedelta(minutes=tick)
        step = climb(LADDER, now, dates, rung=rung, function="committee", held_by=held_by)
        before, after = (orders.index(held_by), rung), (orders.index(step.held_by), step.rung)
        assert after >= before or rung < Rung.RED  # before red it only says what the dates say
        if after > before:
            rung, held_by = step.rung, step.held_by


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
