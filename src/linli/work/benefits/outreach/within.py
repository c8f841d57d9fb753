"""Whom a run found in an area: counted where they lie, read only where there are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from linli.core.fields import in_areas
from linli.foundation.places.models import Division, Level
from linli.registers.residents.models import Household

from ..engine.columnar import ELIGIBLE, WORTH
from ..engine.connecting import connected
from ..engine.matching import Matched, whose_sql
from ..language.tree import Of
from .found import Found


@dataclass(frozen=True, slots=True)
class Counted:
    """How many a run found: rows and their households, and of whom asking is worth it."""

    found: int
    households: int
    worth: int


class Within:
    """What one run says of one policy in an area; of a policy for households a row is a household."""

    def __init__(self, matched: Matched, policy: str, place: Division) -> None:
        self._con: Any = connected(matched.folder / "spill").con
        self._said = _found_sql(matched, policy, place)
        if place.level > Level.COUNTY:
            here = Household.objects.filter(in_areas("area_path", (place.path,)))
            homes = pa.array(list(here.values_list("pk", flat=True)), pa.int64())
            self._con.register("homes", pa.table({"household_id": homes}))
            self._said += " SEMI JOIN homes USING (household_id)"

    def counted(self, *, includes_unknown: bool) -> Counted:
        """Count those who are eligible, and where ``includes_unknown`` of whom asking is worth it too."""
        wanted = f"verdict = {ELIGIBLE}" if not includes_unknown else "TRUE"
        found, homes, worth = self._con.execute(
            f"SELECT count(*) FILTER ({wanted}), count(DISTINCT household_id) FILTER ({wanted}), "  # noqa: S608
            f"count(*) FILTER (verdict = {WORTH}) FROM ({self._said})"
        ).fetchone()
        return Counted(found, homes, worth)

    def read(self, *, includes_unknown: bool, size: int) -> Iterator[list[Found]]:
        """Return those who were counted, in batches."""
        wanted = f"verdict = {ELIGIBLE}" if not includes_unknown else "TRUE"
        self._con.execute(f"SELECT household_id, resident FROM ({self._said}) WHERE {wanted}")  # noqa: S608
        while rows := self._con.fetchmany(size):
            yield [Found(*row) for row in rows]


def _found_sql(matched: Matched, policy: str, place: Division) -> str:
    """Return the statement for who was found, of a district by its number."""
    resident = "NULL AS resident" if matched.policies[policy] is Of.HOUSEHOLD else "resident"
    here = f"district = {int(place.code[:6])}" if place.level == Level.COUNTY else "TRUE"
    return (
        f"SELECT * FROM (SELECT {resident}, household_id, verdict "  # noqa: S608
        f"FROM ({whose_sql(matched, policy)}) WHERE {here})"
    )
