"""Acts with a page of their own: on a known fact, joining another household, on an establishment."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.facts.rules import is_void
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.models import Establishment, Fact, Household, Occupancy, Resident
from linli.registers.residents.services import establishment_open
from tests.people import Cast

from .life_world import World, member, registry_digest, relations, world_make
from .test_card_pages import card_of, do, do_person, people_of

pytestmark = pytest.mark.django_db
CONTACT, PHONE = "司徒焱垚", "13912347654"


@pytest.fixture
def world(cast: Cast, clock: Any) -> World:
    """Two committees with homes."""
    return world_make(cast)


@pytest.fixture
def home(world: World) -> Household:
    """A couple with a child of 8 in 101."""
    return world.family()


@pytest.fixture
def head(home: Household) -> Resident:
    """The household's head."""
    return people_of(home)["head"]


@pytest.fixture
def fact(world: World, head: Resident) -> Fact:
    """Where the head's hukou is, asked ten days ago."""
    then = time.today() - timedelta(days=10)
    given: dict[str, Any] = {"key": "hukou", "value": "elsewhere", "from_on": then, "collected_on": then}
    return fact_set(actor=world.worker, subject=head, **given)


@pytest.fixture
def firm(world: World) -> Establishment:
    """A shop on the ground floor."""
    return establishment_open(
        actor=world.worker, part_id=world.shop.public_id, name="春晖便利店", contact=CONTACT, phone=PHONE
    )


def of_fact(home: Household, head: Resident, fact: Fact, code: str) -> str:
    return reverse("residents:person_fact_act", args=[home.public_id, head.public_id, fact.pk, code])


def of_firm(firm: Establishment, code: str) -> str:
    return reverse("residents:establishment_act", args=[firm.public_id, code])


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


# -- facts -------------------------------------------------------------------------------------------------
def test_the_card_offers_the_three_acts_and_one_press_confirms(
    world: World, home: Household, head: Resident, fact: Fact
) -> None:
    client = world.cast.client("worker")
    page = body(client.get(card_of(home)))
    addresses = [of_fact(home, head, fact, code) for code in ("confirm", "correct", "end")]
    assert all(address in page for address in addresses)
    answer = client.post(addresses[0])
    assert answer.status_code == 302 and answer["Location"] == f"{card_of(home)}#p-{head.public_id}"
    fact.refresh_from_db()
    assert fact.collected_on == time.today() and fact.to_on is None and Fact.objects.count() == 1
    assert "仍然如此" in body(client.get(card_of(home)))


def test_what_was_wrong_is_corrected_with_a_reason(
    world: World, home: Household, head: Resident, fact: Fact
) -> None:
    client, address = world.cast.client("worker"), of_fact(home, head, fact, "correct")
    assert 'name="reason"' in body(client.get(address)) and 'name="from_on"' not in body(client.get(address))
    before = registry_digest()
    for sent, words in (
        ({"how": "known", "value": "elsewhere", "reason": "看错"}, "更正后的内容与原来相同"),
        ({"how": "known", "value": "", "reason": "看错"}, "请"),
        ({"how": "none", "reason": ""}, "必填"),
    ):
        answer = client.post(address, sent)
        assert answer.status_code == 422 and words in body(answer)
    assert registry_digest() == before
    assert client.post(address, {"how": "known", "value": "local", "reason": "看错"}).status_code == 302
    fact.refresh_from_db()
    now = Fact.objects.get(to_on__isnull=True)
    assert is_void(fact) and (now.value, now.from_on) == ("local", time.today() - timedelta(days=10))
    assert client.post(address, {"how": "none", "reason": "再错"}).status_code == 409


def test_what_holds_no_longer_ends_on_a_day(
    world: World, home: Household, head: Resident, fact: Fact
) -> None:
    client, address = world.cast.client("worker"), of_fact(home, head, fact, "end")
    assert client.get(address).status_code == 200
    before = registry_digest()
    for day in ("", "2030-01-01", "2020-01-01"):
        assert client.post(address, {"on": day}).status_code == 422
    assert registry_digest() == before
    ended = time.today() - timedelta(days=1)
    assert client.post(address, {"on": ended.isoformat(), "reason": "迁回"}).status_code == 302
    fact.refresh_from_db()
    assert fact.to_on == ended
    for code, sent in (("end", {"on": ended.isoformat()}), ("confirm", {})):
        assert client.post(of_fact(home, head, fact, code), sent).status_code == 409


def test_a_sensitive_value_stays_closed_on_the_pages_of_its_acts(
    world: World, home: Household, head: Resident
) -> None:
    secret = fact_set(actor=world.worker, subject=head, key="disability_grade", value="2")
    for code in ("confirm", "correct", "end"):
        page = body(world.cast.client("worker").get(of_fact(home, head, secret, code)))
        assert "***" in page and "<span>二级</span>" not in page


