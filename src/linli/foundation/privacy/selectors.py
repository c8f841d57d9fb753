"""What is held about somebody, and what they have asked."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotFound
from linli.core.holdings import Row, Text, holdings
from linli.foundation.duties.models import Duty

from .models import DataRequest

OPEN, LATE, DONE = "open", "late", "done"
URGE = "urge_data_request"
MOST_URGED = 200


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of record that is held about a person; rows without empty fields."""

    name: str
    label: Text
    source: Text
    rows: list[Row]


def held_about(person_id: int) -> list[Held]:
    """Return what every room holds about a person, without kinds that are empty."""
    found = []
    for holding in holdings():
        rows = [{name: text for name, text in row.items() if text} for row in holding.rows(person_id)]
        if rows := [row for row in rows if row]:
            found.append(Held(holding.name, holding.label, holding.source, rows))
    return found


def request_list(actor: Actor, state: str = OPEN) -> QuerySet[DataRequest]:
    """Return the requests that the actor answers or watches: open ones the first due first, late, or done."""
    rows = DataRequest.objects.overseen_by(actor).select_related("unit")
    if state == DONE:
        return rows.exclude(state=DataRequest.State.OPEN).order_by("-made_at")
    rows = rows.filter(state=DataRequest.State.OPEN).order_by("due_at", "id")
    return rows.filter(due_at__lt=clock.now()) if state == LATE else rows


def requests_to_urge() -> list[DataRequest]:
    """Return what committees owe an answer beyond the limit and no street has been told of."""
    late = DataRequest.objects.filter(
        state=DataRequest.State.OPEN, unit__function=Function.COMMITTEE, due_at__lt=clock.now()
    )
    rows = list(late.order_by("due_at", "pk")[:MOST_URGED])
    told = Duty.objects.filter(action=URGE, subject_id__in=[str(row.public_id) for row in rows])
    urged = set(told.values_list("subject_id", flat=True))
    return [row for row in rows if str(row.public_id) not in urged]


def request_get(actor: Actor, public_id: str) -> DataRequest:
    """Return one of them, or raise ``NotFound``."""
    found = DataRequest.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这份申请。"))
    return found
