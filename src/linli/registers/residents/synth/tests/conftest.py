"""A made-up city in memory, made once for all its tests."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from linli.registers.residents.synth.areas import Shard, shards
from linli.registers.residents.synth.assumptions import figures
from linli.registers.residents.synth.calendar import day_number
from linli.registers.residents.synth.tables import TABLES, City, tables

PERSONS = 120_000
SEED = 7


def city_tables(seed: int, persons: int, area: str = "") -> Mapping[str, Any]:
    """Return the tables of a whole city, its shards one after another."""
    plan = shards(persons, area)
    city = City(seed, day_number(figures("households")["as_of"]), len(plan), {})
    made = [tables(city, shard) for shard in plan]
    joined = {name: pa.concat_tables([each[name] for each in made]) for name in TABLES}
    return {name: table.unify_dictionaries().combine_chunks() for name, table in joined.items()}


@pytest.fixture(scope="session")
def synthetic() -> Mapping[str, Any]:
    """A city of 120,000 persons in all sixteen districts."""
    return city_tables(SEED, PERSONS)


@pytest.fixture(scope="session")
def plan() -> list[Shard]:
    """Its shards."""
    return shards(PERSONS)
