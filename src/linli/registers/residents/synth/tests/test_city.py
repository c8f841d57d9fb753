"""The made-up city as a whole: the census, families, numbers, homes, titles; and what it never says."""

import csv
import datetime
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from linli.registers.residents.entries import name_read, phone_read
from linli.registers.residents.facts.dictionary import dictionary
from linli.registers.residents.facts.values import canonical
from linli.registers.residents.models import Household, Membership, Occupancy, Ownership, Resident
from linli.registers.residents.numbers import credit_check, credit_code_read, number_read
from linli.registers.residents.synth.areas import Shard
from linli.registers.residents.synth.assumptions import figures
from linli.registers.residents.synth.calendar import ages_on, day_number
from linli.registers.residents.synth.headings import FILES, NOTHING
from linli.registers.residents.synth.homes import made_place
from linli.registers.residents.synth.longform import long_facts
from linli.registers.residents.synth.tests.conftest import PERSONS, SEED, city_tables

Tables = Mapping[str, Any]
AS_OF = figures("households")["as_of"]
TOLERANCE = figures("census")["tolerance_points"] / 100
FORBIDDEN = re.compile("nation|ethnic|民族|religio|信仰|宗教|politic|party|党|政治", re.IGNORECASE)


def _column(table: Any, name: str) -> Any:
    return table[name].to_numpy(zero_copy_only=False)


def _ages(people: Any) -> Any:
    return ages_on(_days(people, "birth"), day_number(AS_OF))


def _days(table: Any, name: str) -> Any:
    return _column(table, name).astype("datetime64[D]").astype(np.int64)


def _published(shared_data: Path) -> dict[str, float]:
    with (shared_data / "population/shanghai_census2020_city.csv").open(encoding="utf-8") as file:
        return {row["item"]: float(row["value"]) for row in csv.DictReader(file)}


def test_ages_and_sexes_are_those_of_the_census(synthetic: Tables, shared_data: Path) -> None:
    people, census = synthetic["persons"], _published(shared_data)
    ages = _ages(people)
    found = {
        "age_0_14": (ages <= 14).mean(),
        "age_15_59": ((ages >= 15) & (ages < 60)).mean(),
        "age_60_plus": (ages >= 60).mean(),
        "age_65_plus": (ages >= 65).mean(),
        "male": (_column(people, "sex") == "m").mean(),
        "from_other_provinces": (_column(people, "hukou") == "elsewhere").mean(),
    }
    wanted = {name: census[name] / census["total"] for name in found}
    assert found == pytest.approx(wanted, abs=TOLERANCE)


def test_households_are_those_of_the_census(synthetic: Tables, shared_data: Path) -> None:
    homes, census = synthetic["households"], _published(shared_data)
    family = _column(homes, "kind") == "family"
    sizes = _column(homes, "size")
    assert sizes[family].mean() == pytest.approx(census["persons_per_family_household"], abs=0.03)
    wanted = census["family_household_population_10k"] * 10_000 / census["total"]
    assert sizes[family].sum() / sizes.sum() == pytest.approx(wanted, abs=TOLERANCE)
    collective = census["collective_households_10k"] * 10_000 / census["total"]
    assert (~family).sum() / sizes.sum() == pytest.approx(collective, abs=TOLERANCE)
    assert set(sizes) == {1, 2, 3, 4, 5, 6}


def test_districts_are_those_of_the_census(synthetic: Tables, shared_data: Path) -> None:
    with (shared_data / "population/shanghai_census2020_districts.csv").open(encoding="utf-8") as file:
        published = {row["code"]: int(row["resident_population_2020"]) for row in csv.DictReader(file)}
    total = sum(published.values())
    counts = Counter(synthetic["persons"]["district"].to_pylist())
    assert len(published) == 16
    assert sum(counts.values()) == PERSONS
    for code, count in published.items():
        assert counts[code] == pytest.approx(count * PERSONS / total, abs=1)


def test_education_is_near_the_census(synthetic: Tables, shared_data: Path) -> None:
    people, census = synthetic["persons"], _published(shared_data)
    known = Counter(word for word in people["education"].to_pylist() if word)
    found = {
        "edu_college_plus": known["college"],
        "edu_senior_secondary": known["senior"],
        "edu_junior_secondary": known["junior"],
        "edu_primary": known["primary"],
    }
    for name, count in found.items():
        assert count / known.total() == pytest.approx(census[name] / census["total"], abs=0.03), name


