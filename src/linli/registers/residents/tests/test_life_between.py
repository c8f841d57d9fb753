"""Between registrations and committees: one person twice, transfers, parts that are lived in."""

from datetime import date

import pytest

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.foundation.places.services import part_close
from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.models import AccountLink, Fact, Guardian, Household, Resident, Transfer
from linli.registers.residents.refusals import HeadNeeded
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.selectors import (
    household_card,
    part_people,
    register_history,
)
from linli.registers.residents.services import (
    duplicates_merge,
    duplicates_refuse,
    household_open,
    resident_claim,
    resident_correct,
    resident_register,
    transfer_confirm,
    transfer_refuse,
    transfer_withdraw,
)
from tests.people import Cast

from .life_world import (
    World,
    alikes,
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


@pytest.fixture
def world(cast: Cast) -> World:
    return world_make(cast)


def again(world: World, *, numbered: bool = False) -> Resident:
    """Register the wife of the family a second time, alone in another flat."""
    home = household_open(
        actor=world.worker,
        part_id=world.parts[2].public_id,
        members=[
            MemberEntry(
                PersonEntry(
                    "林秀英",
                    number(date(1987, 8, 9), "f", 33) if numbered else "",
                    birth=date(1987, 8, 9),
                    sex="f",
                    phone="13800139999",
                ),
                "head",
            )
        ],
        from_on=days(50),
    )
    return member(home, "林秀英")


# -- one person twice ------------------------------------------------------------------------------------


def test_pairs_are_proposed_masked(world: World) -> None:
    wife = member(world.family(), "林秀英")
    twin = again(world)
    pair = alikes(world.worker)[0]
    assert {pair.first.resident.pk, pair.second.resident.pk} == {wife.pk, twin.pk}
    assert (pair.first.name, pair.second.phone, pair.has_birth) == ("林**", "138****9999", True)
    assert "103室" in pair.second.where
    for name in ("worker_b", "district", "department", "resident"):
        assert alikes(world.cast.actor(name)) == []
    ids = {"first_id": wife.public_id, "second_id": twin.public_id}
    refused(NotAllowed, duplicates_refuse, actor=world.cast.actor("grid_worker"), **ids)
    refused(InvalidInput, duplicates_refuse, actor=world.worker, **ids | {"second_id": wife.public_id})
    duplicates_refuse(actor=world.worker, **ids)
    assert alikes(world.worker) == []
    refused(Conflict, duplicates_refuse, actor=world.worker, **ids)


def test_two_numbers_are_two_persons(world: World) -> None:
    wife, twin = member(world.family(), "林秀英"), again(world, numbered=True)
    assert alikes(world.worker) == []
    given = {"keep_id": wife.public_id, "keep_version": wife.version, "other_id": twin.public_id}
    fault = refused(Conflict, duplicates_merge, actor=world.worker, **given, other_version=twin.version)
    assert "证件号码不同" in fault.message


def test_merging_carries_everything_and_is_undone_exactly(world: World) -> None:
    home = world.family()
    wife, child, twin = member(home, "林秀英"), member(home, "陈小雨"), again(world)
    fact_set(actor=world.worker, subject=twin, key="schooling", value="university")
    fact_set(actor=world.worker, subject=twin, key="disability_kind", value="sight")
    Guardian.objects.create(ward=child, guardian=twin, kind="parent", recorded_at=twin.created_at)
    AccountLink.objects.create(
        person=world.cast.person("resident"),
        resident=twin,
        how="worker",
        state="standing",
        asked_at=twin.created_at,
    )
    other_home = twin.memberships.get().household
    before = registry_digest()
    given = {"actor": world.worker, "keep_id": wife.public_id, "other_id": twin.public_id}
    versions = {"keep_version": wife.version, "other_version": fresh(twin).version}
    refused(InvalidInput, duplicates_merge, **given | {"other_id": wife.public_id}, **versions)
    refused(Conflict, duplicates_merge, **given, **versions | {"other_version": 99})
    kept = duplicates_merge(**given, **versions, reason="本人核对")
    assert (fresh(twin).state, fresh(twin).merged_into_id) == ("merged", wife.pk)
    assert sealed_get(kept, "phone") == "13800139999"
    assert kept.origins["phone"] == ["worker", "2026-03-10"]
    assert fresh(other_home).ended_on == days(0)
    assert {sealed_get(f, "value") or f.value for f in Fact.objects.filter(resident=wife)} == {
        "university",
        "sight",
    }
    assert AccountLink.objects.get().resident_id == wife.pk
    assert child.guardians.filter(to_on__isnull=True).get().guardian_id == wife.pk
    assert not twin.tokens.exists()
    refused(Conflict, resident_correct, actor=world.worker, resident_id=twin.public_id, version=1, reason="x")
    undo(world, "resident.merge")
    assert registry_digest() == before


def test_the_head_of_others_is_not_merged_away(world: World) -> None:
    wife, twin = member(world.family(), "林秀英"), again(world)
    home = twin.memberships.get().household
    resident_register(
        actor=world.worker,
        household_id=home.public_id,
        version=home.version,
        person=PersonEntry("周合租", birth=date(1990, 1, 1)),
        relation="not_kin",
        from_on=days(40),
    )
    fault = refused(
        Conflict,
        duplicates_merge,
        actor=world.worker,
        keep_id=wife.public_id,
        keep_version=wife.version,
        other_id=twin.public_id,
        other_version=fresh(twin).version,
    )
    assert "变更户主" in fault.hint


def test_a_number_goes_with_the_person_and_still_recognises_them(world: World) -> None:
    single = world.single("郑无号")
    plain = member(single, "郑无号")
    home = household_open(
        actor=world.worker,
        part_id=world.parts[3].public_id,
        members=[MemberEntry(PersonEntry("郑无号", number(date(1942, 6, 1), "f", 5)), "head")],
        from_on=days(9),
    )
    numbered = member(home, "郑无号")
    before = registry_digest()
    kept = duplicates_merge(
        actor=world.worker,
        keep_id=plain.public_id,
        keep_version=plain.version,
        other_id=numbered.public_id,
        other_version=numbered.version,
    )
    assert sealed_get(kept, "number") == number(date(1942, 6, 1), "f", 5) and kept.number_index
    assert fresh(numbered).number_index is None
    undo(world, "resident.merge")
    assert registry_digest() == before


# -- transfers ---------------------------------------------------------------------------------------------


def claim(world: World, **given: object) -> Transfer:
    wife = PersonEntry("林秀英", number(date(1987, 8, 9), "f", 1))
    asked = {"person": wife, "part_id": world.others[0].public_id, "on": days(2), **given}
    return resident_claim(actor=world.other, **asked)


def test_nothing_changes_until_the_other_committee_confirms(world: World) -> None:
    home = world.family()
    wife = member(home, "林秀英")
    before = registry_digest(Transfer)
    transfer = claim(world)
    assert registry_digest(Transfer) == before
    duty = Duty.objects.get(room="residents", action="confirm_transfer")
    assert (duty.area_path, duty.limit_amount, duty.limit_unit) == (wife.area_path, 3, "workday")
    assert "林" not in duty.title + duty.url
    refused(Conflict, claim, world=world)
    given = {"transfer_id": transfer.public_id}
    refused(NotAllowed, transfer_confirm, actor=world.other, **given)
    refused(NotAllowed, transfer_confirm, actor=world.cast.actor("grid_worker"), **given)
    refused(NotFound, transfer_confirm, actor=world.cast.actor("other_worker"), **given)
    refused(NotAllowed, transfer_withdraw, actor=world.worker, **given)
    transfer_confirm(actor=world.worker, **given)
    assert relations(home) == {"陈建国": "head", "陈小雨": "child"}
    assert fresh(wife).area_path == world.others[0].area_path
    assert wife.memberships.get(to_on__isnull=True).household.occupancies.get().part == world.others[0]
    assert Duty.objects.get(pk=duty.pk).state == "done"
    notice = Notice.objects.get(person_id=world.other.person_id)
    assert "已迁入" in notice.title and "林" not in notice.title + notice.body
    refused(Conflict, transfer_refuse, actor=world.worker, **given, reason="不对")


def test_a_whole_household_comes(world: World) -> None:
    home = world.family()
    transfer = claim(world, is_whole_household=True, tenure="tenant")
    transfer_confirm(actor=world.worker, transfer_id=transfer.public_id)
    assert fresh(home).area_path == world.others[0].area_path
    assert home.occupancies.get(to_on__isnull=True).tenure == "tenant"
    assert len(relations(home)) == 3
    assert {r.area_path for r in Resident.objects.all()} == {world.others[0].area_path}


def test_the_head_goes_only_when_another_is_named(world: World) -> None:
    home = world.family()
    wife = member(home, "林秀英")
    head = PersonEntry("陈建国", number(date(1985, 3, 2), "m", 1))
    transfer = claim(world, person=head)
    refused(HeadNeeded, transfer_confirm, actor=world.worker, transfer_id=transfer.public_id)
    transfer_confirm(actor=world.worker, transfer_id=transfer.public_id, head=str(wife.public_id))
    assert relations(home)["林秀英"] == "head"


def test_transfers_are_refused_and_withdrawn(world: World) -> None:
    world.family()
    before = registry_digest(Transfer)
    first = claim(world)
    refused(InvalidInput, transfer_refuse, actor=world.worker, transfer_id=first.public_id, reason="")
    transfer_refuse(actor=world.worker, transfer_id=first.public_id, reason="本人仍住在这里")
    assert Notice.objects.get(person_id=world.other.person_id).body == "本人仍住在这里"
    second = claim(world)
    transfer_withdraw(actor=world.other, transfer_id=second.public_id)
    assert [t.state for t in Transfer.objects.order_by("pk")] == ["refused", "withdrawn"]
    assert registry_digest(Transfer) == before
    assert not Duty.objects.filter(room="residents", state="open").exists()


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"person": PersonEntry("林秀", number(date(1987, 8, 9), "f", 1))}, NotFound),
        ({"person": PersonEntry("林秀英", number(date(1987, 8, 9), "f", 2))}, NotFound),
        ({"person": PersonEntry("林秀英", birth=date(1987, 8, 9))}, InvalidInput),
        ({"relation": "spouse"}, InvalidInput),
        ({"presence": "sometimes"}, InvalidInput),
        ({"on": date(2026, 3, 11)}, InvalidInput),
    ],
)
def test_claims_that_tell_nothing(world: World, given: dict[str, object], kind: type[Exception]) -> None:
    world.family()
    fault = refused(kind, claim, world=world, **given)  # type: ignore[arg-type]
    assert "桂花" not in fault.message + fault.hint + str(fault.details)


