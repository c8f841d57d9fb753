"""Titles are registered, passed on, corrected, ended; a refusal changes nothing."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotFound, Refusal, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.models import Part
from linli.registers.residents.models import Owner, Ownership, RegisterEvent, Resident
from linli.registers.residents.owning.rules import OwnerEntry
from linli.registers.residents.owning.selectors import owners_roll, title_of, titles_of
from linli.registers.residents.owning.services import (
    ownership_correct,
    ownership_end,
    ownership_register,
    ownership_transfer,
    voter_name,
)
from tests.people import Cast

from .facts_world import compound_at, parts_of, resident_at

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
HALF = Fraction(1, 2)


@pytest.fixture
def part(cast: Cast, clock: Any) -> Part:
    return parts_of(compound_at(cast), "101")[0]


@pytest.fixture
def people(cast: Cast, clock: Any) -> list[Resident]:
    return [resident_at(cast.places["committee_a_place"].path) for _n in range(3)]


def everything() -> list[tuple[Any, ...]]:
    return [
        row
        for model in (Ownership, Owner, RegisterEvent)
        for row in model.objects.order_by("pk").values_list()
    ]


def refused(kind: type[Refusal], act: Any, /, **given: Any) -> Refusal:
    before = everything()
    with pytest.raises(kind) as refusal:
        act(**given)
    assert everything() == before
    return refusal.value


def registered(cast: Cast, part: Part, *owners: Resident, **more: Any) -> Ownership:
    given = {"area": 8950, "from_on": date(2020, 1, 1), **more}
    entries = [OwnerEntry(owner.pk) for owner in owners]
    return ownership_register(actor=cast.actor("worker"), part_id=part.pk, owners=entries, **given)


def test_a_title_is_registered_with_its_owners(cast: Cast, part: Part, people: list[Resident]) -> None:
    title = ownership_register(
        actor=cast.actor("worker"),
        part_id=part.pk,
        area=8950,
        owners=[OwnerEntry(people[0].pk, share=HALF, is_voter=True), OwnerEntry(people[1].pk, share=HALF)],
        from_on=date(2020, 1, 1),
        certificate=" 沪(2020) 第001号 ",
    )
    assert (title.registered_area, title.compound, title.area_path) == (8950, part.compound, part.area_path)
    assert title.certificate == "沪(2020)第001号" and title.certificate_index
    assert title.place_code == cast.places["committee_a_place"].code
    shares = list(title.owners.order_by("pk").values_list("numerator", "denominator", "is_voter"))
    assert shares == [(1, 2, True), (1, 2, False)]
    assert AuditRecord.objects.latest("pk").verb == "ownership.register"
    assert {(e.part_id, e.resident_id) for e in RegisterEvent.objects.all()} == {
        (part.pk, None),
        (None, people[0].pk),
        (None, people[1].pk),
    }


def test_an_only_owner_votes(cast: Cast, part: Part, people: list[Resident]) -> None:
    assert registered(cast, part, people[0]).owners.get().is_voter


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"area": 0}, "area"),
        ({"area": -1}, "area"),
        ({"area": 10_000_001}, "area"),
        ({"kind": "castle"}, "kind"),
        ({"from_on": date(2026, 3, 11)}, "from_on"),
        ({"from_on": date(2026, 1, 1), "to_on": date(2026, 1, 1)}, "to_on"),
        ({"certificate": "长" * 61}, "certificate"),
        ({"owners": []}, "owners"),
    ],
)
def test_bad_input_is_refused(
    cast: Cast, part: Part, people: list[Resident], given: dict[str, Any], field: str
) -> None:
    whole = {"area": 8950, "owners": [OwnerEntry(people[0].pk)], **given}
    wrong = refused(InvalidInput, ownership_register, actor=cast.actor("worker"), part_id=part.pk, **whole)
    assert set(wrong.details) == {field}


def test_owners_must_stand_in_the_registry_and_once(cast: Cast, part: Part, people: list[Resident]) -> None:
    given: dict[str, Any] = {"actor": cast.actor("worker"), "part_id": part.pk, "area": 8950}
    refused(InvalidInput, ownership_register, **given, owners=[OwnerEntry(10**9)])
    refused(InvalidInput, ownership_register, **given, owners=[OwnerEntry(establishment_id=10**9)])
    refused(InvalidInput, ownership_register, **given, owners=[OwnerEntry(people[0].pk)] * 2)
    Resident.objects.filter(pk=people[0].pk).update(state="merged")
    refused(InvalidInput, ownership_register, **given, owners=[OwnerEntry(people[0].pk)])
    thirds = [OwnerEntry(people[1].pk, share=Fraction(1, 3)), OwnerEntry(people[2].pk, share=HALF)]
    wrong = refused(InvalidInput, ownership_register, **given, owners=thirds)
    assert "5/6" in wrong.message


def test_what_the_developer_has_not_sold_needs_no_owner(cast: Cast, part: Part) -> None:
    assert registered(cast, part, kind="unsold").owners.count() == 0


def test_one_title_at_a_time(cast: Cast, part: Part, people: list[Resident]) -> None:
    registered(cast, part, people[0])
    given = {
        "actor": cast.actor("worker"),
        "part_id": part.pk,
        "area": 8950,
        "owners": [OwnerEntry(people[1].pk)],
    }
    refused(Conflict, ownership_register, **given, from_on=TODAY)
    refused(InvalidInput, ownership_register, **given, from_on=date(2019, 1, 1), to_on=date(2020, 1, 2))
    past = ownership_register(**given, from_on=date(2019, 1, 1), to_on=date(2020, 1, 1))
    assert past.to_on == date(2020, 1, 1)


@pytest.mark.parametrize(
    "who", ["worker_b", "other_worker", "other_street", "department", "property", "resident"]
)
def test_a_part_of_another_committee_is_not_found(
    cast: Cast, part: Part, people: list[Resident], who: str
) -> None:
    given = {"actor": cast.actor(who), "part_id": part.pk, "area": 1, "owners": [OwnerEntry(people[0].pk)]}
    refused(NotFound, ownership_register, **given)
    title = registered(cast, part, people[0])
    end = {"ownership_id": title.pk, "version": 1, "on": TODAY, "reason": "拆除"}
    refused(NotFound, ownership_end, actor=cast.actor(who), **end)


def test_a_closed_part_takes_no_title(cast: Cast, part: Part, people: list[Resident]) -> None:
    Part.objects.filter(pk=part.pk).update(closed_on=TODAY)
    given = {
        "actor": cast.actor("worker"),
        "part_id": part.pk,
        "area": 1,
        "owners": [OwnerEntry(people[0].pk)],
    }
    refused(Conflict, ownership_register, **given)


def test_a_title_is_passed_on_the_same_day(cast: Cast, part: Part, people: list[Resident]) -> None:
    former = registered(cast, part, people[0])
    given = {"actor": cast.actor("worker"), "ownership_id": former.pk, "version": 1}
    bought = {"owners": [OwnerEntry(people[1].pk)]}
    refused(InvalidInput, ownership_transfer, **given, **bought, on=date(2020, 1, 1))
    refused(InvalidInput, ownership_transfer, **given, **bought, on=date(2026, 3, 11))
    refused(InvalidInput, ownership_transfer, **given, owners=[], on=TODAY)
    refused(StaleVersion, ownership_transfer, **(given | {"version": 2}), **bought, on=TODAY)
    title = ownership_transfer(**given, **bought, on=TODAY)
    former.refresh_from_db()
    assert (former.to_on, title.from_on, title.registered_area) == (TODAY, TODAY, 8950)
    refused(Conflict, ownership_transfer, **(given | {"version": 2}), **bought, on=TODAY)
    assert [row.pk for row in titles_of(cast.actor("worker"), part)] == [title.pk, former.pk]


def test_a_correction_changes_the_title_itself(cast: Cast, part: Part, people: list[Resident]) -> None:
    title = registered(cast, part, people[0])
    given = {
        "actor": cast.actor("worker"),
        "ownership_id": title.pk,
        "version": 1,
        "area": 9000,
        "owners": [OwnerEntry(people[1].pk), OwnerEntry(people[2].pk)],
        "kind": "sold",
        "from_on": date(2019, 5, 1),
    }
    refused(InvalidInput, ownership_correct, **given, reason="  ")
    ownership_correct(**given, reason="证上是两人")
    title.refresh_from_db()
    assert (title.registered_area, title.from_on, title.version) == (9000, date(2019, 5, 1), 2)
    assert {owner.resident_id for owner in title.owners.all()} == {people[1].pk, people[2].pk}
    told = RegisterEvent.objects.filter(verb="ownership.correct").values_list("resident_id", flat=True)
    assert {people[0].pk, people[1].pk, people[2].pk} <= set(told)


def test_one_of_several_owners_is_named_to_vote(cast: Cast, part: Part, people: list[Resident]) -> None:
    title = registered(cast, part, people[0], people[1])
    first, second = title.owners.order_by("pk")
    given = {"actor": cast.actor("worker"), "ownership_id": title.pk}
    voter_name(**given, version=1, owner_id=first.pk)
    voter_name(**given, version=2, owner_id=second.pk, reason="共有人推选书")
    assert [owner.is_voter for owner in title.owners.order_by("pk")] == [False, True]
    other = registered(cast, parts_of(part.compound, "102")[0], people[2])
    refused(InvalidInput, voter_name, **given, version=3, owner_id=other.owners.get().pk)


def test_a_title_ends_with_a_reason(cast: Cast, part: Part, people: list[Resident]) -> None:
    title = registered(cast, part, people[0])
    given = {"actor": cast.actor("worker"), "ownership_id": title.pk, "version": 1}
    refused(InvalidInput, ownership_end, **given, on=TODAY, reason="")
    refused(InvalidInput, ownership_end, **given, on=date(2019, 1, 1), reason="拆除")
    ownership_end(**given, on=TODAY, reason="拆除")
    assert title_of(cast.actor("worker"), part) is None
    refused(Conflict, ownership_end, **(given | {"version": 2}), on=TODAY, reason="拆除")


def test_the_roll_of_a_compound(cast: Cast, part: Part, people: list[Resident]) -> None:
    shop = parts_of(part.compound, "铺1", kind="shop")[0]
    second, empty, parking = parts_of(part.compound, "102", "103")[:2] + parts_of(
        part.compound, "车1", kind="parking"
    )
    registered(cast, part, people[0])
    registered(cast, shop, people[0], area=4000)
    registered(cast, second, people[1], people[2], area=9000)
    registered(cast, parking, people[1], area=1250)
    roll = owners_roll(cast.actor("worker"), part.compound, TODAY)
    assert (roll.count.number, roll.count.area, roll.untitled) == (2, 8950 + 4000 + 9000, 1)
    assert [row.part.name for row in roll.rows] == ["101", "102", "车1", "铺1"]
    assert [row.part.pk for row in roll.unvoted] == [second.pk]
    assert empty.pk not in {row.part.pk for row in roll.rows}
    assert owners_roll(cast.actor("worker_b"), part.compound, TODAY).rows == []
    assert owners_roll(system("votes"), part.compound, TODAY).count.number == 2
