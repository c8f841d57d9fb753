"""Two at once: of two acts on one building the second waits, and sees what the first did."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from linli.core.errors import Conflict, InvalidInput, Refusal, StaleVersion
from linli.foundation.places import services
from linli.foundation.places.models import Part
from linli.foundation.places.roomplan import RoomPlan
from linli.foundation.places.services import HomeRow
from tests.people import Cast, cast_build

from .homes import homes_build

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast, committed, so that threads find it."""
    return cast_build()


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once; return what each gave or raised, in their order."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(at: int) -> None:
        try:
            gate.wait(10)
            results[at] = acts[at]()
        except Exception as error:
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_the_same_room_entered_by_two(cast: Cast) -> None:
    homes = homes_build(cast)
    given = {"actor": homes.worker, "building_id": homes.building.public_id, "name": "门卫室"}
    done = together(*[lambda: services.part_add(**given)] * 4)
    assert sum(isinstance(one, Part) for one in done) == 1
    assert sum(isinstance(one, InvalidInput) for one in done) == 3


def test_the_same_rooms_made_by_two(cast: Cast) -> None:
    homes = homes_build(cast)
    plan = RoomPlan(("3单元",), 1, 6, 2)
    given = {"actor": homes.worker, "building_id": homes.building.public_id, "plan": plan}
    done = together(*[lambda: services.parts_make(**given)] * 3)
    assert sorted(one.made for one in done) == [0, 0, 12]
    rows = [HomeRow(homes.compound.pk, "9号楼", f"{n}01") for n in range(1, 7)]
    files = together(*[lambda: services.homes_make(actor=homes.worker, rows=rows, source="x")] * 3)
    assert sorted(len(one.made) for one in files) == [0, 0, 6]
    assert Part.objects.filter(building__name="9号楼").count() == 6


def test_closing_a_building_while_rooms_are_made(cast: Cast) -> None:
    homes = homes_build(cast)
    given = {"actor": homes.worker, "building_id": homes.building.public_id}
    closed, made = together(
        lambda: services.building_close(**given, version=1, reason="拆除"),
        lambda: services.parts_make(**given, plan=RoomPlan(("3单元",), 1, 6, 2)),
    )
    assert closed.closed_on and (isinstance(made, Conflict) or made.made == 12)
    assert not Part.objects.open().exists()


def test_of_two_corrections_one_is_stale(cast: Cast) -> None:
    homes = homes_build(cast)
    part = homes.part("302")
    given = {"actor": homes.worker, "part_id": part.public_id, "version": 1, "stair_id": part.stair.public_id}
    done = together(
        lambda: services.part_update(**given, name="302", floor=3, area=7000),
        lambda: services.part_update(**given, name="302", floor=3, area=8000),
    )
    assert sum(isinstance(one, StaleVersion) for one in done) == 1
    assert sum(isinstance(one, Refusal) for one in done) == 1
