"""Buildings, stairs and parts: results, records, and that a refusal changes nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from linli.core.actor import system
from linli.core.clock import today
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places import services, usage
from linli.foundation.places.buildinggrid import building_grid, compound_buildings
from linli.foundation.places.models import Building, Division, Level, Part, Stair
from linli.foundation.places.roomplan import RoomPlan
from linli.foundation.places.services import HomeRow
from linli.foundation.places.usage import part_users_add, part_users_remove
from tests.people import Cast, place_make

from .homes import Homes, homes_build

pytestmark = pytest.mark.django_db


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


@pytest.fixture
def lived_in() -> Iterator[set[int]]:
    """Parts that somebody lives in."""
    ids: set[int] = set()
    part_users_add("test", "有人居住", lambda asked: ids & set(asked))
    yield ids
    part_users_remove("test")


def _last() -> str:
    return str(AuditRecord.objects.order_by("-pk").values_list("verb", flat=True)[0])


def _state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Building, Stair, Part)]


def test_a_stair_of_six_floors_in_one_act(homes: Homes) -> None:
    assert (Stair.objects.count(), Part.objects.count()) == (2, 24)
    part = homes.part("302", "2单元")
    assert (part.floor, part.kind, part.compound, part.area_path) == (
        3,
        "dwelling",
        homes.compound,
        homes.cast.places["committee_a_place"].path,
    )
    assert str(part) == "春晖苑3号楼2单元302室" and part.is_dwelling
    assert _last() == "part.make"


def test_the_same_plan_again_makes_only_what_is_missing(homes: Homes) -> None:
    plan = RoomPlan(("1单元", "2单元"), 1, 7, 2)
    made = services.parts_make(actor=homes.worker, building_id=homes.building.public_id, plan=plan)
    assert (made.made, made.there, Part.objects.count()) == (4, 24, 28)
    again = services.parts_make(actor=homes.worker, building_id=homes.building.public_id, plan=plan)
    assert (again.made, again.batch) == (0, "")


def test_the_grid_shows_the_top_floor_first(homes: Homes, django_assert_num_queries: Any) -> None:
    services.part_add(actor=homes.worker, building_id=homes.building.public_id, name="门卫室", kind="public")
    with django_assert_num_queries(2):
        grid = building_grid(homes.building)
        names = [str(part) for part in grid.parts]
    assert [floor.number for floor in grid.floors] == [6, 5, 4, 3, 2, 1, None]
    assert [stair and stair.name for stair in grid.stairs] == ["1单元", "2单元", None]
    assert [[part.name for part in cell] for cell in grid.floors[0].cells] == [
        ["601", "602"],
        ["601", "602"],
        [],
    ]
    assert names[0] == "春晖苑3号楼1单元601室" and names[-1] == "春晖苑3号楼门卫室"
    assert (grid.floors[0].label, grid.floors[-1].label) == ("6层", "楼层未知")


def test_a_compounds_buildings_are_counted(homes: Homes, django_assert_num_queries: Any) -> None:
    services.part_add(actor=homes.worker, building_id=homes.building.public_id, name="底商1", kind="shop")
    closed = homes.part("601")
    services.part_close(actor=homes.worker, part_id=closed.public_id, version=1, reason="合并")
    with django_assert_num_queries(1):
        (building,) = compound_buildings(homes.compound)
    assert (building.stair_count, building.dwelling_count, building.other_count) == (2, 23, 1)


# -- one part ----------------------------------------------------------------------------------------------


def test_a_part_is_entered_and_corrected(homes: Homes) -> None:
    stair = homes.building.stairs.get(name="1单元")
    given = {"actor": homes.worker, "building_id": homes.building.public_id, "stair_id": stair.public_id}
    part = services.part_add(**given, name="７０１室", area=8850, source="worker")
    assert (part.name, part.floor, part.area, part.sort_key) == ("701", 7, 8850, "00701")
    changed = services.part_update(
        actor=homes.worker, part_id=part.public_id, version=1, name="701", floor=7, kind="office", area=9000
    )
    assert (changed.kind, changed.area, changed.stair, changed.version) == ("office", 9000, None, 2)
    assert _last() == "part.update"
    before = AuditRecord.objects.count()
    services.part_update(
        actor=homes.worker, part_id=part.public_id, version=2, name="701", floor=7, kind="office", area=9000
    )
    assert AuditRecord.objects.count() == before


def test_what_is_refused_of_a_part_changes_nothing(homes: Homes) -> None:
    stair = homes.building.stairs.get(name="1单元")
    given = {"actor": homes.worker, "building_id": homes.building.public_id, "stair_id": stair.public_id}
    one = {
        "actor": homes.worker,
        "part_id": homes.part("302").public_id,
        "stair_id": stair.public_id,
        "floor": 3,
    }
    before = _state()
    for field, act in (
        ("name", lambda: services.part_add(**given, name="302")),
        ("name", lambda: services.part_add(**given, name="３０２室")),
        ("name", lambda: services.part_add(**given, name=" ")),
        ("area", lambda: services.part_add(**given, name="701", area=0)),
        ("area", lambda: services.part_add(**given, name="701", area=-100)),
        ("floor", lambda: services.part_add(**given, name="701", floor=0)),
        ("floor", lambda: services.part_add(**given, name="701", floor=201)),
        ("kind", lambda: services.part_add(**given, name="701", kind="castle")),
        ("name", lambda: services.part_update(**one, version=1, name="301")),
        ("area", lambda: services.part_update(**one, version=1, name="302", area=0)),
        ("stair", lambda: services.part_add(**{**given, "stair_id": homes.building.public_id}, name="701")),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert field in refused.value.details
    with pytest.raises(StaleVersion):
        services.part_update(**one, version=2, name="302")
    assert _state() == before


def test_the_database_refuses_too(homes: Homes) -> None:
    part = homes.part("302")
    for change in ({"area": 0}, {"name": "301"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Part.objects.filter(pk=part.pk).update(**change)
    for change in ({"floors": 0}, {"built_year": 1800}, {"floor_area": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Building.objects.filter(pk=homes.building.pk).update(**change)
    Part.objects.filter(pk=part.pk).update(stair=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.filter(pk=homes.part("302", "2单元").pk).update(stair=None)


def test_closing_and_reopening(homes: Homes, lived_in: set[int]) -> None:
    part = homes.part("302")
    close = {"actor": homes.worker, "part_id": part.public_id, "reason": "与301合并"}
    lived_in.add(part.pk)
    with pytest.raises(Conflict, match="302室有人居住"):
        services.part_close(**close, version=1)
    lived_in.clear()
    with pytest.raises(InvalidInput):
        services.part_close(**close, version=1, closed_on=today() + timedelta(days=1))
    with pytest.raises(InvalidInput):
        services.part_close(**{**close, "reason": ""}, version=1)
    assert services.part_close(**close, version=1, closed_on=date(2026, 1, 5)).closed_on == date(2026, 1, 5)
    assert part.pk not in Part.objects.open().values_list("pk", flat=True)
    with pytest.raises(Conflict):
        services.part_close(**close, version=2)
    with pytest.raises(InvalidInput, match="需要修改") as refused:
        stair = part.stair.public_id
        services.part_add(
            actor=homes.worker, building_id=homes.building.public_id, stair_id=stair, name="302"
        )
    assert "已经注销" in refused.value.details["name"]
    assert services.part_reopen(actor=homes.worker, part_id=part.public_id, version=2).closed_on is None
    assert _last() == "part.reopen"


# -- undo --------------------------------------------------------------------------------------------------


def test_a_bulk_act_is_taken_back_with_its_stairs(homes: Homes) -> None:
    done = services.parts_undo(actor=homes.worker, building_id=homes.building.public_id, batch=homes.batch)
    assert (done.removed, done.kept) == (24, 0)
    assert not Part.objects.exists() and not Stair.objects.exists()
    assert _last() == "part.undo"
    with pytest.raises(Conflict):
        services.parts_undo(actor=homes.worker, building_id=homes.building.public_id, batch=homes.batch)


def test_what_was_corrected_or_is_recorded_elsewhere_stays(homes: Homes, monkeypatch: Any) -> None:
    corrected, recorded = homes.part("302"), homes.part("401", "2单元")
    stair = corrected.stair.public_id
    services.part_update(
        actor=homes.worker, part_id=corrected.public_id, version=1, name="302", stair_id=stair, area=8000
    )

    def named(model: type[Model], ids: Any) -> set[int]:
        return {recorded.pk} if model is Part else usage.recorded(model, ids)

    monkeypatch.setattr("linli.foundation.places.services.parts.recorded", named)
    done = services.parts_undo(actor=homes.worker, building_id=homes.building.public_id, batch=homes.batch)
    assert (done.removed, done.kept) == (22, 2)
    assert set(Part.objects.values_list("pk", flat=True)) == {corrected.pk, recorded.pk}
    assert Stair.objects.count() == 2


def test_only_a_batch_of_this_building_is_undone(homes: Homes) -> None:
    other = services.building_add(actor=homes.worker, compound_id=homes.compound.public_id, name="4号楼")
    services.part_add(actor=homes.worker, building_id=other.public_id, name="101", source="worker")
    for batch in (homes.batch, "worker", ""):
        with pytest.raises(Conflict):
            services.parts_undo(actor=homes.worker, building_id=other.public_id, batch=batch)
    assert Part.objects.count() == 25


# -- buildings ---------------------------------------------------------------------------------------------


def test_a_buildings_facts(homes: Homes) -> None:
    facts = {
        "housing_type": "reformed",
        "built_year": 1986,
        "floors": 6,
        "floor_area": 240_050,
        "has_lift": False,
    }
    change = {"actor": homes.worker, "building_id": homes.building.public_id}
    changed = services.building_update(**change, version=1, name="3号楼", **facts)
    assert (changed.built_year, changed.floor_area, changed.has_lift, changed.version) == (
        1986,
        240_050,
        False,
        2,
    )
    before = _state()
    for field, wrong in (
        ("built_year", {"built_year": 1800}),
        ("built_year", {"built_year": 2200}),
        ("floors", {"floors": 0}),
        ("floors", {"floors": 300}),
        ("floor_area", {"floor_area": 0}),
        ("floor_area", {"floor_area": -5}),
        ("housing_type", {"housing_type": "castle"}),
    ):
        with pytest.raises(InvalidInput) as refused:
            services.building_update(**change, version=2, name="3号楼", **{**facts, **wrong})
        assert field in refused.value.details
    with pytest.raises(StaleVersion):
        services.building_update(**change, version=1, name="3号楼")
    assert _state() == before


def test_a_building_is_torn_down_only_when_it_is_empty(homes: Homes, lived_in: set[int]) -> None:
    close = {"actor": homes.worker, "building_id": homes.building.public_id, "reason": "旧区改造拆除"}
    early = homes.part("101")
    services.part_close(
        actor=homes.worker, part_id=early.public_id, version=1, reason="误登", closed_on=date(2025, 1, 1)
    )
    lived_in.add(homes.part("602").pk)
    before = _state()
    with pytest.raises(Conflict, match="602室有人居住"):
        services.building_close(**close, version=1)
    assert _state() == before
    lived_in.clear()
    closed = services.building_close(**close, version=1, closed_on=date(2026, 2, 1))
    assert closed.closed_on == date(2026, 2, 1) and not Part.objects.open().exists()
    for act in (
        lambda: services.part_add(actor=homes.worker, building_id=closed.public_id, name="701"),
        lambda: services.stair_add(actor=homes.worker, building_id=closed.public_id, name="3单元"),
        lambda: services.parts_make(
            actor=homes.worker, building_id=closed.public_id, plan=RoomPlan(("3单元",), 1, 6, 2)
        ),
        lambda: services.part_reopen(actor=homes.worker, part_id=homes.part("602").public_id, version=1),
        lambda: services.building_close(**close, version=2),
        lambda: services.homes_make(
            actor=homes.worker, rows=[HomeRow(homes.compound.pk, "3号楼", "701")], source="file"
        ),
    ):
        with pytest.raises(Conflict):
            act()
    services.building_reopen(actor=homes.worker, building_id=closed.public_id, version=2)
    assert Part.objects.open().count() == 23  # what was closed before stays closed


def test_grids_lie_in_the_buildings_committee(homes: Homes) -> None:
    place = homes.cast.places["committee_a_place"]
    grid = place_make("990101001001001", "第一网格", Level.GRID, place)
    other = place_make("990101001002001", "别的网格", Level.GRID, homes.cast.places["committee_b_place"])
    given = {"actor": homes.worker, "building_id": homes.building.public_id}
    changed = services.building_grids_set(**given, version=1, codes=[grid.code])
    assert list(changed.grids.all()) == [grid] and changed.version == 2
    for codes in ([other.code], [grid.code, place.code], ["x"]):
        with pytest.raises(InvalidInput):
            services.building_grids_set(**given, version=2, codes=codes)
    with pytest.raises(StaleVersion):
        services.building_grids_set(**given, version=1, codes=[])
    assert list(homes.building.grids.all()) == [grid]
    services.building_grids_set(**given, version=2, codes=[])
    assert not homes.building.grids.exists()


def test_stairs(homes: Homes) -> None:
    given = {"actor": homes.worker, "building_id": homes.building.public_id}
    stair = services.stair_add(**given, name="3单元", has_lift=True)
    with pytest.raises(InvalidInput):
        services.stair_add(**given, name="3单元")
    changed = services.stair_update(
        actor=homes.worker, stair_id=stair.public_id, version=1, name="10单元", has_lift=None
    )
    assert (changed.name, changed.sort_key, changed.has_lift) == ("10单元", "00010单元", None)
    with pytest.raises(StaleVersion):  # the other's edit is not written over
        services.stair_update(actor=homes.worker, stair_id=stair.public_id, version=1, name="11单元")
    stair.refresh_from_db()
    assert (stair.name, stair.version) == ("10单元", 2)
    with pytest.raises(InvalidInput):
        services.stair_update(actor=homes.worker, stair_id=stair.public_id, version=2, name="1单元")
    services.stair_remove(actor=homes.worker, stair_id=stair.public_id)
    with pytest.raises(Conflict):
        services.stair_remove(actor=homes.worker, stair_id=homes.building.stairs.first().public_id)
    assert Stair.objects.count() == 2


@pytest.mark.parametrize(
    "who", ["worker_b", "other_street", "district", "city", "grid_worker", "resident", "operator"]
)
def test_who_may_not_change_them(homes: Homes, who: str) -> None:
    actor = homes.cast.actor(who)
    building, part = homes.building.public_id, homes.part("302").public_id
    stair = homes.building.stairs.first().public_id
    before = _state()
    for act in (
        lambda: services.building_update(actor=actor, building_id=building, version=1, name="甲"),
        lambda: services.building_close(actor=actor, building_id=building, version=1, reason="拆除"),
        lambda: services.building_grids_set(actor=actor, building_id=building, version=1, codes=[]),
        lambda: services.stair_add(actor=actor, building_id=building, name="甲"),
        lambda: services.stair_remove(actor=actor, stair_id=stair),
        lambda: services.part_add(actor=actor, building_id=building, name="甲"),
        lambda: services.part_update(actor=actor, part_id=part, version=1, name="甲"),
        lambda: services.part_close(actor=actor, part_id=part, version=1, reason="甲"),
        lambda: services.parts_make(actor=actor, building_id=building, plan=RoomPlan(("",), 1, 1, 1)),
        lambda: services.parts_undo(actor=actor, building_id=building, batch=homes.batch),
        lambda: services.homes_make(
            actor=actor, rows=[HomeRow(homes.compound.pk, "3号楼", "701")], source="file"
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert _state() == before


@pytest.mark.parametrize("public_id", ["nonsense", "0" * 32])
def test_what_is_not_there_is_not_found(cast: Cast, public_id: str) -> None:
    actor = cast.actor("street")
    for act in (
        lambda: services.stair_remove(actor=actor, stair_id=public_id),
        lambda: services.part_close(actor=actor, part_id=public_id, version=1, reason="甲"),
        lambda: services.building_close(actor=actor, building_id=public_id, version=1, reason="甲"),
    ):
        with pytest.raises(NotFound):
            act()


def test_who_sees_parts(homes: Homes) -> None:
    everywhere = {"worker": 24, "grid_worker": 24, "street": 24, "city": 24, "operator": 24}
    for who, count in everywhere.items():
        assert Part.objects.visible_to(homes.cast.actor(who)).count() == count, who
    assert Part.objects.visible_to(system("test")).count() == 24
    for who in ("worker_b", "other_street", "department", "property", "resident", "visitor", "supervisor"):
        assert Part.objects.visible_to(homes.cast.actor(who)).count() == 0, who


# -- a great many ------------------------------------------------------------------------------------------


def test_homes_of_a_file_are_found_or_made(homes: Homes) -> None:
    compound = homes.compound.pk
    rows = [
        HomeRow(compound, "3幢", "302室", "一单元"),
        HomeRow(compound, "3号楼", "701", "1单元", area=8800),
        HomeRow(compound, "5号楼", "101"),
        HomeRow(compound, "5幢", "１０１室"),
    ]
    done = services.homes_make(actor=homes.worker, rows=rows, source="一标三实")
    assert done.ids[0] == homes.part("302").pk and done.ids[2] == done.ids[3]
    assert len(done.made) == 2 and done.ids[0] not in done.made
    made = Part.objects.get(pk=done.ids[1])
    assert (made.area, made.floor, made.source, made.area_path) == (
        8800,
        7,
        "一标三实",
        homes.compound.area_path,
    )
    assert sorted(homes.compound.buildings.values_list("name", flat=True)) == ["3号楼", "5号楼"]
    assert _last() == "home.make"
    again = services.homes_make(actor=homes.worker, rows=rows, source="一标三实")
    assert again.ids == done.ids and not again.made
    with pytest.raises(InvalidInput):
        services.homes_make(actor=homes.worker, rows=[HomeRow(compound, "6号楼", "101", area=0)], source="x")
    assert not Building.objects.filter(name="6号楼").exists()


def test_parts_follow_when_the_committee_is_confirmed(cast: Cast) -> None:
    street = cast.actor("street")
    compound = services.compound_add(actor=street, name="无主苑", street=cast.places["street_place"])
    building = services.building_add(actor=street, compound_id=compound.public_id, name="1号楼")
    services.part_add(actor=street, building_id=building.public_id, name="101")
    assert not Part.objects.visible_to(cast.actor("worker")).exists()
    committee: Division = cast.places["committee_a_place"]
    services.compound_confirm_committee(actor=street, compound_id=compound.public_id, committee=committee)
    assert Part.objects.visible_to(cast.actor("worker")).get().area_path == committee.path
