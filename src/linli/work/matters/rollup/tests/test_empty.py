"""The roll-up of a house in which nothing has happened yet, by the command."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from linli.core.clock import now
from linli.work.matters.rollup.models import DayCell
from linli.work.matters.rollup.selectors import counted_until

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", ["rebuild", "follow", "check"])
def test_every_command_works_on_nothing(action: str, clock: Any) -> None:
    said = StringIO()
    call_command("rollup", action, stdout=said)
    assert "秒" in said.getvalue()
    call_command("rollup", "follow", stdout=said)
    assert counted_until() == now()
    assert not DayCell.objects.exists()
