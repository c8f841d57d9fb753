"""Periods and changes: what a clerk could check with a calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.oversight.dashboards.periods import PERIODS, change_words, period_of, points_words

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("30d", date(2026, 10, 24)),
        ("month", date(2026, 11, 1)),
        ("quarter", date(2026, 10, 1)),
        ("year", date(2026, 1, 1)),
        ("nonsense", date(2026, 10, 24)),
    ],
)
def test_period_begins(code: str, first: date) -> None:
    period = period_of(code, TODAY)
    assert (period.from_on, period.to_on) == (first, TODAY)


@given(st.sampled_from(sorted(PERIODS)), st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 1, 1)))
def test_the_period_before_is_as_long_and_touches(code: str, today: date) -> None:
    period = period_of(code, today)
    assert period.before.days == period.days
    assert period.before.to_on + timedelta(days=1) == period.from_on


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (12, 10, "比上期+2（20%）"),
        (8, 10, "比上期−2（20%）"),
        (5, 5, "与上期持平"),
        (3, 0, "上期为0"),
        (414, 6, "比上期+408"),
    ],
)
def test_change_in_words(now: int, before: int, words: str) -> None:
    assert change_words(now, before) == words


def test_points_are_not_percent() -> None:
    assert points_words(92.5, 90.0) == "比上期+2.5个百分点"
    assert points_words(90.0, 92.5) == "比上期−2.5个百分点"
    assert points_words(None, 90.0) == ""
