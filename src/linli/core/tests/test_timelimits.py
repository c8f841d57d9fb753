"""Limits of the law: cases that a clerk could check, and what holds for every instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.clock import BEIJING
from linli.core.timelimits import Due, Limit, LimitUnit, WorkHours, due_after_pause, due_at


@dataclass(frozen=True)
class Days:
    """A calendar for tests: weekends, and days that differ."""

    differ: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset({2026})

    def is_workday(self, day: date) -> bool:
        return self.differ.get(day, day.weekday() < 5)

    def covers(self, year: int) -> bool:
        return year in self.years


FESTIVAL = Days(
    {date(2026, 2, d): False for d in range(15, 24)} | {date(2026, 2, 14): True, date(2026, 2, 28): True}
)
EVER = Days(years=frozenset(range(2000, 2101)))
HOURS = WorkHours()


def at(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # the day of the event does not count
        (at(3, 10), 1, "workday", at(3, 11, 17, 30)),
        (at(3, 10, 23, 59), 1, "workday", at(3, 11, 17, 30)),
        (at(3, 10), 5, "workday", at(3, 17, 17, 30)),
        # a Friday: the weekend does not count
        (at(3, 13), 2, "workday", at(3, 17, 17, 30)),
        # Spring Festival 15–23 February; Saturday 14 is worked, so is Saturday 28
        (at(2, 13), 1, "workday", at(2, 14, 17, 30)),
        (at(2, 13), 2, "workday", at(2, 24, 17, 30)),
        (at(2, 26), 2, "workday", at(2, 28, 17, 30)),
        # days: the last day off runs on
        (at(3, 10), 3, "day", at(3, 13, 17, 30)),
        (at(3, 10), 4, "day", at(3, 16, 17, 30)),
        (at(2, 10), 5, "day", at(2, 24, 17, 30)),
        # months: the same day, or the last of a shorter month, or the next working day
        (at(1, 15), 2, "month", at(3, 16, 17, 30)),
        (at(1, 31), 1, "month", at(2, 28, 17, 30)),
        (at(8, 31), 1, "month", at(9, 30, 17, 30)),
        # hours and minutes run from the event itself, holidays or not
        (at(2, 14, 23, 50), 20, "minute", at(2, 15, 0, 10)),
        (at(2, 14, 20), 24, "hour", at(2, 15, 20)),
        # work hours skip the noon break, the night and days off
        (at(3, 10, 11), 2, "workhour", at(3, 10, 14, 30)),
        (at(3, 10, 12, 30), 1, "workhour", at(3, 10, 14, 30)),
        (at(3, 13, 16, 30), 2, "workhour", at(3, 16, 10)),
        (at(3, 14, 9), 1, "workhour", at(3, 16, 10)),
        (at(2, 14, 17), 1, "workhour", at(2, 24, 9, 30)),
    ],
)
def test_when_a_limit_ends(start: datetime, amount: int, unit: str, end: datetime) -> None:
    assert due_at(start, Limit(amount, LimitUnit(unit)), FESTIVAL) == Due(end, False)


def test_a_year_without_calendar_makes_a_date_provisional() -> None:
    start = at(12, 30)
    assert due_at(start, Limit(3, LimitUnit.WORKING_DAY), FESTIVAL).is_provisional
    assert due_at(start, Limit(1, LimitUnit.MONTH), FESTIVAL).is_provisional
    assert not due_at(start, Limit(1, LimitUnit.WORKING_DAY), FESTIVAL).is_provisional
    assert not due_at(start, Limit(72, LimitUnit.HOUR), FESTIVAL).is_provisional


def test_a_limit_that_lands_past_new_year_but_counts_from_before_is_provisional() -> None:
    assert due_at(at(1, 2, year=2027), Limit(1, LimitUnit.DAY), FESTIVAL).is_provisional


def test_a_limit_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Limit(0, LimitUnit.DAY)


MINUTES = 10 * 365 * 24 * 60
INSTANTS = st.integers(0, MINUTES).map(lambda n: at(1, 1, year=2020) + timedelta(minutes=n))
UNITS = st.sampled_from(list(LimitUnit))
AMOUNTS = st.integers(1, 60)


@given(INSTANTS, AMOUNTS, UNITS)
def test_a_limit_ends_after_it_starts_and_grows_with_its_amount(
    start: datetime, amount: int, unit: LimitUnit
) -> None:
    end = due_at(start, Limit(amount, unit), EVER).at
    assert end > start
    assert due_at(start, Limit(amount + 1, unit), EVER).at >= end


@given(INSTANTS, AMOUNTS, st.sampled_from([LimitUnit.WORKING_DAY, LimitUnit.DAY, LimitUnit.MONTH]))
def test_limits_in_days_end_at_the_close_of_a_working_day(
    start: datetime, amount: int, unit: LimitUnit
) -> None:
    end = due_at(start, Limit(amount, unit), FESTIVAL).at
    assert FESTIVAL.is_workday(end.date()) and end.time() == HOURS.end


@given(INSTANTS, AMOUNTS)
def test_working_days_are_counted_one_by_one(start: datetime, amount: int) -> None:
    end = due_at(start, Limit(amount, LimitUnit.WORKING_DAY), FESTIVAL).at.date()
    days = (start.date() + timedelta(days=n + 1) for n in range((end - start.date()).days))
    assert sum(FESTIVAL.is_workday(day) for day in days) == amount


@given(INSTANTS, AMOUNTS)
def test_work_hours_end_in_a_working_period(start: datetime, amount: int) -> None:
    end = due_at(start, Limit(amount, LimitUnit.WORK_HOUR), EVER).at
    assert EVER.is_workday(end.date())
    assert any(opens < end.time() <= closes for opens, closes in HOURS.periods)


@given(INSTANTS, st.integers(1, 20), UNITS, st.integers(0, 20_000), st.integers(1, 40_000))
def test_a_pause_never_shortens_a_limit(
    start: datetime, amount: int, unit: LimitUnit, until: int, length: int
) -> None:
    due = due_at(start, Limit(amount, unit), EVER).at
    paused = start + timedelta(minutes=until)
    resumed = paused + timedelta(minutes=length)
    assert due_after_pause(due, paused, resumed, unit, EVER) >= due
    if due <= paused:
        assert due_after_pause(due, paused, resumed, unit, EVER) == due


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "unit", "end"),
    [
        # Tuesday's five working days end on the 17th; paused on Thursday with 3 left, resumed on Wednesday
        (at(3, 17, 17, 30), at(3, 12), at(3, 18, 9), "workday", at(3, 23, 17, 30)),
        # paused and resumed on the same day: nothing changes
        (at(3, 17, 17, 30), at(3, 12, 9), at(3, 12, 16), "workday", at(3, 17, 17, 30)),
        # paused on its last day, resumed on a later one: over at the close of that day
        (at(3, 17, 17, 30), at(3, 17, 9), at(3, 20, 9), "workday", at(3, 20, 17, 30)),
        # over the Spring Festival: two working days left are the 24th and 25th
        (at(2, 14, 17, 30), at(2, 12), at(2, 18), "workday", at(2, 25, 17, 30)),
        (at(3, 10, 12), at(3, 10, 11), at(3, 11, 9), "hour", at(3, 11, 10)),
        (at(3, 10, 15), at(3, 10, 11), at(3, 13, 17), "workhour", at(3, 16, 11)),
        (at(3, 20, 17, 30), at(3, 16), at(3, 18), "day", at(3, 23, 17, 30)),
        # over before the pause stays over
        (at(3, 10, 12), at(3, 10, 13), at(3, 11, 9), "workday", at(3, 10, 12)),
    ],
)
def test_what_was_left_is_left(
    due: datetime, paused: datetime, resumed: datetime, unit: str, end: datetime
) -> None:
    assert due_after_pause(due, paused, resumed, LimitUnit(unit), FESTIVAL) == end


def test_work_hours_are_a_setting() -> None:
    early = WorkHours(((time(8), time(11)),))
    assert due_at(at(3, 10, 10), Limit(2, LimitUnit.WORK_HOUR), EVER, early).at == at(3, 11, 9)
    assert due_at(at(3, 10, 10), Limit(1, LimitUnit.WORKING_DAY), EVER, early).at == at(3, 11, 11)
