"""Births, deaths, guardians, corrections, undo, establishments; a refusal changes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core.clock import clock_at, clock_forward
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.duties.models import Duty
from linli.registers.residents.entries import GuardianEntry, PersonEntry
from linli.registers.residents.models import (
    RegisterEvent,
)
from linli.registers.residents.refusals import GuardianNeeded
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services import (
    act_undo,
    birth_register,
    death_register,
    establishment_close,
    establishment_move,
    establishment_open,
    establishment_update,
    guardian_end,
    guardian_set,
    resident_correct,
    resident_enter,
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
    undo,
    world_make,
)

pytestmark = pytest.mark.usefixtures("clock")
TODAY = date(2026, 3, 10)


@pytest.fixture
def world(cast: Cast) -> World:
    return world_make(cast)


# -- birth and death -------------------------------------------------------------------------------------


def test_a_child_is_born(world: World) -> None:
    home = world.family()
    before = registry_digest()
    mother, father = member(home, "林秀英"), member(home, "陈建国")
    baby = PersonEntry("陈小满", number(days(30), "m", 7))
    given = {"actor": world.worker, "person": baby, "relation": "child"}
    refused(InvalidInput, birth_register, **given, mother_id=father.public_id)
    refused(
        InvalidInput, birth_register, **given | {"person": PersonEntry("陈小满")}, mother_id=mother.public_id
    )
    with_phone = PersonEntry("陈小满", number(days(30), "m", 7), phone="13800138000")
    fault = refused(
        InvalidInput, birth_register, **given | {"person": with_phone}, mother_id=mother.public_id
    )
    assert set(fault.details) == {"phone"}
    child = birth_register(**given, mother_id=mother.public_id, father_id=str(father.public_id))
    assert {g.guardian_id for g in child.guardians.all()} == {mother.pk, father.pk}
    assert child.memberships.get().from_on == days(30)
    refused(Conflict, birth_register, **given, mother_id=mother.public_id)
    undo(world, "resident.birth")
    assert registry_digest() == before


def test_a_death_ends_what_ends(world: World) -> None:
    home = world.family()
    before = registry_digest()
    mother = member(home, "林秀英")
    given = {"actor": world.worker, "resident_id": mother.public_id, "version": mother.version}
    refused(InvalidInput, death_register, **given, on=TODAY + timedelta(days=1))
    refused(InvalidInput, death_register, **given, on=date(1980, 1, 1))
    death_register(**given, on=days(1), reason="死亡证明")
    assert (fresh(mother).state, fresh(mother).state_on) == ("dead", days(1))
    child = member(home, "陈小雨")
    assert not child.guardians.filter(to_on__isnull=True).exists()
    duty = Duty.objects.get(room="residents", action="name_guardian")
    assert duty.subject_id == str(child.public_id) and "陈" not in duty.title
    refused(Conflict, resident_correct, **given | {"version": fresh(mother).version}, reason="核对", sex="f")
    undo(world, "resident.death")
    assert registry_digest() == before
    assert Duty.objects.get(pk=duty.pk).state == "cancelled"


def test_the_dead_do_not_come_back(world: World) -> None:
    home, single = world.family(), world.single()
    wife = member(home, "林秀英")
    death_register(actor=world.worker, resident_id=wife.public_id, version=wife.version, on=days(1))
    fault = refused(
        Conflict,
        resident_register,
        actor=world.worker,
        household_id=single.public_id,
        version=single.version,
        person=PersonEntry("林秀英", number(date(1987, 8, 9), "f", 1)),
        relation="not_kin",
    )
    assert "去世" in fault.message


# -- guardians -------------------------------------------------------------------------------------------


def test_guardians_of_a_child(world: World) -> None:
    home, single = world.family(), world.single()
    child, mother, grandmother = member(home, "陈小雨"), member(home, "林秀英"), member(single, "顾阿婆")
    given = {"actor": world.worker, "resident_id": child.public_id}
    ending = {"guardian_id": str(mother.public_id), "reason": "法院判决"}
    refused(GuardianNeeded, guardian_end, **given, version=child.version, **ending)
    named = GuardianEntry(str(grandmother.public_id), "grandparent")
    guardian_set(**given, version=child.version, guardian=named)
    refused(Conflict, guardian_set, **given, version=fresh(child).version, guardian=named)
    refused(
        InvalidInput,
        guardian_set,
        **given,
        version=fresh(child).version,
        guardian=GuardianEntry(str(child.public_id), "other"),
    )
    refused(NotFound, guardian_end, **given, version=fresh(child).version, guardian_id="x", reason="错")
    refused(InvalidInput, guardian_end, **given, version=fresh(child).version, **ending | {"reason": " "})
    guardian_end(**given, version=fresh(child).version, **ending)
    assert child.guardians.get(to_on__isnull=True).guardian == grandmother


def test_a_child_with_grandparents(world: World) -> None:
    single = world.single()
    grandmother = member(single, "顾阿婆")
    given = {
        "actor": world.worker,
        "household_id": single.public_id,
        "version": single.version,
        "person": PersonEntry("顾小宝", birth=date(2019, 5, 5), sex="m"),
        "relation": "grandchild",
        "from_on": days(100),
    }
    refused(GuardianNeeded, resident_register, **given)
    refused(InvalidInput, resident_register, **given, guardians=[GuardianEntry("0" * 32, "grandparent")])
    child = resident_register(**given, guardians=[GuardianEntry(str(grandmother.public_id), "grandparent")])
    assert child.guardians.get().kind == "grandparent"
    refused(Conflict, resident_register, **given | {"version": fresh(single).version})


# -- corrections -----------------------------------------------------------------------------------------


def test_a_correction_says_why_and_can_be_undone(world: World) -> None:
    home = world.family()
    head = member(home, "陈建国")
    before, tokens = registry_digest(), set(head.tokens.values_list("token", flat=True))
    given = {"actor": world.worker, "resident_id": head.public_id, "version": head.version}
    refused(InvalidInput, resident_correct, **given, reason="", phone="13900139000")
    fault = refused(InvalidInput, resident_correct, **given, reason="核对", birth=date(1985, 3, 3))
    assert "不一致" in fault.message and set(fault.details) == {"birth"}
    refused(InvalidInput, resident_correct, **given, reason="核对", sex="f")
    refused(InvalidInput, resident_correct, **given, reason="核对", number="110105194912310021")
    refused(InvalidInput, resident_correct, **given, reason="核对", name="")
    corrected = resident_correct(**given, reason="本人出示手机", phone="139 0013 9000", name="陈建囯")
    assert sealed_get(corrected, "phone") == "13900139000"
    assert corrected.origins["phone"] == ["worker", "2026-03-10"]
    event = RegisterEvent.objects.filter(verb="resident.correct", resident=head).get()
    assert {"name", "phone"} <= set(event.fields) and event.reason == "本人出示手机"
    assert set(head.tokens.values_list("token", flat=True)) != tokens
    undo(world, "resident.correct")
    assert registry_digest() == before
    assert fresh(head).version > head.version


def test_nothing_changed_is_no_fault(world: World) -> None:
    head = member(world.family(), "陈建国")
    before = registry_digest()
    resident_correct(
        actor=world.worker, resident_id=head.public_id, version=head.version, reason="核对", sex="m"
    )
    assert registry_digest() == before


def test_an_owner_who_lives_elsewhere(world: World) -> None:
    owner = resident_enter(
        actor=world.worker,
        part_id=world.parts[3].public_id,
        person=PersonEntry("沈业主", number(date(1970, 1, 1), "m", 9)),
    )
    assert owner.area_path == world.parts[3].area_path and not owner.memberships.exists()
    single = world.single()
    same = resident_register(
        actor=world.worker,
        household_id=single.public_id,
        version=single.version,
        person=PersonEntry("沈业主", number(date(1970, 1, 1), "m", 9)),
        relation="not_kin",
    )
    assert same.pk == owner.pk


# -- undo ------------------------------------------------------------------------------------------------


def test_undo_is_for_thirty_days_and_once(world: World) -> None:
    home = world.family()
    head = member(home, "陈建国")
    given = {"actor": world.worker, "resident_id": head.public_id, "reason": "核对"}
    resident_correct(**given, version=head.version, phone="13900139000")
    event = RegisterEvent.objects.filter(verb="resident.correct").latest("pk")
    refused(NotFound, act_undo, actor=world.other, act_id=event.act)
    refused(NotAllowed, act_undo, actor=world.cast.actor("grid_worker"), act_id=event.act)
    refused(NotFound, act_undo, actor=world.worker, act_id="nonsense")
    act_undo(actor=world.worker, act_id=event.act)
    refused(Conflict, act_undo, actor=world.worker, act_id=event.act)
    undone = RegisterEvent.objects.filter(verb="act.undo").latest("pk")
    refused(Conflict, act_undo, actor=world.worker, act_id=undone.act)
    resident_correct(**given, version=fresh(head).version, phone="13900139001")
    late = RegisterEvent.objects.filter(verb="resident.correct").latest("pk")
    clock_forward(timedelta(days=31))
    refused(Conflict, act_undo, actor=world.worker, act_id=late.act)


def test_undo_leaves_what_was_done_since(world: World) -> None:
    home = world.family()
    head = member(home, "陈建国")
    given = {"actor": world.worker, "resident_id": head.public_id, "reason": "核对"}
    resident_correct(**given, version=head.version, phone="13900139000")
    resident_correct(**given, version=fresh(head).version, name="陈建囯")
    resident_correct(**given, version=fresh(head).version, name="陈建郭")
    first, second, _third = RegisterEvent.objects.filter(verb="resident.correct").order_by("pk")
    refused(Conflict, act_undo, actor=world.worker, act_id=second.act)
    act_undo(actor=world.worker, act_id=first.act)  # the telephone: nothing stands on it
    assert sealed_get(fresh(head), "phone") == "13800130001"
    assert sealed_get(fresh(head), "name") == "陈建郭"
    opening = RegisterEvent.objects.filter(verb="household.open").latest("pk")
    refused(Conflict, act_undo, actor=world.worker, act_id=opening.act)


# -- establishments --------------------------------------------------------------------------------------


def test_a_shop(world: World) -> None:
    given = {"actor": world.worker, "part_id": world.shop.public_id}
    refused(InvalidInput, establishment_open, **given, name=" ")
    refused(InvalidInput, establishment_open, **given, name="便民超市", credit_code="91350100M000100Y44")
    refused(InvalidInput, establishment_open, **given, name="便民超市", phone="12")
    shop = establishment_open(
        **given, name="便民超市", credit_code="91350100m000100y43", kind="零售", phone="021-54661234"
    )
    refused(InvalidInput, establishment_open, **given, name="便民超市")
    refused(InvalidInput, establishment_open, **given, name="别的店", credit_code="91350100M000100Y43")
    before = registry_digest()
    ident = {"actor": world.worker, "establishment_id": shop.public_id}
    establishment_update(**ident, version=shop.version, name="便民生活超市")
    undo(world, "establishment.update")
    assert registry_digest() == before
    establishment_move(
        **ident, version=fresh(shop).version, part_id=world.parts[3].public_id, is_further=True
    )
    assert shop.occupancies.filter(to_on__isnull=True).count() == 2
    refused(
        InvalidInput,
        establishment_move,
        **ident,
        version=fresh(shop).version,
        part_id=world.parts[3].public_id,
    )
    undo(world, "establishment.move")
    establishment_close(**ident, version=fresh(shop).version, reason="已搬走")
    assert fresh(shop).closed_on == TODAY
    refused(Conflict, establishment_update, **ident, version=fresh(shop).version, name="又来了")
    undo(world, "establishment.close")
    assert registry_digest() == before


def test_the_clock_is_held(world: World, clock: Any) -> None:
    with clock_at(clock):
        assert world.single().created_at == clock
