"""The same on Spark's local cluster as in DuckDB and in plain Python, for a city and for random rules."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linli.work.benefits.engine.answers import HouseholdFacts
from linli.work.benefits.engine.cluster import Cluster, ClusterMissing
from linli.work.benefits.engine.columnar import question, verdicts
from linli.work.benefits.engine.matching import match_make, tallies
from linli.work.benefits.engine.snapshot import Snapshot, snapshot_make
from linli.work.benefits.engine.sources import SyntheticCity
from linli.work.benefits.language.columns import columns
from linli.work.benefits.language.tree import Rule

from . import trees
from .city import DAY, city, shipped_rules
from .test_agreement import DAY as TREES_DAY
from .test_agreement import LEGEND, in_plain, table_of

RULES, STANDARDS = shipped_rules(DAY)
has_spark = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
on_spark = pytest.mark.skipif(
    not has_spark, reason="no pyspark or no Java (./linli test --slow fetches them)"
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    found = Cluster("local[2]")
    yield found
    found.close()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home = tmp_path_factory.mktemp("cluster")
    source = SyntheticCity(city(home / "city", 20_000), 8_000)
    return snapshot_make(home / "snapshot", source, DAY, RULES, STANDARDS)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot that keeps nothing of households, so that a run has to gather it."""
    home = tmp_path_factory.mktemp("bare")
    return snapshot_make(home / "snapshot", SyntheticCity(city(home / "city", 3_000)), DAY, facts=columns())


@pytest.mark.slow
@on_spark
@pytest.mark.parametrize("which", ["snapshot", "bare"])
def test_a_run_on_the_cluster_is_the_run_on_this_machine(
    which: str, cluster: Cluster, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made: Snapshot = request.getfixturevalue(which)
    here = match_make(tmp_path / "here", made, RULES, DAY, STANDARDS)
    there = match_make(tmp_path / "there", made, RULES, DAY, STANDARDS, engine=cluster)
    assert there.parts == here.parts and there.parts_done == len(here.parts)
    for part in here.parts:
        one, other = (pq.read_table(run.verdicts(part)).sort_by("person") for run in (here, there))
        assert one.column_names == other.column_names
        assert one.to_pydict() == other.to_pydict()
    assert tallies(there) == tallies(here)
    assert not [path for path in (tmp_path / "there" / "verdicts").iterdir() if path.is_dir()]


@pytest.mark.slow
@on_spark
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(rules=trees.rules, homes=st.lists(trees.households, min_size=1, max_size=12))
def test_random_rules_say_the_same_on_the_cluster(
    cluster: Cluster, tmp_path: Path, rules: tuple[Rule, ...], homes: list[HouseholdFacts]
) -> None:
    asked = question(rules, TREES_DAY, trees.STANDARDS, LEGEND)
    pq.write_table(table_of(homes, LEGEND), tmp_path / "people.parquet")
    people = cluster.people(tmp_path / "people.parquet")
    said = cluster.compile(verdicts(people, asked, asked.by_policy, ["person", "household"]))
    cluster.write(said, tmp_path / "found.parquet")
    rows = pq.read_table(tmp_path / "found.parquet").sort_by("person").to_pylist()
    expected = in_plain(rules, homes)
    assert len(rows) == len(expected)
    for row, plain in zip(rows, expected, strict=True):
        for policy, answer in plain.items():
            missing = asked.legend.named(row[f"missing:{policy}"])
            assert (row[f"verdict:{policy}"], missing, row.get(f"amount:{policy}")) == answer, policy


def test_without_the_programs_for_it_the_answer_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ClusterMissing) as refused:
        Cluster("local[2]")
    assert "linli[cluster]" in refused.value.hint


def test_a_cluster_that_nobody_reaches_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: str) -> Any:
        raise ConnectionRefusedError(address)

    monkeypatch.setattr("linli.work.benefits.engine.cluster._session", refuse)
    with pytest.raises(ClusterMissing) as refused:
        Cluster("sc://spark.example.cn")
    assert "LINLI_SPARK" in refused.value.hint
