"""Two at the registry at once, really at once (PostgreSQL): nothing lost or doubled, the loser is told."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from linli.core.errors import Busy, Conflict, InvalidInput, Refusal, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.foundation.imports.models import Import
from linli.foundation.imports.services import import_start
from linli.foundation.imports.tasks import work_through
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents import services as do
from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.finding.services import resident_reveal
from linli.registers.residents.linking.services import CodeAnswer, door_code_enter, door_codes_make
from linli.registers.residents.models import (
    AccountLink,
    DoorCode,
    Household,
    Membership,
    Occupancy,
    RegisterEvent,
    Resident,
)
from linli.registers.residents.rules import Span, spans_overlap
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services.erasing import resident_erase
from linli.registers.residents.tests.houses import house_make
from linli.registers.residents.tests.importworld import FAMILY, looked, person, resident
from linli.registers.residents.tests.life_world import World, fresh, member, number, world_make
from tests.people import cast_build

from .test_matter_races import at_once, told_apart

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = range(2)


@pytest.fixture
def world(clock: Any) -> World:
    """Everybody, committed, so that other connections see them."""
    return world_make(cast_build())


@pytest.fixture
def homes(clock: Any) -> Homes:
    return homes_build(cast_build())


def sound() -> None:
    """Nobody is in two places on one day, no household in two parts, each household has one head."""
    for who, presence in set(Membership.objects.values_list("resident", "presence")):
        rows = Membership.objects.filter(resident=who, presence=presence)
        assert not spans_overlap(Span(row.from_on, row.to_on) for row in rows)
    for home in Household.objects.all():
        rows = Occupancy.objects.filter(household=home)
        assert not spans_overlap(Span(row.from_on, row.to_on) for row in rows)
        here = home.memberships.filter(to_on=None)
        assert here.filter(relation="head").count() == (1 if here.exists() else 0)
        assert home.ended_on is None or not here.exists()


def told_in_words(lost: list[Exception]) -> None:
    """Every loser reads in Chinese what happened and what to do."""
    for refusal in lost:
        assert isinstance(refusal, Refusal)
        assert any("一" <= sign <= "鿿" for sign in refusal.message) and refusal.hint


def one_wins(*acts: Callable[[], Any]) -> Exception:
    """Run two acts of which one can be done; returns how the other was refused."""
    won, lost = told_apart(at_once(*acts))
    assert (len(won), len(lost)) == (1, len(acts) - 1), (won, lost)
    told_in_words(lost)
    sound()
    return lost[0]


# -- acts -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("attempt", TIMES)
def test_two_move_the_same_person(world: World, attempt: int) -> None:
    child = member(world.family(), "陈小雨")
    ways = [world.single("甲", world.parts[1]), world.single("乙", world.parts[2])]

    def move(home: Household) -> Resident:
        return do.resident_move(
            actor=world.worker,
            resident_id=child.public_id,
            version=child.version,
            household_id=home.public_id,
            relation="not_kin",
        )

    lost = one_wins(*[lambda home=home: move(home) for home in ways])
    assert isinstance(lost, StaleVersion)
    assert RegisterEvent.objects.filter(resident=child, verb="resident.move").count() == 1
    assert child.memberships.filter(to_on=None).get().household_id in {home.pk for home in ways}


@pytest.mark.parametrize("attempt", TIMES)
def test_a_household_moves_out_while_one_of_it_moves_elsewhere(world: World, attempt: int) -> None:
    home, other = world.family(), world.single()
    mother = member(home, "林秀英")
    won, lost = told_apart(
        at_once(
            lambda: do.household_move_out(actor=world.worker, household_id=home.public_id, version=1),
            lambda: do.resident_move(
                actor=world.worker,
                resident_id=mother.public_id,
                version=1,
                household_id=other.public_id,
                relation="not_kin",
            ),
        )
    )
    assert won
    told_in_words(lost)
    sound()
    moved = mother.memberships.filter(to_on=None, household=other).exists()
    assert fresh(mother).state == ("here" if moved else "away")


@pytest.mark.parametrize("attempt", TIMES)
def test_two_households_join_each_other(world: World, attempt: int) -> None:
    first, second = world.family(), world.single()

    def merge(one: Household, into: Household) -> Household:
        return do.household_merge(
            actor=world.worker, household_id=one.public_id, version=1, into_id=into.public_id
        )

    lost = one_wins(lambda: merge(first, second), lambda: merge(second, first))
    assert isinstance(lost, Conflict)
    assert Household.objects.filter(ended_on=None).count() == 1
    assert Membership.objects.filter(to_on=None).count() == 4


@pytest.mark.parametrize("attempt", TIMES)
def test_two_register_the_same_number(world: World, attempt: int) -> None:
    entry = PersonEntry("钱多", number(date(1990, 1, 2)))
    parts = world.parts[:2]

    def opened(part: Any) -> Household:
        return do.household_open(
            actor=world.worker, part_id=part.public_id, members=[MemberEntry(entry, "head")]
        )

    lost = one_wins(*[lambda part=part: opened(part) for part in parts])
    assert isinstance(lost, Conflict | InvalidInput) and "钱多" not in str(lost)
    assert Resident.objects.count() == Household.objects.count() == Occupancy.objects.count() == 1


@pytest.mark.parametrize("attempt", TIMES)
def test_duplicates_are_joined_while_one_of_them_moves(world: World, attempt: int) -> None:
    keep, home = member(world.single("顾阿婆"), "顾阿婆"), world.single("顾阿婆", world.parts[2])
    other, into = member(home, "顾阿婆"), world.family()
    joined, moved = at_once(
        lambda: do.duplicates_merge(
            actor=world.worker,
            keep_id=keep.public_id,
            keep_version=1,
            other_id=other.public_id,
            other_version=1,
        ),
        lambda: do.resident_move(
            actor=world.worker,
            resident_id=other.public_id,
            version=1,
            household_id=into.public_id,
            relation="not_kin",
        ),
    )
    assert sum(isinstance(one, Resident) for one in (joined, moved)) == 1
    told_in_words([one for one in (joined, moved) if isinstance(one, Exception)])
    sound()
    assert fresh(other).state == ("merged" if isinstance(joined, Resident) else "here")
    assert Resident.objects.filter(state="here").count() == (4 if isinstance(joined, Resident) else 5)


@pytest.mark.parametrize("attempt", TIMES)
def test_the_same_two_are_joined_each_way(world: World, attempt: int) -> None:
    one, two = (member(world.single("顾阿婆", part), "顾阿婆") for part in world.parts[:2])

    def join(keep: Resident, other: Resident) -> Resident:
        return do.duplicates_merge(
            actor=world.worker,
            keep_id=keep.public_id,
            keep_version=1,
            other_id=other.public_id,
            other_version=1,
        )

    lost = one_wins(lambda: join(one, two), lambda: join(two, one))
    assert isinstance(lost, Conflict) and not isinstance(lost, Busy)
    assert Resident.objects.filter(state="merged").count() == 1


@pytest.mark.parametrize("attempt", TIMES)
def test_an_act_is_undone_twice_and_built_upon_at_once(world: World, attempt: int) -> None:
    home = world.family()
    do.household_move(
        actor=world.worker, household_id=home.public_id, version=1, part_id=world.parts[2].public_id
    )
    act = RegisterEvent.objects.filter(verb="household.move").latest("pk").act
    results = at_once(
        lambda: do.act_undo(actor=world.worker, act_id=act),
        lambda: do.act_undo(actor=world.worker, act_id=act),
        lambda: do.household_move_out(actor=world.worker, household_id=home.public_id, version=2),
    )
    won, lost = told_apart(results)
    assert len(won) == 1
    told_in_words(lost)
    sound()
    assert RegisterEvent.objects.filter(verb="act.undo").values("act").distinct().count() <= 1


# -- codes, looks, erasing --------------------------------------------------------------------------------
@pytest.mark.parametrize("attempt", TIMES)
def test_a_code_is_used_by_two_at_the_same_moment(clock: Any, attempt: int) -> None:
    cast = cast_build()
    house = house_make(cast)
    given = {"building_id": house.building.public_id, "part_id": house.home.public_id}
    code = door_codes_make(actor=cast.actor("worker"), **given)[0].code
    actors = [cast.actor("resident"), cast.actor("neighbour")]
    won, lost = told_apart(
        at_once(*[lambda who=who: door_code_enter(actor=who, code=code) for who in actors])
    )
    assert not lost
    assert sorted(one.answer for one in won) == [CodeAnswer.RIGHT, CodeAnswer.USED]
    assert AccountLink.objects.count() == DoorCode.objects.exclude(used_at=None).count() == 1


@pytest.mark.parametrize("attempt", TIMES)
def test_two_erase_while_two_look(world: World, attempt: int) -> None:
    home = world.single()
    gone = member(home, "顾阿婆")
    do.resident_move_away(actor=world.worker, resident_id=gone.public_id, version=1)
    street = world.cast.actor("street")

    def erase(actor: Any) -> Resident:
        return resident_erase(actor=actor, resident_id=gone.public_id, reason="本人申请")

    def look(actor: Any) -> dict[str, str]:
        return resident_reveal(actor=actor, resident_id=gone.public_id, fields=["name"], purpose="visit")

    results = at_once(
        lambda: erase(world.worker), lambda: erase(street), lambda: look(world.worker), lambda: look(street)
    )
    erased, seen = results[:2], results[2:]
    assert sum(isinstance(one, Resident) for one in erased) == 1
    told_in_words([one for one in results if isinstance(one, Exception)])
    shown = [one for one in seen if isinstance(one, dict)]
    assert all(one["name"] in ("顾阿婆", "") for one in shown)
    assert AuditRecord.objects.filter(verb="resident.reveal").count() == len(shown)
    assert AuditRecord.objects.filter(verb="resident.erase").count() == 1
    assert (fresh(gone).state, sealed_get(fresh(gone), "name")) == ("erased", "")


# -- imports ----------------------------------------------------------------------------------------------
NAMELESS = person(
    "无证甲", "1961-01-01", room="302", 证件号码="", 证件类型="", 出生日期="1961-01-01", 户号=""
)
FILE = (*FAMILY, NAMELESS)


def _imported(jobs: list[Import]) -> list[str]:
    for job in jobs:
        job.refresh_from_db()
    return [job.state for job in jobs]


@pytest.mark.parametrize("attempt", TIMES)
def test_two_workers_take_the_same_import(homes: Homes, attempt: int) -> None:
    job = looked(homes.worker, *FILE)
    import_start(actor=homes.worker, import_id=job.pk)
    _won, lost = told_apart(at_once(*[lambda: work_through(job.pk)] * 3))
    assert not lost and _imported([job]) == ["done"]
    assert job.counts["new"] == Resident.objects.count() == 5
    sound()


@pytest.mark.parametrize("attempt", TIMES)
def test_the_same_file_is_brought_by_two_at_once(homes: Homes, attempt: int) -> None:
    """Who has no number either is registered once."""
    jobs = [looked(homes.worker, *FILE) for _ in range(2)]
    for job in jobs:
        import_start(actor=homes.worker, import_id=job.pk)
    _won, lost = told_apart(at_once(*[lambda job=job: work_through(job.pk) for job in jobs]))
    assert not lost and _imported(jobs) == ["done", "done"]
    assert sorted(job.counts["new"] for job in jobs) == [0, 5]
    assert sorted(job.counts["unchanged"] for job in jobs) == [0, 5]
    assert Resident.objects.count() == 5
    sound()


@pytest.mark.parametrize("attempt", TIMES)
def test_somebody_registers_by_hand_whom_a_file_brings(homes: Homes, attempt: int) -> None:
    job = looked(homes.worker, FAMILY[0])
    import_start(actor=homes.worker, import_id=job.pk)
    head = PersonEntry("王大明", FAMILY[0][6], phone="13812345678")

    def by_hand() -> Household:
        return do.household_open(
            actor=homes.worker,
            part_id=homes.part("101").public_id,
            members=[MemberEntry(head, "head")],
        )

    _won, lost = told_apart(at_once(by_hand, lambda: work_through(job.pk)))
    told_in_words(lost)
    assert _imported([job]) == ["done"]
    assert Resident.objects.count() == 1 and resident().memberships.filter(to_on=None).count() == 1
    sound()


@pytest.mark.parametrize("attempt", TIMES)
def test_a_file_does_not_write_over_what_somebody_corrects(homes: Homes, attempt: int) -> None:
    job = looked(homes.worker, *FAMILY)
    import_start(actor=homes.worker, import_id=job.pk)
    work_through(job.pk)
    head, elder = resident(), resident("1941-02-03", 44)
    newer = person("王大铭", "1980-05-06", 11, 入住日期="2019-03-01")  # says nothing of a telephone
    again = looked(homes.worker, newer)
    import_start(actor=homes.worker, import_id=again.pk)
    corrected, _ = at_once(
        lambda: do.resident_correct(
            actor=homes.worker,
            resident_id=head.public_id,
            version=head.version,
            phone="13812345679",
            reason="换号",
        ),
        lambda: work_through(again.pk),
    )
    assert _imported([again]) == ["done"]
    now = fresh(head)
    assert sealed_get(now, "name") == "王大铭"
    told_in_words([corrected] if isinstance(corrected, Exception) else [])
    kept = "13812345679" if isinstance(corrected, Resident) else "13812345678"
    assert sealed_get(now, "phone") == kept and elder.version == fresh(elder).version
    sound()
