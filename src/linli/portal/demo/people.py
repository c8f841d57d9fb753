"""Who lives in the homes of the demo: invented households, made through the services, and a few stories.

Names are put together from the lists of the made-up city. Numbers have a county that there is none of, so
that they belong to nobody.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from linli.core.actor import Actor
from linli.core.clock import today
from linli.foundation.places.models import Building, Part, PartKind
from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.models import Household, Resident
from linli.registers.residents.numbers import check_digit
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services import (
    birth_register,
    establishment_open,
    household_move_in,
    household_move_out,
    household_open,
    resident_claim,
    resident_correct,
)
from linli.registers.residents.synth.assumptions import figures

from .cast import RESIDENTS
from .life import Place, Plot, Stage

NOWHERE = "310199"  # no county has this code
LIVED_IN = {"和风苑": 3, "七彩家园": 2, "敦睦里": 5}  # compound → buildings whose homes are registered
VACANT = 0.12
SEED = 20260102
KINDS = (  # how many of a hundred households
    ("couple_child", 30),
    ("couple", 24),
    ("alone_old", 12),
    ("three_generations", 12),
    ("alone", 10),
    ("tenants", 12),
)


@dataclass
class Names:
    """Names, numbers and telephones that nobody has."""

    rng: random.Random
    count: int = 0
    surnames: list[str] = field(default_factory=lambda: list(figures("names")["surnames"])[:60])

    def surname(self) -> str:
        """Return a surname, the usual ones more often."""
        return self.surnames[min(int(self.rng.expovariate(1 / 14)), len(self.surnames) - 1)]

    def person(
        self, born: date, sex: str, surname: str = "", *, name: str = "", has_phone: bool = True
    ) -> PersonEntry:
        """Return an invented person; children have no telephone."""
        self.count += 1
        full = name or (surname or self.surname()) + self._given(born, sex)
        body = f"{NOWHERE}{born:%Y%m%d}{self.count % 400 * 2 + (sex == 'm'):03}"
        is_grown = (today() - born).days > 16 * 366
        phone = f"1370000{self.count:04}" if has_phone and is_grown else ""
        return PersonEntry(full, body + check_digit(body), phone=phone)

    def _given(self, born: date, sex: str) -> str:
        eras = figures("names")["eras"]
        era = eras[max((year for year in eras if year <= born.year), default=min(eras))]
        letters = era["men" if sex == "m" else "women"]
        return "".join(self.rng.choice(letters) for _ in range(1 if self.rng.random() < 0.3 else 2))

    def born(self, least: int, most: int) -> date:
        """Return the birthday of somebody of an age between two."""
        return today() - timedelta(days=self.rng.randrange(least * 365 + 30, most * 365 + 300))


Make = Callable[[Names], list[MemberEntry]]


def _couple(names: Names, least: int = 28, most: int = 74) -> list[MemberEntry]:
    husband = names.born(least, most)
    wife = husband + timedelta(days=names.rng.randrange(-700, 1500))
    return [
        MemberEntry(names.person(husband, "m"), "head"),
        MemberEntry(names.person(wife, "f"), "spouse"),
    ]


def _couple_child(names: Names) -> list[MemberEntry]:
    surname = names.surname()
    mother = names.born(30, 45)
    father = mother - timedelta(days=names.rng.randrange(0, 1800))
    child = min(mother + timedelta(days=names.rng.randrange(24, 30) * 365), today() - timedelta(days=400))
    return [
        MemberEntry(names.person(father, "m", surname), "head"),
        MemberEntry(names.person(mother, "f"), "spouse"),
        MemberEntry(names.person(child, names.rng.choice("mf"), surname), "child", guardian=1, from_on=child),
    ]


def _three_generations(names: Names) -> list[MemberEntry]:
    surname = names.surname()
    old = names.born(62, 72)
    son, wife = old + timedelta(days=26 * 365), old + timedelta(days=27 * 365)
    child = wife + timedelta(days=29 * 365)
    return [
        MemberEntry(names.person(old, "m", surname), "head"),
        MemberEntry(names.person(old + timedelta(days=500), "f"), "spouse"),
        MemberEntry(names.person(son, "m", surname), "child"),
        MemberEntry(names.person(wife, "f"), "child_in_law"),
        MemberEntry(
            names.person(child, names.rng.choice("mf"), surname), "grandchild", guardian=3, from_on=child
        ),
    ]


def _alone_old(names: Names) -> list[MemberEntry]:
    sex = names.rng.choice("mff")
    return [MemberEntry(names.person(names.born(68, 92), sex), "head")]


def _alone(names: Names) -> list[MemberEntry]:
    return [MemberEntry(names.person(names.born(23, 58), names.rng.choice("mf")), "head")]


def _tenants(names: Names) -> list[MemberEntry]:
    two = names.rng.random() < 0.6
    return _couple(names, 24, 36) if two else _alone(names)


MAKERS: dict[str, Make] = {
    "couple": _couple,
    "couple_child": _couple_child,
    "three_generations": _three_generations,
    "alone_old": _alone_old,
    "alone": _alone,
    "tenants": _tenants,
}


def homes_of(place: Place, count: int) -> list[Part]:
    """Return the dwellings of the first buildings of a compound, in order."""
    buildings: list[Building] = place.buildings[:count]
    parts = Part.objects.filter(building__in=buildings, kind=PartKind.DWELLING).select_related("building")
    return sorted(parts, key=lambda part: (part.building.sort_key, part.sort_key))


def people_register(stage: Stage) -> int:
    """Register who lives in the first buildings of three compounds; returns how many households."""
    names, count = Names(random.Random(SEED)), 0  # noqa: S311 - a story, not a secret
    told = {part.pk for part in scene_homes(stage)}
    for place in stage.places:
        head = stage.cast[f"{place.committee}.head"]
        for part in homes_of(place, LIVED_IN.get(place.compound.name, 0)):
            if part.pk not in told and names.rng.random() > VACANT:
                _household(names, head, part)
                count += 1
    return count + _scenes(stage, names)


def _household(names: Names, actor: Actor, part: Part) -> Household:
    kinds, weights = zip(*KINDS, strict=True)
    kind = names.rng.choices(kinds, weights)[0]
    members = MAKERS[kind](names)
    grown = min((m.from_on for m in members if m.from_on), default=today())
    since = min(names.born(1, 18), grown)
    return household_open(
        actor=actor,
        part_id=part.public_id,
        members=members,
        tenure="tenant" if kind == "tenants" else names.rng.choice(["owner"] * 8 + ["public", "lent"]),
        from_on=since,
    )


# -- stories ---------------------------------------------------------------------------------------------


def scene_homes(stage: Stage) -> list[Part]:
    """Return the homes of the stories: the first of 和风苑."""
    return homes_of(stage.places[0], 1)[:8]


def _scenes(stage: Stage, names: Names) -> int:
    """Register the households that the stories are about, as they were at the beginning."""
    actor = stage.cast["dunhua.head"]
    homes = scene_homes(stage)
    stories: list[tuple[Part, list[MemberEntry], str]] = [
        (homes[0], [MemberEntry(names.person(_age(83), "f", name="顾阿婆"), "head")], "owner"),
        (homes[1], _newlyweds(names), "owner"),
        (homes[2], [MemberEntry(names.person(_age(27), "f", name="何倩"), "head")], "tenant"),
        (homes[2], [MemberEntry(names.person(_age(25), "m", name="欧阳一鸣"), "head")], "tenant"),
        (homes[2], [MemberEntry(names.person(_age(29), "f", name="迪丽娜尔·阿不都"), "head")], "tenant"),
        (homes[3], _with_grandparents(names), "owner"),
        (homes[4], _disabled(names), "public"),
        (homes[6], _signed_up(names), "owner"),
        (homes[7], _asking(names), "owner"),
    ]
    opened = [
        household_open(actor=actor, part_id=p.public_id, members=m, tenure=t, from_on=_age(6))
        for p, m, t in stories
    ]
    man = opened[6].memberships.get(relation="head").resident
    for key, value in (("disability_kind", "limbs"), ("disability_grade", "2")):
        fact_set(actor=actor, subject=man, key=key, value=value, source="disability")
    _shop(actor, stage.places[0])
    return len(opened)


def _age(years: int) -> date:
    return today() - timedelta(days=years * 365 + 120)


def _newlyweds(names: Names) -> list[MemberEntry]:
    return [
        MemberEntry(names.person(_age(33), "m", name="沈岩"), "head"),
        MemberEntry(names.person(_age(31), "f", name="俞静"), "spouse"),
    ]


def _with_grandparents(names: Names) -> list[MemberEntry]:
    child = names.person(_age(9), "f", name="周可心")
    return [
        MemberEntry(names.person(_age(66), "m", name="周德明"), "head"),
        MemberEntry(names.person(_age(64), "f", name="吴彩娣"), "spouse"),
        MemberEntry(child, "grandchild", guardian=1, guardian_kind="grandparent"),
    ]


def _disabled(names: Names) -> list[MemberEntry]:
    return [
        MemberEntry(names.person(_age(52), "m", name="单建军"), "head"),
        MemberEntry(names.person(_age(50), "f", name="仇美华"), "spouse"),
    ]


def _signed_up(names: Names) -> list[MemberEntry]:
    """The family of the demo's first resident account; she looks after her grandson."""
    boy = names.person(_age(8), "m", name="孙一诺")
    return [
        MemberEntry(names.person(_age(63), "f", name=RESIDENTS[0]), "head"),
        MemberEntry(names.person(_age(65), "m", name="孙国强"), "spouse"),
        MemberEntry(boy, "grandchild", guardian=0, guardian_kind="grandparent"),
    ]


