"""The registry as the engine sees it: facts as whole numbers, a snapshot with keys, who is found."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from linli.core.actor import system
from linli.core.errors import NotAllowed
from linli.registers.residents.facts.services import fact_none, fact_set, fact_unknown
from linli.registers.residents.models import Household, Membership, Resident
from linli.registers.residents.tests.facts_world import SINCE, household_at, resident_at
from linli.registers.residents.tests.persons import person as person_at
from linli.work.benefits.engine.answers import HouseholdFacts
from linli.work.benefits.engine.households import households_read
from linli.work.benefits.engine.matching import Found, Matched, found, gone, match_make
from linli.work.benefits.engine.plain import judged
from linli.work.benefits.engine.snapshot import Snapshot, snapshot_make
from linli.work.benefits.engine.sources import Registry
from linli.work.benefits.language.columns import columns
from linli.work.benefits.language.tree import (
    NEVER,
    Column,
    Compare,
    Constant,
    Labelled,
    Members,
    Of,
    OneOf,
    Op,
    Over,
    Rule,
    Worth,
    Years,
)
from tests.people import Cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
ENGINE = system("benefits")
LOCAL = Labelled("本市户籍", "第二条", OneOf(Column("hukou", Of.PERSON), (1,)))
OLD = Compare(Op.AT_LEAST, Years(Column("birth", Of.PERSON)), Constant(65))
POOR = Compare(Op.LESS, Members(Over.TOTAL, Column("income", Of.PERSON)), Constant(500_000))
RULES = (
    Rule("elder", "1", Of.PERSON, LOCAL, Constant(7500), Worth(("hukou",), OLD)),
    Rule("poor", "1", Of.HOUSEHOLD, POOR),
)


@pytest.fixture
def old(cast: Cast, clock: Any) -> Resident:
    return person_at(cast.places["committee_a_place"], "陈爷爷", birth="1950-05-01", sex="m")


@pytest.fixture
def young(cast: Cast, clock: Any) -> Resident:
    return resident_at(cast.places["committee_a_place"].path)


@pytest.fixture
def home(cast: Cast, old: Resident, young: Resident) -> Household:
    return household_at(cast.places["committee_a_place"].path, old, young)


def read(home: Household) -> HouseholdFacts:
    return households_read(ENGINE, [home.pk], TODAY)[home.pk]


def test_facts_become_whole_numbers(cast: Cast, home: Household, old: Resident) -> None:
    worker, lines = cast.actor("worker"), columns()
    fact_set(actor=worker, subject=old, key="hukou", value="local")
    fact_set(actor=worker, subject=old, key="only_child_certificate", value="no")
    fact_none(actor=worker, subject=old, key="disability_grade")
    fact_none(actor=worker, subject=old, key="retired_on")
    fact_unknown(actor=worker, subject=old, key="care_level")
    fact_set(actor=worker, subject=home, key="homes", value="2")
    for period, amount in (("2026-01/wage", "9000"), ("2026-02/wage", "100"), ("2026-02/pension", "3000.50")):
        fact_set(actor=worker, subject=old, key="income", value=amount, period=period)
    seen = read(home)
    first, second = seen.members
    assert {key: first.values.get(key) for key in ("birth", "sex", "presence", "hukou", "income")} == {
        "birth": 19500501,
        "sex": 1,
        "presence": 1,
        "hukou": 1,
        "income": 310050,
    }
    assert first.values["disability_grade"] == 0
    assert first.values["retired_on"] == NEVER
    assert first.values["only_child_certificate"] == lines["only_child_certificate"].number("no")
    assert first.values["care_level"] is None
    assert first.dates["hukou"] == 20260310
    assert seen.values == {"homes": 2}
    assert second.values["birth"] is None and "hukou" not in second.values


def test_only_what_is_named_is_opened(cast: Cast, home: Household, old: Resident) -> None:
    worker = cast.actor("worker")
    fact_set(actor=worker, subject=old, key="hukou", value="local")
    fact_set(actor=worker, subject=old, key="care_level", value="3")
    seen = households_read(ENGINE, [home.pk], TODAY, ["care_level"])[home.pk]
    assert set(seen.members[0].values) == {"care_level", "presence", "district"}


def test_what_is_too_old_is_unknown_and_says_since_when(cast: Cast, home: Household, old: Resident) -> None:
    fact_set(
        actor=cast.actor("worker"), subject=old, key="hukou", value="local", collected_on=date(2023, 3, 1)
    )
    person = read(home).members[0]
    assert (person.values["hukou"], person.expired["hukou"]) == (None, 20250301)
    [line] = judged(RULES, read(home), TODAY, {})["elder"][0].trace
    assert (line.answer, line.measured[0].looked[0].expired_on) == (None, 20250301)


def test_who_is_registered_here_and_lives_elsewhere_stands_there(
    cast: Cast, home: Household, young: Resident, clock: Any
) -> None:
    other = household_at(cast.places["committee_a_place"].path)
    row = Membership(household=other, resident=young, presence="registered", from_on=SINCE)
    row.recorded_at = home.created_at
    row.save()
    assert read(other).members == ()
    Membership.objects.filter(household=home, resident=young).update(to_on=date(2026, 1, 1))
    assert [person.values["presence"] for person in read(other).members] == [2]
    assert [person.key for person in read(home).members] != [young.pk]


def test_only_machines_read_so(cast: Cast, home: Household) -> None:
    with pytest.raises(NotAllowed):
        households_read(cast.actor("worker"), [home.pk], TODAY)


def made(folder: Path, name: str) -> tuple[Snapshot, Matched]:
    snapshot = snapshot_make(folder / f"s{name}", Registry(ENGINE, TODAY), TODAY, RULES)
    return snapshot, match_make(folder / f"r{name}", snapshot, RULES, TODAY, {})


def people(batches: Any) -> list[Found]:
    return [one for batch in batches for one in batch]


def test_who_is_found_and_who_is_new(
    cast: Cast, home: Household, old: Resident, young: Resident, tmp_path: Path
) -> None:
    worker = cast.actor("worker")
    snapshot, first = made(tmp_path, "1")
    assert "resident" not in pq.read_schema(snapshot.people(snapshot.parts[0])).names
    # of the old one asking is worth it, of whom no age is known it is not
    assert people(found(first, "elder")) == [Found(old.pk, home.pk, False, ("hukou",), None, True)]
    assert people(found(first, "poor")) == []
    for resident in (old, young):
        fact_set(actor=worker, subject=resident, key="hukou", value="local")
        fact_set(actor=worker, subject=resident, key="income", value="2000", period="2026-02/wage")
    _, second = made(tmp_path, "2")
    assert people(found(second, "elder", first)) == [
        Found(old.pk, home.pk, True, (), 7500, False),
        Found(young.pk, home.pk, True, (), 7500, True),
    ]
    assert people(found(second, "poor", first)) == [Found(None, home.pk, True, (), None, True)]
    assert [list(batch) for batch in gone(first, "poor", second)] == [[(None, home.pk)]]
    assert [list(batch) for batch in gone(first, "elder", second)] == [[(young.pk, home.pk)]]
    assert list(gone(second, "elder", first)) == []
