"""The same request twice at once, on PostgreSQL."""

import threading

import pytest
from django.db import connection

from linli.core import clock
from linli.core.actor import Actor, system
from linli.core.service import record, service
from linli.foundation.accounts.models import Person
from linli.foundation.audit.services import seal_make
from linli.foundation.audit.verification import audit_verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ME = system("test")


@service(idempotent=True)
def person_make(*, actor: Actor, name: str) -> Person:
    """Make a person, once a key."""
    person = Person.objects.create(name=name, created_at=clock.now())
    record("person.make", person)
    return person


def at_once(times: int, call: object) -> None:
    start = threading.Barrier(times)

    def work() -> None:
        start.wait()
        try:
            call()  # type: ignore[operator]
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(times)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_a_double_click_is_one_act() -> None:
    found: list[int] = []
    at_once(6, lambda: found.append(person_make(actor=ME, name="a", request_key="k").pk))
    assert len(found) == 6 and len(set(found)) == 1
    assert Person.objects.count() == 1


def test_rows_that_commit_while_sealing_are_sealed_later() -> None:
    def write() -> None:
        for n in range(10):
            person_make(actor=ME, name=str(n))

    def seal() -> None:
        for _ in range(10):
            seal_make(actor=ME)

    turns = iter([write, write, write, seal])
    at_once(4, lambda: next(turns)())
    seal_make(actor=ME)
    checked = audit_verify()
    assert checked.is_sound
    assert (checked.sealed_rows, checked.tail_rows) == (30, 0)