def test_persons_keep_to_their_committees(synthetic: Tables, plan: list[Shard]) -> None:
    counts = Counter(synthetic["persons"]["committee"].to_pylist())
    wanted = {
        each.code: count
        for shard in plan
        for each, count in zip(shard.committees, shard.persons, strict=True)
    }
    assert set(counts) <= set(wanted)
    assert max(abs(counts[code] - count) for code, count in wanted.items()) <= 6  # a household is not cut


def test_same_seed_same_city(synthetic: Tables) -> None:
    again = city_tables(SEED, PERSONS)
    assert all(table.equals(again[name]) for name, table in synthetic.items())


def test_two_seeds_are_two_cities() -> None:
    one, other = (city_tables(seed, 3_000, "310104")["persons"] for seed in (1, 2))
    assert one.num_rows == other.num_rows == 3_000
    for name in ("name", "birth", "number", "phone"):
        same = pc.sum(pc.equal(one[name], other[name])).as_py() or 0
        assert same < 300, name


def test_no_two_persons_share_a_number_or_a_phone(synthetic: Tables) -> None:
    people = synthetic["persons"]
    assert pc.count_distinct(people["number"]).as_py() == PERSONS
    phones = people["phone"].drop_null()
    assert pc.count_distinct(phones).as_py() == len(phones) > PERSONS * 0.8
    assert pc.count_distinct(people["person_id"]).as_py() == PERSONS


def test_no_copies_of_the_same_people(synthetic: Tables) -> None:
    people = synthetic["persons"]
    looks = zip(people["name"].to_pylist(), people["birth"].to_pylist(), strict=True)
    assert len(set(looks)) > PERSONS * 0.99


def test_numbers_are_well_formed_and_never_issued(synthetic: Tables) -> None:
    people = synthetic["persons"]
    rows = zip(*(people[name].to_pylist() for name in ("number", "birth", "sex", "hukou")), strict=True)
    for number, birth, sex, hukou in rows:
        read = number_read(number, AS_OF)
        assert (read.birth, read.sex, number[2:4]) == (birth, sex, "99")
        assert (number[:2] == "31") == (hukou == "local")


def test_names_and_phones_are_read_as_they_are(synthetic: Tables) -> None:
    people = synthetic["persons"]
    found = set(people["name"].to_pylist())
    assert {name for name in found if name_read(name) != name} == set()
    assert any("·" in name and len(name) > 8 for name in found)
    assert any("㛃" in name for name in found) and any("𬭩" in name for name in found)
    assert any(name.startswith("欧阳") for name in found)
    assert {len(name) for name in found} >= {2, 3, 4}
    for phone in people["phone"].drop_null().to_pylist()[:2_000]:
        assert phone.startswith("154") and phone_read(phone) == phone


def test_credit_codes_are_right(synthetic: Tables) -> None:
    codes = synthetic["establishments"]["credit_code"].to_pylist()
    units = [code for code in synthetic["owners"]["unit_code"].to_pylist() if code]
    assert len(codes) == len(set(codes)) > 500 and units
    for code in {*codes, *units}:
        assert credit_code_read(code) == code and credit_check(code[:17]) == code[17]
        assert code[2:6] == "3199"


def test_a_household_has_one_head(synthetic: Tables) -> None:
    people, homes = synthetic["persons"], synthetic["households"]
    heads = _column(people, "relation") == "head"
    assert _column(people, "household_id")[heads].tolist() == _column(homes, "household_id").tolist()
    assert _column(people, "person_id")[heads].tolist() == _column(homes, "head_id").tolist()
    sizes = Counter(people["household_id"].to_pylist())
    assert [sizes[row] for row in homes["household_id"].to_pylist()] == homes["size"].to_pylist()
    ids = _column(people, "household_id")
    assert (np.diff(ids) >= 0).all()


def test_parents_are_old_enough(synthetic: Tables) -> None:
    people = synthetic["persons"]
    row = {person: at for at, person in enumerate(people["person_id"].to_pylist())}
    births, sexes = _days(people, "birth"), _column(people, "sex")
    for column, sex, oldest in (("mother_id", "f", 45), ("father_id", "m", 105)):
        pairs = [(at, row[of]) for at, of in enumerate(people[column].to_pylist()) if of is not None]
        assert len(pairs) > PERSONS * 0.15
        child, parent = np.array(pairs).T
        years = np.array(
            [ages_on(births[p : p + 1], int(births[c]))[0] for c, p in zip(child, parent, strict=True)]
        )
        assert set(sexes[parent]) == {sex}
        assert years.min() >= 18 and years.max() <= oldest
    ages = _ages(people)
    assert ages.min() == 0 and 100 <= ages.max() <= 106
    assert births.max() <= day_number(AS_OF)


