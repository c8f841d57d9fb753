"""How households hold the homes they live in, what they own besides, and who gets assistance."""

from dataclasses import dataclass

import numpy as np

from .assumptions import figures
from .draws import Flags, Floats, Ints, chosen_by, flags
from .facts import Facts, money
from .families import DORMITORY, Households
from .homes import Compounds, forms
from .persons import Persons

TENURES = ("owner", "tenant", "public", "employer", "lent")
OWNER, TENANT, PUBLIC, EMPLOYER, LENT = range(5)
ASSISTANCE = ("none", "dibao", "edge", "rigid")


@dataclass
class Holdings:
    """Arrays by household: tenure, day of moving in, assistance, money a head (fen), homes, cars, costs."""

    tenure: Ints
    moved_in: Ints
    assistance: Ints
    money_per_head: Ints
    homes: Ints
    vehicles: Ints
    medical: Ints
    education: Ints


def holdings(
    people: Persons, drawn: Households, known: Facts, compound: Ints, found: Compounds, as_of: int,
    rng: np.random.Generator,
) -> Holdings:  # fmt: skip
    """Draw what households hold; ``compound`` is where each lives."""
    count, table = len(drawn.kind), figures("facts")
    head = np.searchsorted(people.household, np.arange(count))
    tenure = _tenures(people.migrant[head], drawn, found.form[compound], rng)
    income = np.sum(list(known.incomes.values()), axis=0)
    per_head = np.bincount(people.household, weights=income, minlength=count) / drawn.sizes
    local = np.bincount(people.household, weights=~people.migrant, minlength=count) == drawn.sizes
    assistance = _assistance(per_head, local & (drawn.shape != DORMITORY), rng)
    median, spread = table["money_per_head"]
    poor = np.where(np.isin(assistance, (1, 2)), table["poor_money"], 1.0)
    cars = np.array(list(table["vehicles"].values()), dtype=float)[None, :]
    own = flags(rng, table["homes_more"], count) & (assistance == 0) & (drawn.shape != DORMITORY)
    return Holdings(
        tenure,
        _moved_in(people.birth[head], tenure, found.built[compound], as_of, rng),
        assistance,
        money(rng, median * poor, np.full(count, spread)),
        (tenure == OWNER) + own.astype(np.int64),
        chosen_by(rng, cars, np.zeros(count, dtype=np.int64)) * (assistance != 1),
        np.bincount(people.household, weights=known.medical, minlength=count).astype(np.int64),
        np.bincount(people.household, weights=known.schooling_cost, minlength=count).astype(np.int64),
    )


def _tenures(migrant: Flags, drawn: Households, form: Ints, rng: np.random.Generator) -> Ints:
    table = figures("homes")["tenures"]
    rows = [
        [float(table[name][group].get(tenure, 0)) for tenure in TENURES]
        for name in forms().tenures
        for group in ("local", "migrant")
    ]
    tenure = chosen_by(rng, np.array(rows), form * 2 + migrant)
    return np.where(drawn.shape == DORMITORY, EMPLOYER, tenure)


def _assistance(per_head: Floats, may: Flags, rng: np.random.Generator) -> Ints:
    """Grant assistance by income per head (fen a month) to some of those whom the line names."""
    poor, count = figures("facts")["poor"], len(per_head)
    line = poor["line"] * 100
    dibao = may & (per_head < line) & flags(rng, poor["dibao_taken"], count)
    edge = may & (per_head >= line) & (per_head < line * poor["edge_times"])
    edge &= flags(rng, poor["edge_taken"], count)
    rigid = may & flags(rng, poor["rigid"], count)
    return np.where(dibao, 1, np.where(edge, 2, np.where(rigid, 3, 0))).astype(np.int64)


def _moved_in(birth: Ints, tenure: Ints, built: Ints, as_of: int, rng: np.random.Generator) -> Ints:
    """Draw a day after the head's birth and the year of building, and not after the day of the city."""
    mean, spread = np.array([figures("facts")["moved_in_years"][name] for name in TENURES])[tenure].T
    years = rng.gamma((mean / spread) ** 2, spread**2 / mean)
    earliest = np.maximum(birth, ((built - 1970) * 365.2425).astype(np.int64) + 366)
    days: Ints = np.minimum(np.maximum(as_of - 1 - (years * 365.2425).astype(np.int64), earliest), as_of - 1)
    return days
