"""One shard as Arrow tables: persons, households, parts, owners, establishments (see README.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import addresses
from .areas import COUNTY, Shard
from .assumptions import figures
from .calendar import calendar_parts, month_before
from .columns import NOBODY, dates, ids, letters, whole, words, yes_no
from .draws import Ints, chosen, flags, generator
from .facts import (
    CARE_LEVELS,
    DISABILITIES,
    EDUCATION,
    EMPLOYMENT,
    GRADES,
    HUKOU,
    INCOMES,
    MARITAL,
    SCHOOLING,
    UNKNOWN,
    Facts,
    facts,
)
from .families import DORMITORY, Households, Kinds
from .homes import Compounds, Homes, Place, compounds, forms, homes, vacancies
from .housing import ASSISTANCE, TENURES, Holdings, holdings
from .longform import long_facts
from .names import names
from .numbers import credit_codes, identity_numbers, phone_numbers
from .owning import KINDS, PUBLIC_OWNED, Titles, titles
from .persons import ID_ROOM, RELATIONS, Persons, drawn_households, persons

TABLES = ("persons", "households", "parts", "owners", "establishments")
OWN_PROVINCE = 31
PHONE_FROM = 14  # years: younger ones are reached through their guardian
SEED_ROOM = 2**62


@dataclass(frozen=True)
class City:
    """What a city is made of: seed, day, number of shards, listed compounds by committee."""

    seed: int
    as_of: int  # days since 1970
    shards: int
    listed: Mapping[str, tuple[Place, ...]]
    with_long_facts: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """Which tables each of its shards has."""
        return (*TABLES, "facts") if self.with_long_facts else TABLES

    def start(self, what: int) -> int:
        """Return a number of the seed's own from which a sequence begins."""
        return int(generator(self.seed, what).integers(0, SEED_ROOM))


@dataclass
class Made:
    """All of one shard before it becomes tables; the rows of its arrays are its own."""

    city: City
    shard: Shard
    drawn: Households
    committee: Ints  # by household
    people: Persons
    found: Compounds
    homes: Homes
    part: Ints  # by household
    known: Facts
    held: Holdings
    titles: Titles

    @property
    def base(self) -> int:
        """What is added to a row to make an id of the whole city; ids begin at 1."""
        return self.shard.index * ID_ROOM + 1


def made(city: City, shard: Shard) -> tuple[Made, np.random.Generator]:
    """Draw one shard; its generator goes on where this left off."""
    rng = generator(city.seed, 1, shard.index)
    drawn, committee = drawn_households(shard, city.as_of, rng)
    people = persons(drawn, city.as_of, rng)
    home, counts = vacancies(committee, rng)
    counts = np.concatenate((counts, np.zeros(len(shard.committees) - len(counts), dtype=np.int64)))
    found = compounds(shard, counts, city.listed, rng)
    laid = homes(committee, home, counts, found, rng)
    part = np.zeros(len(committee), dtype=np.int64)
    lived = np.flatnonzero(laid.household >= 0)
    part[laid.household[lived]] = lived
    known = facts(people, drawn, rng)
    held = holdings(people, drawn, known, laid.compound[part], found, city.as_of, rng)
    owned = titles(people, drawn, held, laid, found, city.as_of, rng)
    return Made(city, shard, drawn, committee, people, found, laid, part, known, held, owned), rng


def tables(city: City, shard: Shard) -> dict[str, Any]:
    """Make one shard and return its tables by name."""
    it, rng = made(city, shard)
    parts = _parts(it, rng)
    people = _persons(it, rng)
    found = {
        "persons": people,
        "households": _households(it, rng),
        "parts": parts,
        "establishments": _establishments(it, rng),
        "owners": _owners(it),
    }
    if city.with_long_facts:
        found["facts"] = long_facts(found, month_before(city.as_of))
    return found


def _placed(it: Made, committee: Ints) -> dict[str, Any]:
    """Return the columns that say where a row is."""
    members = it.shard.committees
    return {
        "district": words(np.zeros(len(committee), dtype=np.int64), [members[0].code[:COUNTY]]),
        "committee": words(committee, [each.code for each in members]),
        "area_path": words(committee, [each.area_path for each in members]),
    }


