"""What is held of a child under 14 is a guardian's to see, put right and agree to, and nobody else's."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client

from linli.core import clock as time
from linli.core.actor import Actor, Assurance
from linli.core.clock import today
from linli.core.errors import Conflict, InvalidInput, NotFound
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.services import request_answer
from linli.registers.residents.consents.services import consent_give, consent_withdraw
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.finding.services import household_reveal, resident_reveal
from linli.registers.residents.linking.selectors import assurance_of, people_of_account
from linli.registers.residents.linking.tasks import links_follow
from linli.registers.residents.models import AccountLink, Consent, Fact, Guardian, Resident
from linli.registers.residents.own.services import correction_ask, deletion_ask, objection_make
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.tests.houses import House, house_linked
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OWN, CHILD = "/me/registry/", "王小宝"


@pytest.fixture
def house(cast: Cast, clock: object) -> House:
    """A family; the grandfather is the guardian of the child, and his account is tied to him."""
    return house_linked(cast)


def _linked(cast: Cast, resident: Resident, name: str = "neighbour") -> AccountLink:
    """Tie an account as it may stand from before a day of birth was put right."""
    return AccountLink.objects.create(
        person=cast.person(name), resident=resident, how="worker", state="standing", asked_at=time.now()
    )


def _school(cast: Cast, house: House) -> Fact:
    return fact_set(actor=cast.actor("worker"), subject=house.child, key="schooling", value="primary")


def _addresses(house: House, fact: Fact) -> list[str]:
    at = f"{OWN}{house.child.public_id}/"
    return [f"{at}correct/", f"{at}facts/{fact.public_id}/", f"{at}consents/", f"{at}delete/"]


def _shown(client: Client) -> str:
    """Everything that an account is shown of the register, on pages and in the file that it may take."""
    pages = [client.get(address) for address in (OWN, "/me/data/", "/looks/", "/me/")]
    pages.append(client.post("/me/data/take/json/"))
    return "\n".join(page.content.decode() for page in pages)


def _end_guardian(house: House) -> None:
    Guardian.objects.filter(ward=house.child).update(to_on=today())


def test_a_guardian_sees_and_asks_for_the_child(cast: Cast, house: House) -> None:
    fact, client = _school(cast, house), cast.client("resident")
    resident_reveal(
        actor=cast.actor("worker"), resident_id=house.child.public_id, fields=["name"], purpose="visit"
    )
    shown = _shown(client)
    assert shown.count(CHILD) >= 4 and "您监护的孩子" in shown and "走访" in shown
    assert all(client.get(address).status_code == 200 for address in _addresses(house, fact))
    asked = correction_ask(
        actor=cast.actor("resident"), resident_id=house.child.public_id, wanted={"name": "王晓宝"}
    )
    desk = f"/desk/settings/data-requests/{asked.public_id}/"
    assert f"所监护的孩子 {CHILD}" in cast.client("worker").get(desk).content.decode()
    request_answer(actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="好")
    assert sealed_get(Resident.objects.get(pk=house.child.pk), "name") == "王晓宝"


@pytest.mark.parametrize("who", ["child", "other adult", "stranger"])
def test_nobody_else_sees_or_asks(cast: Cast, house: House, who: str) -> None:
    """The child's own account, an adult of the same household who is no guardian, and a stranger."""
    fact = _school(cast, house)
    if who != "stranger":
        _linked(cast, house.child if who == "child" else house.mother)
    household_reveal(
        actor=cast.actor("worker"),
        household_id=house.household.public_id,
        fields=["name"],
        purpose="visit",
    )
    client, actor = cast.client("neighbour"), cast.actor("neighbour")
    assert CHILD not in _shown(client)
    before = (DataRequest.objects.count(), Consent.objects.count())
    for address in _addresses(house, fact):
        assert client.get(address).status_code == client.post(address, {"why": "看看"}).status_code == 404
    assert client.post(f"{OWN}{house.child.public_id}/objection/", {"act": "make"}).status_code == 404
    _refused(actor, house)
    assert (DataRequest.objects.count(), Consent.objects.count()) == before


