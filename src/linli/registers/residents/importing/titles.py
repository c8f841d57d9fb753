"""Titles (产权) of a file: one row an owner, the rows of one part together the title. What each means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from linli.core import clock
from linli.core.errors import InvalidInput
from linli.foundation.imports.targets import Field, Kind, Row, Scope
from linli.foundation.places.models import Part

from ..entries import name_read, needs_guardian
from ..models import Establishment, Owner, Ownership, Resident
from ..numbers import Number, credit_code_read, number_plain, number_read
from ..owning.rules import OwnerEntry, area_read, share_read
from ..owning.selectors import OWNERS
from ..sealing import number_index
from . import wording
from .places import Places, places_read

CODE = "ownerships"
PLACE = ("address", "compound", "building", "stair", "room")
CODE_LENGTH = 18
ONE_VALUE = {"area": lazy("登记面积"), "kind": lazy("产权性质")}


def _share(text: str) -> str:
    share = share_read(text)
    return str(share) if share is not None else ""


def fields() -> tuple[Field, ...]:
    """Return every field of a file of titles."""
    return (
        wording.source_field(CODE, "housing"),
        *wording.address_fields(CODE),
        wording.field(CODE, "certificate", lazy("权证号"), longest=60, parse=number_plain, is_personal=True),
        wording.choice(CODE, "kind", lazy("产权性质"), Ownership.Kind, "title", is_fixable=True),
        wording.field(
            CODE, "area", lazy("登记面积"), parse=area_read, shows=wording.area_shown, is_required=True
        ),
        wording.field(
            CODE,
            "owner_name",
            lazy("产权人"),
            longest=120,
            is_personal=True,
            help=lazy("一行一位产权人；共有的，几行排在一起。"),
        ),
        wording.field(
            CODE,
            "owner_number",
            lazy("产权人证件号码"),
            longest=40,
            parse=number_plain,
            is_personal=True,
            help=lazy("个人填证件号码，单位填统一社会信用代码。"),
        ),
        wording.field(CODE, "share", lazy("份额"), parse=_share, help=lazy("如 1/2；共同共有的不填。")),
        wording.yes_no(CODE, "is_voter", lazy("表决人"), is_strict=False),
        wording.field(
            CODE,
            "from_on",
            lazy("登记日期"),
            Kind.DATE,
            help=lazy("产权人换了的，凭它判断是转移还是登记错了。"),
        ),
    )


def key(values: Mapping[str, Any]) -> str:
    """Return what names the same owner of the same title in the next file of the same office."""
    names = ("source", *PLACE, "from_on", "owner_number", "owner_name")
    return "\0".join(str(values.get(name, "")) for name in names)


def titles_gather(*, groups: Iterable[Sequence[Row]]) -> None:
    """Give every row of a title all its owners; one row that cannot be read keeps the others waiting."""
    for rows in groups:
        _contradictions(rows)
        faulty = next((row for row in rows if row.reasons), None)
        owners = [owner for owner in map(_owner, rows) if owner["name"] or owner["number"]]
        owners.sort(key=lambda owner: [*owner.values()])
        decided = {name: choice for row in rows for name, choice in row.decided.items()}
        days = [day for row in rows if (day := row.values.get("from_on"))]
        for row in rows:
            if faulty is not None and not row.reasons:
                row.reasons.append(_("同一套房屋的第%d行有问题，改好后一起导入。") % faulty.number)
            row.values["owners"] = owners
            row.values["certificate"] = rows[0].values.get("certificate", "")
            row.values |= {"from_on": max(days)} if days else {}
            row.decided = decided


def _owner(row: Row) -> dict[str, str]:
    values = row.values
    return {
        "number": values.get("owner_number", ""),
        "name": values.get("owner_name", ""),
        "share": values.get("share", ""),
        "voter": values.get("is_voter", ""),
    }


def _contradictions(rows: Sequence[Row]) -> None:
    for name, label in ONE_VALUE.items():
        said = {row.values[name] for row in rows if name in row.values}
        if len(said) > 1:
            for row in rows:
                row.reasons.append(_("同一套房屋的几行里，“%s”不一样，请核对。") % label)


@dataclass(frozen=True, slots=True)
class Party:
    """One owner of a row: who it is in the registry (``pk``, else 0), or what they would be entered as."""

    name: str
    number: str
    is_unit: bool
    pk: int
    share: Fraction | None
    is_voter: bool
    read: Number | None = None

    @property
    def who(self) -> tuple[bool, str]:
        """What tells this owner apart from others."""
        return self.is_unit, str(self.pk) if self.pk else self.number

    def kept(self, owner: Owner, *, keeps_voter: bool) -> Party:
        """Return it with the share and the vote that stand registered, where the row says nothing of them."""
        share = self.share
        if share is None and owner.numerator and owner.denominator:
            share = Fraction(owner.numerator, owner.denominator)
        return replace(self, share=share, is_voter=owner.is_voter if keeps_voter else self.is_voter)

    def entry(self, known: Mapping[tuple[bool, str], int]) -> OwnerEntry:
        """Return it as a title takes it; ``known`` adds those entered since."""
        pk = self.pk or known[self.is_unit, self.number]
        person, unit = (None, pk) if self.is_unit else (pk, None)
        return OwnerEntry(person, unit, self.share, self.is_voter)


@dataclass(slots=True)
class TitlesReading:
    """What a batch of titles is checked against; ``titles``: part → its open title with owners."""

    scope: Scope
    places: Places
    people: dict[str, Resident]
    units: dict[str, Establishment]
    titles: dict[int, Ownership]
    by_key: dict[int, Ownership]
    closed: set[int]
    ended: dict[int, date]
    parties: dict[int, list[Party]] = field(default_factory=dict)
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)

    def part(self, row: Row) -> int:
        """Return the part of a row, 0 for none."""
        where = self.places.where(row)
        return where.part if where else 0

    def owners(self, row: Row) -> list[Party]:
        """Return the owners of a row's title; raises ``InvalidInput`` for one who cannot be understood."""
        if row.number not in self.parties:
            parties = [self._party(owner) for owner in row.values["owners"]]
            if len(parties) == 1:
                parties = [replace(parties[0], is_voter=True)]
            self.parties[row.number] = parties
        return self.parties[row.number]

    def _party(self, owner: Mapping[str, str]) -> Party:
        number, name = owner["number"], " ".join(owner["name"].split())
        share = Fraction(owner["share"]) if owner["share"] else None
        is_voter = owner["voter"] == "yes"
        if not number:
            raise InvalidInput(_("产权人没有证件号码（单位填统一社会信用代码），请补上。"))
        if unit := self.units.get(number):
            return Party(unit.name, number, True, unit.pk, share, is_voter)
        if person := self.people.get(number_index(number) or ""):
            return Party(name, number, False, person.pk, share, is_voter)
        if not name:
            raise InvalidInput(_("这位产权人还没有登记，请填写姓名或单位名称。"))
        read = _number(number)
        if read is None:
            return Party(name, number, True, 0, share, is_voter)
        if needs_guardian(read.birth, clock.today()):
            raise InvalidInput(_("这位产权人未满14岁，还没有登记，请先登记本人和监护人。"))
        return Party(name_read(name), read.value, False, 0, share, is_voter, read)


