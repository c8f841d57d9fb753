"""Homes through the services: results, events, records; a refusal changes nothing."""

from datetime import date, timedelta

import pytest

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.models import (
    Household,
    Membership,
    Occupancy,
    RegisterEvent,
    Resident,
    SearchToken,
)
from linli.registers.residents.refusals import HeadNeeded, PersonElsewhere
from linli.registers.residents.services import (
    act_undo,
    head_change,
    household_merge,
    household_move,
    household_move_in,
    household_move_out,
    household_open,
    household_split,
    member_correct,
    occupancy_tenure_set,
    resident_correct,
    resident_move,
    resident_move_away,
    resident_register,
)
from tests.people import Cast

from .life_world import (
    World,
    days,
    fresh,
    member,
    number,
    refused,
    registry_digest,
    relations,
    undo,
    world_make,
)

pytestmark = pytest.mark.usefixtures("clock")
TODAY = date(2026, 3, 10)


@pytest.fixture
def world(cast: Cast) -> World:
    return world_make(cast)


# -- opening ---------------------------------------------------------------------------------------------


def test_a_household_is_opened_with_its_people(world: World) -> None:
    home = world.family()
    assert relations(home) == {"陈建国": "head", "林秀英": "spouse", "陈小雨": "child"}
    child = member(home, "陈小雨")
    assert child.guardians.get().guardian == member(home, "林秀英")
    assert (child.birth_month, child.sex) == (date(2018, 1, 1), "f")
    assert (child.area_path, child.county_code) == (world.parts[0].area_path, "990101")
    assert child.origins["birth"] == ["worker", "2026-03-10"]
    assert SearchToken.objects.filter(resident=child).exists()
    assert {e.verb for e in RegisterEvent.objects.filter(household=home)} == {"household.open"}
    assert RegisterEvent.objects.filter(resident=child, by_id=world.worker.person_id).count() == 1
    assert AuditRecord.objects.filter(verb="household.open").count() == 1
    undo(world, "household.open")
    assert not Household.objects.exists() and not Resident.objects.exists()


def test_nothing_personal_stands_in_clear(world: World) -> None:
    home = world.family()
    written = [
        str(list(model.objects.values()))
        for model in (Resident, RegisterEvent, AuditRecord, Membership, Household)
    ]
    rows = str(list(Resident.objects.values_list("name_sealed", "number_sealed", "phone_sealed")))
    for secret in ("陈建国", number(date(1985, 3, 2), "m", 1), "13800130001"):
        assert not any(secret in text for text in written[:1] + written[2:]) and secret not in rows
    assert "陈" not in repr(home) + str(member(home, "陈建国"))


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([], "至少登记一个人"),
        ([("甲一", "head", date(1980, 1, 1)), ("乙二", "head", date(1980, 1, 1))], "只能有一位户主"),
        ([("甲一", "spouse", date(1980, 1, 1))], "指定一位户主"),
        ([("甲一", "head", date(1980, 1, 1)), ("小二", "child", date(2020, 1, 1))], "监护人"),
        ([("甲?", "head", date(1980, 1, 1))], "生僻字"),
        (
            [("甲一", "head", date(1980, 1, 1)), ("乙二", "boss", date(1980, 1, 1))],
            "第2人：请选择与户主关系",
        ),
    ],
)
def test_bad_lists_are_refused(world: World, members: list[tuple[str, str, date]], says: str) -> None:
    entries = [MemberEntry(PersonEntry(name, birth=born), relation) for name, relation, born in members]
    fault = refused(
        InvalidInput, household_open, actor=world.worker, part_id=world.parts[0].public_id, members=entries
    )
    assert says in fault.message
    assert not any(name in fault.message for name, _relation, _born in members if len(name) > 1)


