"""Pairs that look alike and transfers, as workers press through them."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.models import Distinct, Resident, Transfer
from linli.registers.residents.services import household_open
from tests.people import Cast

from .life_world import World, alikes, fresh, member, number, relations, world_make

pytestmark = pytest.mark.django_db
SECRETS = ("陈建国", "林秀英", "陈小雨", "13800130001")


@pytest.fixture
def world(cast: Cast, clock: Any) -> World:
    return world_make(cast)


def twin(world: World) -> Resident:
    home = household_open(
        actor=world.worker,
        part_id=world.parts[2].public_id,
        members=[MemberEntry(PersonEntry("林秀英", birth=date(1987, 8, 9), sex="f"), "head")],
    )
    return member(home, "林秀英")


def asked(world: World, **more: str) -> Any:
    address = reverse("residents:part_act", args=[world.others[0].public_id, "claim"])
    sent = {
        "name": "陈建国",
        "number": number(date(1985, 3, 2), "m", 1),
        "presence": "living",
        "tenure": "tenant",
        "request_key": "k1",
    }
    return world.cast.client("worker_b").post(address, sent | more)


def test_a_pair_is_compared_masked_and_merged(world: World) -> None:
    wife, other = member(world.family(), "林秀英"), twin(world)
    client, address = world.cast.client("worker"), reverse("residents:duplicates")
    assert "还没有比对过" in client.get(address).content.decode()
    alikes(world.worker)
    text = client.get(address).content.decode()
    assert "同名、同生日、同性别" in text and "已比对到" in text
    assert text.count("林**") == 2 and "103室" in text and not any(secret in text for secret in SECRETS)
    sent = {
        "act": "merge",
        "keep": wife.public_id,
        "keep_version": wife.version,
        "other": other.public_id,
        "other_version": other.version,
    }
    assert client.post(address, sent | {"other_version": "99"}).status_code == 409
    assert fresh(other).state == "here"
    assert client.post(address, sent).status_code == 302
    assert fresh(other).merged_into_id == wife.pk
    assert "没有疑似重复" in client.get(address).content.decode()


def test_a_pair_is_said_to_be_two(world: World) -> None:
    wife, other = member(world.family(), "林秀英"), twin(world)
    address = reverse("residents:duplicates")
    sent = {"act": "distinct", "keep": wife.public_id, "other": other.public_id}
    alikes(world.worker)
    grid = world.cast.client("grid_worker")
    assert "是同一人，合并" not in grid.get(address).content.decode()
    assert grid.post(address, sent).status_code == 403
    assert world.cast.client("worker").post(address, sent).status_code == 302
    assert Distinct.objects.count() == 1


def test_a_transfer_from_asking_to_arriving(world: World) -> None:
    home = world.family()
    wife = member(home, "林秀英")
    assert asked(world, number="110105194912310021").status_code == 422
    assert asked(world, name="陈建囯", request_key="k2").status_code == 404
    assert asked(world, request_key="k3").status_code == 302
    transfer = Transfer.objects.get()
    address = reverse("residents:transfer", args=[transfer.public_id])
    theirs = world.cast.client("worker_b")
    text = theirs.get(address).content.decode()
    assert "撤回申请" in text and "桂花苑" not in text and "确认迁移" not in text
    ours = world.cast.client("worker")
    assert "等您确认" in ours.get(reverse("residents:transfers")).content.decode()
    text = ours.get(address).content.decode()
    assert "101室" in text and "林**" in text and not any(secret in text for secret in SECRETS)
    assert ours.post(address, {"act": "confirm"}).status_code == 422
    assert theirs.post(address, {"act": "confirm", "head": str(wife.public_id)}).status_code == 403
    assert ours.post(address, {"act": "confirm", "head": str(wife.public_id)}).status_code == 302
    assert relations(home)["林秀英"] == "head"
    assert member(home, "陈建国").memberships.get(to_on=None).household.area_path == world.others[0].area_path


def test_a_transfer_is_refused_with_a_reason(world: World) -> None:
    world.family()
    asked(world)
    address = reverse("residents:transfer", args=[Transfer.objects.get().public_id])
    ours = world.cast.client("worker")
    assert ours.post(address, {"act": "refuse", "reason": ""}).status_code == 422
    assert ours.post(address, {"act": "refuse", "reason": "仍住在这里"}).status_code == 302
    assert "仍住在这里" in world.cast.client("worker_b").get(address).content.decode()


def test_a_transfer_is_taken_back(world: World) -> None:
    world.family()
    asked(world)
    address = reverse("residents:transfer", args=[Transfer.objects.get().public_id])
    assert world.cast.client("worker").post(address, {"act": "withdraw"}).status_code == 403
    assert world.cast.client("worker_b").post(address, {"act": "withdraw"}).status_code == 302
    assert Transfer.objects.get().state == "withdrawn"
    for name in ("district", "other_worker", "department"):
        assert world.cast.client(name).get(address).status_code == 404