def _number(number: str) -> Number | None:
    """Return a person's number, ``None`` for a credit code; raises for what is neither."""
    try:
        return number_read(number, clock.today())
    except InvalidInput:
        if len(number) == CODE_LENGTH and not number[:17].isdigit():
            credit_code_read(number)  # says what is wrong with it as one
            return None
        try:
            credit_code_read(number)
        except InvalidInput:
            pass
        else:
            return None
        raise


def titles_read(scope: Scope, rows: Sequence[Row]) -> TitlesReading:
    """Return what these rows are checked against."""
    places = places_read(scope, rows)
    numbers = {owner["number"] for row in rows for owner in row.values["owners"] if owner["number"]}
    indexes = {index for number in numbers if (index := number_index(number))}
    people = Resident.objects.filter(number_index__in=indexes)
    units = Establishment.objects.filter(credit_code__in=numbers)
    parts = list(places.parts)
    known = {row.subject for row in rows if row.subject}
    opened = Ownership.objects.filter(part__in=parts, to_on__isnull=True).prefetch_related(OWNERS)
    titles = {title.part_id: title for title in opened}
    more = Ownership.objects.filter(pk__in=known).prefetch_related(OWNERS)
    past = Ownership.objects.filter(part__in=parts, to_on__isnull=False).order_by("to_on")
    closed = Part.objects.filter(pk__in=parts, closed_on__isnull=False)
    return TitlesReading(
        scope,
        places,
        {person.number_index or "": person for person in people},
        {unit.credit_code: unit for unit in units},
        titles,
        {title.pk: title for title in (*titles.values(), *more)},
        set(closed.values_list("pk", flat=True)),
        dict(past.values_list("part_id", "to_on")),
    )
