"""Consents are given and taken back by those who may; benefits already paid are written down once."""

from datetime import date
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import record, service
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.consents.purposes import consent_purposes
from linli.registers.residents.consents.selectors import consents_of, has_consented
from linli.registers.residents.consents.services import consent_give, consent_withdraw
from linli.registers.residents.facts.dictionary import Of
from linli.registers.residents.models import (
    AccountLink,
    Consent,
    Guardian,
    Receipt,
    RegisterEvent,
    Resident,
)
from linli.registers.residents.receipts.rules import Paid, paid_fault
from linli.registers.residents.receipts.selectors import receipts_of
from linli.registers.residents.receipts.services import (
    Receipts,
    receipt_add,
    receipts_make,
    receipts_unmake,
)
from tests.people import Cast

from .facts_world import household_at, resident_at

pytestmark = pytest.mark.django_db
PURPOSE = "phone_reminder"


@pytest.fixture
def person(cast: Cast, clock: Any) -> Resident:
    return resident_at(cast.places["committee_a_place"].path, birth_month=date(1980, 5, 1))


@pytest.fixture
def child(person: Resident, clock: Any) -> Resident:
    ward = resident_at(person.area_path, birth_month=date(2015, 5, 1))
    Guardian.objects.create(ward=ward, guardian=person, kind="parent", recorded_at=time.now())
    return ward


def linked(cast: Cast, person: Resident) -> Any:
    AccountLink.objects.create(
        person=cast.person("resident"), resident=person, how="code", state="standing", asked_at=time.now()
    )
    return cast.actor("resident")


def refused(kind: type[Exception], act: Any, /, **given: Any) -> Any:
    tables = (Consent, Receipt, RegisterEvent)
    before = [list(model.objects.order_by("pk").values_list()) for model in tables]
    with pytest.raises(kind) as refusal:
        act(**given)
    assert [list(model.objects.order_by("pk").values_list()) for model in tables] == before
    return refusal.value


# -- consents ----------------------------------------------------------------------------------------------
def test_every_purpose_says_what_by_which_law() -> None:
    for line in consent_purposes().values():
        assert line.text and line.law.startswith("个人信息保护法") and line.mark in "✔○✘"


def test_a_worker_writes_a_consent_down_and_takes_it_back(cast: Cast, person: Resident) -> None:
    worker = cast.actor("worker")
    consent = consent_give(actor=worker, resident_id=person.pk, purpose=PURPOSE, how="oral")
    assert (consent.given_by, consent.how, consent.version) == (person, "oral", "2026-11")
    assert has_consented(person.pk, PURPOSE)
    shown = {row.purpose.purpose: row.consent for row in consents_of(person)}
    assert shown[PURPOSE] == consent and shown["care_provider"] is None
    refused(Conflict, consent_give, actor=worker, resident_id=person.pk, purpose=PURPOSE)
    consent_withdraw(actor=worker, consent_id=consent.pk)
    assert not has_consented(person.pk, PURPOSE)
    assert AuditRecord.objects.latest("pk").verb == "registry_consent.withdraw"
    refused(Conflict, consent_withdraw, actor=worker, consent_id=consent.pk)
    assert consent_give(actor=worker, resident_id=person.pk, purpose=PURPOSE).pk != consent.pk


def test_new_words_ask_anew(cast: Cast, person: Resident) -> None:
    worker = cast.actor("worker")
    old = consent_give(actor=worker, resident_id=person.pk, purpose=PURPOSE)
    Consent.objects.filter(pk=old.pk).update(version="2020-01")
    assert not has_consented(person.pk, PURPOSE)
    consent_give(actor=worker, resident_id=person.pk, purpose=PURPOSE)
    old.refresh_from_db()
    assert old.withdrawn_at is not None and has_consented(person.pk, PURPOSE)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"purpose": "gossip"}, "purpose"),
        ({"how": "self"}, "how"),
        ({"how": ""}, "how"),
        ({"given_by_id": 0}, "given_by"),
    ],
)
def test_bad_consents_are_refused(cast: Cast, person: Resident, given: dict[str, Any], field: str) -> None:
    whole = {"resident_id": person.pk, "purpose": PURPOSE, **given}
    assert set(refused(InvalidInput, consent_give, actor=cast.actor("worker"), **whole).details) == {field}


def test_for_a_child_only_the_guardian_agrees(cast: Cast, person: Resident, child: Resident) -> None:
    worker, given = cast.actor("worker"), {"resident_id": child.pk, "purpose": "minor_facts"}
    refused(InvalidInput, consent_give, actor=worker, **given)
    stranger = resident_at(person.area_path, birth_month=date(1980, 1, 1))
    refused(InvalidInput, consent_give, actor=worker, **given, given_by_id=stranger.pk)
    assert consent_give(actor=worker, **given, given_by_id=person.pk).given_by == person