def _refused(actor: Actor, house: House) -> None:
    """Every service says that there is nobody of that kind."""
    child = house.child.public_id
    with pytest.raises(NotFound):
        correction_ask(actor=actor, resident_id=child, wanted={"name": "王大宝"})
    with pytest.raises(NotFound):
        deletion_ask(actor=actor, resident_id=child, why="不想登记")
    with pytest.raises(NotFound):
        objection_make(actor=actor, resident_id=child)
    with pytest.raises(NotFound):
        consent_give(actor=actor, resident_id=house.child.pk, purpose="minor_facts", how="self")


def test_the_childs_own_account_is_told_why_and_untied(cast: Cast, house: House) -> None:
    link = _linked(cast, house.child)
    page = cast.client("neighbour").get(OWN).content.decode()
    assert "不满14周岁，由监护人查看" in page and "登记已变更" not in page
    assert assurance_of(cast.person("neighbour").pk) == Assurance.PHONE
    assert people_of_account(cast.person("neighbour").pk) == []
    assert links_follow() == 1
    link.refresh_from_db()
    assert link.state == "ended" and AccountLink.objects.get(resident=house.father).state == "standing"


def test_a_former_guardian_sees_and_asks_no_more(cast: Cast, house: House) -> None:
    fact, actor = _school(cast, house), cast.actor("resident")
    given = consent_give(actor=actor, resident_id=house.child.pk, purpose="minor_facts", how="self")
    asked = correction_ask(actor=actor, resident_id=house.child.public_id, wanted={"name": "王晓宝"})
    _end_guardian(house)
    assert CHILD not in _shown(cast.client("resident")).replace("王晓宝", "")
    for address in _addresses(house, fact):
        assert cast.client("resident").get(address).status_code == 404
    _refused(actor, house)
    with pytest.raises(NotFound):
        consent_withdraw(actor=actor, consent_id=given.pk)
    with pytest.raises(Conflict):
        request_answer(
            actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="好"
        )
    assert sealed_get(Resident.objects.get(pk=house.child.pk), "name") == CHILD
    assert DataRequest.objects.get().state == "open" and Consent.objects.get().withdrawn_at is None
    desk = f"/desk/settings/data-requests/{asked.public_id}/"
    refused = cast.client("worker").post(desk, {"is_granted": "granted", "answer": "好"})
    assert refused.status_code == 422 and "也不是其监护人" in refused.content.decode()
    done = cast.client("worker").post(desk, {"is_granted": "refused", "answer": "请现在的监护人提出。"})
    assert done.status_code == 302 and DataRequest.objects.get().state == "refused"


def test_one_who_becomes_guardian_later_waits(cast: Cast, house: House) -> None:
    Guardian.objects.filter(ward=house.child).update(from_on=today() + timedelta(days=3))
    assert CHILD not in json.dumps(_shown(cast.client("resident")), ensure_ascii=False)


def test_of_fourteen_one_speaks_for_oneself_and_the_guardian_no_more(cast: Cast, house: House) -> None:
    Resident.objects.filter(pk=house.child.pk).update(birth_month=date(2012, 1, 1))
    _linked(cast, house.child)
    assert CHILD not in _shown(cast.client("resident"))
    _refused(cast.actor("resident"), house)
    assert CHILD in _shown(cast.client("neighbour"))
    own = cast.actor("neighbour")
    given = consent_give(actor=own, resident_id=house.child.pk, purpose="phone_reminder", how="self")
    assert given.given_by == house.child


def test_a_worker_takes_a_childs_consent_from_the_guardian_alone(cast: Cast, house: House) -> None:
    worker, child = cast.actor("worker"), house.child
    for speaker in (None, child.pk, house.mother.pk):
        with pytest.raises(InvalidInput):
            consent_give(actor=worker, resident_id=child.pk, purpose="minor_facts", given_by_id=speaker)
    assert not Consent.objects.exists()
    made = consent_give(
        actor=worker, resident_id=child.pk, purpose="minor_facts", given_by_id=house.father.pk
    )
    assert made.given_by == house.father
    _end_guardian(house)
    with pytest.raises(InvalidInput):
        consent_give(
            actor=worker, resident_id=child.pk, purpose="phone_reminder", given_by_id=house.father.pk
        )