def _hide(values: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Take away what nobody knows of so many."""
    return np.where(flags(rng, share, len(values)), UNKNOWN, values)


def _persons(it: Made, rng: np.random.Generator) -> Any:
    people, base = it.people, it.base
    committee = it.committee[people.household]
    province, hukou = _hukou(it, committee, rng)
    order = np.arange(people.count) + it.shard.first
    numbers = identity_numbers(
        people.birth, people.male, province, it.shard.index, it.city.shards, it.city.start(2)
    )
    phones = phone_numbers(order, it.city.start(3))
    has_phone = (people.age >= PHONE_FROM) & ~flags(rng, figures("facts")["unknown"]["phone"], people.count)
    moved_in = np.maximum(it.held.moved_in[people.household], people.birth)
    return pa.table(
        {
            "person_id": ids(np.arange(people.count), base),
            "household_id": ids(people.household, base),
            "part_id": ids(it.part[people.household], base),
            **_placed(it, committee),
            "relation": words(people.relation, [code for code, _word in RELATIONS]),
            "kinship": words(people.relation, [word for _code, word in RELATIONS]),
            "mother_id": ids(people.mother, base),
            "father_id": ids(people.father, base),
            "partner_id": ids(people.partner, base),
            "name": names(people.surname, people.birth, people.male, rng),
            "sex": words(people.male.astype(np.int64), ("f", "m")),
            "birth": dates(people.birth),
            "number": letters(numbers),
            "phone": letters(phones, has_phone),
            "moved_in_on": dates(moved_in),
            **hukou,
            **_fact_columns(it, rng),
        }
    )


def _hukou(it: Made, committee: Ints, rng: np.random.Generator) -> tuple[Ints, dict[str, Any]]:
    """Return the province of each person's number, and the columns of registration."""
    figure, people = figures("facts"), it.people
    origins = figure["origins"]
    drawn = np.array(list(origins))[chosen(rng, list(origins.values()), len(it.drawn.kind))]
    province = np.where(people.migrant, drawn[people.household], OWN_PROVINCE)
    here = ~people.migrant & flags(rng, figure["registered_here"], len(it.drawn.kind))[people.household]
    codes = [each.code for each in it.shard.committees]
    districts = figures("census")["districts"]
    elsewhere = chosen(rng, list(districts.values()), len(it.drawn.kind))[people.household] + len(codes)
    provinces = {int(code): len(codes) + len(districts) + at for at, code in enumerate(origins)}
    away = np.array([provinces.get(code, 0) for code in range(100)])[province]
    place = np.where(here, committee, np.where(people.migrant, away, elsewhere))
    listed = [*codes, *(str(code) for code in districts), *(f"{code}0000" for code in origins)]
    permit = np.where(people.migrant, flags(rng, figure["residence_permit"], people.count), 0)
    unknown = figure["unknown"]
    return province, {
        "hukou": words(people.migrant.astype(np.int64), HUKOU),
        "hukou_place": words(_hide(place, unknown["hukou_place"], rng), listed),
        "is_registered_here": pa.array(here),
        "residence_permit": yes_no(_hide(permit, unknown["residence_permit"], rng)),
    }


def _fact_columns(it: Made, rng: np.random.Generator) -> dict[str, Any]:
    known, unknown = it.known, figures("facts")["unknown"]
    disability_unknown = flags(rng, unknown["disability"], it.people.count)
    children = np.where(it.people.age >= 20, known.children, 0)
    return {
        "marital": words(_hide(known.marital, unknown["marital"], rng), MARITAL),
        "education": words(_hide(known.education, unknown["education"], rng), EDUCATION),
        "schooling": words(_hide(known.schooling, unknown["schooling"], rng), SCHOOLING),
        "employment": words(_hide(known.employment, unknown["employment"], rng), EMPLOYMENT),
        **{f"income_{name}": whole(_hide(known.incomes[name], unknown["income"], rng)) for name in INCOMES},
        "disability_kind": words(np.where(disability_unknown, UNKNOWN, known.disability), DISABILITIES),
        "disability_grade": words(np.where(disability_unknown, UNKNOWN, known.grade), GRADES),
        "care_level": words(known.care, CARE_LEVELS),
        "children": whole(_hide(children, unknown["children"], rng), np.int8),
        "only_child_certificate": yes_no(_hide(known.certificate, unknown["only_child_certificate"], rng)),
    }


def _households(it: Made, rng: np.random.Generator) -> Any:
    count, held, unknown = len(it.drawn.kind), it.held, figures("facts")["unknown"]
    head = np.searchsorted(it.people.household, np.arange(count))
    kind = (it.drawn.shape == DORMITORY).astype(np.int64)
    numbers = it.base + np.arange(count)
    return pa.table(
        {
            "household_id": ids(np.arange(count), it.base),
            "part_id": ids(it.part, it.base),
            "head_id": ids(head, it.base),
            **_placed(it, it.committee),
            "number": pc.binary_join_element_wise("S", pa.array(numbers).cast(pa.string()), ""),
            "kind": words(kind, ("family", "collective")),
            "form": words(it.drawn.kind, Kinds().codes),
            "size": whole(it.drawn.sizes, np.int8),
            "tenure": words(held.tenure, TENURES),
            "moved_in_on": dates(held.moved_in),
            "assistance": words(held.assistance, ASSISTANCE),
            "money_per_head": whole(_hide(held.money_per_head, unknown["money_per_head"], rng)),
            "homes": whole(_hide(held.homes, unknown["homes"], rng), np.int8),
            "vehicles": whole(_hide(held.vehicles, unknown["vehicles"], rng), np.int8),
            "medical_cost": whole(_hide(held.medical, unknown["medical_cost"], rng)),
            "education_cost": whole(_hide(held.education, unknown["education_cost"], rng)),
        }
    )


def _parts(it: Made, rng: np.random.Generator) -> Any:
    laid, found, base = it.homes, it.found, it.base
    names_, begins = addresses.compound_words(it.shard, found)
    form = found.form[laid.compound]
    positions = {
        axis: pa.array([getattr(place, axis) for place in found.places], pa.float64()).take(
            pa.array(laid.compound)
        )
        for axis in ("lng", "lat")
    }
    shop = laid.is_shop.astype(np.int64)
    return pa.table(
        {
            "part_id": ids(np.arange(len(laid.compound)), base),
            "household_id": ids(laid.household, base),
            **_placed(it, found.committee[laid.compound]),
            "compound": words(laid.compound, names_),
            "compound_address": words(laid.compound, begins),
            **positions,
            "building": addresses.buildings(laid, found),
            "stair": addresses.stairs(laid, found),
            "floor": whole(laid.floor, np.int16),
            "room": addresses.rooms(laid, found),
            "address": addresses.addresses(it.shard, laid, found),
            "said_address": addresses.said(it.shard, laid, found, rng),
            "kind": words(shop, ("dwelling", "shop")),
            "housing_type": words(
                np.where(laid.is_shop, len(forms().types), form), [*forms().types, "business"]
            ),
            "built_year": whole(found.built[laid.compound], np.int16),
            "floors": whole(found.floors[laid.compound], np.int16),
            "area": whole(laid.area),
            "has_lift": pa.array(laid.lift),
        }
    )


def _owners(it: Made) -> Any:
    owned = it.titles
    kind, unit = owned.kind, owned.person < 0
    unit_order = it.shard.index * 2 + (kind == PUBLIC_OWNED)
    codes = credit_codes(np.where(unit, unit_order, 0), np.ones(len(kind), dtype=bool))
    district = it.shard.committees[0].district
    names_ = np.where(
        kind == PUBLIC_OWNED, f"{district}公房管理{it.shard.index}所", f"{district}开发{it.shard.index}公司"
    )
    year = calendar_parts(owned.since)[0]
    number = it.shard.index * ID_ROOM + np.maximum(owned.deed, 0)
    deed = pc.binary_join_element_wise(
        "沪（",
        pa.array(year).cast(pa.string()),
        "）试字不动产权第",
        pa.array(number).cast(pa.string()),
        "号",
        "",
    )
    return pa.table(
        {
            "part_id": ids(owned.part, it.base),
            "kind": words(kind, KINDS),
            "person_id": ids(np.where(unit, NOBODY, owned.person), it.base),
            "unit": pc.if_else(pa.array(unit), pa.array(names_), None).dictionary_encode(),
            "unit_code": letters(codes, unit).dictionary_encode(),
            "numerator": whole(np.where(owned.share > 0, 1, NOBODY), np.int8),
            "denominator": whole(np.where(owned.share > 0, owned.share, NOBODY), np.int8),
            "is_voter": pa.array(owned.voter),
            "registered_area": whole(it.homes.area[owned.part]),
            "certificate": pc.if_else(pa.array(owned.deed >= 0), deed, None),
            "from_on": dates(owned.since),
        }
    )


def _establishments(it: Made, rng: np.random.Generator) -> Any:
    words_, shops = figures("homes"), np.flatnonzero(it.homes.is_shop)
    open_ = shops[flags(rng, 0.86, len(shops))]
    trade = rng.integers(0, len(words_["trades"]), len(open_))
    firm = trade >= words_["firms_from"]
    order = 10_000_000 + it.shard.index * 10_000 + np.arange(len(open_))
    heads = [pa.array(list(words_[name])).take(pa.array(rng.integers(0, len(words_[name]), len(open_))))
             for name in ("road_first", "road_second")]  # fmt: skip
    committee = it.found.committee[it.homes.compound[open_]]
    phones = phone_numbers(99_000_000 + order % 1_000_000, it.city.start(3))
    return pa.table(
        {
            "establishment_id": ids(np.arange(len(open_)), it.base),
            "part_id": ids(open_, it.base),
            **_placed(it, committee),
            "name": pc.binary_join_element_wise(
                it.shard.committees[0].district, *heads, pa.array(words_["trades"]).take(pa.array(trade)), ""
            ),
            "credit_code": letters(credit_codes(order, firm)),
            "kind": words(firm.astype(np.int64), ("个体工商户", "企业")),
            "phone": letters(phones),
        }
    )