def test_partners_are_each_others_and_of_age(synthetic: Tables) -> None:
    people = synthetic["persons"]
    partner = dict(zip(people["person_id"].to_pylist(), people["partner_id"].to_pylist(), strict=True))
    assert all(partner[other] == one for one, other in partner.items() if other is not None)
    ages, sexes = _ages(people), _column(people, "sex")
    has = np.array([other is not None for other in partner.values()])
    assert ages[has & (sexes == "f")].min() >= 20
    assert ages[has & (sexes == "m")].min() >= 22
    marital = np.array(people["marital"].to_pylist(), dtype=object)
    assert set(marital[has]) == {"married", None}
    assert set(marital[ages < 18]) == {"single", None}


def test_kinds_of_households_are_all_there(synthetic: Tables) -> None:
    homes = synthetic["households"]
    assert set(homes["form"].to_pylist()) == set(figures("households")["kinds"])


def test_facts_agree_with_each_other(synthetic: Tables) -> None:
    people = synthetic["persons"]
    ages = _ages(people)
    rows = [people[name].to_pylist() for name in ("schooling", "employment", "education", "income_pension")]
    for age, schooling, employment, education, pension in zip(ages, *rows, strict=True):
        if schooling not in ("none", "preschool", None) and age >= 6:
            assert employment in ("student", None)
        if age < 6:
            assert education in ("none", None)
        if employment == "employed":
            assert age >= 16 and not pension


def test_unknown_differs_from_none(synthetic: Tables) -> None:
    people, homes = synthetic["persons"], synthetic["households"]
    kinds = people["disability_kind"].to_pylist()
    grades = people["disability_grade"].to_pylist()
    assert {None, "none", "limbs"} <= set(kinds)
    assert all((kind == "none") == (grade == "none") for kind, grade in zip(kinds, grades, strict=True))
    care = people["care_level"].to_pylist()
    assert {None, "0", "6"} <= set(care)
    assert {level for level, age in zip(care, _ages(people), strict=True) if age < 60} == {None}
    wages = people["income_wage"].to_pylist()
    assert None in wages and 0 in wages
    for name in ("money_per_head", "medical_cost", "vehicles"):
        share = homes[name].null_count / homes.num_rows
        assert share == pytest.approx(figures("facts")["unknown"][name], abs=0.02)


def test_assistance_follows_income(synthetic: Tables) -> None:
    counts = Counter(synthetic["households"]["assistance"].to_pylist())
    assert 0.002 < counts["dibao"] / counts.total() < 0.03
    assert counts["edge"] and counts["rigid"]


def test_homes_have_one_address_each(synthetic: Tables) -> None:
    parts, homes = synthetic["parts"], synthetic["households"]
    assert pc.count_distinct(parts["address"]).as_py() == parts.num_rows
    lived = [of for of in parts["household_id"].to_pylist() if of is not None]
    assert sorted(lived) == homes["household_id"].to_pylist()
    vacant = 1 - homes.num_rows / pc.sum(pc.equal(parts["kind"], "dwelling")).as_py()
    assert vacant == pytest.approx(figures("homes")["vacant"], abs=0.02)
    assert (_column(parts, "area") > 0).all()
    assert {"住宅", "lift"}.isdisjoint(parts.column_names)


def test_neighbours_in_a_building_share_its_lift_and_year(synthetic: Tables) -> None:
    parts = synthetic["parts"]
    columns = ("committee", "compound", "building", "stair", "room", "has_lift", "built_year")
    rows = list(zip(*(parts[name].to_pylist() for name in columns), strict=True))
    assert len({row[:5] for row in rows}) == len(rows)
    buildings: dict[Any, set[Any]] = {}
    for row in rows:
        buildings.setdefault(row[:3], set()).add(row[5:])
    assert {len(found) for found in buildings.values()} == {1}


def test_titles_add_up(synthetic: Tables) -> None:
    owners = synthetic["owners"]
    names = ("part_id", "kind", "person_id", "unit", "numerator", "denominator", "is_voter")
    by_part: dict[int, list[Any]] = {}
    for part, *rest in zip(*(owners[name].to_pylist() for name in names), strict=True):
        by_part.setdefault(part, []).append(rest)
    assert sorted(by_part) == synthetic["parts"]["part_id"].to_pylist()
    several = Counter()
    for rows in by_part.values():
        assert sum(row[-1] for row in rows) == 1
        assert all((row[1] is None) != (row[2] is None) for row in rows)
        assert all((row[0] == "sold") == (row[1] is not None) for row in rows)
        shares = [row[3] / row[4] for row in rows if row[3]]
        assert not shares or sum(shares) == 1
        several[rows[0][1]] += 1
    assert several.most_common(3)[1][1] > 1  # some own several parts


