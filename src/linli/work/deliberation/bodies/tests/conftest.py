"""Bodies of committee A, kept by its people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from linli.core import clock as time
from linli.foundation.duties.models import Duty
from linli.foundation.places.selectors import Place
from linli.work.deliberation.bodies import services as do
from linli.work.deliberation.bodies.models import Body
from tests.people import Cast
from tests.watching import watcher

WATCHED = ("bodies", "duties", "audit")


@dataclass
class Hall:
    """Founds bodies of committee A."""

    cast: Cast

    def who(self, name: str) -> Any:
        return self.cast.actor(name)

    def place(self, name: str = "committee_a_place") -> Place:
        return Place(self.cast.places[name], "chosen")

    def found(
        self, kind: str = "residents_representatives", by: str = "worker", where: str = "", **more: Any
    ) -> Body:
        said = {
            "kind": kind,
            "name": "桂花第一居民区代表会议",
            "where": self.place(where or "committee_a_place"),
            "founded_on": date(2026, 1, 5),
            **more,
        }
        return do.body_found(actor=self.who(by), **said)

    def join(
        self, body: Body, name: str, post: str = "representative", by: str = "worker", **more: Any
    ) -> Body:
        from_on = more.pop("from_on", date(2026, 1, 10))
        none = do.Declaration(has=False, is_checked=True)
        said = {"declaration": none if body.what.relatives else None, **more}
        entry = do.MemberEntry(post=post, name=name, **said)
        return do.member_join(actor=self.who(by), body_id=body.pk, entry=entry, from_on=from_on)


def duties(body: Body) -> dict[str, date]:
    rows = Duty.objects.filter(room="bodies", subject_id=str(body.public_id), state="open")
    return {action: time.local_date(due) for action, due in rows.values_list("action", "due_at") if due}


@pytest.fixture
def hall(cast: Cast, clock: Any) -> Hall:
    """Return who founds bodies, on a Tuesday morning in March 2026."""
    return Hall(cast)


@pytest.fixture
def unchanged() -> Callable[[], None]:
    """Return a check to be called before and after a refusal: nothing may have been written between."""
    return watcher(*WATCHED)