def test_a_fact_begins_on_the_day_that_is_said(world: World, home: Household) -> None:
    client = world.cast.client("worker")
    address = reverse("residents:household_fact", args=[home.public_id, "vehicles"])
    assert "不填就是今天" in body(client.get(address))
    answer = client.post(address, {"how": "none", "from_on": "2030-01-01"})
    assert answer.status_code == 422 and not Fact.objects.exists()
    assert client.post(address, {"how": "none", "from_on": "2026-01-05"}).status_code == 302
    assert Fact.objects.get().from_on == date(2026, 1, 5)


@pytest.mark.parametrize("who", ["worker_b", "district", "city", "department", "operator"])
def test_everybody_else_finds_none_of_it(
    world: World, home: Household, head: Resident, fact: Fact, firm: Establishment, who: str
) -> None:
    client, before = world.cast.client(who), registry_digest()
    addresses = [of_fact(home, head, fact, code) for code in ("confirm", "correct", "end")]
    addresses += [of_firm(firm, code) for code in ("update", "relocate", "close")]
    addresses += [reverse("residents:establishment", args=[firm.public_id])]
    for address in addresses:
        assert client.get(address).status_code == 404
        assert client.post(address, {"purpose": "visit", "reason": "x"}).status_code == 404
    assert (
        registry_digest() == before and not AuditRecord.objects.filter(verb="establishment.reveal").exists()
    )


def test_a_fact_of_somebody_else_and_an_unknown_act_are_missing(
    world: World, home: Household, head: Resident, fact: Fact
) -> None:
    client, spouse = world.cast.client("worker"), people_of(home)["spouse"]
    assert client.post(of_fact(home, spouse, fact, "confirm")).status_code == 404
    assert client.get(of_fact(home, head, fact, "dance")).status_code == 404
    wrong = reverse("residents:household_fact_act", args=[home.public_id, fact.pk, "confirm"])
    assert client.post(wrong).status_code == 404


# -- joining another household -----------------------------------------------------------------------------
def test_a_household_merges_into_the_other_of_the_same_dwelling(world: World, home: Household) -> None:
    client, other = world.cast.client("worker"), world.single(part=world.parts[0])
    page = body(client.get(reverse("residents:household_act", args=[other.public_id, "merge"])))
    assert "同一套房屋里的户" in page and "陈** · 住3人" in page and "陈建国" not in page
    answer = do(client, other, "merge", into=str(home.public_id), relation_0="parent")
    assert answer.status_code == 302 and answer["Location"] == card_of(home)
    other.refresh_from_db()
    assert other.ended_on == time.today() and relations(home)["顾阿婆"] == "parent"
    ended = body(client.get(card_of(other)))
    assert "已销户" in ended and "/do/" not in ended


def test_a_household_is_found_by_its_address(world: World, home: Household) -> None:
    client, other = world.cast.client("worker"), world.single()
    world.single("周桂芳", part=world.parts[1])
    elsewhere, where = world.family(world.others[0], world.other, 2), str(world.parts[0].building.public_id)
    before = registry_digest()
    for sent, words in (
        ({}, "请选择一户，或填写楼栋和室号"),
        ({"building": where, "room": "999"}, "没有这个室号"),
        ({"building": where, "room": "104"}, "这里没有登记别的户"),
        ({"building": where, "room": "101"}, "这里没有登记别的户"),
        ({"building": where, "room": "102"}, "这个地址有几户"),
        ({"building": "nonsense", "room": "102"}, "请"),
        ({"into": str(elsewhere.public_id)}, "选择"),
    ):
        kin = {f"relation_{place}": "other_kin" for place in range(3)}
        answer = do(client, home, "merge", **kin, **sent)
        assert answer.status_code == 422 and words in body(answer), sent
        assert registry_digest() == before
    kin = {f"relation_{place}": "other_kin" for place in range(3)}
    sent = {"building": where, "room": "102", "into": str(other.public_id)}
    assert do(client, home, "merge", **kin, **sent).status_code == 302
    assert relations(other)["陈建国"] == "other_kin"


def test_one_person_goes_to_another_household_of_the_building(world: World, home: Household) -> None:
    client, other = world.cast.client("worker"), world.single()
    spouse, head = people_of(home)["spouse"], people_of(home)["head"]
    sent = {"relation": "child", "presence": "living", "into": str(other.public_id)}
    page = body(client.get(reverse("residents:person_act", args=[home.public_id, spouse.public_id, "join"])))
    assert "同一栋楼的户" in page and "102室 · 顾** · 住1人" in page
    assert do_person(client, home, spouse, "join", **sent).status_code == 302
    assert member(other, "林秀英") == spouse and "林秀英" not in relations(home)
    unnamed = do_person(client, home, head, "join", **sent)
    assert unnamed.status_code == 422 and "请选择原来这一户的新户主" in body(unnamed)
    heir = str(people_of(home)["child"].public_id)
    typed = {**sent, "into": "", "building": str(world.parts[1].building.public_id), "room": "102室"}
    assert do_person(client, home, head, "join", **typed, head=heir).status_code == 302
    assert relations(other)["陈建国"] == "child" and relations(home) == {"陈小雨": "head"}