def test_codes_are_those_of_the_registry(synthetic: Tables) -> None:
    people, homes, parts, owners = (synthetic[name] for name in ("persons", "households", "parts", "owners"))
    from linli.foundation.places.models import HousingType, PartKind

    for column, choices in (
        (people["relation"], Membership.Relation),
        (people["sex"], Resident.Sex),
        (homes["kind"], Household.Kind),
        (homes["tenure"], Occupancy.Tenure),
        (parts["kind"], PartKind),
        (parts["housing_type"], HousingType),
        (owners["kind"], Ownership.Kind),
    ):
        assert set(column.unique().to_pylist()) <= set(choices.values)


def test_nothing_is_said_of_ethnicity_religion_or_politics(synthetic: Tables) -> None:
    assert FORBIDDEN.search("nationality") and FORBIDDEN.search("政治面貌")
    names = [name for table in synthetic.values() for name in table.column_names]
    assert [name for name in names if FORBIDDEN.search(name)] == []


def test_made_up_compounds_have_each_a_name_of_their_own() -> None:
    names = [made_place(number, False).name for number in range(60_000)]
    assert len(set(names)) == len(names)


def test_moved_in_after_birth_and_building(synthetic: Tables) -> None:
    people = synthetic["persons"]
    assert (_days(people, "moved_in_on") >= _days(people, "birth")).all()
    assert max(people["moved_in_on"].to_pylist()) <= AS_OF
    assert isinstance(AS_OF, datetime.date)


def test_facts_are_those_of_the_dictionary(synthetic: Tables) -> None:
    keys = {line.key: line for line in dictionary().values()}
    for table, names in (
        (
            "persons",
            ("hukou", "employment", "schooling", "disability_kind", "disability_grade", "care_level"),
        ),
        ("households", ("assistance",)),
    ):
        for name in names:
            found = set(synthetic[table][name].unique().to_pylist()) - {None, "none"}
            assert found and found <= set(keys[name].choices), name
    assert {f"income_{source}" for source in keys["income"].sources} >= {
        name for name in synthetic["persons"].column_names if name.startswith("income_")
    }
    pattern = re.compile(keys["hukou_place"].pattern)
    assert all(
        pattern.fullmatch(code)
        for code in synthetic["persons"]["hukou_place"].unique().drop_null().to_pylist()
    )


def test_words_of_the_file_of_facts_are_those_of_the_dictionary() -> None:
    lines = {line.label: line for line in dictionary().values()}
    named = [column for column in FILES["事实.csv"] if column.heading in lines]
    assert len(named) == 6
    for column in named:
        words = set((column.words or {}).values()) - {NOTHING, "是", "否"}
        assert words <= set(lines[column.heading].choices.values()), column.heading


def test_long_facts_say_what_the_columns_say(synthetic: Tables) -> None:
    lines = dictionary()
    facts = long_facts(synthetic, "2026-10")
    assert set(facts["key"].unique().to_pylist()) <= set(lines)
    people, homes = synthetic["persons"], synthetic["households"]
    known = people.num_rows - people["disability_kind"].null_count
    assert pc.sum(pc.equal(facts["key"], "disability_kind")).as_py() == known
    for row in facts.take(np.arange(0, len(facts), len(facts) // 5_000)).to_pylist():
        _subject, of, key, period, state, value = row.values()
        line = lines[key]
        assert (line.of, bool(line.per)) == (of, bool(period))
        assert (state == "none") == (value == "")
        assert not value or canonical(line, str(int(value) / 100) if line.type == "money" else value) == value
    is_wage = pc.and_(pc.equal(facts["period"], "2026-10/wage"), pc.equal(facts["state"], "known"))
    paid = facts.filter(is_wage)
    wage = dict(zip(paid[0].to_pylist(), paid[5].to_pylist(), strict=True))
    columns = zip(people["person_id"].to_pylist(), people["income_wage"].to_pylist(), strict=True)
    assert wage == {person: str(amount) for person, amount in columns if amount}
    assert pc.sum(pc.equal(facts["key"], "vehicles")).as_py() == homes.num_rows - homes["vehicles"].null_count
