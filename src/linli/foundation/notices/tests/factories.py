"""Messages, queued through the step inside a service."""

from typing import Any

from linli.core.actor import Actor, system
from linli.core.clock import now
from linli.core.service import service
from linli.foundation.accounts.models import Account, Person
from linli.foundation.notices.models import Broadcast, Subscription
from linli.foundation.notices.services import Draft, broadcast_draft, notice_queue
from tests.people import Cast

MACHINE = system("test")


@service
def _queue(*, actor: Actor, **given: Any) -> int:
    return notice_queue(**given)


def tell(*person_ids: int, **given: Any) -> int:
    """Queue a message as another room's service would."""
    plain: dict[str, Any] = {"kind": "matter.accept", "title": "已受理", "url": "/m/1/"}
    return _queue(actor=MACHINE, person_ids=person_ids, **plain | given)


def draft(**given: Any) -> Draft:
    """What an author writes, for everybody who subscribed."""
    plain: dict[str, Any] = {
        "title": "停水通知",
        "body": "周三九点至十二点停水。",
        "purpose": "information",
        "audience": ["subscribers"],
    }
    return Draft(**plain | given)


def written(cast: Cast, author: str = "worker", place: str = "committee_a_place", **given: Any) -> Broadcast:
    """A draft by one of the cast."""
    return broadcast_draft(actor=cast.actor(author), draft=draft(**given), places=[cast.places[place]])


def crowd(cast: Cast, count: int, place: str = "committee_a_place") -> list[int]:
    """So many people with accounts who subscribed to a neighbourhood; returns their keys."""
    at, where = now(), cast.places[place]
    people = Person.objects.bulk_create(
        Person(phone_index=f"{place}-{Person.objects.count()}-{n}", created_at=at) for n in range(count)
    )
    Account.objects.bulk_create(
        Account(person=one, kind="phone", username=f"p-{one.public_id.hex}", created_at=at) for one in people
    )
    Subscription.objects.bulk_create(
        Subscription(person=one, place_code=where.code, area_path=where.path, agreed_at=at) for one in people
    )
    return [one.pk for one in people]
