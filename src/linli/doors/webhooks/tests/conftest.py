"""The street's command centre is told what happens to matters."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.actor import Actor, Scope
from linli.doors.webhooks import services
from linli.doors.webhooks.models import Message, Progress, Subscription
from linli.doors.webhooks.tasks import deliver
from linli.foundation.clients.tests.factories import Machine, machine
from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast

from .receiver import Receiver


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    found = Receiver()
    settings.OUTBOUND = [found.place]
    yield found
    found.close()


@dataclass
class Hook:
    """A subscription of the street's system with its receiver."""

    life: Life
    receiver: Receiver
    machine: Machine
    secret: str
    pk: int

    @property
    def street(self) -> Actor:
        return self.life.who("street")

    @property
    def row(self) -> Subscription:
        return Subscription.objects.select_related("client__unit", "progress").get(pk=self.pk)

    @property
    def progress(self) -> Progress:
        return Progress.objects.get(pk=self.pk)

    def states(self) -> list[str]:
        return list(Message.objects.order_by("created_at", "id").values_list("state", flat=True))

    def round(self, after: timedelta = timedelta(seconds=30)) -> int:
        """Let time pass and the worker make one round."""
        time.clock_forward(after)
        return deliver()


KINDS = ("report", "accept", "hand_over", "publish")


@pytest.fixture
def life(cast: Cast, clock: object) -> Life:
    year_load()
    category("facility")
    return Life(cast)


@pytest.fixture
def hook(life: Life, receiver: Receiver) -> Hook:
    system = machine(life.cast, "street_unit", "street_place", Scope.MATTERS_READ, name="城运中心")
    url = f"{receiver.place}/linli?key=geheim"
    opened = services.subscription_open(actor=life.who("street"), client=system.client, url=url, kinds=KINDS)
    return Hook(life, receiver, system, opened.secret, opened.subscription.pk)
