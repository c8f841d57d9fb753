"""Benefits on the household card: by hand with a way back, masked until a purpose is named, counted."""

from datetime import date
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.errors import InvalidInput, NotFound
from linli.core.holdings import holdings
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.models import AccountLink, Receipt, RegisterEvent, Resident
from linli.registers.residents.receipts.rules import Paid
from linli.registers.residents.receipts.selectors import receipts_of_many
from linli.registers.residents.receipts.services import (
    household_receipts_reveal,
    receipt_add,
    receipt_correct,
    receipt_drop,
)
from linli.registers.residents.services import act_undo
from tests.people import Cast

from .facts_world import household_at, resident_at
from .life_world import registry_digest

pytestmark = pytest.mark.django_db
SINCE = date(2026, 1, 1)


@pytest.fixture
def person(cast: Cast, clock: Any) -> Resident:
    return resident_at(cast.places["committee_a_place"].path, birth_month=date(1980, 5, 1))


def refused(kind: type[Exception], act: Any, /, **given: Any) -> None:
    before = registry_digest()
    with pytest.raises(kind):
        act(**given)
    assert registry_digest() == before


def test_by_hand_can_be_corrected_dropped_and_taken_back(cast: Cast, person: Resident) -> None:
    worker = cast.actor("worker")
    paid = Paid(person.pk, "老年综合津贴", SINCE, amount=7500)
    receipt = receipt_add(actor=worker, subject=person, paid=paid, reason="看过存折")
    added = list(Receipt.objects.values_list())
    its: dict[str, Any] = {"actor": worker, "receipt_id": receipt.public_id}
    refused(InvalidInput, receipt_correct, **its, amount=8000, reason=" ")
    refused(InvalidInput, receipt_correct, **its, reason="没有变化")
    refused(InvalidInput, receipt_correct, **its, to_on=SINCE, reason="停发")
    receipt_correct(**its, amount=8000, to_on=date(2026, 3, 1), reason="停发")
    receipt.refresh_from_db()
    assert (receipt.amount, receipt.to_on) == (8000, date(2026, 3, 1))
    act_undo(actor=worker, act_id=RegisterEvent.objects.latest("pk").act)
    assert list(Receipt.objects.values_list()) == added
    refused(InvalidInput, receipt_drop, actor=worker, receipt_id=receipt.public_id, reason="")
    receipt_drop(actor=worker, receipt_id=receipt.public_id, reason="不是这个人")
    assert not Receipt.objects.exists()
    act_undo(actor=worker, act_id=RegisterEvent.objects.filter(verb="receipt.drop").latest("pk").act)
    assert list(Receipt.objects.values_list()) == added
    for who in ("worker_b", "district", "property", "resident", "operator"):
        refused(NotFound, receipt_drop, actor=cast.actor(who), receipt_id=receipt.public_id, reason="试")


def test_a_look_is_masked_until_a_purpose_is_named_and_is_recorded(cast: Cast, person: Resident) -> None:
    worker = cast.actor("worker")
    home = household_at(person.area_path, person)
    for subject, policy in ((person, "残疾人护理补贴"), (home, "最低生活保障")):
        receipt_add(actor=worker, subject=subject, paid=Paid(subject.pk, policy, SINCE, amount=30000))
    shut = receipts_of_many(worker, [person, home])
    assert {row.policy for rows in shut.values() for row in rows} == {"***"}
    looks = AuditRecord.objects.filter(verb="receipts.reveal")
    assert household_receipts_reveal(actor=worker, household=home, purpose="contact") == set()
    assert household_receipts_reveal(actor=cast.actor("worker_b"), household=home, purpose="visit") == set()
    assert not looks.exists()
    opened = household_receipts_reveal(actor=worker, household=home, purpose="visit")
    assert len(opened) == 2 and looks.count() == 2
    rows = receipts_of_many(worker, [person, home], opened=opened)
    assert {(row.policy, row.amount) for found in rows.values() for row in found} == {
        ("残疾人护理补贴", "300.00元"),
        ("最低生活保障", "300.00元"),
    }


def test_the_pages_write_show_and_count(cast: Cast, person: Resident) -> None:
    home, client = household_at(person.area_path, person), cast.client("worker")
    card = f"/desk/residents/households/{home.public_id}/"
    act = f"{card}people/{person.public_id}/do/receipt/"
    assert "登记待遇" in client.get(act).content.decode()
    bad = client.post(act, {"policy": "低保", "from_on": "2026-01-01", "amount": "很多"})
    assert bad.status_code == 422 and "金额要填不小于0的数" in bad.content.decode()
    said = {"policy": "特殊补贴", "from_on": "2026-01-01", "amount": "120.50", "reason": "上门核对"}
    assert client.post(act, said).status_code == 302
    receipt = Receipt.objects.get()
    assert receipt.amount == 12050
    assert "特殊补贴" not in client.get(card).content.decode()
    shown = client.post(card, {"purpose": "visit", "facts": "1"}).content.decode()
    assert "特殊补贴" in shown and "120.50元" in shown
    correct = f"{card}receipts/{receipt.public_id}/correct/"
    assert "特殊补贴" not in client.get(correct).content.decode()
    assert client.post(correct, {"to_on": "2026-02-01", "reason": ""}).status_code == 422
    assert client.post(correct, {"to_on": "2026-02-01", "reason": "停发"}).status_code == 302
    assert client.get(f"{card}receipts/{home.public_id}/drop/").status_code == 404
    counts = cast.client("district").get("/desk/residents/counts/").content.decode()
    assert "特殊补贴" not in counts  # it is over
    Receipt.objects.update(to_on=None)
    counts = cast.client("district").get("/desk/residents/counts/").content.decode()
    assert "特殊补贴" in counts and "&lt;5" in counts


def test_a_person_is_shown_what_their_household_gets(cast: Cast, person: Resident) -> None:
    worker, home = cast.actor("worker"), household_at(person.area_path, person)
    AccountLink.objects.create(
        person=cast.person("resident"), resident=person, how="worker", state="standing", asked_at=time.now()
    )
    for subject, policy in ((person, "护理补贴"), (home, "最低生活保障")):
        receipt_add(actor=worker, subject=subject, paid=Paid(subject.pk, policy, SINCE, amount=30000))
    held = next(one for one in holdings() if one.name == "registry_receipt")
    rows = list(held.rows(cast.person("resident").pk))
    assert [(row["谁"], row["待遇"], row["金额"]) for row in rows] == [
        ("本人", "护理补贴", "300.00元"),
        ("您的户", "最低生活保障", "300.00元"),
    ]
    assert not list(held.rows(cast.person("neighbour").pk))
