"""Homes with people for the tests of acts: two compounds in two committees, made through the services."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from linli.core.actor import Actor
from linli.core.clock import clock_forward
from linli.core.errors import Refusal
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.models import Building, Compound, Part
from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.models import Household, RegisterEvent, Resident
from linli.registers.residents.numbers import check_digit
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.selectors import Pair, alike_list, pairs_of
from linli.registers.residents.services import act_undo, household_open
from linli.registers.residents.tasks import alikes_look
from tests.people import Cast

# What counts on or says that something happened: an undone act leaves these, and nothing else, different.
COUNTING = {"version", "updated_at"}


def number(birth: date, sex: str = "f", order: int = 1, region: str = "310104") -> str:
    """Return a number that can be true; it belongs to nobody (no such county in the tests)."""
    serial = order * 2 + (sex == "m")
    body = f"{region}{birth:%Y%m%d}{serial:03}"
    return body + check_digit(body)


def compound_make(cast: Cast, place: str, name: str) -> Compound:
    division = cast.places[place]
    return Compound.objects.create(
        name=name, street=division.parent, committee=division, area_path=division.path
    )


def parts_make(compound: Compound, *names: str, kind: str = "dwelling") -> list[Part]:
    building, _made = Building.objects.get_or_create(compound=compound, name="1号")
    return [
        Part.objects.create(
            compound=compound, building=building, name=name, kind=kind, area_path=compound.area_path
        )
        for name in names
    ]


@dataclass
class World:
    """Committee a has parts 101–104 and a shop, committee b 201–202 in the same county."""

    cast: Cast
    parts: list[Part]
    shop: Part
    others: list[Part]

    @property
    def worker(self) -> Actor:
        return self.cast.actor("worker")

    @property
    def other(self) -> Actor:
        return self.cast.actor("worker_b")

    def family(self, part: Part | None = None, actor: Actor | None = None, order: int = 1) -> Household:
        """A couple with a child of 8, who own their flat since 2018."""
        since = date(2018, 5, 1)
        names = ("陈建国", "林秀英", "陈小雨")
        return household_open(
            actor=actor or self.worker,
            part_id=(part or self.parts[0]).public_id,
            tenure="owner",
            from_on=since,
            members=[
                MemberEntry(
                    PersonEntry(names[0], number(date(1985, 3, 2), "m", order), phone=f"1380013{order:04}"),
                    "head",
                ),
                MemberEntry(PersonEntry(names[1], number(date(1987, 8, 9), "f", order)), "spouse"),
                MemberEntry(
                    PersonEntry(names[2], number(date(2018, 1, 20), "f", order)), "child", guardian=1
                ),
            ],
        )

    def single(self, name: str = "顾阿婆", part: Part | None = None, actor: Actor | None = None) -> Household:
        """Somebody who lives alone, without a number."""
        return household_open(
            actor=actor or self.worker,
            part_id=(part or self.parts[1]).public_id,
            tenure="public",
            members=[MemberEntry(PersonEntry(name, birth=date(1942, 6, 1), sex="f"), "head")],
        )


def world_make(cast: Cast) -> World:
    here = compound_make(cast, "committee_a_place", "桂花苑")
    there = compound_make(cast, "committee_b_place", "丹桂里")
    return World(
        cast,
        parts_make(here, "101", "102", "103", "104"),
        parts_make(here, "底层商铺", kind="shop")[0],
        parts_make(there, "201", "202"),
    )


def member(household: Household, name: str) -> Resident:
    """Return who is called so in a household (also who left)."""
    rows = household.memberships.select_related("resident").order_by("pk")
    return next(row.resident for row in rows if sealed_get(row.resident, "name") == name)


def fresh(row: Any) -> Any:
    """Return a row as it stands in the database."""
    return type(row)._default_manager.get(pk=row.pk)


def registry_digest(*left_out: type[models.Model]) -> str:
    """Return a digest of every table of the registry; history is left out, and what only counts."""
    state = {}
    for model in apps.get_app_config("residents").get_models():
        if model in (RegisterEvent, *left_out):
            continue
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in COUNTING]
        if model is Household:
            names.remove("data_key")  # once made it stays: what is sealed later must remain readable
        state[model.__name__] = sorted(
            json.dumps(list(row), default=str, ensure_ascii=False)
            for row in model._default_manager.values_list(*names)
        )
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def days(count: int, start: date = date(2026, 3, 10)) -> date:
    """Return a day so many before the tests' today."""
    return start - timedelta(days=count)


def relations(household: Household) -> dict[str, str]:
    rows = household.memberships.filter(to_on__isnull=True).select_related("resident")
    return {sealed_get(row.resident, "name"): row.relation for row in rows}


def undo(world: World, verb: str) -> None:
    event = RegisterEvent.objects.filter(verb=verb).latest("pk")
    act_undo(actor=world.worker, act_id=event.act, reason="登记错了")


def refused(kind: type[Refusal], call: Any, **given: Any) -> Refusal:
    """Expect a refusal that changes nothing in any table of the registry, nor writes a record."""
    before, records = registry_digest(), AuditRecord.objects.count()
    events = RegisterEvent.objects.count()
    with pytest.raises(kind) as caught:
        call(**given)
    assert registry_digest() == before
    assert (AuditRecord.objects.count(), RegisterEvent.objects.count()) == (records, events)
    return caught.value


def alikes(actor: Actor) -> list[Pair]:
    """Return the pairs that an actor is shown once the machine has looked through what changed."""
    clock_forward(timedelta(minutes=6))
    alikes_look()
    return pairs_of(alike_list(actor))