def test_only_those_who_work_there_may(world: World) -> None:
    home, cast = world.family(), world.cast
    entry = [MemberEntry(PersonEntry("甲一"), "head")]
    given = {"part_id": world.parts[1].public_id, "members": entry}
    for name in ("worker_b", "other_worker", "department", "property", "supervisor", "resident"):
        refused(NotFound, household_open, actor=cast.actor(name), **given)
    refused(NotAllowed, household_open, actor=cast.actor("district"), **given)
    for name in ("worker_b", "district", "city", "resident"):
        refused(
            NotFound,
            household_move_out,
            actor=cast.actor(name),
            household_id=home.public_id,
            version=home.version,
        )
    for name in ("grid_worker", "street"):
        assert household_open(actor=cast.actor(name), **given | {"part_id": world.parts[2].public_id})


def test_the_same_form_twice_is_one_household(world: World) -> None:
    entry = [MemberEntry(PersonEntry("甲一", birth=date(1980, 1, 1)), "head")]
    given = {"actor": world.worker, "part_id": world.parts[1].public_id, "members": entry}
    first = household_open(**given, request_key="k1")
    assert household_open(**given, request_key="k1") == first
    other = [MemberEntry(PersonEntry("甲二", birth=date(1980, 1, 1)), "head")]
    refused(Conflict, household_open, **given | {"members": other}, request_key="k1")


# -- one number is one person ----------------------------------------------------------------------------


def test_a_person_in_two_dwellings_is_refused_with_where(world: World) -> None:
    world.family()
    single = world.single()
    given = {
        "household_id": single.public_id,
        "person": PersonEntry("陈建国", number(date(1985, 3, 2), "m", 1)),
        "relation": "not_kin",
    }
    fault = refused(PersonElsewhere, resident_register, actor=world.worker, version=single.version, **given)
    assert "桂花苑" in fault.message and "101室" in fault.message
    assert fault.details["where"] and fault.details["resident"]
    far = world.single("梅大爷", world.others[0], world.other)
    fault = refused(
        PersonElsewhere,
        resident_register,
        actor=world.other,
        version=far.version,
        **given | {"household_id": far.public_id},
    )
    assert "另一辖区" in fault.message and "桂花" not in str(fault.details) + fault.hint


def test_one_number_for_two_people_is_refused(world: World) -> None:
    world.family()
    single = world.single()
    person = PersonEntry("赵另人", number(date(1985, 3, 2), "m", 1))
    fault = refused(
        Conflict,
        resident_register,
        actor=world.worker,
        household_id=single.public_id,
        version=single.version,
        person=person,
        relation="not_kin",
    )
    assert "另一个姓名" in fault.message
    resident = member(single, "顾阿婆")
    bad = refused(
        InvalidInput,
        resident_correct,
        actor=world.worker,
        resident_id=resident.public_id,
        version=resident.version,
        number=number(date(1985, 3, 2), "m", 1),
        birth=date(1985, 3, 2),
        sex="m",
        reason="核对身份证",
    )
    assert set(bad.details) == {"number"}


def test_who_moved_away_comes_back_as_the_same_person(world: World) -> None:
    home = world.family()
    wife = member(home, "林秀英")
    resident_move_away(
        actor=world.worker, resident_id=wife.public_id, version=wife.version, on=days(20), reason="外地工作"
    )
    assert fresh(wife).state == "away"
    far = world.single("梅大爷", world.others[0], world.other)
    back = resident_register(
        actor=world.other,
        household_id=far.public_id,
        version=far.version,
        person=PersonEntry("林秀英", number(date(1987, 8, 9), "f", 1)),
        relation="not_kin",
        from_on=days(2),
    )
    assert back.pk == wife.pk
    assert fresh(wife).area_path == world.others[0].area_path and fresh(wife).state == "here"


# -- moving ----------------------------------------------------------------------------------------------


def test_a_household_moves_and_its_people_with_it(world: World) -> None:
    home = world.family()
    before = registry_digest()
    household_move(
        actor=world.worker,
        household_id=home.public_id,
        version=home.version,
        part_id=world.parts[2].public_id,
        on=days(3),
        tenure="tenant",
    )
    stays = list(home.occupancies.order_by("pk").values_list("part", "tenure", "from_on", "to_on"))
    assert stays == [
        (world.parts[0].pk, "owner", date(2018, 5, 1), days(3)),
        (world.parts[2].pk, "tenant", days(3), None),
    ]
    undo(world, "household.move")
    assert registry_digest() == before


