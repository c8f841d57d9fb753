"""Accounts and the register in the demo: codes in letter boxes, one account linked, one that asks to be."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from linli.core.actor import Actor
from linli.foundation.places.models import Part
from linli.registers.residents.consents.services import SELF, consent_give
from linli.registers.residents.finding.services import household_reveal, resident_reveal
from linli.registers.residents.linking.services import door_code_enter, door_codes_make, link_ask
from linli.registers.residents.models import Membership
from linli.registers.residents.sealing import sealed_get

from .life import Plot, Stage
from .people import living_at, scene_homes


def accounts_linked(stage: Stage, end: datetime) -> Plot:
    """Let the committee post codes, a woman use hers, workers look her up, and a man ask without a code."""
    worker, woman = stage.cast["dunhua.worker"], stage.cast["resident.00"]
    home, asking = scene_homes(stage)[6:8]
    yield end - timedelta(days=20)
    made = door_codes_make(actor=worker, building_id=home.building.public_id)
    code = next(one.code for one in made if one.part == home)
    yield end - timedelta(days=18.8)
    _entered(woman, home, code)
    yield end - timedelta(days=13)
    household = Membership.objects.get(resident=living_at(home), to_on=None).household
    household_reveal(
        actor=worker, household_id=household.public_id, fields=["name", "phone"], purpose="visit"
    )
    yield end - timedelta(days=4.1)
    who = living_at(home)
    resident_reveal(
        actor=stage.cast["dunhua.grid"], resident_id=who.public_id, fields=["phone"], purpose="contact"
    )
    yield end - timedelta(hours=5)
    _asked(stage.cast["resident.01"], asking)


def _entered(woman: Actor, home: Part, code: str) -> None:
    """She enters the code with her name and birthday, and agrees to be reminded by telephone."""
    who = living_at(home)
    door_code_enter(
        actor=woman,
        code=code,
        name=sealed_get(who, "name"),
        birth=date.fromisoformat(sealed_get(who, "birth")),
    )
    consent_give(actor=woman, resident_id=who.pk, purpose="phone_reminder", how=SELF)


def _asked(man: Actor, home: Part) -> None:
    who = living_at(home)
    link_ask(
        actor=man,
        name=sealed_get(who, "name"),
        birth=date.fromisoformat(sealed_get(who, "birth")),
        last_four=sealed_get(who, "number")[-4:],
        part_id=home.public_id,
    )
