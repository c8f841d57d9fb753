"""2026 day by day, a year that is not there, and loading one."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from linli.core import clock
from linli.core.actor import Actor, Function, system
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.builtin import builtin_days, builtin_years
from linli.foundation.duties.calendar import holiday_calendar, limit_due
from linli.foundation.duties.calendarfile import calendar_read
from linli.foundation.duties.models import HolidayYear
from linli.foundation.duties.rules import CalendarDay
from linli.foundation.duties.selectors import calendar_gaps, calendar_years
from linli.foundation.duties.services import calendar_load

pytestmark = pytest.mark.django_db
MACHINE = system("test")
# The State Council's notice for 2026: days off, both ends included, and weekend days that are worked.
OFF_2026 = ("1-1 1-3", "2-15 2-23", "4-4 4-6", "5-1 5-5", "6-19 6-21", "9-25 9-27", "10-1 10-7")
WORKED_2026 = ("1-4", "2-14", "2-28", "5-9", "9-20", "10-10")
NEW_YEAR_2027 = [CalendarDay(date(2027, 1, 1), False, "元旦")]


def days_of(spans: tuple[str, ...]) -> Iterator[date]:
    for span in spans:
        first, last = (date(2026, *map(int, day.split("-"))) for day in (span.split() * 2)[:2])
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def test_2026_day_by_day() -> None:
    off, worked = set(days_of(OFF_2026)), set(days_of(WORKED_2026))
    calendar = holiday_calendar()
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert calendar.is_workday(day) == expected, day
    assert len(off) == 33 and calendar.covers(2026) and calendar.covers(2025)


def test_a_year_that_is_not_there_knows_weekends_and_says_so() -> None:
    calendar = holiday_calendar()
    assert not calendar.covers(2027)
    assert calendar.is_workday(date(2027, 1, 1))  # a Friday: not guessed to be a holiday
    assert not calendar.is_workday(date(2027, 1, 2))
    start = clock.local_midnight(date(2026, 12, 30))
    assert limit_due(start, Limit(5, LimitUnit.WORKING_DAY)).is_provisional
    assert not limit_due(start, Limit(1, LimitUnit.WORKING_DAY)).is_provisional


def test_a_loaded_year_counts_at_once_and_is_recorded() -> None:
    assert holiday_calendar().is_workday(date(2027, 1, 1))
    calendar_load(actor=MACHINE, year=2027, source="通知", days=NEW_YEAR_2027)
    assert holiday_calendar().covers(2027) and not holiday_calendar().is_workday(date(2027, 1, 1))
    assert holiday_calendar().covers(2026)
    assert AuditRecord.objects.get().verb == "calendar.load"
    assert [year.year for year in calendar_years()][:2] == [2027, 2026]


def test_loading_again_replaces_the_year() -> None:
    calendar_load(actor=MACHINE, year=2026, source="更正", days=[CalendarDay(date(2026, 7, 1), False, "试")])
    calendar = holiday_calendar()
    assert not calendar.is_workday(date(2026, 7, 1)) and calendar.is_workday(date(2026, 1, 1))
    calendar_load(actor=MACHINE, year=2026, source="原来", days=builtin_days(2026))
    assert HolidayYear.objects.get().days.count() == 33 + 6
    assert not holiday_calendar().is_workday(date(2026, 1, 1))


def test_an_unfit_year_changes_nothing() -> None:
    with pytest.raises(InvalidInput):
        calendar_load(actor=MACHINE, year=2027, source="x", days=[])
    assert not HolidayYear.objects.exists() and not AuditRecord.objects.exists()


@pytest.mark.parametrize("function", [f for f in Function if f not in (Function.OPERATOR, Function.SYSTEM)])
def test_others_do_not_load(function: Function) -> None:
    with pytest.raises(NotAllowed):
        calendar_load(actor=Actor(key="x", function=function), year=2027, source="x", days=NEW_YEAR_2027)
    assert not HolidayYear.objects.exists()


@pytest.mark.parametrize(("month", "gaps"), [(3, []), (10, []), (11, [2027]), (12, [2027])])
def test_the_next_year_is_missed_from_november(month: int, gaps: list[int]) -> None:
    with clock.clock_at(clock.local_midnight(date(2026, month, 5))):
        assert calendar_gaps() == gaps


def test_in_an_uncovered_year_the_present_is_missed() -> None:
    with clock.clock_at(clock.local_midnight(date(2027, 3, 5))):
        assert calendar_gaps() == [2027]


CSV = "日期,类型,名称\n2027-01-01,休,元旦\n2027/01/03,班,元旦\n"
JSON = (
    '{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true},'
    '{"name": "元旦", "date": "2027-01-03", "isOffDay": false}]}'
)


@pytest.mark.parametrize("text", [CSV, JSON, "\ufeff" + CSV, CSV.partition("\n")[2]])
def test_files_are_read(text: str) -> None:
    year, days = calendar_read(text.encode())
    assert year == 2027
    assert [(day.on.day, day.is_workday, day.name) for day in days] == [(1, False, "元旦"), (3, True, "元旦")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "没有日期"),
        (b"2027-01-01,maybe,x", "看不懂"),
        (b"2027-02-30,off,x", "第1行的日期"),
        (b'{"days": [{"date": "x"}]}', "格式不对"),
        (b"[1, 2]", "格式不对"),
        (b"{", "格式不对"),
        ("2027-01-01,休,元旦".encode("gb18030"), "UTF-8"),
        (b"x" * 300_000, "太大"),
    ],
)
def test_a_bad_file_says_what_to_mend(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        calendar_read(content)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("calendar", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_loads_shows_and_checks(tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(CSV)
    with clock.clock_at(clock.local_midnight(date(2026, 12, 5))):
        with pytest.raises(CommandError, match="2027"):
            run("check")
        with pytest.raises(CommandError, match="暂定"):
            run("show", "2027")
        assert "已装入2027年，2天" in run("load", str(file), "--source", "通知")
        assert "没有缺少" in run("check")
    shown = run("show", "2027")
    assert "通知" in shown and "休 2027-01-01" in shown and "班 2027-01-03" in shown


def test_the_command_refuses_in_words(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("2027-01-04,班,x\n2027-01-01,休,x")
    with pytest.raises(CommandError, match="本来就是工作日"):
        run("load", str(tmp_path / "bad.csv"))
    with pytest.raises(CommandError, match="请给出文件"):
        run("load")
    assert not HolidayYear.objects.exists()


def test_the_builtin_years_can_be_written_down() -> None:
    run("load", "--builtin")
    assert list(HolidayYear.objects.order_by("year").values_list("year", flat=True)) == builtin_years()