def test_moves_that_cannot_be(world: World) -> None:
    home = world.family()
    given = {"actor": world.worker, "household_id": home.public_id, "version": home.version}
    here, there = world.parts[0].public_id, world.parts[2].public_id
    refused(InvalidInput, household_move, **given, part_id=here)
    refused(NotFound, household_move, **given, part_id=world.others[0].public_id)
    refused(NotFound, household_move, **given, part_id="nonsense")
    refused(StaleVersion, household_move, **given | {"version": 99}, part_id=there)
    fault = refused(InvalidInput, household_move, **given, part_id=there, on=TODAY + timedelta(days=1))
    assert "晚于今天" in fault.message
    fault = refused(InvalidInput, household_move, **given, part_id=there, on=date(2018, 4, 30))
    assert "2018-05-01" in fault.message
    refused(Conflict, household_move_in, **given, part_id=there)


def test_out_and_in_again(world: World) -> None:
    home = world.family()
    household_move_out(actor=world.worker, household_id=home.public_id, version=home.version, on=days(10))
    assert {r.state for r in Resident.objects.all()} == {"away"}
    home = fresh(home)
    refused(
        Conflict, household_move_out, actor=world.worker, household_id=home.public_id, version=home.version
    )
    overlapping = {"part_id": world.parts[1].public_id, "on": days(30)}
    refused(
        Conflict,
        household_move_in,
        actor=world.worker,
        household_id=home.public_id,
        version=home.version,
        **overlapping,
    )
    household_move_in(
        actor=world.worker,
        household_id=home.public_id,
        version=home.version,
        part_id=world.parts[1].public_id,
        on=days(4),
    )
    assert {r.state for r in Resident.objects.all()} == {"here"}


def test_splitting_and_merging(world: World) -> None:
    home = world.family()
    before = registry_digest()
    head, wife = member(home, "陈建国"), member(home, "林秀英")
    given = {"actor": world.worker, "household_id": home.public_id, "version": home.version}
    leaving = {str(head.public_id): "head"}
    refused(HeadNeeded, household_split, **given, leaving=leaving, part_id=world.parts[1].public_id)
    refused(InvalidInput, household_split, **given, leaving={str(head.public_id): "spouse"})
    refused(InvalidInput, household_split, **given, leaving={})
    new = household_split(
        **given,
        leaving=leaving,
        part_id=world.parts[1].public_id,
        head=str(wife.public_id),
        on=days(5),
    )
    assert relations(home) == {"林秀英": "head", "陈小雨": "child"}
    assert relations(new) == {"陈建国": "head"}
    middle = registry_digest()
    into = fresh(home)
    household_merge(
        actor=world.worker,
        household_id=new.public_id,
        version=fresh(new).version,
        into_id=into.public_id,
        relations={str(head.public_id): "spouse"},
        on=days(1),
    )
    assert relations(home) == {"林秀英": "head", "陈小雨": "child", "陈建国": "spouse"}
    assert fresh(new).ended_on == days(1)
    split = RegisterEvent.objects.filter(verb="household.split").latest("pk")
    refused(Conflict, act_undo, actor=world.worker, act_id=split.act)
    undo(world, "household.merge")
    assert registry_digest() == middle
    undo(world, "household.split")
    assert registry_digest() == before


def test_another_head(world: World) -> None:
    home = world.family()
    before = registry_digest()
    wife = member(home, "林秀英")
    given = {"actor": world.worker, "household_id": home.public_id, "version": home.version}
    head_change(**given, head=str(wife.public_id), on=days(7))
    assert relations(home) == {"林秀英": "head", "陈建国": "spouse", "陈小雨": "child"}
    then = home.memberships.get(resident=wife, to_on=days(7))
    assert then.relation == "spouse"
    given["version"] = fresh(home).version
    refused(InvalidInput, head_change, **given, head=str(wife.public_id))
    refused(InvalidInput, head_change, **given, head="nobody")
    undo(world, "household.head_change")
    assert registry_digest() == before


