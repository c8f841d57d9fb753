"""Which part, building or compound an address means, for one address or for thousands at once.

The compounds of an area are read once; the buildings of those that occur once; the parts asked about with
one query a batch. Nothing is guessed: what two could be meant by is ``AMBIGUOUS``, with both named.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from linli.core.fields import in_areas

from .addresses import Address, address_parse, address_plain, building_key, name_key, room_name, stair_key
from .models import Building, Compound, Division, Level, Part, Stair
from .rules import path_codes

CHUNK = 5_000
T = TypeVar("T")
_NUMBERS = re.compile(r"(?P<road>[^\d()]{1,19}?(?:路|街|大道|道|巷|胡同))(?P<low>\d+)(?:-(?P<high>\d+))?号")
_BRACKETS = re.compile(r"[(（].*?[)）]")
_FIRST_NUMBER = re.compile(r"\d+")
STREET_ENDS = ("道", "镇", "乡")  # 街道, 镇, 乡
STREET_WITHIN = 28  # characters: so far from the beginning a street may stand in an address


class How(StrEnum):
    """How sure a match is, or how far it came."""

    EXACT = "exact"  # by the compound's own name
    STREET = "street"  # by its lane or street number, or by its name without 小区 or what is in brackets
    AMBIGUOUS = "ambiguous"
    NO_COMPOUND = "no_compound"
    NO_BUILDING = "no_building"
    NO_PART = "no_part"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Home:
    """A compound as far as matching needs it."""

    pk: int
    name: str
    address: str
    area_path: str


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """What an address means; ids are set as far as it was understood, the rest is None.

    ``EXACT`` and ``STREET`` with a ``part`` is a part, without one the address named no room (then the
    building, or only the compound, is meant). ``candidates`` are the names of what it might be.
    """

    address: Address
    how: How
    compound: Home | None = None
    building: int | None = None
    stair: int | None = None
    part: int | None = None
    candidates: tuple[str, ...] = ()
    is_closed: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether everything that the address names was found."""
        return self.how in (How.EXACT, How.STREET)

    @property
    def reason(self) -> str:
        """Why it was not found, to a clerk; empty where it was."""
        said = self.address
        named = {
            How.AMBIGUOUS: lambda: _("可能是：%s。请写明街镇、小区或单元。") % "、".join(self.candidates[:5]),
            How.NO_COMPOUND: lambda: (
                _("没有找到小区“%s”。") % (said.compound or said.street_text or said.road or _("未写明"))
            ),
            How.NO_BUILDING: lambda: self._missing(said.building or _("未写明楼栋")),
            How.NO_PART: lambda: self._missing(f"{said.building}{said.stair}{said.room}"),
            How.UNREAD: lambda: _("“%s”没有读懂。") % said.unread,
        }
        return named[self.how]() if self.how in named else ""

    def _missing(self, what: str) -> str:
        place = self.compound.name if self.compound else ""
        if self.is_closed:
            return _("%(place)s的“%(what)s”已经注销。") % {"place": place, "what": what}
        return _("%(place)s没有登记“%(what)s”。") % {"place": place, "what": what}


