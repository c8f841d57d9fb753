"""Two workers at once, on PostgreSQL."""

import threading

import pytest
from django.db import connection

from linli.core import clock
from linli.core.actor import system
from linli.foundation.accounts.models import Person
from linli.foundation.notices.models import Delivery, Notice
from linli.foundation.notices.services import deliveries_claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
DELIVERIES = 40


def test_two_workers_never_hold_the_same_delivery() -> None:
    person = Person.objects.create(created_at=clock.now())
    for n in range(DELIVERIES):
        notice = Notice.objects.create(person=person, kind="k", title=str(n), created_at=clock.now())
        urgent = Delivery.Rank.EMERGENCY  # goes out at any hour at which this test is run
        Delivery.objects.create(notice=notice, channel="email", next_at=clock.now(), rank=urgent)
    claimed: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        while found := deliveries_claim(actor=system("test"), most=3):
            claimed.extend(delivery.pk for delivery in found)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(claimed) == len(set(claimed)) == DELIVERIES
