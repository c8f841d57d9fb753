"""What is known of the persons: the keys of the dictionary of facts, with shares of what is not known.

Numbers below zero mean unknown; where there is nothing (no disability, not in school) the choice is ``none``
and money is 0. Money is in fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .assumptions import figures
from .draws import Flags, Floats, Ints, chosen, chosen_by, flags
from .families import DORMITORY, Households, Kinds
from .persons import Persons

NONE = "none"
UNKNOWN = -1
HUKOU = ("local", "elsewhere")
EDUCATION = (NONE, "primary", "junior", "senior", "college")
SCHOOLING = (
    NONE,
    "preschool",
    "primary",
    "junior",
    "senior",
    "vocational",
    "college",
    "university",
    "postgraduate",
)
OUT, PRESCHOOL, PRIMARY, JUNIOR, SENIOR, VOCATIONAL, COLLEGE, UNIVERSITY, POSTGRADUATE = range(9)
EMPLOYMENT = ("employed", "flexible", "own", "farming", "registered", "jobless", "retired", "student", NONE)
EMPLOYED, FLEXIBLE, OWN, FARMING, REGISTERED, JOBLESS, RETIRED, STUDENT, TOO_YOUNG = range(9)
MARITAL = ("single", "married", "divorced", "widowed")
DISABILITIES = (NONE, "sight", "hearing", "speech", "limbs", "intellect", "mental", "multiple")
GRADES = (NONE, "1", "2", "3", "4")
CARE_LEVELS = ("0", "1", "2", "3", "4", "5", "6")
INCOMES = ("wage", "business", "pension", "unemployment", "alimony", "property")
ADULT, WORKING_AGE = 18, 16


@dataclass
class Facts:
    """Facts by person as they are; ``hidden`` then takes away what nobody knows."""

    schooling: Ints
    education: Ints
    employment: Ints
    marital: Ints
    incomes: dict[str, Ints]
    disability: Ints
    grade: Ints
    care: Ints
    children: Ints
    certificate: Ints
    medical: Ints  # fen a year
    schooling_cost: Ints


def by_age(table: Mapping[int, Any], ages: Ints) -> Any:
    """Return the row of a table by age from which on, for each person."""
    rows = np.array([np.atleast_1d(row) for row in table.values()], dtype=np.float64)
    at = np.searchsorted(np.array(list(table)), ages, side="right") - 1
    found = rows[np.maximum(at, 0)]
    found[at < 0] = 0.0
    return found[:, 0] if rows.shape[1] == 1 else found


def money(rng: np.random.Generator, median: Floats, spread: Floats) -> Ints:
    """Draw amounts in fen around medians in yuan, to the yuan below ten thousand and to ten above."""
    yuan = median * np.exp(spread * rng.standard_normal(len(median)))
    return (np.where(yuan < 10_000, np.rint(yuan), np.rint(yuan / 10) * 10) * 100).astype(np.int64)


def facts(people: Persons, drawn: Households, rng: np.random.Generator) -> Facts:
    """Draw the facts of all persons of a shard, agreeing with age, sex, family and each other."""
    students = drawn.kind == Kinds().codes.index("dormitory_students")
    schooling = _schooling(people.age, students[people.household], rng)
    education = np.maximum(
        chosen_by(rng, np.array(list(figures("facts")["education"].values()), dtype=np.float64),
                  _rows(figures("facts")["education"], people.age)),
        np.array([0, 0, 0, 1, 2, 2, 3, 3, 4])[schooling],
    )  # fmt: skip
    employment = _employment(people, schooling, drawn.shape[people.household] == DORMITORY, rng)
    disability, grade = _disability(people, rng)
    children = _children(people)
    costs = figures("facts")
    medical = by_age(costs["medical"], people.age)
    spent = np.array([(0, 0), *(costs["education_cost"][stage] for stage in SCHOOLING[1:])], dtype=float)
    return Facts(
        schooling, education, employment, _marital(people, rng), _incomes(people, employment, rng),
        disability, grade, _care(people.age, rng), children, _certificates(people, children, rng),
        money(rng, medical[:, 0], medical[:, 1]), money(rng, *spent[schooling].T),
    )  # fmt: skip


def _rows(table: Mapping[int, Any], ages: Ints) -> Ints:
    return np.searchsorted(np.array(list(table)), ages, side="right") - 1


def _schooling(age: Ints, students: Flags, rng: np.random.Generator) -> Ints:
    table, count = figures("facts"), len(age)
    stage = np.select(
        [age < 3, age < 6, age < 11, age < 15, age < 18],
        [
            OUT,
            PRESCHOOL,
            PRIMARY,
            JUNIOR,
            np.where(flags(rng, table["vocational"], count), VOCATIONAL, SENIOR),
        ],
        np.where(flags(rng, table["vocational"], count), COLLEGE, UNIVERSITY),
    )
    stage = np.where((age >= 22) & flags(rng, table["postgraduate"], count), POSTGRADUATE, stage)
    goes = flags(rng, by_age(table["schooling"], age), count) | students
    return np.where(goes, stage, OUT).astype(np.int64)


def _employment(people: Persons, schooling: Ints, dormitory: Flags, rng: np.random.Generator) -> Ints:
    table = figures("facts")
    kinds = [table["work"][group][sex] for group in ("local", "migrant") for sex in ("women", "men")]
    works = chosen_by(rng, np.array(kinds, dtype=float), people.migrant * 2 + people.male)
    works = np.where(dormitory & (works > OWN), EMPLOYED, works)
    retires = np.where(people.male, table["retires"]["men"], table["retires"]["women"])
    found = np.where(people.age >= retires, RETIRED, works)
    student = (schooling > PRESCHOOL) & (people.age >= 6)
    return np.select([student, people.age < WORKING_AGE], [STUDENT, TOO_YOUNG], found).astype(np.int64)


def _marital(people: Persons, rng: np.random.Generator) -> Ints:
    table = figures("facts")["marital"]
    alone = chosen_by(
        rng, np.array(list(table.values()), dtype=float), np.maximum(_rows(table, people.age), 0)
    )
    alone = np.where(alone > 0, alone + 1, alone)
    has_child = np.bincount(_parents(people), minlength=people.count) > 0
    alone = np.where(has_child & (alone == 0), 2, alone)
    return np.select([people.partner >= 0, people.age < ADULT], [1, 0], alone).astype(np.int64)


def _incomes(people: Persons, employment: Ints, rng: np.random.Generator) -> dict[str, Ints]:
    table, count = figures("facts"), people.count
    group = people.migrant.astype(np.int64)

    def drawn(name: str) -> Ints:
        median, spread = np.array([table[name]["local"], table[name]["migrant"]], dtype=float)[group].T
        return money(rng, median, spread)

    old = np.array([table["pension_has"]["local"], table["pension_has"]["migrant"]])[group]
    has = {
        "wage": np.isin(employment, (EMPLOYED, FLEXIBLE)),
        "business": np.isin(employment, (OWN, FARMING)),
        "pension": (employment == RETIRED) & flags(rng, old, count),
        "unemployment": (employment == REGISTERED) & flags(rng, 0.7, count),
        "alimony": np.isin(employment, (JOBLESS, REGISTERED)) & flags(rng, table["support_has"], count),
        "property": (people.age >= 25) & flags(rng, table["property_has"], count),
    }
    amounts = {name: drawn(name) for name in ("wage", "business", "pension")}
    amounts["wage"] = np.where(employment == FLEXIBLE, amounts["wage"] * 6 // 1000 * 100, amounts["wage"])
    amounts["unemployment"] = np.full(count, int(table["unemployment"]) * 100)
    for name, key in (("alimony", "support"), ("property", "property")):
        amounts[name] = money(rng, *np.broadcast_to(np.array(table[key])[:, None], (2, count)))
    return {name: np.where(has[name], amounts[name], 0) for name in INCOMES}


def _disability(people: Persons, rng: np.random.Generator) -> tuple[Ints, Ints]:
    table, count = figures("facts"), people.count
    has = flags(rng, by_age(table["disability"], people.age), count)
    kind = chosen(rng, list(table["disability_kinds"].values()), count) + 1
    grade = chosen(rng, list(table["disability_grades"].values()), count) + 1
    return np.where(has, kind, 0), np.where(has, grade, 0)


def _care(age: Ints, rng: np.random.Generator) -> Ints:
    """Return levels of care; those who were never assessed are unknown, not level 0."""
    table, count = figures("facts"), len(age)
    assessed = flags(rng, by_age(table["care_assessed"], age), count)
    return np.where(assessed, chosen(rng, list(table["care_levels"].values()), count), UNKNOWN)


def _parents(people: Persons) -> Ints:
    """Return every row that is a mother's or father's, as often as they have children here."""
    both = np.concatenate((people.mother, people.father))
    found: Ints = both[both >= 0]
    return found


def _children(people: Persons) -> Ints:
    return np.bincount(_parents(people), minlength=people.count).astype(np.int64)


def _certificates(people: Persons, children: Ints, rng: np.random.Generator) -> Ints:
    """Say who holds the certificate of parents of an only child born in the years of that policy."""
    table = figures("facts")
    year = 1970 + (people.birth / 365.2425).astype(np.int64)
    of_years = (year >= table["only_child_since"]) & (year <= table["only_child_until"])
    eldest = np.zeros(people.count, dtype=bool)
    for parent in (people.mother, people.father):
        eldest[parent[of_years & (parent >= 0)]] = True
    couples = np.where(
        people.partner >= 0, np.minimum(people.partner, np.arange(people.count)), np.arange(people.count)
    )
    holds = flags(rng, table["only_child_holds"], people.count)[couples]  # of a couple both or none
    held: Ints = ((children == 1) & eldest & holds & ~people.migrant).astype(np.int64)
    return held