# -- pages' reads -------------------------------------------------------------------------------------------


def test_cards_are_masked_and_scoped(world: World) -> None:
    home = world.family()
    card = household_card(world.worker, home.public_id)
    assert [m.name for m in card.members] == ["陈**", "林**", "陈**"]
    assert card.members[0].phone == "138****0001" and card.members[0].number.count("*") == 11
    assert card.members[2].age == 8 and card.members[2].guardians[0].name == "林**"
    assert card.head is not None and card.living == 3
    here = part_people(world.worker, world.parts[0])
    assert [c.household.pk for c in here.households] == [home.pk]
    assert not part_people(world.other, world.parts[0]).households
    for name in ("worker_b", "district", "city", "department", "resident"):
        with pytest.raises(NotFound):
            household_card(world.cast.actor(name), home.public_id)


def test_history_says_what_and_never_which(world: World) -> None:
    home = world.family()
    head = member(home, "陈建国")
    resident_correct(
        actor=world.worker,
        resident_id=head.public_id,
        version=head.version,
        phone="13900139000",
        reason="本人出示手机",
    )
    line = register_history(world.worker, head)[0]
    assert (line.words, line.fields, line.reason) == ("更正居民信息", ("电话",), "本人出示手机")
    assert line.can_undo and line.by == "赵敏" and "13900139000" not in str(line)
    assert not register_history(world.cast.actor("grid_worker"), head)[0].can_undo
    assert register_history(world.other, head) == []
    undo(world, "resident.correct")
    lines = register_history(world.worker, head)
    assert [line.words for line in lines] == ["撤销变更", "更正居民信息", "登记一户"]
    assert lines[1].undone_at is not None and not lines[0].can_undo and not lines[1].can_undo


def test_what_is_lived_in_is_not_closed(world: World) -> None:
    world.family()
    part = world.parts[0]
    with pytest.raises(Conflict, match="有人居住"):
        part_close(actor=world.worker, part_id=part.public_id, version=part.version, reason="错")
    assert Household.objects.count() == 1
