"""What the demo deliberates about happens at decent hours, whenever the demo is built."""

from datetime import date, datetime, timedelta

import pytest

from linli.core.clock import BEIJING
from linli.foundation.accounts.privacy import notice_list
from linli.portal.demo.build import DAYS, OPENED_BEFORE
from linli.portal.demo.life import at_hour, begun_before

LEAST = timedelta(minutes=20)


@pytest.mark.parametrize(
    ("built", "began"),
    [
        ("2026-11-26 10:30", "2026-11-26 10:00"),
        ("2026-11-26 10:10", "2026-11-26 09:00"),
        ("2026-11-26 09:20", "2026-11-26 09:00"),
        ("2026-11-26 09:19", "2026-11-25 19:00"),  # too early for one of today
        ("2026-11-26 19:59", "2026-11-26 19:00"),
        ("2026-11-26 23:38", "2026-11-26 19:00"),
        ("2026-11-26 04:26", "2026-11-25 19:00"),
    ],
)
def test_a_meeting_that_runs_began_at_a_decent_hour(built: str, began: str) -> None:
    at = datetime.fromisoformat(built).replace(tzinfo=BEIJING)
    found = begun_before(at, LEAST)
    assert f"{found:%Y-%m-%d %H:%M}" == began
    assert found <= at - LEAST


def test_an_hour_is_of_the_day_in_beijing() -> None:
    at = datetime.fromisoformat("2026-11-26T23:30:00+00:00")  # already the 27th in Beijing
    assert f"{at_hour(at, 9, 30):%Y-%m-%d %H:%M %z}" == "2026-11-27 09:30 +0800"


def test_residents_of_the_demo_agree_to_a_notice_that_is_in_force() -> None:
    opened = date(2026, 11, 27) - timedelta(days=DAYS) - OPENED_BEFORE
    assert notice_list()[0].effective_on <= opened
