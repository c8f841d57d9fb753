"""What the demo's grid worker finds on the way."""

from types import SimpleNamespace
from typing import Any

import pytest

from linli.core import clock
from linli.portal.demo.desk import PATROLS, _patrols
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life, compound_of

pytestmark = pytest.mark.django_db


def test_a_grid_worker_sees_what_they_reported(life: Life) -> None:
    stage: Any = SimpleNamespace(
        cast={"dunhua.grid": life.who("grid_worker"), "dunhua.worker": life.who("worker")},
        places=[SimpleNamespace(compound=compound_of(life))],
    )
    assert len(list(_patrols(stage, clock.now()))) == len(PATROLS)
    states = Matter.objects.visible_to(life.who("grid_worker")).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["accepted", "accepted", "reported"]
