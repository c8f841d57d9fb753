"""Who carries out what people ask about their registration, and what they take along."""

import io
import re
from datetime import date

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from linli.core.clock import today
from linli.core.errors import NotFound
from linli.foundation.accounts.models import Unit
from linli.foundation.audit.words import field_words
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.services import request_answer
from linli.registers.residents.facts.dictionary import dictionary
from linli.registers.residents.facts.services import fact_set, facts_reveal
from linli.registers.residents.finding.services import household_reveal
from linli.registers.residents.linking.services import (
    door_code_enter,
    door_codes_make,
    link_ask,
    link_reveal,
)
from linli.registers.residents.models import Fact, Resident
from linli.registers.residents.own.services import correction_ask, fact_correction_ask
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.tests.houses import House, house_linked
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OWN = "/me/registry/"


@pytest.fixture
def house(cast: Cast, clock: object) -> House:
    """The family, and the father's account tied to him."""
    return house_linked(cast)


def _correct(cast: Cast, house: House) -> DataRequest:
    wanted = {"phone": "13800138000"}
    return correction_ask(actor=cast.actor("resident"), resident_id=house.father.public_id, wanted=wanted)


# --- who carries out -------------------------------------------------------------


def test_who_may_not_see_the_register_sees_no_values_in_a_request_and_carries_none_out(
    cast: Cast, house: House
) -> None:
    """An operator, and a committee from whose area the person has moved: they refuse with words, no more."""
    asked = _correct(cast, house)
    desk = f"/desk/settings/data-requests/{asked.public_id}/"
    granted = {"is_granted": "granted", "answer": "好"}
    shown = cast.client("operator").get(desk).content.decode()
    assert "看不到居民登记" in shown and "13912345678" not in shown and "13800138000" not in shown
    assert cast.client("operator").post(desk, granted).status_code == 422
    Resident.objects.filter(pk=house.father.pk).update(area_path=cast.places["committee_b_place"].path)
    shown = cast.client("worker").get(desk).content.decode()
    assert "不在您的辖区" in shown and "13912345678" not in shown
    assert cast.client("worker").post(desk, granted).status_code == 422
    assert sealed_get(Resident.objects.get(pk=house.father.pk), "phone") == "13912345678"
    assert DataRequest.objects.get().state == "open"
    refused = {"is_granted": "refused", "answer": "请向第二居委会提出。"}
    assert cast.client("worker").post(desk, refused).status_code == 302
    assert "请向第二居委会提出" in cast.client("resident").get(OWN).content.decode()


def test_a_fact_that_changed_since_can_still_be_answered_on_the_page(cast: Cast, house: House) -> None:
    fact = fact_set(actor=cast.actor("worker"), subject=house.father, key="disability_kind", value="limbs")
    asked = fact_correction_ask(
        actor=cast.actor("resident"),
        resident_id=house.father.public_id,
        fact_id=fact.public_id,
        state="none",
    )
    Fact.objects.filter(pk=fact.pk).update(to_on=today())
    desk = f"/desk/settings/data-requests/{asked.public_id}/"
    assert "这条登记已经变了" in cast.client("worker").get(desk).content.decode()
    assert (
        cast.client("worker").post(desk, {"is_granted": "refused", "answer": "已更新。"}).status_code == 302
    )


def test_without_a_committee_the_street_answers(cast: Cast, house: House) -> None:
    Unit.objects.filter(pk=cast.units["committee_a"].pk).update(closed_on=today())
    asked = _correct(cast, house)
    assert asked.unit == cast.units["street_unit"]
    request_answer(actor=cast.actor("street"), request_id=str(asked.public_id), is_granted=True, answer="好")
    assert sealed_get(Resident.objects.get(pk=house.father.pk), "phone") == "13800138000"


# --- taken along -----------------------------------------------------------------


def _text(format: str, content: bytes) -> str:
    if format != "xlsx":
        return content.decode()
    return str(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())


@pytest.mark.parametrize("format", ["json", "html", "xlsx"])
def test_the_file_holds_ones_own_register_and_nobody_elses(cast: Cast, house: House, format: str) -> None:
    """A stranger, and an account that is known by its telephone alone, take nothing of the register along."""
    take = f"/me/data/take/{format}/"
    mine, others = cast.client("resident").post(take), cast.client("neighbour").post(take)
    assert mine.status_code == others.status_code == 200 and "attachment" in mine["Content-Disposition"]
    assert mine["Cache-Control"] == "no-store"
    own, foreign = _text(format, mine.content), _text(format, others.content)
    assert "310101196003071237" in own and "王小宝" in own and "李秀英" not in own
    assert not any(secret in foreign for secret in ("王建国", "王小宝", "310101196003071237", "桂花新村"))
    assert cast.client("resident").get(take).status_code == 405
    assert Client().post(take).status_code == 401


def test_who_only_lives_here_takes_no_registration_along(cast: Cast, house: House) -> None:
    """A code alone (L1) says where somebody lives, and opens nobody's registration."""
    codes = door_codes_make(
        actor=cast.actor("worker"), building_id=house.building.public_id, part_id=house.home.public_id
    )
    door_code_enter(actor=cast.actor("neighbour"), code=codes[0].code)
    taken = cast.client("neighbour").post("/me/data/take/json/").content.decode()
    assert "账号与居民登记的关联" in taken and "王建国" not in taken and "310101196003071237" not in taken
    for one in (house.father, house.mother, house.child):
        at = f"{OWN}{one.public_id}/"
        for address in (f"{at}correct/", f"{at}consents/", f"{at}delete/"):
            assert cast.client("neighbour").get(address).status_code == 404
    with pytest.raises(NotFound):
        correction_ask(
            actor=cast.actor("neighbour"), resident_id=house.father.public_id, wanted={"phone": "13800138000"}
        )
    assert not DataRequest.objects.exists()


# --- who looked, in words ---------------------------------------------------------


def test_every_look_is_said_in_words_and_not_in_codes(cast: Cast, house: House) -> None:
    """A comparison of identities, an opened fact and a household: what was seen is named as people say it."""
    worker = cast.actor("worker")
    fact_set(actor=worker, subject=house.father, key="disability_kind", value="limbs")
    purpose = dictionary()["disability_kind"].reveal[0]
    facts_reveal(actor=worker, subject=house.father, keys=["disability_kind"], purpose=purpose)
    household_reveal(actor=worker, household_id=house.household.public_id, fields=["name"], purpose="visit")
    claim = {"name": "李秀英", "birth": date(1962, 5, 1)}
    link = link_ask(actor=cast.actor("neighbour"), part_id=house.home.public_id, **claim)
    link_reveal(actor=worker, link_id=link.public_id)
    for name, words in (
        ("resident", ("残疾类别", "姓名、证件号码")),
        ("neighbour", ("申请关联时填写的身份",)),
    ):
        page = cast.client(name).get("/looks/").content.decode()
        said = re.findall(r"内容：([^<]+)<", page)
        assert said and not any(re.search("[a-z_]", one) for one in said), said
        assert all(any(word in one for one in said) for word in words), said


@pytest.mark.parametrize("key", sorted(dictionary()))
def test_every_fact_that_is_opened_has_its_word(key: str) -> None:
    assert field_words("residents.resident", f"fact.{key}") == str(dictionary()[key].label)
