"""Who stands on a roll, read from the registry by the rule of the ballot: one row for each elector.

Labels and remarks are written down and stay Chinese.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict
from linli.core.fields import in_areas
from linli.foundation.places.models import Part
from linli.registers.residents.holding import holds_on
from linli.registers.residents.linking.selectors import resident_linked
from linli.registers.residents.masking import name_masked
from linli.registers.residents.models import Membership, Occupancy, Owner, Ownership, Resident
from linli.registers.residents.owning.rules import Head, heads_counted, heads_rule
from linli.registers.residents.owning.selectors import OWNERS as WITH_OWNERS
from linli.registers.residents.owning.selectors import owner_name, title_counted
from linli.registers.residents.sealing import sealed_get

from ..bodies.models import Member
from .models import Ballot, Elector
from .rules import VILLAGERS

ADULT = 18
IN, DOUBT = Elector.State.IN, Elector.State.DOUBT
DEVELOPER = "developer"
MOST_LABEL, MOST_PLACE, MOST_SUBJECT = 60, 160, 200


@dataclass(frozen=True, slots=True)
class RollRow:
    """One elector to be: area and the parts' areas in 1/100 m²."""

    subject: str
    label: str
    place: str = ""
    resident_id: int | None = None
    establishment_id: int | None = None
    household_id: int | None = None
    area: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    name: str = ""
    state: str = IN
    remark: str = ""


def roll_rows(actor: Actor, ballot: Ballot, on: date) -> list[RollRow]:
    """Return the electors of a ballot on a day in the order of the roll; raises ``Conflict`` in words."""
    source = SOURCES.get(ballot.electorate)
    if source is None:
        raise Conflict(
            _("这类表决的名册不能从居民登记生成。"), hint=_("请从组织的成员名单发起表决，或逐个补入名册。")
        )
    rows = list(source(actor, ballot, on))
    if not rows:
        raise Conflict(
            _("登记里还没有这次表决的表决人。"),
            hint=_("请先在“居民”里登记房屋、产权或住户，再生成名册。"),
        )
    return rows


# -- owners ------------------------------------------------------------------------------------------------
def owners(actor: Actor, ballot: Ballot, on: date) -> Iterator[RollRow]:
    """Yield the owners of a compound, or of some of its buildings, by heads and area."""
    titles = Ownership.objects.filter(
        holds_on(on), parts_chosen(ballot, "part__"), compound=ballot.compound_id
    )
    related = titles.select_related("part__building", "part__stair").prefetch_related(WITH_OWNERS)
    order = ("part__building__sort_key", "part__stair__sort_key", "part__sort_key", "part__name", "pk")
    found = list(related.order_by(*order))
    place = {title.part_id: number for number, title in enumerate(found)}
    by_part = {title.part_id: title for title in found}
    heads = heads_counted([title_counted(title) for title in found], heads_rule(on)).heads
    for head in sorted(heads, key=lambda head: min(place[title.part] for title in head.titles)):
        yield _head_row(head, [by_part[t.part] for t in sorted(head.titles, key=lambda t: place[t.part])])


def _head_row(head: Head, titles: list[Ownership]) -> RollRow:
    owning = list(titles[0].owners.all())
    voter = None if head.is_developer else _voter(titles)
    unit = next((owner.establishment_id for owner in owning), None) if head.is_developer else None
    return RollRow(
        subject=_head_subject(head),
        label=_label([owner_name(owner) for owner in owning]) or "（产权人未登记）",
        place=_places([title.part for title in titles]),
        resident_id=voter.resident_id if voter else None,
        establishment_id=voter.establishment_id if voter else unit,
        area=head.area,
        parts=tuple((title.part_id, title.registered_area) for title in titles),
        remark="" if voter or unit else "共有人还没有推选表决人" if owning else "产权人未登记",
    )


def _head_subject(head: Head) -> str:
    if head.is_developer:
        return DEVELOPER
    names = sorted(head.titles[0].owners)
    joined = "+".join(names)
    return joined if names and len(joined) <= MOST_SUBJECT else f"p{head.titles[0].part}"


