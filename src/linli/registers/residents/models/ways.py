"""By which ways rows of the registry belong to a building: who lives in its parts, uses or owns them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from linli.core import clock
from linli.foundation.places.models.grids import Way, lies_in


def lying_in(model: type[models.Model], areas: tuple[str, ...]) -> Q:
    """Return the condition that a row lies in one of the areas; in a grid, by its buildings."""
    return lies_in(model, areas, ways_of(model))


def ways_of(model: type[models.Model]) -> list[Way]:
    """Return the ways from a table to the buildings that its rows belong to."""
    return _WAYS[str(model._meta.model_name)]("")


def _stands(row: str, ended: str = "") -> Q:
    """Return that a row holds now, or ended together with what it belongs to (whoever died there)."""
    now = Q(**{f"{row}to_on__isnull": True}) | Q(**{f"{row}to_on__gt": clock.today()})
    return now | Q(**{f"{row}to_on": F(ended)}) if ended else now


def _owned(prefix: str) -> Way:
    return f"{prefix}owned__ownership__part__building__", _stands(f"{prefix}owned__ownership__")


def _resident(prefix: str) -> list[Way]:
    member = f"{prefix}memberships__"
    gone: Any = ~Q(**{f"{prefix}state": "here"}) & Q(**{f"{member}to_on": F(f"{prefix}state_on")})
    [(building, lives)] = household_ways(f"{member}household__")
    return [(building, lives & (_stands(member) | gone)), _owned(prefix)]


def household_ways(prefix: str) -> list[Way]:
    """Return the ways from a household to its buildings; ``prefix`` is the way to it (``household__``)."""
    lived = f"{prefix}occupancies__"
    return [(f"{lived}part__building__", _stands(lived, f"{prefix}ended_on"))]


def _establishment(prefix: str) -> list[Way]:
    used = f"{prefix}occupancies__"
    return [(f"{used}part__building__", _stands(used, f"{prefix}closed_on")), _owned(prefix)]


def _part(prefix: str) -> list[Way]:
    return [(f"{prefix}part__building__", Q())]


def _event(prefix: str) -> list[Way]:
    """An act on a part is of that part's building; without one, of whom it is about."""
    about = [
        *_resident(f"{prefix}resident__"),
        *household_ways(f"{prefix}household__"),
        *_establishment(f"{prefix}establishment__"),
    ]
    return [*_part(prefix), *((way, holds & Q(part__isnull=True)) for way, holds in about)]


def _link(prefix: str) -> list[Way]:
    people = _resident(f"{prefix}resident__")
    return [*_part(prefix), *((way, holds & Q(part__isnull=True)) for way, holds in people)]


def _of_resident(prefix: str) -> list[Way]:
    return _resident(f"{prefix}resident__")


_WAYS = {
    "resident": _resident,
    "household": household_ways,
    "establishment": _establishment,
    "ownership": _part,
    "doorcode": _part,
    "registerevent": _event,
    "accountlink": _link,
    "careentry": _of_resident,
    "transfer": _of_resident,
}
