"""The plan of a building: what stands where, what is marked, who may look, how many queries it takes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock
from linli.core.errors import NotFound
from linli.registers.residents.models import CareEntry, Membership, Occupancy
from linli.registers.residents.selectors import building_plan, compound_choices, part_home, visible_building
from linli.registers.residents.tags import Member, household_tags, is_unsure
from linli.registers.residents.tests.plans import (
    Plan,
    building_make,
    household_make,
    part_make,
    person_make,
    shop_make,
)
from tests.people import Cast

pytestmark = pytest.mark.django_db
ROWS = ("worker", "worker2", "grid_worker", "street")
NO_ROWS = ("worker_b", "other_street", "district", "city", "department", "property", "supervisor", "operator")


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """1号楼: 101 a family of three, 201 tenants since yesterday, 301 a person of whom little is known."""
    built = building_make(cast)
    couple = [person_make(built, date(1970, 3, 1), "m"), person_make(built, date(1972, 5, 1))]
    household_make(built, "101", *couple, person_make(built, date(2015, 9, 1)))
    yesterday = clock.today() - timedelta(days=1)
    household_make(built, "201", person_make(built, date(1999, 1, 1)), tenure="tenant", since=yesterday)
    household_make(built, "301", person_make(built, None, ""))
    shop_make(built)
    return built


def test_floors_stand_from_the_top_and_rooms_in_their_columns(plan: Plan) -> None:
    part_make(plan.building, "403", floor=4, stair=plan.parts["101"].stair)
    shown = building_plan(plan.cast.actor("worker"), plan.building)
    (stair,) = shown.stairs
    assert [floor.number for floor in stair.floors] == [4, 3, 2, 1]
    names = [[home.part.name if home else "" for home in floor.homes] for floor in stair.floors]
    assert names == [["", "", "403"], ["301", "302", ""], ["201", "202", ""], ["101", "102", ""]]
    assert [home.part.name for home in shown.loose] == ["底层商铺"]
    assert (shown.dwellings, shown.households, shown.people) == (7, 3, 5)


def test_rooms_with_names_of_their_own_stand_one_after_the_other(cast: Cast) -> None:
    built = building_make(cast, rooms=0, stairs=0)
    for floor, name in ((1, "底层客堂间"), (2, "2楼亭子间"), (2, "2楼前楼"), (3, "三层阁")):
        part_make(built.building, name, floor=floor)
    (stair,) = building_plan(cast.actor("worker"), built.building).stairs
    assert [len(floor.homes) for floor in stair.floors] == [1, 2, 1]
    assert stair.floors[0].label == "3层"


def test_what_is_marked(plan: Plan) -> None:
    shown = building_plan(plan.cast.actor("worker"), plan.building)
    marks = {home.part.name: home.marks for home in shown.homes}
    assert marks["101"] == ()
    assert marks["201"] == ("tenant", "new")
    assert marks["301"] == ("unsure",)
    assert marks["302"] == ("vacant",)
    assert marks["底层商铺"] == ()
    assert shown.count("vacant") == 3


def test_who_moved_out_or_is_only_registered_is_not_counted(plan: Plan) -> None:
    today = clock.today()
    Occupancy.objects.filter(part=plan.parts["201"]).update(to_on=today)  # the first day on which it is over
    person = Membership.objects.filter(household=plan.households["101"]).last()
    Membership.objects.filter(pk=person.pk).update(presence="registered")  # type: ignore[union-attr]
    shown = building_plan(plan.cast.actor("worker"), plan.building)
    by_name = {home.part.name: home for home in shown.homes}
    assert by_name["201"].marks == ("vacant",)
    assert by_name["101"].people == 2


def test_care_is_marked_only_while_confirmed_and_not_expired(plan: Plan) -> None:
    member = Membership.objects.filter(household=plan.households["101"]).first()
    assert member is not None
    entry = CareEntry.objects.create(
        resident=member.resident,
        group="alone_80",
        rule_version="1",
        service="visit",
        unit=plan.cast.units["committee_a"],
        area_path=plan.building.compound.area_path,
        proposed_at=clock.now(),
    )
    actor = plan.cast.actor("worker")
    assert "care" not in part_home(actor, plan.parts["101"].public_id).marks
    CareEntry.objects.filter(pk=entry.pk).update(
        state="confirmed",
        decided_at=clock.now(),
        decided_by=plan.cast.person("worker"),
        expires_on=clock.today() + timedelta(days=1),
    )
    assert "care" in part_home(actor, plan.parts["101"].public_id).marks
    CareEntry.objects.filter(pk=entry.pk).update(expires_on=clock.today())
    assert "care" not in part_home(actor, plan.parts["101"].public_id).marks


def test_what_is_unsure() -> None:
    head = Member(1, "head", "living", date(1970, 1, 1), "m")
    today = date(2026, 3, 10)
    assert not is_unsure("owner", [head])
    assert is_unsure("", [head]) and is_unsure("owner", [])
    assert is_unsure("owner", [Member(1, "child", "living", date(1970, 1, 1), "m")])
    assert is_unsure("owner", [head, Member(2, "child", "living", None, "m")])
    assert household_tags("owner", today + timedelta(days=3), [head], today) == []
    assert household_tags("owner", today - timedelta(days=90), [head], today) == ["new"]
    assert household_tags("owner", today - timedelta(days=91), [head], today) == []


@pytest.mark.parametrize("who", ROWS)
def test_those_who_work_here_see_it(plan: Plan, who: str) -> None:
    client = plan.cast.client(who)
    answer = client.get(reverse("residents:building", args=[plan.building.public_id]))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert all(words in text for words in ("2层", "租住", "新迁入", "空置", "待核", "桂花便利店"))
    assert "no-store" in answer["Cache-Control"]
    card = client.get(reverse("residents:part", args=[plan.parts["101"].public_id]))
    assert card["Location"] == reverse("residents:household", args=[plan.households["101"].public_id])
    assert client.get(card["Location"]).status_code == 200
    assert (
        "现在没有登记人"
        in client.get(reverse("residents:part", args=[plan.parts["302"].public_id])).content.decode()
    )


@pytest.mark.parametrize("who", NO_ROWS)
def test_for_everybody_else_it_is_missing(plan: Plan, who: str) -> None:
    client = plan.cast.client(who)
    for name, key in (
        ("building", plan.building.public_id),
        ("part", plan.parts["101"].public_id),
        ("household", plan.households["101"].public_id),
    ):
        assert client.get(reverse(f"residents:{name}", args=[key])).status_code == 404, name


def test_another_area_sees_no_compound(plan: Plan) -> None:
    assert [row.name for row in compound_choices(plan.cast.actor("worker"), "ghy")] == ["桂花苑"]
    assert compound_choices(plan.cast.actor("worker"), "没有") == []
    assert compound_choices(plan.cast.actor("worker_b")) == []
    assert compound_choices(plan.cast.actor("district")) == []
    with pytest.raises(NotFound):
        visible_building(plan.cast.actor("worker_b"), plan.building.public_id)


def test_a_large_building_takes_as_many_queries_as_a_small_one(
    plan: Plan, django_assert_num_queries: Any
) -> None:
    actor = plan.cast.actor("worker")
    with django_assert_num_queries(5):
        building_plan(actor, plan.building)
    for floor in range(5, 25):
        part = part_make(plan.building, f"{floor}01", floor=floor, stair=plan.parts["101"].stair)
        plan.parts[part.name] = part
        household_make(plan, part.name, person_make(plan, date(1980, 1, 1)))
    with django_assert_num_queries(5):
        assert building_plan(actor, plan.building).households == 23


def test_one_mark_can_be_made_to_stand_out(plan: Plan) -> None:
    address = reverse("residents:building", args=[plan.building.public_id])
    text = plan.cast.client("worker").get(f"{address}?only=tenant").content.decode()
    assert text.count("is-dim") == 6 and 'aria-current="true"' in text
    assert "is-dim" not in plan.cast.client("worker").get(f"{address}?only=nonsense").content.decode()


def test_the_navigation_leads_where_the_function_works(cast: Cast) -> None:
    page = cast.client("worker").get(reverse("residents:find")).content.decode()
    assert [words for words in ("找人", "房屋", "组织") if f"{words}</a>" in page] == ["找人", "房屋", "组织"]
    grid = cast.client("grid_worker").get(reverse("residents:find")).content.decode()
    assert "组织</a>" not in grid and "房屋</a>" in grid
    assert cast.client("district").get(reverse("residents:buildings")).status_code == 403
    units = cast.client("operator").get(reverse("organizations:unit_list")).content.decode()
    assert 'aria-label="居民登记"' not in units