def _asking(names: Names) -> list[MemberEntry]:
    """The couple whose husband asks for his account to be linked."""
    return [
        MemberEntry(names.person(_age(58), "m", name=RESIDENTS[1]), "head"),
        MemberEntry(names.person(_age(57), "f", name="田玉芬"), "spouse"),
    ]


def _shop(actor: Actor, place: Place) -> None:
    shop = Part.objects.filter(building=place.buildings[0], kind=PartKind.SHOP).first()
    if shop is not None:
        establishment_open(
            actor=actor,
            part_id=shop.public_id,
            name="和风便民超市",
            kind="零售",
            contact="陆老板",
            phone="13700009001",
            from_on=_age(3),
        )


def people_live(stage: Stage, end: datetime) -> Plot:
    """Let the last weeks happen: a birth, a move, a correction, a person twice, a transfer that waits."""
    actor = stage.cast["dunhua.head"]
    homes = scene_homes(stage)
    yield end - timedelta(days=24)
    _birth(actor, homes[1])
    yield end - timedelta(days=17)
    _phone_corrected(actor, homes[0])
    yield end - timedelta(days=12)
    _twice(actor, homes[2], homes[5])
    yield end - timedelta(days=9)
    _moved(actor, homes[3])
    yield end - timedelta(days=1.2)
    _claimed(stage, homes[4])