def test_tenure_from_a_day_or_always(world: World) -> None:
    home = world.family()
    given = {"actor": world.worker, "household_id": home.public_id}
    occupancy_tenure_set(**given, version=home.version, tenure="tenant", reason="合同核对")
    assert [o.tenure for o in home.occupancies.all()] == ["tenant"]
    occupancy_tenure_set(**given, version=fresh(home).version, tenure="owner", on=days(9))
    assert [(o.tenure, o.to_on) for o in home.occupancies.order_by("pk")] == [
        ("tenant", days(9)),
        ("owner", None),
    ]
    refused(InvalidInput, occupancy_tenure_set, **given, version=fresh(home).version, tenure="castle")


def test_members_are_corrected(world: World) -> None:
    home = world.family()
    wife = member(home, "林秀英")
    given = {
        "actor": world.worker,
        "household_id": home.public_id,
        "version": home.version,
        "resident_id": str(wife.public_id),
        "reason": "上门核对",
    }
    refused(InvalidInput, member_correct, **given, relation="head")
    refused(InvalidInput, member_correct, **given, from_on=TODAY + timedelta(days=9))
    member_correct(**given, presence="registered", from_on=date(2019, 1, 1))
    row = home.memberships.get(resident=wife)
    assert (row.presence, row.from_on) == ("registered", date(2019, 1, 1))


def test_registered_here_living_there(world: World) -> None:
    home, single = world.family(), world.single()
    wife = member(home, "林秀英")
    given = {"actor": world.worker, "household_id": single.public_id, "relation": "other_kin"}
    resident_move(
        **given, resident_id=wife.public_id, version=wife.version, presence="registered", on=days(9)
    )
    rows = {row.household_id: row.presence for row in wife.memberships.filter(to_on__isnull=True)}
    assert rows == {home.pk: "living", single.pk: "registered"}
    refused(
        Conflict,
        member_correct,
        actor=world.worker,
        household_id=single.public_id,
        version=fresh(single).version,
        resident_id=str(wife.public_id),
        presence="living",
        reason="核对",
    )


def test_the_head_leaves_and_the_hukou_stays(world: World) -> None:
    home = world.family()
    head, wife = member(home, "陈建国"), member(home, "林秀英")
    given = {"actor": world.worker, "resident_id": head.public_id, "version": head.version}
    refused(HeadNeeded, resident_move_away, **given)
    refused(InvalidInput, resident_move_away, **given, head="nobody")
    resident_move_away(**given, is_registered_still=True, on=days(2))
    row = home.memberships.get(resident=head, to_on__isnull=True)
    assert (row.presence, row.relation, fresh(head).state) == ("registered", "head", "here")
    undo(world, "resident.move_away")
    given["version"] = fresh(head).version
    resident_move_away(**given, head=str(wife.public_id), on=days(2))
    assert relations(home) == {"林秀英": "head", "陈小雨": "child"}
    assert fresh(head).state == "away"


def test_the_last_one_leaves_an_empty_home(world: World) -> None:
    single = world.single()
    who = member(single, "顾阿婆")
    before = registry_digest()
    resident_move_away(actor=world.worker, resident_id=who.public_id, version=who.version, on=days(1))
    assert fresh(single).ended_on == days(1)
    assert not Occupancy.objects.filter(to_on__isnull=True).exists()
    undo(world, "resident.move_away")
    assert registry_digest() == before


def test_the_last_one_moves_to_another_household(world: World) -> None:
    home, single = world.family(), world.single()
    who = member(single, "顾阿婆")
    before = registry_digest()
    resident_move(
        actor=world.worker,
        resident_id=who.public_id,
        version=who.version,
        household_id=home.public_id,
        relation="parent",
        on=days(1),
    )
    assert relations(home)["顾阿婆"] == "parent"
    assert fresh(single).ended_on == days(1)
    assert not single.occupancies.filter(to_on__isnull=True).exists()
    undo(world, "resident.move")
    assert registry_digest() == before
