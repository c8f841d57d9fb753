"""What is held about somebody, and what they have asked."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.holdings import Row, Text, holdings

from .models import DataRequest


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of record that is held about a person; rows without empty fields."""

    label: Text
    source: Text
    rows: list[Row]


def held_about(person_id: int) -> list[Held]:
    """Return what every room holds about a person, without kinds that are empty."""
    found = []
    for holding in holdings():
        rows = [{name: text for name, text in row.items() if text} for row in holding.rows(person_id)]
        if rows := [row for row in rows if row]:
            found.append(Held(holding.label, holding.source, rows))
    return found


def request_list(actor: Actor, *, only_open: bool = True) -> QuerySet[DataRequest]:
    """Return the requests that the actor answers, the first due first, or those that are done."""
    rows = DataRequest.objects.visible_to(actor).select_related("unit")
    if only_open:
        return rows.filter(state=DataRequest.State.OPEN).order_by("due_at", "id")
    return rows.exclude(state=DataRequest.State.OPEN).order_by("-made_at")


def request_get(actor: Actor, public_id: str) -> DataRequest:
    """Return one of them, or raise ``NotFound``."""
    found = DataRequest.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这份申请。"))
    return found
