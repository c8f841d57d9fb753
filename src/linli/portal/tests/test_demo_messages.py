"""Inboxes of the demo: what is old is read, what is of today is new."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from linli.core import clock
from linli.foundation.notices.models import Notice
from linli.portal.demo.messages import inboxes_read
from linli.work.matters.tests.life import Life

pytestmark = pytest.mark.django_db


def test_everybody_has_read_what_is_older_than_a_day(life: Life) -> None:
    life.accept(life.report())
    unread: Any = Notice.objects.filter(read_at__isnull=True)
    assert unread.exists()
    cast: Any = {name: life.who(name) for name in ("resident", "worker", "street")}
    cast["system"] = SimpleNamespace(person_id=None)
    plot = inboxes_read(cast, clock.now())
    assert next(plot) == clock.now() - timedelta(hours=18)
    assert list(plot) == []
    people = {actor.person_id for actor in cast.values()}
    assert not unread.filter(person__in=people - {None}).exists()