def _voter(titles: Iterable[Ownership]) -> Owner | None:
    """Return the owner who votes for all the titles of a head, where all of them name the same."""
    named = [next((owner for owner in title.owners.all() if owner.is_voter), None) for title in titles]
    keys = {(owner.resident_id, owner.establishment_id) if owner else None for owner in named}
    return named[0] if len(keys) == 1 else None


def _label(names: Iterable[str]) -> str:
    shown = "、".join(name for name in names if name)
    return shown if len(shown) <= MOST_LABEL else f"{shown[: MOST_LABEL - 1]}…"


def part_place(part: Part) -> str:
    """Return where a part is within its compound: 3号楼1单元101室."""
    return f"{part.building.name}{part.stair.name if part.stair else ''}{part.room_label}"


def _places(parts: list[Part]) -> str:
    shown = "、".join(part_place(part) for part in parts)
    if len(shown) <= MOST_PLACE:
        return shown
    return f"{part_place(parts[0])[:100]}等{len(parts)}套"


def parts_chosen(ballot: Ballot, lookup: str = "") -> Q:
    """Return the condition that a part lies in what a ballot is about; ``lookup`` leads to the part."""
    buildings = list(ballot.buildings.values_list("pk", flat=True))
    stairs = list(ballot.stairs.values_list("pk", flat=True))
    if not (buildings or stairs):
        return Q()
    return Q(**{f"{lookup}building__in": buildings}) | Q(**{f"{lookup}stair__in": stairs})


def _households_in(condition: Q, on: date) -> QuerySet[Occupancy, Any]:
    homes = Occupancy.objects.filter(holds_on(on), condition, household__isnull=False)
    return homes.values("household")


# -- adults ------------------------------------------------------------------------------------------------
def adults(actor: Actor, ballot: Ballot, on: date) -> Iterator[RollRow]:
    """Yield everybody of full age on the day who is registered in the place; who may not be, in doubt."""
    people = Resident.objects.filter(in_areas("area_path", (ballot.area_path,)), state=Resident.State.HERE)
    if ballot.compound_id:
        people = people.filter(compound=ballot.compound_id)
    if condition := parts_chosen(ballot, "part__"):
        inside = Membership.objects.filter(holds_on(on), household__in=_households_in(condition, on))
        people = people.filter(pk__in=inside.values("resident"))
    pairs = memberships_of(people, on)
    homes, households = _homes(pairs, on), dict(pairs) if counts_households(ballot) else {}
    ordered = sorted(people.iterator(), key=lambda one: (homes.get(one.pk, ("~", ""))[0], one.pk))
    for person in ordered:
        of_age = is_adult(person, on)
        if of_age is not False:
            yield RollRow(
                subject=f"r{person.pk}",
                label=name_masked(sealed_get(person, "name")) or "（姓名未登记）",
                place=homes.get(person.pk, ("", ""))[1],
                resident_id=person.pk,
                household_id=households.get(person.pk),
                state=IN if of_age else DOUBT,
                remark="" if of_age else "出生日期没有登记，请核对是否满18周岁",
            )


def is_adult(person: Resident, on: date) -> bool | None:
    """Return whether somebody is of full age on a day; ``None`` where that is not known."""
    month = person.birth_month
    if month is None:
        return None
    months = (on.year - month.year) * 12 + on.month - month.month
    if months != ADULT * 12:
        return months > ADULT * 12
    born = sealed_get(person, "birth")
    return date.fromisoformat(born).day <= on.day if born else None


Home = tuple[str, str]  # by which it is sorted, and in words


def memberships_of(people: QuerySet[Resident, Any], on: date) -> list[tuple[int, int]]:
    """Return who belongs to which household on a day; of several the last is where they live."""
    members = Membership.objects.filter(holds_on(on), resident__in=people.values("pk"))
    return list(members.order_by("-presence", "pk").values_list("resident_id", "household_id"))


def counts_households(ballot: Ballot) -> bool:
    """Whether households are counted beside heads: villagers meet by one or the other."""
    return ballot.electorate in VILLAGERS


