"""A list of this room's own: the open units of the cast, scoped and narrowed like any other."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict

from linli.core import listing as core
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.fields import in_areas
from linli.core.listing import Chosen, Column, Kind, Listing, Reach
from linli.foundation.accounts.models import Unit


def units(actor: Actor, query: QueryDict) -> Chosen:
    """Return the units of an actor's areas whose name holds ``q``; grid workers do not see this list."""
    if actor.function == "grid_worker":
        raise NotAllowed
    rows = Unit.objects.filter(in_areas("areas__path", actor.areas), name__contains=query.get("q", ""))
    conditions = [("名称", query["q"])] if query.get("q") else []
    return Chosen(rows.order_by("name"), conditions, lambda rows: [{"unit": row} for row in rows])


def posters(actor: Actor, query: QueryDict) -> Chosen:
    """Return computed rows that anybody may have."""
    return Chosen([{"unit": Unit(name=f"第{n}行", opened_on=None)} for n in range(1200)])


COLUMNS = (
    Column("名称", lambda row: row["unit"].name, width=30),
    Column("启用日期", lambda row: row["unit"].opened_on, Kind.DATE),
    Column("序号", lambda row: row["unit"].pk, Kind.NUMBER),
)
UNITS = Listing("test-units", "单位表", COLUMNS, units)
OPEN = Listing("test-open", "公开表", COLUMNS, posters, Reach.OPEN)


@pytest.fixture(autouse=True)
def lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the room know these lists for one test."""
    known: dict[str, Any] = {**core._listings, UNITS.code: UNITS, OPEN.code: OPEN}
    monkeypatch.setattr(core, "_listings", known)
    yield
