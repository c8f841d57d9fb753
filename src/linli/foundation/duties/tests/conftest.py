"""The calendar and the ladder's overrides are kept by the process; each test reads its own."""

from collections.abc import Iterator

import pytest

from linli.foundation.duties.calendar import calendar_forget
from linli.foundation.duties.ladder import ladder_forget


@pytest.fixture(autouse=True)
def fresh_calendar() -> Iterator[None]:
    calendar_forget()
    ladder_forget()
    yield
    calendar_forget()
    ladder_forget()