def _homes(pairs: Iterable[tuple[int, int]], on: date) -> dict[int, Home]:
    """Return where people live (else are registered): resident → the order of the home, and its words."""
    homes = _household_homes({household for _person, household in pairs}, on)
    return {person: homes[household] for person, household in pairs if household in homes}


def _household_homes(households: Iterable[int], on: date) -> dict[int, Home]:
    rows = Occupancy.objects.filter(holds_on(on), household__pk__among=list(households)).order_by("pk")
    related = rows.select_related("part__building__compound", "part__stair")
    return {row.household_id: _home(row.part) for row in related if row.household_id}


def _home(part: Part) -> Home:
    stair = part.stair.sort_key if part.stair else ""
    key = f"{part.compound_id:09}/{part.building.sort_key}/{stair}/{part.sort_key}"
    return key, f"{part.building.compound.name}{part_place(part)}"[:MOST_PLACE]


# -- households --------------------------------------------------------------------------------------------
def households(actor: Actor, ballot: Ballot, on: date) -> Iterator[RollRow]:
    """Yield one row a household with somebody of full age; its head votes for it until it names another."""
    members = Membership.objects.filter(
        holds_on(on),
        in_areas("household__area_path", (ballot.area_path,)),
        household__ended_on__isnull=True,
        resident__state=Resident.State.HERE,
    )
    if ballot.compound_id:
        members = members.filter(household__compound=ballot.compound_id)
    if condition := parts_chosen(ballot, "part__"):
        members = members.filter(household__in=_households_in(condition, on))
    ordered = members.select_related("resident").order_by("household_id", "pk")
    by_home = {home: list(rows) for home, rows in groupby(ordered, key=lambda row: row.household_id)}
    homes = _household_homes(by_home, on)
    for household in sorted(by_home, key=lambda key: (homes.get(key, ("~", ""))[0], key)):
        row = _household_row(household, by_home[household], homes, on)
        if row is not None:
            yield row


def _household_row(
    household: int, members: list[Membership], homes: Mapping[int, Home], on: date
) -> RollRow | None:
    ages = {row.resident_id: is_adult(row.resident, on) for row in members}
    if not any(age is not False for age in ages.values()):
        return None
    is_sure = any(ages.values())
    head = next((row for row in members if row.relation == Membership.Relation.HEAD), None)
    named = head if head and ages[head.resident_id] else None
    shown = head or members[0]
    return RollRow(
        subject=f"h{household}",
        label=name_masked(sealed_get(shown.resident, "name")) or "（姓名未登记）",
        place=homes.get(household, ("", ""))[1],
        resident_id=named.resident_id if named else None,
        household_id=household,
        state=IN if is_sure else DOUBT,
        remark=_household_remark(is_sure, named is not None),
    )


def _household_remark(is_sure: bool, is_named: bool) -> str:
    if not is_sure:
        return "出生日期没有登记，请核对是否有满18周岁的成员"
    return "" if is_named else "请登记由谁代表这一户"


# -- members of a body ---------------------------------------------------------------------------------
def members(actor: Actor, ballot: Ballot, on: date) -> Iterator[RollRow]:
    """Yield who belongs to the ballot's body on a day; who has left by then does not vote."""
    rows = Member.objects.filter(body=ballot.body_id or 0, from_on__lte=on).select_related(
        "resident", "person"
    )
    for member in rows.exclude(to_on__lt=on).order_by("pk"):
        resident = member.resident or resident_linked(member.person_id)
        yield RollRow(
            subject=f"r{resident.pk}" if resident else f"m{member.pk}",
            label=name_masked(member.full_name) or "（姓名未登记）",
            place=member.speaks_for[:MOST_PLACE],
            resident_id=resident.pk if resident else None,
            name="" if resident else member.full_name,
        )


Source = Callable[[Actor, Ballot, date], Iterable[RollRow]]
SOURCES: dict[str, Source] = {
    "owners": owners,
    "owners_part": owners,
    "owners_concerned": owners,
    "residents": adults,
    "voters_registered": adults,
    "villagers": adults,
    "villagers_group": adults,
    "households": households,
    "members": members,
    "representatives": members,
}
OF_BODIES = frozenset({"members", "representatives"})
OWNERS = frozenset({"owners", "owners_part", "owners_concerned"})
