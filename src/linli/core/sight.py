"""Which of some records a person may open: a page names the others without a link to them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from .actor import Actor


def seen_among(actor: Actor, records: Iterable[Model | None]) -> frozenset[Model]:
    """Return those of the records that the actor may open, by the ``visible_to`` of each kind.

    One query for each kind of record that is among them; ``None`` stands for no record.
    """
    by_kind: dict[type[Model], dict[Any, Model]] = {}
    for record in records:
        if record is not None:
            by_kind.setdefault(type(record), {})[record.pk] = record
    return frozenset(
        found[key]
        for kind, found in by_kind.items()
        for key in _visible(kind, actor).filter(pk__in=list(found)).values_list("pk", flat=True)
    )


def _visible(kind: type[Model], actor: Actor) -> Any:
    rows: Any = kind._default_manager
    return rows.visible_to(actor)
