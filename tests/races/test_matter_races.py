"""Two people at once, really at once (PostgreSQL): one wins, the other is told what happened."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from linli.core.clock import clock_at
from linli.core.errors import MoveNotAllowed, Refusal, StaleVersion
from linli.foundation.audit.models import AuditRecord, Seal, SealedRow
from linli.foundation.duties.models import Duty
from linli.work.matters import services as do
from linli.work.matters.models import Matter, MatterEvent
from linli.work.matters.tests.life import TEXT, Life, place_of
from tests.people import cast_build

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def life(clock: Any) -> Life:
    """Everybody, committed, so that other connections see them."""
    return Life(cast_build())


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads that start together; each returns its result or the exception it raised."""
    from conftest import TUESDAY_MORNING

    gate, results = Barrier(len(acts)), [None] * len(acts)

    def run(index: int) -> None:
        gate.wait(timeout=10)
        try:
            with clock_at(TUESDAY_MORNING):
                results[index] = acts[index]()
        except Exception as refusal:
            results[index] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def told_apart(results: list[Any]) -> tuple[list[Any], list[Exception]]:
    """Return what succeeded and what was refused."""
    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(result, Refusal) for result in refused), refused  # never a deadlock or a fault
    return [result for result in results if not isinstance(result, Exception)], refused


@pytest.mark.parametrize("attempt", range(5))
def test_two_accept_at_once(life: Life, attempt: int) -> None:
    matter = life.report()
    actors = [life.who("worker"), life.who("worker2"), life.who("street")]
    won, lost = told_apart(
        at_once(
            *[lambda who=who: do.matter_accept(actor=who, matter_id=matter.pk, version=1) for who in actors]
        )
    )
    assert (len(won), len(lost)) == (1, 2)
    assert all(isinstance(refusal, StaleVersion) for refusal in lost)
    assert all("受理" in refusal.message for refusal in lost)  # type: ignore[attr-defined]
    assert MatterEvent.objects.filter(matter=matter, verb="accept").count() == 1
    assert Duty.objects.filter(subject_id=str(matter.public_id), state="open").count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_the_same_request_twice_at_once_stores_one_matter(life: Life, attempt: int) -> None:
    actor, place = life.who("resident"), place_of(life.cast)

    def report() -> Matter:
        return do.matter_report(actor=actor, text=TEXT, place=place, request_key="one click too many")

    won, lost = told_apart(at_once(report, report, report))
    assert not lost
    assert len({matter.pk for matter in won}) == 1
    assert Matter.objects.count() == 1


def test_withdrawing_while_it_is_accepted(life: Life) -> None:
    matter = life.report()
    worker, resident = life.who("worker"), life.who("resident")
    won, lost = told_apart(
        at_once(
            lambda: do.matter_accept(actor=worker, matter_id=matter.pk, version=1),
            lambda: do.matter_withdraw(actor=resident, matter_id=matter.pk, version=1),
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    matter.refresh_from_db()
    assert (matter.state, matter.version) == (won[0].state, 2)


def test_verifying_while_the_street_verifies_too(life: Life) -> None:
    matter = life.to_handled()
    matter.refresh_from_db()
    worker, street = life.who("worker"), life.who("street")
    said = {"matter_id": matter.pk, "version": matter.version}
    won, lost = told_apart(
        at_once(
            lambda: do.matter_verify(actor=worker, **said, is_passed=True, finding="好了"),
            lambda: do.matter_verify(actor=street, **said, is_passed=False, finding="没好"),
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert isinstance(lost[0], StaleVersion)
    matter.refresh_from_db()
    assert matter.state == won[0].state


def test_two_of_a_unit_sign_at_once(life: Life) -> None:
    matter = life.to_handling()
    lead = life.lead(matter).pk
    actors = [life.who("department"), life.who("department2")]
    won, lost = told_apart(
        at_once(*[lambda who=who: do.assignment_sign(actor=who, assignment_id=lead) for who in actors])
    )
    assert (len(won), len(lost)) == (1, 1)
    assert "已经签收" in str(lost[0])


def test_two_decide_on_the_same_request(life: Life) -> None:
    matter = life.to_reopening()
    request = life.request(matter).pk
    unit = life.cast.units["wuye"]
    street, street2 = life.who("street"), life.who("street2")
    said = {"request_id": request, "decision": "已研究"}
    won, lost = told_apart(
        at_once(
            lambda: do.reopen_decide(actor=street, **said, is_granted=True, unit=unit),
            lambda: do.reopen_decide(actor=street2, **said, is_granted=False),
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert isinstance(lost[0], MoveNotAllowed)


def test_two_merges_in_opposite_directions(life: Life) -> None:
    """Neither waits for ever, and not both happen."""
    first, second = life.report(), life.report(text="路灯又不亮")
    worker, street = life.who("worker"), life.who("street")
    won, lost = told_apart(
        at_once(
            lambda: do.matter_merge(actor=worker, matter_id=first.pk, version=1, target_id=second.pk),
            lambda: do.matter_merge(actor=street, matter_id=second.pk, version=1, target_id=first.pk),
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert Matter.objects.filter(state="merged").count() == 1


def test_sealing_while_writing_misses_no_row(life: Life) -> None:
    from linli.foundation.audit.tasks import seal_rows

    actor, place = life.who("resident"), place_of(life.cast)

    def writes() -> None:
        for _ in range(10):
            do.matter_report(actor=actor, text=TEXT, place=place)

    def seals() -> None:
        for _ in range(10):
            seal_rows()

    _, lost = told_apart(at_once(writes, writes, seals))
    assert not lost
    seal_rows()
    assert SealedRow.objects.count() == AuditRecord.objects.count()
    assert sum(Seal.objects.values_list("row_count", flat=True)) == AuditRecord.objects.count()
