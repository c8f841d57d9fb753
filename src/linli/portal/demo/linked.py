"""Accounts and the register in the demo: codes in letter boxes, one account linked, one that asks to be."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from linli.core.actor import Actor
from linli.foundation.places.models import Part
from linli.foundation.privacy.services import request_answer
from linli.registers.residents.assessing.services import (
    assessment_conclude,
    assessment_make,
    assessment_write,
)
from linli.registers.residents.consents.services import SELF, consent_give
from linli.registers.residents.finding.services import household_reveal, resident_reveal
from linli.registers.residents.linking.services import door_code_enter, door_codes_make, link_ask
from linli.registers.residents.models import Fact, Membership
from linli.registers.residents.own.services import correction_ask, fact_correction_ask
from linli.registers.residents.sealing import sealed_get

from .life import Plot, Stage
from .people import living_at, scene_homes

NEW_PHONE = "13700000777"
JUDGED = {
    "lawful": "登记为居委会、街道依法履行职责所必需；项目以事实字典为限，没有字典以外的内容。",
    "impact": "泄露会影响居民安宁，敏感事实影响更大；查看限于本辖区、逐次写明目的并留痕，风险为中。",
    "measures": "每人一把数据密钥，列表只显示部分，本人看得到谁看过；与风险相适应。每年复核一次。",
}


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
    yield end - timedelta(days=3.9)
    request = correction_ask(
        actor=woman, resident_id=who.public_id, wanted={"phone": NEW_PHONE}, why="换了手机号"
    )
    yield end - timedelta(days=3.2)
    request_answer(
        actor=worker,
        request_id=str(request.public_id),
        is_granted=True,
        answer="已打新号码核对，登记已改。",
    )
    yield end - timedelta(hours=5)
    _asked(stage.cast["resident.01"], asking)
    yield end - timedelta(hours=3)
    fact = Fact.objects.get(resident=who, key="employment", to_on=None)
    said = {"state": "none", "why": "这条不对，请核对后删去。"}
    fact_correction_ask(actor=woman, resident_id=who.public_id, fact_id=fact.public_id, **said)


def impact_assessed(stage: Stage, end: datetime) -> Plot:
    """Let the street judge and conclude an assessment, and begin the next."""
    street = stage.cast["street.duty"]
    yield end - timedelta(days=16)
    made = assessment_make(actor=street)
    assessment_write(actor=street, assessment_id=made.public_id, **JUDGED)
    yield end - timedelta(days=15)
    assessment_conclude(actor=street, assessment_id=made.public_id)
    yield end - timedelta(days=2)
    assessment_make(actor=street)


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
