"""The ten rules in OpenFisca-Core, over the raw files: run by an interpreter that has it, never imported.

``fisca_oracle.py CITY DAY OUT`` prints the seconds of loading and computing, those of computing again
(median; kept as arrays, and counted too) and how many are eligible by rule; it writes verdicts by person.
What is not known is nothing here: OpenFisca has two answers.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Person = build_entity("person", "persons", "", is_person=True)
Household = build_entity("household", "households", "", roles=[{"key": "member", "plural": "members"}])
DIBAO = 159_500
AGAIN = 15
INCOMES = ("wage", "business", "pension", "unemployment", "alimony", "property")


def _variable(name, entity, kind, formula=None):
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def _years(person, period):
    return (DAY - person("birth", period) - 1) // 10000


INPUTS = ("birth", "hukou", "income", "grade", "kind", "job")
HOME = {
    "heads": lambda home, period: home.nb_persons(),
    "total": lambda home, period: home.sum(home.members("income", period)),
    "per_head": lambda home, period: (
        (2 * home("total", period) + home("heads", period)) // (2 * home("heads", period))
    ),
    "poor": lambda home, period: home("per_head", period) < DIBAO,
    "near": lambda home, period: (home("per_head", period) >= DIBAO) * (home("per_head", period) < 2 * DIBAO),
    "small_child": lambda home, period: home.any(home.members("age", period) < 3),
    "very_old": lambda home, period: home.any(home.members("age", period) >= 80),
}
OWN = {
    "elder": lambda p, t: (p("hukou", t) == 1) * (p("age", t) >= 65),
    "poor_": lambda p, t: p.household("poor", t),
    "near_": lambda p, t: p.household("near", t),
    "minor": lambda p, t: p.household("poor", t) * (p("age", t) < 16),
    "jobless": lambda p, t: (
        (p("hukou", t) == 1)
        * ((p("grade", t) == 1) + (p("grade", t) == 2))
        * ((p("job", t) == 5) + (p("job", t) == 6))
    ),
    "living": lambda p, t: (p("grade", t) >= 1) * (p.household("poor", t) + p.household("near", t)),
    "nursing": lambda p, t: (
        (p("grade", t) == 1)
        + (p("grade", t) == 2)
        + (p("grade", t) == 3) * ((p("kind", t) == 5) + (p("kind", t) == 6))
    ),
    "child": lambda p, t: p.household("small_child", t) * (p.household("poor", t) + p.household("near", t)),
    "large": lambda p, t: (p.household("heads", t) >= 5) * (p.household("total", t) < 10 * DIBAO),
    "old_home": lambda p, t: p.household("very_old", t) * (p.household("heads", t) <= 2),
}


def _system():
    system = TaxBenefitSystem([Person, Household])
    for name in INPUTS:
        system.add_variable(_variable(name, Person, int))
    system.add_variable(_variable("age", Person, int, _years))
    numbers = ("heads", "total", "per_head")
    for name, formula in HOME.items():
        kind = int if name in numbers else bool
        system.add_variable(_variable(name, Household, kind, formula))
    for name, formula in OWN.items():
        system.add_variable(_variable(name, Person, bool, formula))
    return system


def _placed(column, words):
    places = {word: at for at, word in enumerate(words, 1)}
    encoded = column.combine_chunks()
    encoded = encoded if pa.types.is_dictionary(encoded.type) else encoded.dictionary_encode()
    known = np.array([places.get(word, 0) for word in encoded.dictionary.to_pylist()], dtype=np.int32)
    return known[encoded.indices.fill_null(0).to_numpy()] * encoded.is_valid().to_numpy(zero_copy_only=False)


def _columns(folder):
    names = ["household_id", "birth", "hukou", "disability_grade", "disability_kind", "employment"]
    table = pq.read_table(folder / "persons", columns=[*names, *(f"income_{source}" for source in INCOMES)])
    days = table["birth"].to_numpy().astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]").astype(int) + 1970
    birth = years * 10000 + (months.astype(int) % 12 + 1) * 100 + (days - months).astype(int) + 1
    income = sum(table[f"income_{source}"].fill_null(0).to_numpy() for source in INCOMES)
    jobs = ("employed", "flexible", "own", "farming", "registered", "jobless", "retired", "student")
    kinds = ("sight", "hearing", "speech", "limbs", "intellect", "mental", "multiple")
    hukou = ("local", "elsewhere", "hmt", "foreign", "absent")
    return table["household_id"].to_numpy(), {
        "birth": birth,
        "hukou": _placed(table["hukou"], hukou),
        "income": income,
        "grade": _placed(table["disability_grade"], ("1", "2", "3", "4")),
        "kind": _placed(table["disability_kind"], kinds),
        "job": _placed(table["employment"], jobs),
    }


def _simulation(folder):
    households, columns = _columns(folder)
    system, builder = _system(), SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(len(households)))
    homes = builder.declare_entity("household", np.unique(households))
    builder.join_with_persons(homes, households, roles=np.full(len(households), "member"))
    simulation = builder.build(system)
    for name, values in columns.items():
        simulation.set_input(name, PERIOD, values)
    return simulation


def _computed(simulation):
    """Compute the ten rules, then count who is eligible; verdicts, counts and the seconds of both."""
    for name in (*HOME, "age", *OWN):
        simulation.delete_arrays(name)
    began = time.perf_counter()
    verdicts = {name.rstrip("_"): simulation.calculate(name, PERIOD) for name in OWN}
    computed = time.perf_counter()
    eligible = {name: int(np.count_nonzero(holds)) for name, holds in verdicts.items()}
    return verdicts, eligible, computed - began, time.perf_counter() - began


folder, DAY, out = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
PERIOD = f"{DAY // 10000}-{DAY // 100 % 100:02}"
began, busy_before = time.perf_counter(), time.process_time()
simulation = _simulation(folder)
loaded = time.perf_counter()
verdicts, eligible, computing, _ = _computed(simulation)
busy = time.process_time()
pq.write_table(pa.table(verdicts), out)
again = [_computed(simulation)[2:] for _ in range(AGAIN)]
arrays, counted = (statistics.median(seconds) for seconds in zip(*again, strict=True))
seconds = {"load": loaded - began, "compute": computing, "arrays": arrays, "counted": counted}
print(json.dumps(seconds | {"cpu": busy - busy_before, "eligible": eligible}))
