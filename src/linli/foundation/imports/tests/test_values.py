"""Dates and numbers as people write them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.clock import BEIJING
from linli.foundation.imports.values import Ambiguous, date_order, instant_of, needs_order, number_of


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("text", "order", "instant"),
    [
        ("2026-03-05", "", at(2026, 3, 5)),
        ("2026-3-5 14:05", "", at(2026, 3, 5, 14, 5)),
        ("2026-03-05T14:05:09", "", at(2026, 3, 5, 14, 5, 9)),
        ("2026-03-05T06:05:09Z", "", at(2026, 3, 5, 14, 5, 9)),
        ("2026-03-05T14:05:09.123+08:00", "", at(2026, 3, 5, 14, 5, 9)),
        ("2026/3/5 14:05", "", at(2026, 3, 5, 14, 5)),
        ("2026.03.05", "", at(2026, 3, 5)),
        ("2026年3月5日", "", at(2026, 3, 5)),
        ("2026年3月5日 14时05分", "", at(2026, 3, 5, 14, 5)),
        ("2026年3月5日下午2点30分", "", at(2026, 3, 5, 14, 30)),
        ("2026年03月05日 08:05:01", "", at(2026, 3, 5, 8, 5, 1)),
        ("20260305", "", at(2026, 3, 5)),
        ("20260305140509", "", at(2026, 3, 5, 14, 5, 9)),
        ("46086", "", at(2026, 3, 5)),
        ("46086.5", "", at(2026, 3, 5, 12)),
        ("04/12/2018 11:11:26 AM", "month", at(2018, 4, 12, 11, 11, 26)),
        ("04/12/2018 12:11:26 AM", "month", at(2018, 4, 12, 0, 11, 26)),
        ("04/12/2018 01:11:26 PM", "day", at(2018, 12, 4, 13, 11, 26)),
        ("13/02/2018", "", at(2018, 2, 13)),
        ("02/13/2018 23:59", "", at(2018, 2, 13, 23, 59)),
        ("5/5/2018", "", at(2018, 5, 5)),
    ],
)
def test_dates_are_read(text: str, order: str, instant: datetime) -> None:
    assert instant_of(text, order) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "2026-13-01",
        "2026-02-30",
        "0026-01-01",
        "99999",
        "12345678901",
        "2026-03-05 25:00",
        "31/31/2020",
    ],
)
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        instant_of(text)


def test_day_or_month_first_must_be_said_where_both_are_possible() -> None:
    with pytest.raises(Ambiguous):
        instant_of("04/12/2018")
    assert needs_order(["2026-01-01", "04/12/2018"]) and not needs_order(["13/12/2018", "5/5/2018"])
    assert date_order(["04/12/2018", "04/13/2018"]) == "month"
    assert date_order(["13/04/2018"]) == "day" and date_order(["04/12/2018"]) == ""


def test_a_day_alone_may_mean_its_end() -> None:
    assert instant_of("2026-03-05", is_end=True) == at(2026, 3, 5, 23, 59, 59)
    assert instant_of("46086", is_end=True) == at(2026, 3, 5, 23, 59, 59)
    assert instant_of("2026-03-05 10:00", is_end=True) == at(2026, 3, 5, 10)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_every_instant_comes_back_from_every_way_of_writing_it(when: datetime) -> None:
    second = when.replace(microsecond=0, tzinfo=BEIJING)
    shapes = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y%m%d%H%M%S")
    for shape in shapes:
        assert instant_of(second.strftime(shape)) == second
    assert instant_of(second.strftime("%m/%d/%Y %I:%M:%S %p"), "month") == second
    assert instant_of(second.strftime("%d/%m/%Y %H:%M:%S"), "day") == second


def test_numbers() -> None:
    assert number_of("1,234.5") == 1234.5
    for text in ("nan", "inf", "十", ""):
        with pytest.raises(ValueError):
            number_of(text)
