"""Putting messages into the outbox, in the transaction of what they tell."""

from collections.abc import Iterable

from django.conf import settings

from linli.core import clock
from linli.core.service import require_service

from .channels import CHANNELS
from .models import Delivery, Notice


@require_service
def notice_queue(
    *,
    person_ids: Iterable[int],
    kind: str,
    title: str,
    body: str = "",
    url: str = "",
    purpose: str = "transaction",
) -> int:
    """Put one message into the inbox of each person, and into the outbox for those with an e-mail.

    Title and body must not hold personal details: they leave the house. Returns how many were told.
    """
    at = clock.now()
    notices = Notice.objects.bulk_create(
        Notice(
            person_id=person_id, purpose=purpose, kind=kind, title=title[:120], body=body, url=url, created_at=at
        )
        for person_id in dict.fromkeys(person_ids)
    )
    Delivery.objects.bulk_create(_deliveries(notices))
    return len(notices)


def _deliveries(notices: list[Notice]) -> list[Delivery]:
    people = [notice.person_id for notice in notices]
    reached = {name: CHANNELS[name].reaches(people) for name in settings.NOTICE_CHANNELS}
    return [
        Delivery(notice=notice, channel=name, next_at=notice.created_at)
        for notice in notices
        for name, persons in reached.items()
        if notice.person_id in persons
    ]