@dataclass(slots=True)
class _Buildings:
    """The buildings and stairs of one compound: by key, with the name as registered and whether it stands."""

    by_key: dict[str, list[tuple[int, str, bool]]] = field(default_factory=lambda: defaultdict(list))
    stairs: dict[int, dict[str, tuple[int, str]]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def only(self) -> list[tuple[int, str, bool]]:
        """The one building that stands, where there is just one."""
        standing = [row for rows in self.by_key.values() for row in rows if row[2]]
        return standing if len(standing) == 1 else []


_PartRow = tuple[int, int | None, bool]  # id, stair, whether it stands


class AddressIndex:
    """The compounds of some areas by every name and street by which people write them."""

    def __init__(self, areas: Sequence[str]) -> None:
        """Read the compounds of the areas (paths; "" is everywhere)."""
        rows = Compound.objects.filter(in_areas("area_path", tuple(areas))).order_by("pk")
        self.homes = [Home(*row) for row in rows.values_list("pk", "name", "address", "area_path").iterator()]
        self._names: dict[str, list[Home]] = defaultdict(list)
        self._nearly: dict[str, list[Home]] = defaultdict(list)
        self._lanes: dict[str, list[Home]] = defaultdict(list)
        self._numbers: dict[str, list[tuple[int, int, Home]]] = defaultdict(list)
        self._buildings: dict[int, _Buildings] = {}
        self._above = _division_names(self.homes)
        self._known = _known_above(areas)
        self._streets = _street_names(self._above.values())
        for home in self.homes:
            self._enter(home)

    def _enter(self, home: Home) -> None:
        self._names[name_key(home.name)].append(home)
        for short in {_BRACKETS.sub("", home.name), _BRACKETS.sub("", home.name).removesuffix("小区")}:
            if short:
                self._nearly[name_key(short)].append(home)
        road = ""
        for text in (home.name, *re.split(r"[、,，;；]", home.address)):
            found = address_parse(text, self._known)
            road = found.road or road
            numbers = _NUMBERS.match(address_plain(text)[len(found.above) :])
            if found.lane.endswith(("弄", "院")) and road:
                self._lanes[road + found.lane].append(home)
            elif numbers:
                low, high = int(numbers["low"]), int(numbers["high"] or numbers["low"])
                self._numbers[numbers["road"]].append((low, high, home))

    # -- the compound --

    def _homes(self, address: Address) -> tuple[How, list[Home]]:
        """Return the compounds that an address may mean, and how they were found."""
        streets = self._by_street(address)
        if address.compound:
            key = name_key(address.compound)
            nearly = self._nearly.get(name_key(address.compound.removesuffix("小区")))
            for how, named in ((How.EXACT, self._names.get(key)), (How.STREET, nearly)):
                if named:
                    both = [home for home in named if home in streets]
                    return how, both or _once([*named, *streets])
            return How.STREET, streets
        if not streets and not address.road and len(self.homes) == 1:
            return How.STREET, self.homes
        return How.STREET, streets

    def _by_street(self, address: Address) -> list[Home]:
        if address.street_text:
            found = self._lanes.get(address.street_text)
            if found or not address.lane.endswith("号"):
                return _once(found or ())
        number = _FIRST_NUMBER.match(address.lane or address.building)
        if not address.road or number is None:
            return []
        at = int(number[0])
        return _once(
            home
            for low, high, home in self._numbers.get(address.road, ())
            if low <= at <= high and (at - low) % 2 == 0
        )

    def _narrowed(self, address: Address, homes: list[Home]) -> list[Home]:
        """Leave those whose street or committee the address names, if it names any."""
        if len(homes) < 2 or not address.above:
            return homes
        named = [home for home in homes if any(n in address.above for n in self._above[home.area_path])]
        return named or homes

    def _placed(self, text: str) -> AddressMatch:
        address = address_parse(text, self._known)
        whole = self._names.get(name_key(text))
        how, homes = (How.EXACT, whole) if whole else self._homes(address)
        if whole:
            address = Address(compound=address_plain(text))
        if not homes and (below := self._below_street(text)):
            address, (how, homes) = below, self._homes(below)
        homes = self._narrowed(address, homes)
        if len(homes) == 1:
            return AddressMatch(address, How.UNREAD if address.unread else how, homes[0])
        if homes:
            labels = tuple(f"{self._above[home.area_path][0]}{home.name}" for home in homes)
            return AddressMatch(address, How.AMBIGUOUS, candidates=labels)
        return AddressMatch(address, How.NO_COMPOUND)

    def _below_street(self, text: str) -> Address | None:
        """Read an address again from behind a street of the area: 曹路镇 looks like a road."""
        plain = address_plain(text)
        found = self._streets.search(plain, 0, STREET_WITHIN) if self._streets else None
        return replace(address_parse(plain[found.end() :]), above=plain[: found.end()]) if found else None

    # -- the building --

    def _read_buildings(self, compounds: set[int]) -> None:
        """Read the buildings and stairs of compounds that were not asked about before."""
        wanted = sorted(compounds - self._buildings.keys())
        self._buildings |= {pk: _Buildings() for pk in wanted}
        for part in _chunks(wanted):
            rows = Building.objects.filter(compound__in=part)
            for pk, compound, name, closed in rows.values_list("pk", "compound_id", "name", "closed_on"):
                self._buildings[compound].by_key[building_key(name)].append((pk, name, closed is None))
            stairs = Stair.objects.filter(building__compound__in=part)
            names = stairs.values_list("pk", "building__compound_id", "building_id", "name")
            for pk, compound, building, name in names:
                self._buildings[compound].stairs[building][stair_key(name)] = pk, name

    def _housed(self, match: AddressMatch) -> AddressMatch:
        """Add building and stair to a match whose compound is known."""
        address = match.address
        if match.compound is None or not match.is_sure or not (address.building or address.room):
            return match
        known = self._buildings[match.compound.pk]
        found = known.by_key.get(building_key(address.building), []) if address.building else known.only
        if not found and address.road and not address.lane:
            found = known.only  # the number was the compound's: 安化路185号 in 安化路185-187号小区
        standing = [row for row in found if row[2]]
        if len(standing) > 1:
            standing = [row for row in standing if row[1] == address.building] or standing
        if len(standing) == 1:
            pk = standing[0][0]
            stair = known.stairs.get(pk, {}).get(stair_key(address.stair)) if address.stair else None
            return replace(match, building=pk, stair=stair[0] if stair else None)
        if standing:
            return replace(match, how=How.AMBIGUOUS, candidates=tuple(row[1] for row in standing))
        return replace(match, how=How.NO_BUILDING, is_closed=bool(found))

    # -- the part --

    @staticmethod
    def _parts(matches: Sequence[AddressMatch]) -> dict[tuple[int, str], list[_PartRow]]:
        wanted = {(m.building, room_name(m.address.room)) for m in matches if m.building and m.address.room}
        found: dict[tuple[int, str], list[_PartRow]] = defaultdict(list)
        for some in _chunks(sorted(wanted)):
            asked = set(some)
            rows = Part.objects.filter(building__in={b for b, _r in asked}, name__in={r for _b, r in asked})
            columns = rows.values_list("pk", "building_id", "stair_id", "name", "closed_on")
            for pk, building, stair, name, closed in columns:
                if (building, name) in asked:
                    found[building, name].append((pk, stair, closed is None))
        return found

    def _roomed(self, match: AddressMatch, parts: dict[tuple[int, str], list[_PartRow]]) -> AddressMatch:
        if match.building is None or not match.address.room:
            return match
        known = self._buildings[match.compound.pk].stairs.get(match.building, {}) if match.compound else {}
        if match.address.stair and known and match.stair is None:
            return replace(match, how=How.NO_PART)
        found = parts.get((match.building, room_name(match.address.room)), [])
        if match.stair is not None:
            found = [row for row in found if row[1] == match.stair]
        standing = [row for row in found if row[2]]
        if len(standing) == 1:
            return replace(match, part=standing[0][0], stair=standing[0][1])
        if standing:
            names = dict(known.values())
            labels = tuple(f"{names.get(row[1] or 0, '')}{match.address.room}" for row in standing)
            return replace(match, how=How.AMBIGUOUS, candidates=labels)
        return replace(match, how=How.NO_PART, is_closed=bool(found))

    def match(self, texts: Sequence[str]) -> list[AddressMatch]:
        """Return what each address means, in their order; at most a few queries, however many they are."""
        placed = [self._placed(text) for text in texts]
        self._read_buildings({match.compound.pk for match in placed if match.compound})
        housed = [self._housed(match) for match in placed]
        parts = self._parts(housed)
        return [self._roomed(match, parts) for match in housed]


def _chunks(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _once(homes: Iterable[Home]) -> list[Home]:
    return list({home.pk: home for home in homes}.values())


def _division_names(homes: Sequence[Home]) -> dict[str, tuple[str, ...]]:
    """Return, for each path, the names of its street and committee, full and short."""
    codes = {path: path_codes(path) for path in {home.area_path for home in homes}}
    wanted = {code for group in codes.values() for code in group if len(code) >= 9}
    rows = Division.objects.on().filter(level__gte=Level.STREET)
    names: dict[str, tuple[str, ...]] = {}
    for some in _chunks(sorted(wanted)):
        for code, name, short in rows.filter(code__in=some).values_list("code", "name", "short_name"):
            names[code] = (name, short) if short and short != name else (name,)
    return {path: tuple(n for c in group for n in names.get(c, ())) or ("",) for path, group in codes.items()}


def _street_names(named: Iterable[tuple[str, ...]]) -> re.Pattern[str] | None:
    """Return what finds any of the streets among the names of divisions, the longest first."""
    names = {address_plain(name) for group in named for name in group if name[-1:] in STREET_ENDS}
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first))) if names else None


def _known_above(areas: Sequence[str]) -> tuple[str, ...]:
    """Return the names that an address in an area may begin with, from the top; none for several areas."""
    if len(areas) != 1:
        return ()
    rows = Division.objects.on().filter(code__in=path_codes(areas[0])).order_by("level")
    return tuple(address_plain(name) for name in rows.values_list("name", flat=True))


def addresses_match(texts: Sequence[str], area: str = "") -> list[AddressMatch]:
    """Return what each of many addresses means within an area path; for several batches keep an index."""
    return AddressIndex((area,)).match(texts)


def address_match(words: str, areas: Sequence[str] = ("",)) -> AddressMatch:
    """Return what one address means within some area paths."""
    return AddressIndex(areas).match([words])[0]