def test_a_resident_agrees_for_themselves_and_their_ward(
    cast: Cast, person: Resident, child: Resident
) -> None:
    actor = linked(cast, person)
    own = consent_give(actor=actor, resident_id=person.pk, purpose=PURPOSE, how="self")
    ward = consent_give(actor=actor, resident_id=child.pk, purpose="minor_facts", how="self")
    assert (own.given_by, ward.given_by) == (person, person)
    assert consent_withdraw(actor=actor, consent_id=ward.pk).withdrawn_at
    other = resident_at(person.area_path, birth_month=date(1980, 1, 1))
    refused(NotFound, consent_give, actor=actor, resident_id=other.pk, purpose=PURPOSE, how="self")
    refused(
        InvalidInput, consent_give, actor=actor, resident_id=person.pk, purpose="care_provider", how="paper"
    )


@pytest.mark.parametrize(
    ("who", "kind"),
    [("worker_b", NotFound), ("neighbour", NotFound), ("district", NotAllowed), ("operator", NotAllowed)],
)
def test_others_may_not(cast: Cast, person: Resident, who: str, kind: type[Exception]) -> None:
    consent = consent_give(actor=cast.actor("worker"), resident_id=person.pk, purpose=PURPOSE)
    actor = cast.actor(who)
    refused(kind, consent_give, actor=actor, resident_id=person.pk, purpose="care_provider", how="paper")
    refused(kind, consent_withdraw, actor=actor, consent_id=consent.pk)


def test_who_is_erased_agrees_to_nothing(cast: Cast, person: Resident) -> None:
    Resident.objects.filter(pk=person.pk).update(state="erased", data_key="")
    refused(Conflict, consent_give, actor=cast.actor("worker"), resident_id=person.pk, purpose=PURPOSE)


# -- benefits already paid -----------------------------------------------------------------------------------
SINCE = date(2026, 1, 1)


@service
def _bring(*, actor: Any, rows: list[Paid], of: Of = Of.PERSON, source: str = "civil_affairs") -> Receipts:
    done = receipts_make(of=of, rows=rows, source=source)
    record("receipts.take", Resident.objects.latest("pk"), touched=[Receipt])
    return done


@service
def _take_back(*, actor: Any, done: Receipts) -> None:
    receipts_unmake(made=done.made.values(), before=done.before)
    record("receipts.take", Resident.objects.latest("pk"), touched=[Receipt])


def test_a_file_of_benefits_comes_in_once_and_is_taken_back(cast: Cast, person: Resident) -> None:
    machine = system("import")
    rows = [Paid(person.pk, "老年综合津贴", SINCE, amount=7500), Paid(person.pk, "护理补贴", SINCE)]
    first = _bring(actor=machine, rows=rows)
    assert sorted(first.made) == [0, 1] and Receipt.objects.count() == 2
    assert _bring(actor=machine, rows=rows).unchanged == [0, 1]
    before = list(Receipt.objects.order_by("pk").values_list())
    newer = [Paid(person.pk, "老年综合津贴", SINCE, amount=15000), Paid(person.pk, "低保", SINCE)]
    second = _bring(actor=machine, rows=newer)
    assert (list(second.changed), list(second.made)) == ([0], [1])
    assert Receipt.objects.get(policy="老年综合津贴").amount == 15000
    _take_back(actor=machine, done=second)
    assert list(Receipt.objects.order_by("pk").values_list()) == before


def test_a_line_that_stands_twice_counts_once(cast: Cast, person: Resident) -> None:
    rows = [Paid(person.pk, "低保", SINCE, amount=1), Paid(person.pk, "低保", SINCE, amount=2)]
    _bring(actor=system("import"), rows=rows)
    assert Receipt.objects.get().amount == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"policy": " "}, "什么待遇"),
        ({"policy": "长" * 81}, "什么待遇"),
        ({"amount": -1}, "小于0"),
        ({"to_on": SINCE}, "晚于"),
        ({"authority": "长" * 81}, "发放单位"),
    ],
)
def test_faulty_rows_are_told(cast: Cast, person: Resident, change: dict[str, Any], words: str) -> None:
    row = Paid(**{"subject_id": person.pk, "policy": "低保", "from_on": SINCE, **change})
    assert words in paid_fault(row)
    refused(InvalidInput, receipt_add, actor=cast.actor("worker"), subject=person, paid=row)


def test_one_by_hand_of_persons_and_households(cast: Cast, person: Resident) -> None:
    worker = cast.actor("worker")
    home = household_at(person.area_path, person)
    receipt_add(actor=worker, subject=person, paid=Paid(person.pk, "老年综合津贴", SINCE, amount=7500))
    receipt_add(actor=worker, subject=home, paid=Paid(home.pk, "低保", SINCE))
    assert [row.policy for row in receipts_of(worker, person)] == ["老年综合津贴"]
    assert [row.policy for row in receipts_of(worker, home)] == ["低保"]
    same = Paid(person.pk, "老年综合津贴", SINCE, amount=7500)
    refused(InvalidInput, receipt_add, actor=worker, subject=person, paid=same)
    for who in ("worker_b", "district", "property", "resident"):
        refused(NotFound, receipt_add, actor=cast.actor(who), subject=person, paid=same)
        with pytest.raises(NotFound):
            receipts_of(cast.actor(who), person)
