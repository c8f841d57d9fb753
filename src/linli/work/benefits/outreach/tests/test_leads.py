"""Leads as the machine takes them: whole batches, once, in few queries, and not against anybody's will."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.errors import NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.registers.residents.models import Consent, Receipt
from linli.registers.residents.own.services import objection_make
from linli.registers.residents.tests.facts_world import household_at, resident_at
from linli.registers.residents.tests.houses import house_linked
from linli.work.benefits.models import Lead, LeadEvent, Outreach
from linli.work.benefits.outreach.found import Found
from linli.work.benefits.outreach.services import leads_take
from tests.people import Cast

from .world import doors_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_batch_becomes_leads_that_wait(cast: Cast) -> None:
    doors = doors_make(cast)
    unknown = doors.found(1, is_eligible=False, missing=("disability_grade",))
    taken = doors.take(doors.found(0, amount=15_000), unknown)
    assert taken.made == 2
    first, second = Lead.objects.order_by("pk")
    assert (first.verdict, first.amount, first.state) == ("eligible", 15_000, "waiting")
    assert (first.resident, first.household) == (doors.people[0], doors.homes[0])
    assert first.area_path == doors.homes[0].area_path
    assert first.found_on == clock.today()
    assert (second.verdict, second.missing, second.amount) == ("unknown", ["disability_grade"], None)
    recorded = AuditRecord.objects.get(verb="lead.take")
    assert "新线索2条" in recorded.purpose


def test_the_same_batch_again_makes_nothing_new(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0), doors.found(1))
    again = doors.take(doors.found(0), doors.found(1), doors.found(2))
    assert (again.made, again.asked) == (1, 2)
    assert Lead.objects.count() == 3


def test_only_the_machine_takes_leads(cast: Cast) -> None:
    doors = doors_make(cast)
    for name in ("worker", "street", "district", "city", "operator", "resident"):
        with pytest.raises(NotAllowed):
            leads_take(actor=doors.actor(name), version=doors.elder, found=[doors.found(0)], on=clock.today())
    assert not Lead.objects.exists()


def test_who_receives_objects_or_has_gone_is_left_out(cast: Cast) -> None:
    doors, now = doors_make(cast), clock.now()
    Receipt.objects.create(
        resident=doors.people[0], policy="老年综合津贴", from_on=date(2025, 1, 1), recorded_at=now
    )
    Consent.objects.create(
        resident=doors.people[1], purpose="no_matching", version="1", how="self", given_at=now
    )
    doors.people[2].state = "away"
    doors.people[2].save()
    taken = doors.take(doors.found(0), doors.found(1), doors.found(2), Found(doors.homes[1].pk, None))
    assert (taken.receiving, taken.objecting, taken.gone, taken.made) == (1, 2, 1, 0)
    assert not Lead.objects.exists()


def test_a_receipt_that_ended_says_nothing(cast: Cast) -> None:
    doors = doors_make(cast)
    Receipt.objects.create(
        resident=doors.people[0],
        policy="老年综合津贴",
        from_on=date(2024, 1, 1),
        to_on=date(2025, 1, 1),
        recorded_at=clock.now(),
    )
    assert doors.take(doors.found(0)).made == 1


def test_queries_do_not_grow_with_the_batch(cast: Cast) -> None:
    doors = doors_make(cast, homes=2)
    path = cast.places["committee_a_place"].path
    many = [(household_at(path, one), one) for one in (resident_at(path) for _n in range(40))]
    counts = []
    for found in ([doors.found(0)], [Found(home.pk, one.pk) for home, one in many]):
        with CaptureQueriesContext(connection) as queries:
            doors.take(*found)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16
    assert Lead.objects.count() == 41


def test_a_batch_that_breaks_off_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    doors = doors_make(cast)

    def broken(*_given: object, **_more: object) -> None:
        raise RuntimeError("the machine stops")

    monkeypatch.setattr("linli.work.benefits.outreach.services.leads.record", broken)
    with pytest.raises(RuntimeError):
        doors.take(doors.found(0), doors.found(1))
    assert not Lead.objects.exists()
    monkeypatch.undo()
    assert doors.take(doors.found(0), doors.found(1)).made == 2


def test_an_objection_ends_what_runs_at_once(cast: Cast) -> None:
    doors, house = doors_make(cast), house_linked(cast)
    doors.take(Found(house.household.pk, house.father.pk))
    doors.take(Found(house.household.pk, None), version=doors.family)
    doors.take(Found(house.household.pk, house.mother.pk), version=doors.care)
    doors.deal(doors.release())
    assert Lead.objects.filter(state="open").count() == 3
    objection_make(actor=cast.actor("resident"), resident_id=house.father.public_id)
    states = dict(Lead.objects.values_list("resident", "state"))
    assert states == {house.father.pk: "objected", None: "objected", house.mother.pk: "open"}
    assert LeadEvent.objects.filter(to_state="objected").count() == 2
    assert Outreach.objects.get().state == "open"  # the mother is still to be told
    assert Duty.objects.get(room="benefits").state == "open"
    assert doors.take(Found(house.household.pk, house.father.pk)).objecting == 1


def test_an_objection_ends_a_visit_for_nobody_else(cast: Cast) -> None:
    doors, house = doors_make(cast), house_linked(cast)
    doors.take(Found(house.household.pk, house.father.pk))
    doors.deal(doors.release())
    objection_make(actor=cast.actor("resident"), resident_id=house.father.public_id)
    assert Outreach.objects.get().state == "done"
    assert Duty.objects.get(room="benefits").state == "done"