def living_at(part: Part, relation: str = "head") -> Resident:
    found: Resident = Resident.objects.filter(
        memberships__relation=relation,
        memberships__to_on=None,
        memberships__household__occupancies__part=part,
        memberships__household__occupancies__to_on=None,
    ).order_by("pk")[0]
    return found


def _household_at(part: Part) -> Household:
    here = Household.objects.filter(occupancies__part=part, occupancies__to_on=None)
    found: Household = here.order_by("pk")[0]
    return found


def _birth(actor: Actor, part: Part) -> None:
    mother, father = living_at(part, "spouse"), living_at(part)
    born = today() - timedelta(days=6)
    child = PersonEntry("沈安然", birth=born, sex="f")
    birth_register(
        actor=actor,
        mother_id=mother.public_id,
        father_id=str(father.public_id),
        person=child,
        relation="child",
        reason="出示出生医学证明",
    )


def _phone_corrected(actor: Actor, part: Part) -> None:
    who = living_at(part)
    resident_correct(
        actor=actor,
        resident_id=who.public_id,
        version=who.version,
        phone="13700009002",
        reason="本人换了手机号",
    )


def _twice(actor: Actor, first: Part, part: Part) -> None:
    """Somebody registers a tenant of the shared flat once more, without the number."""
    born = sealed_get(living_at(first), "birth")
    household_open(
        actor=actor,
        part_id=part.public_id,
        members=[MemberEntry(PersonEntry("何倩", birth=born, sex="f"), "head")],
        tenure="tenant",
    )


def _moved(actor: Actor, part: Part) -> None:
    """The grandparents are away for a week with a daughter, and come home."""
    household = _household_at(part)
    household_move_out(
        actor=actor,
        household_id=household.public_id,
        version=household.version,
        on=today() - timedelta(days=8),
        reason="到外地女儿家小住",
    )
    household.refresh_from_db()
    household_move_in(
        actor=actor,
        household_id=household.public_id,
        version=household.version,
        part_id=part.public_id,
        tenure="owner",
        reason="已回来",
    )


def _claimed(stage: Stage, part: Part) -> None:
    """The neighbouring committee asks for the couple: they are said to have moved to its compound."""
    head = living_at(part)
    person = PersonEntry(sealed_get(head, "name"), sealed_get(head, "number"))
    there = next(place for place in stage.places if place.compound.name == "七彩家园")
    free = next(
        home for home in homes_of(there, 2) if not home.occupancies.filter(to_on__isnull=True).exists()
    )
    resident_claim(
        actor=stage.cast["kongjiang.head"],
        person=person,
        part_id=free.public_id,
        is_whole_household=True,
        tenure="tenant",
        on=today() - timedelta(days=2),
    )