# -- establishments ----------------------------------------------------------------------------------------
def test_an_establishment_is_registered_from_its_part_once(world: World) -> None:
    client = world.cast.client("worker")
    part = reverse("residents:part", args=[world.shop.public_id])
    address = reverse("residents:part_act", args=[world.shop.public_id, "firm"])
    assert address in body(client.get(part))
    assert client.post(address, {"name": "", "request_key": "a"}).status_code == 422
    wrong = client.post(address, {"name": "理发店", "credit_code": "123", "request_key": "b"})
    assert wrong.status_code == 422 and not Establishment.objects.exists()
    for _press in range(2):
        sent = {"name": "理发店", "contact": CONTACT, "phone": PHONE, "request_key": "c"}
        assert client.post(address, sent).status_code == 302
    firm = Establishment.objects.get()
    assert (firm.contact, firm.phone) == (CONTACT, PHONE) and "理发店" in body(client.get(part))


def test_what_is_left_empty_of_an_establishment_stays(world: World, firm: Establishment) -> None:
    client, address = world.cast.client("worker"), of_firm(firm, "update")
    page = body(client.get(address))
    assert "春晖便利店" in page and CONTACT not in page and PHONE not in page
    sent = {"name": "春晖超市", "kind": "超市", "version": firm.version}
    assert client.post(address, {**sent, "name": ""}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 409
    firm.refresh_from_db()
    assert (firm.name, firm.contact, firm.phone) == ("春晖超市", CONTACT, PHONE)
    gone = {**sent, "version": firm.version, "is_contact_gone": "on", "phone": "13800001111"}
    assert client.post(address, gone).status_code == 302
    firm.refresh_from_db()
    assert (firm.contact, firm.phone) == ("", "13800001111")


def test_an_establishment_moves_and_closes(world: World, firm: Establishment) -> None:
    client, where = world.cast.client("worker"), str(world.shop.building.public_id)
    sent = {"building": where, "room": "999", "version": firm.version}
    assert client.post(of_firm(firm, "relocate"), sent).status_code == 422
    here = client.post(of_firm(firm, "relocate"), {**sent, "room": "底层商铺"})
    assert here.status_code == 422 and "已经登记在这里" in body(here)
    assert client.post(of_firm(firm, "relocate"), {**sent, "room": "103"}).status_code == 302
    assert Occupancy.objects.get(establishment=firm, to_on__isnull=True).part == world.parts[2]
    firm.refresh_from_db()
    close = {"version": firm.version, "reason": ""}
    assert client.post(of_firm(firm, "close"), close).status_code == 422
    assert client.post(of_firm(firm, "close"), {**close, "reason": "关门了"}).status_code == 302
    firm.refresh_from_db()
    assert firm.closed_on == time.today()
    page = body(client.get(reverse("residents:establishment", args=[firm.public_id])))
    assert "撤销" in page and "/do/" not in page
    assert client.get(of_firm(firm, "dance")).status_code == 404


def test_who_answers_for_an_establishment_opens_for_a_purpose(world: World, firm: Establishment) -> None:
    client = world.cast.client("worker")
    address = reverse("residents:establishment", args=[firm.public_id])
    shut = [client.get(address), client.post(address, {}), client.post(address, {"purpose": "curiosity"})]
    assert [answer.status_code for answer in shut] == [200, 422, 422]
    assert not any(CONTACT in body(answer) or PHONE in body(answer) for answer in shut)
    looks = AuditRecord.objects.filter(verb="establishment.reveal")
    assert not looks.exists()
    answer = client.post(address, {"purpose": "contact"})
    assert CONTACT in body(answer) and PHONE in body(answer) and "no-store" in answer["Cache-Control"]
    assert [(look.purpose, look.looked_at) for look in looks] == [("通知联系", ["contact", "phone"])]
    assert CONTACT not in body(client.get(address))


# -- looking for somebody ----------------------------------------------------------------------------------
def test_the_search_takes_the_focus_until_there_is_an_answer(world: World, home: Household) -> None:
    client = world.cast.client("worker")
    assert "autofocus" in body(client.get(reverse("residents:find")))
    assert "autofocus" not in body(client.post(reverse("residents:search"), {"words": "陈建国", "area": ""}))
