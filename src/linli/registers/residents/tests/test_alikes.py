"""Pairs that look alike are found by the machine, some minutes after a change, and follow what people do."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from linli.core.actor import system
from linli.core.clock import clock_forward
from linli.core.crypto import KeyRing
from linli.core.errors import NotAllowed
from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.models import Alike, AlikeMark, Resident
from linli.registers.residents.sealing import sealed_set
from linli.registers.residents.selectors import alike_list
from linli.registers.residents.services import duplicates_merge, duplicates_refuse, household_open
from linli.registers.residents.services.alikes import alikes_find
from linli.registers.residents.tasks import alikes_look
from tests.people import Cast, cast_build

from .life_world import World, alikes, fresh, member, number, undo, world_make

BORN, PHONE = date(1987, 8, 9), "13800139999"


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast, built for each test alone: each test has keys of its own."""
    return cast_build()


@pytest.fixture
def world(cast: Cast, clock: datetime) -> Iterator[World]:
    yield world_make(cast)


def enter(world: World, part: int, name: str, **more: object) -> Resident:
    home = household_open(
        actor=world.worker,
        part_id=world.parts[part].public_id,
        members=[MemberEntry(PersonEntry(name, **more), "head")],  # type: ignore[arg-type]
    )
    return member(home, name)


def look() -> int:
    clock_forward(timedelta(minutes=6))
    return alikes_look()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "two", "by"),
    [
        ({"birth": BORN, "sex": "f"}, {"birth": BORN, "sex": "f"}, (True, False)),
        ({"phone": PHONE}, {"phone": PHONE}, (False, True)),
        (
            {"birth": BORN, "sex": "f", "phone": PHONE},
            {"birth": BORN, "sex": "f", "phone": PHONE},
            (True, True),
        ),
        ({"birth": BORN, "sex": "f"}, {"birth": date(1987, 8, 10), "sex": "f"}, None),
        ({"birth": BORN, "sex": "f"}, {"birth": BORN, "sex": "m"}, None),
        ({"phone": PHONE}, {"phone": "13800139998"}, None),
        ({}, {}, None),
        (
            {"birth": BORN, "sex": "f", "number": number(BORN, "f", 1)},
            {"birth": BORN, "sex": "f"},
            (True, False),
        ),
        (
            {"birth": BORN, "sex": "f", "number": number(BORN, "f", 1)},
            {"birth": BORN, "sex": "f", "number": number(BORN, "f", 2)},
            None,
        ),
    ],
)
def test_what_looks_alike(
    world: World, one: dict[str, object], two: dict[str, object], by: tuple[bool, bool] | None
) -> None:
    first, second = enter(world, 1, "沈一诺", **one), enter(world, 2, "沈一诺", **two)
    assert look() == 2
    assert [(r.first_id, r.second_id, (r.has_birth, r.has_phone)) for r in Alike.objects.all()] == (
        [(first.pk, second.pk, by)] if by else []
    )


@pytest.mark.django_db
def test_a_change_makes_and_unmakes_a_pair_and_whoever_was_looked_at_is_not_again(world: World) -> None:
    wife = member(world.family(), "林秀英")
    twin = enter(world, 2, "林秀英", birth=BORN, sex="f")
    assert alikes_look() == 0 and alikes(world.worker)  # not before it is settled
    assert alikes_look() == 0 and Alike.objects.count() == 1
    duplicates_merge(
        actor=world.worker,
        keep_id=wife.public_id,
        keep_version=wife.version,
        other_id=twin.public_id,
        other_version=twin.version,
    )
    assert not alike_list(world.worker)  # at once
    assert look() and not Alike.objects.exists()
    undo(world, "resident.merge")
    assert len(alikes(world.worker)) == 1
    given = {"first_id": str(twin.public_id), "second_id": str(wife.public_id)}
    duplicates_refuse(actor=world.worker, **given)
    assert not Alike.objects.exists()
    Resident.objects.filter(pk=twin.pk).update(updated_at=fresh(twin).updated_at + timedelta(hours=1))
    clock_forward(timedelta(hours=2))
    assert alikes_look() and not Alike.objects.exists()


@pytest.mark.django_db
def test_batches_go_on_where_the_last_one_ended_also_within_one_instant(world: World) -> None:
    people = [enter(world, at, "沈一诺", birth=BORN, sex="f") for at in (1, 2, 3)]
    Resident.objects.update(updated_at=people[0].updated_at)
    clock_forward(timedelta(minutes=6))
    machine = system("registry")
    assert [alikes_find(actor=machine, most=2), alikes_find(actor=machine, most=2)] == [2, 1]
    assert alikes_find(actor=machine, most=2) == 0 and Alike.objects.count() == 3
    assert AlikeMark.objects.get().resident_id == people[2].pk


@pytest.mark.django_db
def test_only_those_of_one_street_and_of_any_search_key_in_use(ring: KeyRing, world: World) -> None:
    one = enter(world, 1, "沈一诺", birth=BORN, sex="f")
    ring.key_add("tokens")  # under which the first one's are not made yet
    two = enter(world, 2, "沈一诺", birth=BORN, sex="f")
    assert alikes(world.worker)
    steps = one.area_path.split("/")
    elsewhere = "/".join([*steps[:3], "310104999", *steps[4:]])
    Resident.objects.filter(pk=one.pk).update(
        area_path=elsewhere, updated_at=fresh(two).updated_at + timedelta(1)
    )
    clock_forward(timedelta(days=2))
    assert alikes_look() == 1 and not Alike.objects.exists()


@pytest.mark.django_db
def test_people_do_not_start_it_and_an_erased_person_is_left_out(world: World) -> None:
    twin = enter(world, 2, "林秀英", birth=BORN, sex="f")
    member(world.family(), "林秀英")
    with pytest.raises(NotAllowed):
        alikes_find(actor=world.worker)
    Resident.objects.filter(pk=twin.pk).update(data_key="", state="erased")
    assert look() and not Alike.objects.exists()


@pytest.mark.django_db
def test_the_page_is_paged_and_keeps_the_names_covered(world: World) -> None:
    people = [enter(world, at, "沈一诺", birth=BORN, sex="f") for at in (1, 2, 3)]
    for at in range(21):
        extra = Resident(**{f: getattr(people[0], f) for f in ("area_path", "place_code", "compound", "sex")})
        extra.created_at = extra.updated_at = people[0].created_at
        sealed_set(extra, name="沈一诺", birth=BORN, phone=f"1380013{at:04}")
        extra.save()
    alikes(world.worker)
    Alike.objects.all().delete()
    rows = list(Resident.objects.filter(sex="f").order_by("pk"))
    now = people[0].created_at
    Alike.objects.bulk_create(
        Alike(first=rows[0], second=row, has_birth=True, found_at=now) for row in rows[1:]
    )
    client, address = world.cast.client("worker"), reverse("residents:duplicates")
    first, second = (client.get(f"{address}?page={page}").content.decode() for page in (1, 2))
    assert first.count("两条登记对照") == 20 and second.count("两条登记对照") == len(rows) - 21
    assert "沈一诺" not in first + second
