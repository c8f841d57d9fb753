"""In which street a compound of a file lies: by code, else by name and district, else by its position."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from linli.core.errors import InvalidInput
from linli.core.geometry import haversine_m

from .compoundfile import CompoundRow
from .models import Boundary, Division, Level, Unplaced
from .outlines import Correction
from .pointindex import NOWHERE, point_indexes
from .rules import code_unpadded, division_level, division_short_name, division_stem

NEAR_M = 20_000  # a street further away is no suggestion
DISTRICT_M = 3_000  # as near as this, the nearest street's district may be the compound's
_UNKNOWN = Unplaced.NO_STREET
_KIND = re.compile(r"(?<=..)(?:街道|镇|乡)$")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a row lies: a street (and a committee, where the row names it), or why there is none.

    ``district`` is the path of the county, as far as that much is known; ``near`` the nearest street with
    a real outline and its distance in metres.
    """

    street: Division | None = None
    committee: Division | None = None
    reason: str = ""
    district: str = ""
    near: Division | None = None
    near_m: int | None = None


class Streets:
    """The streets of the country, or of a part of it, by every way in which files name them."""

    def __init__(self, within: str = "", corrections: Iterable[Correction] = ()) -> None:
        """Read them; ``within`` is a path that nothing outside may match."""
        rows = Division.objects.on().under(within)
        self._streets = {row.pk: row for row in rows.filter(level=Level.STREET)}
        self._counties = list(rows.filter(level=Level.COUNTY))
        self._codes = {row.code: row for row in (*self._streets.values(), *self._counties)}
        self._named: dict[str, list[Division]] = defaultdict(list)
        for street in self._streets.values():
            for word in {street.name, _KIND.sub("", street.name)}:
                self._named[word].append(street)
        self._fixed = {(row.name, row.district): row.code for row in corrections}
        self._districts: dict[str, list[Division]] = {}
        schematic = Boundary.objects.filter(is_schematic=True, division__level=Level.STREET)
        self._schematic = set(schematic.values_list("division_id", flat=True))
        self._committees: dict[int, dict[str, Division]] = {}

    def find(self, rows: Sequence[CompoundRow]) -> list[Found]:
        """Return where each row lies."""
        stated = [self._stated(row) for row in rows]
        open_rows = [at for at, found in enumerate(stated) if found.street is None and rows[at].position]
        for at, found in zip(open_rows, self._by_point([rows[at] for at in open_rows]), strict=True):
            stated[at] = self._joined(stated[at], found)
        return [self._with_committee(row, found) for row, found in zip(rows, stated, strict=True)]

    # -- what the row says --

    def _stated(self, row: CompoundRow) -> Found:
        district = self._district(row)
        path = district[0].path if len(district) == 1 else ""
        reason = _UNKNOWN
        if row.code and (found := self._by_code(row.code)):
            if found.street:
                return found
            path = path or found.district
        elif row.code:
            reason = Unplaced.NOT_FOUND
        if not row.town:
            return Found(reason=reason, district=path)
        streets = self._by_name(row, district)
        if len(streets) == 1:
            return Found(streets[0])
        return Found(reason=Unplaced.AMBIGUOUS if streets else Unplaced.NOT_FOUND, district=path)

    def _by_code(self, text: str) -> Found | None:
        """Return what a code of any level says; None for one that is not known."""
        try:
            code = code_unpadded(text)
        except InvalidInput:
            return None
        level = division_level(code)
        if level >= Level.COMMITTEE:
            street = self._codes.get(code[:9])
            return Found(street, self._committee_by_code(street, code[:12])) if street else None
        found = self._codes.get(code)
        if found is None or level == Level.COUNTY:
            return Found(district=found.path) if found else None
        return Found(found)

    def _by_name(self, row: CompoundRow, district: Sequence[Division]) -> list[Division]:
        for said in (row.district, ""):
            fixed = self._fixed.get((row.town, said))
            if fixed and fixed in self._codes:
                return [self._codes[fixed]]
        found = self._named.get(division_stem(row.town, Level.STREET)) or []
        exact = [street for street in found if street.name == row.town] or found
        if row.district:
            parents = {county.pk for county in district}
            return [street for street in exact if street.parent_id in parents]
        return exact

    def _district(self, row: CompoundRow) -> list[Division]:
        """Return the counties that a row's district may be: 东城 is 东城区, 朝阳 is several."""
        said = row.district
        if said not in self._districts:
            short = division_short_name(said, Level.COUNTY)
            exact = [county for county in self._counties if said == county.name]
            alike = [c for c in self._counties if division_short_name(c.name, Level.COUNTY) == short]
            self._districts[said] = (exact or alike) if said else []
        return self._districts[said]

    # -- what the map says --

    def _by_point(self, rows: Sequence[CompoundRow]) -> list[Found]:
        """Return the street whose real outline holds each row's position, or else the nearest of them."""
        if not rows:
            return []
        index = point_indexes()[Level.STREET]
        lngs = np.array([row.position[0] for row in rows if row.position])
        lats = np.array([row.position[1] for row in rows if row.position])
        inside = index.divisions_at(lngs, lats)
        near = index.nearest(lngs, lats)
        return [
            self._at(int(at), int(street), float(haversine_m(lng, lat, x, y)))
            for at, (street, x, y), lng, lat in zip(inside, near, lngs, lats, strict=True)
        ]

    def _at(self, inside: int, nearest: int, metres: float) -> Found:
        if inside != NOWHERE and inside not in self._schematic and inside in self._streets:
            return Found(self._streets[inside])
        street = self._streets.get(nearest)
        if street is None or nearest in self._schematic or metres > NEAR_M:
            return Found(reason=_UNKNOWN)
        district = street.path[: -len(street.code) - 1] if metres <= DISTRICT_M else ""
        return Found(reason=_UNKNOWN, district=district, near=street, near_m=round(metres))

    @staticmethod
    def _joined(stated: Found, point: Found) -> Found:
        """Put together what a row says and where its point lies; a wrong name is not overruled by a point."""
        if point.street and stated.reason == _UNKNOWN and point.street.path.startswith(stated.district):
            return point
        near = point.street or point.near
        near_m = 0 if point.street else point.near_m
        return Found(None, None, stated.reason, stated.district or point.district, near, near_m)

    # -- the committee --

    def _names_of(self, street: Division) -> dict[str, Division]:
        if street.pk not in self._committees:
            below = Division.objects.on().filter(parent=street, level=Level.COMMITTEE)
            self._committees[street.pk] = {
                key: row for row in below for key in (row.code, division_stem(row.name, Level.COMMITTEE))
            }
        return self._committees[street.pk]

    def _committee_by_code(self, street: Division | None, code: str) -> Division | None:
        return self._names_of(street).get(code) if street else None

    def _with_committee(self, row: CompoundRow, found: Found) -> Found:
        if found.street is None or found.committee is not None or not row.committee:
            return found
        named = self._names_of(found.street).get(division_stem(row.committee, Level.COMMITTEE))
        return Found(found.street, named)
