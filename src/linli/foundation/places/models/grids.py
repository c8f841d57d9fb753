"""Rows of grids: a grid holds no rows by their path, it holds what lies in its buildings."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q

from linli.core.actor import Actor, Function
from linli.core.fields import in_areas

from .place import CODE_LENGTH, Level

Way = tuple[str, Q]  # the lookup from a row to a building, and what must hold on the way


def grids_among(areas: Iterable[str]) -> tuple[str, ...]:
    """Return the areas that are grids."""
    return tuple(area for area in areas if len(area[:-1].rpartition("/")[2]) == CODE_LENGTH[Level.GRID])


def _committee(grid: str) -> str:
    return grid[:-1].rpartition("/")[0] + "/"


def reaches(actor: Actor, area_path: str) -> bool:
    """Whether a place lies in an actor's areas, or is the committee of one of their grids.

    Only for rows that were found by ``visible_to``: which of a committee's rows are a grid's is said there.
    """
    return actor.covers(area_path) or area_path in map(_committee, grids_among(actor.areas))


def lies_in(
    model: type[models.Model], areas: tuple[str, ...], ways: Iterable[Way], field: str = "area_path"
) -> Q:
    """Return ``in_areas``, and for grids the rows of their committees that a way leads to their buildings.

    The same condition as ``in_areas`` where no area is a grid.
    """
    condition, grids = in_areas(field, areas), grids_among(areas)
    if "" in areas or not grids:
        return condition
    held = Q()
    for building, holds in ways:
        inside: dict[str, Any] = {
            f"{building}grids__path__in": grids,
            f"{building}grids__valid_to__isnull": True,
        }
        held |= Q(pk__in=model._base_manager.filter(holds, **inside).values("pk"))
    return condition | (in_areas(field, tuple({_committee(grid) for grid in grids})) & held)


def register_areas(actor: Actor) -> tuple[str, ...]:
    """Return the areas in which an actor reads the register: operators without any read all of it."""
    return actor.areas or (("",) if actor.function == Function.OPERATOR else ())
