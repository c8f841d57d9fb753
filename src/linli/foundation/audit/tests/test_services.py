"""What is written, what is never written, and that a repeated request is one request."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from linli.core import clock
from linli.core.actor import Actor, system, visitor
from linli.core.errors import Conflict, KeyReused, NotAllowed
from linli.core.fields import uuid7
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.models import Person
from linli.foundation.audit.models import AuditRecord, RequestKey, Seal
from linli.foundation.audit.selectors import looks_about, looks_at
from linli.foundation.audit.services import look_record, request_keys_forget, seal_make
from linli.foundation.audit.stores import RequestKeyStore
from linli.foundation.audit.tasks import forget_request_keys
from tests.people import Cast, cast_build

from .factories import MACHINE, person_make, person_rename

pytestmark = pytest.mark.django_db
STORE = RequestKeyStore()


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast, built for each test alone: the audit's rows are counted here."""
    return cast_build()


def keep(*given: str) -> None:
    """Keep a key as a service would."""

    @service
    def act(*, actor: Actor) -> None:
        STORE.keep(*given)

    act(actor=MACHINE)


def test_a_row_names_who_did_what_to_which_record() -> None:
    person = person_make(actor=MACHINE, name="王小明")
    row = AuditRecord.objects.get()
    assert (row.actor_key, row.actor_function, row.verb) == ("system:test", "system", "person.make")
    assert (row.subject_kind, row.subject_id) == ("accounts.person", str(person.public_id))
    assert row.purpose == "a test"


def test_values_never_reach_the_record() -> None:
    person = person_make(actor=MACHINE, name="王小明")
    person_rename(actor=MACHINE, person=person, name="王大明")
    row = AuditRecord.objects.get(verb="person.rename")
    before, after = row.changes["name"]
    assert before != after
    assert "王" not in str(AuditRecord.objects.values())


def test_a_service_called_by_a_service_names_its_parent() -> None:
    @service
    def outer(*, actor: Actor, name: str) -> Person:
        person = Person.objects.create(name=name, created_at=clock.now())
        record("person.make", person)
        return person_rename(actor=actor, person=person, name="b")

    outer(actor=MACHINE, name="a")
    first, second = AuditRecord.objects.order_by("id")
    assert (first.parent_id, second.parent_id) == (None, first.pk)


def test_a_look_is_shown_to_the_person(cast: Cast) -> None:
    resident, worker = cast.person("resident"), cast.actor("worker")
    look_record(actor=worker, subject=resident, fields=["phone"], purpose="回访")
    assert AuditRecord.objects.filter(subject_id=str(resident.public_id)).count() > 1
    look = looks_at(resident).get()
    assert (look.about_id, look.looked_at, look.purpose) == (resident.pk, ["phone"], "回访")
    assert list(looks_about(cast.actor("resident"))) == [look]
    assert not looks_about(cast.actor("neighbour"))
    assert not looks_about(visitor("0" * 32))


def test_sealing_takes_every_unsealed_row_once() -> None:
    for name in "abc":
        person_make(actor=MACHINE, name=name)
    first = seal_make(actor=MACHINE)
    assert first is not None and (first.number, first.row_count) == (1, 3)
    assert seal_make(actor=MACHINE) is None
    person_make(actor=MACHINE, name="d")
    second = seal_make(actor=MACHINE)
    assert second is not None and (second.previous_hash, second.row_count) == (first.hash, 1)


def test_a_row_with_an_older_key_is_sealed_too() -> None:
    person_make(actor=MACHINE, name="late")
    late = AuditRecord.objects.get()
    person_make(actor=MACHINE, name="early")
    AuditRecord.objects.filter(pk=late.pk).delete()
    seal_make(actor=MACHINE)
    late.save(force_insert=True)  # a transaction that began first and committed last
    second = seal_make(actor=MACHINE)
    assert second is not None and second.rows.get().record_id == late.pk


def test_only_the_machine_seals_and_forgets() -> None:
    with pytest.raises(NotAllowed):
        seal_make(actor=visitor("x"))
    with pytest.raises(NotAllowed):
        request_keys_forget(actor=visitor("x"))
    assert not Seal.objects.exists()


def test_the_first_request_is_carried_out_and_the_second_gets_its_result() -> None:
    assert STORE.first_result("a", "s", "key", "digest") is None
    keep("a", "s", "key", "digest", "result")
    with pytest.raises(IntegrityError):
        keep("a", "s", "key", "digest", "second")
    assert STORE.first_result("a", "s", "key", "digest") == "result"


def test_the_same_key_with_other_input_is_refused() -> None:
    keep("a", "s", "key", "digest", "result")
    with pytest.raises(KeyReused):
        STORE.first_result("a", "s", "key", "other")


@pytest.mark.parametrize("other", [("b", "s", "key"), ("a", "t", "key"), ("a", "s", "key2")])
def test_keys_belong_to_one_actor_and_one_service(other: tuple[str, str, str]) -> None:
    keep("a", "s", "key", "digest", "result")
    assert STORE.first_result(*other, "digest") is None
    keep(*other, "digest", "other")


def test_a_long_key_is_a_key_too() -> None:
    keep("a", "s", "k" * 500, "digest", "result")
    assert STORE.first_result("a", "s", "k" * 500, "digest") == "result"


def test_keys_are_forgotten_after_thirty_days() -> None:
    with clock.clock_at(clock.now() - timedelta(days=31)):
        keep("a", "s", "old", "digest", "r")
    keep("a", "s", "new", "digest", "r")
    assert forget_request_keys() == 1
    assert RequestKey.objects.get().key == "new"


def test_an_idempotent_service_acts_once() -> None:
    @service(idempotent=True)
    def make_once(*, actor: Actor, name: str) -> Person:
        return person_make(actor=MACHINE, name=name)

    first = make_once(actor=system("t"), name="a", request_key="1")
    assert make_once(actor=system("t"), name="a", request_key="1") == first
    assert Person.objects.count() == 1
    with pytest.raises(KeyReused):
        make_once(actor=system("t"), name="b", request_key="1")
    assert Person.objects.count() == 1
    assert AuditRecord.objects.count() == 1


def test_a_repeat_that_would_now_be_refused_gets_the_first_result() -> None:
    person = person_make(actor=MACHINE, name="a")

    @service(idempotent=True)
    def erase_once(*, actor: Actor, public_id: str, version: int) -> Person:
        found = Person.objects.get(public_id=public_id)
        if found.erased_at is not None:
            raise Conflict
        record("person.erase", found, changes_of(found, erased_at=clock.now()))
        return found

    given = {"actor": MACHINE, "public_id": str(person.public_id)}
    assert erase_once(**given, version=1, request_key="k") == person
    assert erase_once(**given, version=1, request_key="k") == person
    with pytest.raises(KeyReused):
        erase_once(**given, version=2, request_key="k")
    with pytest.raises(Conflict):
        erase_once(**given, version=1, request_key="other")
    assert RequestKey.objects.count() == 1


def test_a_repeat_of_a_record_that_the_client_named_gets_the_first_result() -> None:
    @service(idempotent=True)
    def make_named(*, actor: Actor, public_id: str) -> Person:
        made = Person.objects.create(public_id=public_id, created_at=clock.now())
        record("person.make", made)
        return made

    given = {"actor": MACHINE, "public_id": str(uuid7()), "request_key": "k"}
    assert make_named(**given) == make_named(**given)
    with pytest.raises(IntegrityError):
        make_named(**given | {"request_key": "other"})
    assert Person.objects.count() == AuditRecord.objects.count() == 1
