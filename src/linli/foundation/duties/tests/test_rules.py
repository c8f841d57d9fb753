"""Colours, reminders, words, and what makes a year's list unfit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.clock import local_midnight
from linli.foundation.duties.rules import (
    CalendarDay,
    Colour,
    calendar_faults,
    calendar_spans,
    duty_colour,
    law_words,
    remind_instant,
)

START = local_midnight(date(2026, 3, 10))
MINUTES = st.integers(0, 100_000).map(lambda n: timedelta(minutes=n))


@given(MINUTES, MINUTES)
def test_a_reminder_lies_between_opening_and_due(length: timedelta, later: timedelta) -> None:
    due = START + length
    remind = remind_instant(START, due)
    assert remind is not None and START <= remind <= max(due, START)
    colour = duty_colour(START + later, due, remind)
    assert (colour is Colour.RED) == (later > length)


@pytest.mark.parametrize(
    ("hours", "colour"),
    [(0, Colour.GREEN), (29, Colour.GREEN), (30, Colour.AMBER), (40, Colour.AMBER), (41, Colour.RED)],
)
def test_amber_is_the_last_quarter(hours: int, colour: Colour) -> None:
    due = START + timedelta(hours=40)
    assert duty_colour(START + timedelta(hours=hours), due, remind_instant(START, due)) is colour


def test_without_a_limit_nothing_is_late() -> None:
    assert remind_instant(START, None) is None
    assert duty_colour(START, None, None) is Colour.GREEN


@pytest.mark.parametrize(
    ("amount", "unit", "source", "words"),
    [
        (5, "workday", "条例第七条", "条例第七条（时限5个工作日）"),
        (30, "minute", "", "时限30分钟"),
        (None, "", "街道决定", "街道决定"),
        (None, "", "", ""),
    ],
)
def test_the_law_in_words(amount: int | None, unit: str, source: str, words: str) -> None:
    assert law_words(amount, unit, source) == words


def off(month: int, day: int, name: str = "元旦", year: int = 2027) -> CalendarDay:
    return CalendarDay(date(year, month, day), False, name)


def test_neighbouring_days_are_one_span() -> None:
    spans = calendar_spans([off(1, 1), off(1, 2), off(1, 4), off(1, 5, "春节")])
    assert [(span.name, span.length) for span in spans] == [("元旦", 2), ("元旦", 1), ("春节", 1)]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([], "一个休假日也没有"),
        ([CalendarDay(date(2027, 1, 2), True, "")], "一个休假日也没有"),
        ([off(1, 1), off(1, 1)], "出现了两次"),
        ([off(1, 1), off(1, 1, year=2028)], "不在2027年"),
        ([off(1, 1), CalendarDay(date(2027, 1, 4), True, "")], "本来就是工作日"),
    ],
)
def test_an_unfit_list_says_why(days: list[CalendarDay], words: str) -> None:
    assert words in "".join(calendar_faults(2027, days))


def test_a_fit_list() -> None:
    assert calendar_faults(2027, [CalendarDay(date(2027, 1, 3), True, "元旦"), off(1, 1)]) == []
