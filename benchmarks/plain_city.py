"""The peer of [synth]: a city made person by person in a plain loop, with the same tables and columns."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
PIECE = 100_000
CHECKS, WEIGHTS = "10X98765432", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class PlainCity:
    """Draws one household after another; every draw is one call of ``random``."""

    def __init__(self, seed: int) -> None:
        from linli.registers.residents.synth.areas import committees
        from linli.registers.residents.synth.assumptions import figures

        self.random = random.Random(seed)
        self.households_figures = figures("households")
        self.facts, self.homes, self.names = figures("facts"), figures("homes"), figures("names")
        self.committees = committees()
        self.as_of: date = self.households_figures["as_of"]
        self.person = self.household = 0
        self.used: dict[tuple[date, str], int] = {}

    def pick(self, shares: Any) -> Any:
        """Draw a key by its share."""
        return self.random.choices(list(shares), weights=list(shares.values()))[0]

    def maybe(self, value: Any, name: str) -> Any:
        """Return a value, or None as often as nobody knows it."""
        return None if self.random.random() < self.facts["unknown"][name] else value

    def by_age(self, table: Any, age: int) -> Any:
        """Return the row of a table by age from which on."""
        return table[max((limit for limit in table if limit <= age), default=next(iter(table)))]

    def money(self, median: float, spread: float) -> int:
        """Draw fen around a median in yuan."""
        return round(median * self.random.lognormvariate(0, spread)) * 100

    def age(self, weights: Any) -> float:
        """Draw an age from stretches."""
        limits = list(weights)
        at = self.random.choices(range(len(limits) - 1), weights=list(weights.values())[:-1])[0]
        return self.random.uniform(limits[at], limits[at + 1])

    def born(self, age: float) -> date:
        """Return a day of birth."""
        return self.as_of - timedelta(days=int(age * 365.2425))

    def number(self, birth: date, sex: str, province: int) -> str:
        """Return an identity number nobody else here has."""
        count = self.used.get((birth, sex), 0)
        self.used[birth, sex] = count + 1
        body = f"{province}99{count // 500:02d}{birth:%Y%m%d}{count % 500 * 2 + (sex == 'm'):03d}"
        total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
        return body + CHECKS[total % 11]

    def name(self, surname: str, birth: date, sex: str) -> str:
        """Return a name of the taste of the years."""
        era = self.by_age(self.names["eras"], birth.year)
        letters = era["men" if sex == "m" else "women"]
        given = self.random.choice(letters)
        return surname + given + ("" if self.random.random() < era["short"] else self.random.choice(letters))

    def members(self, kind: Row) -> Iterator[tuple[str, float, str, str]]:
        """Yield relation, age, sex and surname of a household's members."""
        age, shape = self.age(kind["ages"]), kind["shape"]
        surname = self.pick(self.names["surnames"])
        sex = "m" if self.random.random() < kind.get("male", 0.0) else "f"
        yield "head", age, sex, surname
        if shape in ("group", "dormitory"):
            for _other in range(self.pick(kind["sizes"]) - 1):
                yield "not_kin", self.age(kind["ages"]), sex, self.pick(self.names["surnames"])
            return
        if shape in ("couple", "parents", "generations", "grandparents"):
            yield "spouse", max(22.0, age + self.random.gauss(2, 3)), "m", self.pick(self.names["surnames"])
        if shape in ("parents", "parent", "generations", "grandparents"):
            for _child in range(1 + (self.random.random() < kind.get("second", 0.0))):
                gap = min(max(self.random.gauss(28, 4), 18.1), 45.9, age)
                yield "child", max(age - gap, 0.0), "m" if self.random.random() < 0.524 else "f", surname
        if shape == "generations":
            mother = min(age + min(max(self.random.gauss(27, 4), 18.1), 45.9), 104.0)
            yield "parent", mother, "f", self.pick(self.names["surnames"])

    def one(self) -> tuple[Row, Row, list[Row], list[Row]]:
        """Return one household, its home, its persons and the owners."""
        kinds = self.households_figures["kinds"]
        kind = self.pick({code: row["share"] for code, row in kinds.items()})
        migrant = self.random.random() < kinds[kind]["migrants"]
        committee = self.random.choice(self.committees)
        place = {
            "district": committee.code[:6],
            "committee": committee.code,
            "area_path": committee.area_path,
        }
        self.household += 1
        part = self.part(committee, place)
        persons = []
        for relation, age, sex, surname in self.members(kinds[kind]):
            persons.append(self.one_person(relation, age, sex, surname, migrant, place, committee))
        tenure = self.pick(self.homes["tenures"]["bought"]["migrant" if migrant else "local"])
        household = self.one_household(kind, persons, place, tenure)
        return household, part, persons, self.owners(part, persons)

    def part(self, committee: Any, place: Row) -> Row:
        """Return a home with its address."""
        form = self.homes["forms"][self.pick(self.homes["where"]["suburb"])]
        floor, flat = self.random.randint(1, form["floors"][1]), self.random.randint(1, form["flats"])
        road = self.random.choice(self.homes["road_first"]) + self.random.choice(self.homes["road_second"])
        lane, building = self.random.randint(100, 2999), self.random.randint(1, 60)
        room = f"{floor}{flat:02d}"
        address = f"上海市{committee.district}{committee.street}{road}路{lane}弄{building}号{room}室"
        return {
            "part_id": self.household, "household_id": self.household, **place, "compound": f"{road}新村",
            "lng": None, "lat": None, "building": f"{building}号", "stair": "", "floor": floor, "room": room,
            "address": address, "kind": "dwelling", "housing_type": form["type"],
            "built_year": self.random.randint(*form["built"]), "floors": form["floors"][1],
            "area": self.random.randint(form["area"][0] * 100, form["area"][1] * 100),
            "has_lift": self.random.random() < form["lift"],
        }  # fmt: skip

    def one_person(
        self, relation: str, age: float, sex: str, surname: str, migrant: bool, place: Row, committee: Any
    ) -> Row:
        """Return one person with the facts."""
        self.person += 1
        birth, years = self.born(age), int(age)
        province = self.pick(self.facts["origins"]) if migrant else 31
        group = "migrant" if migrant else "local"
        work = self.employment(years, sex, group)
        disability = self.random.random() < self.by_age(self.facts["disability"], years)
        stage = self.schooling(years)
        levels = ("none", "primary", "junior", "senior", "college")
        return {
            "person_id": self.person, "household_id": self.household, "part_id": self.household, **place,
            "relation": relation, "kinship": relation, "mother_id": None, "father_id": None,
            "partner_id": None, "name": self.name(surname, birth, sex), "sex": sex, "birth": birth,
            "number": self.number(birth, sex, province),
            "phone": self.maybe(f"154{self.person * 38260123 % 10**8:08d}", "phone"),
            "moved_in_on": max(birth, self.as_of - timedelta(days=int(self.random.expovariate(1 / 2000)))),
            "hukou": "elsewhere" if migrant else "local",
            "hukou_place": self.maybe(f"{province}0000" if migrant else committee.code, "hukou_place"),
            "is_registered_here": not migrant and self.random.random() < self.facts["registered_here"],
            "residence_permit": self.maybe(migrant and self.random.random() < 0.74, "residence_permit"),
            "marital": self.maybe("married" if relation == "spouse" else "single", "marital"),
            "education": self.maybe(
                self.random.choices(levels, self.by_age(self.facts["education"], years))[0], "education"
            ),
            "schooling": self.maybe(stage, "schooling"),
            "employment": self.maybe(work, "employment"),
            **self.incomes(work, group),
            "disability_kind": self.maybe(
                self.pick(self.facts["disability_kinds"]) if disability else "none", "disability"
            ),
            "disability_grade": self.pick(self.facts["disability_grades"]) if disability else "none",
            "care_level": self.pick(self.facts["care_levels"]) if years > 80 else None,
            "children": self.maybe(0, "children"),
            "only_child_certificate": self.maybe(self.random.random() < 0.2, "only_child_certificate"),
        }  # fmt: skip

    def schooling(self, age: int) -> str:
        """Return the stage at school."""
        stages = (
            (3, "none"),
            (6, "preschool"),
            (11, "primary"),
            (15, "junior"),
            (18, "senior"),
            (23, "university"),
        )
        stage = next((stage for limit, stage in stages if age < limit), "none")
        return stage if self.random.random() < self.by_age(self.facts["schooling"], age) else "none"

    def employment(self, age: int, sex: str, group: str) -> str:
        """Return what somebody does."""
        if age < 16:
            return "student" if age >= 6 else "none"
        if age >= (60 if sex == "m" else 54):
            return "retired"
        kinds = ("employed", "flexible", "own", "farming", "registered", "jobless")
        return self.random.choices(kinds, self.facts["work"][group]["men" if sex == "m" else "women"])[0]

    def incomes(self, work: str, group: str) -> Row:
        """Return incomes by source."""
        has = {
            "wage": work in ("employed", "flexible"),
            "business": work in ("own", "farming"),
            "pension": work == "retired",
        }
        found = {
            name: self.money(*self.facts[name][group]) if has.get(name) else 0
            for name in ("wage", "business", "pension")
        }
        found["unemployment"] = 217_500 if work == "registered" else 0
        found["alimony"] = self.money(*self.facts["support"]) if self.random.random() < 0.01 else 0
        found["property"] = self.money(*self.facts["property"]) if self.random.random() < 0.11 else 0
        return {f"income_{name}": self.maybe(amount, "income") for name, amount in found.items()}

    def one_household(self, kind: str, persons: list[Row], place: Row, tenure: str) -> Row:
        """Return the household's own row."""
        income = sum(
            row[f"income_{name}"] or 0 for row in persons for name in ("wage", "business", "pension")
        )
        return {
            "household_id": self.household, "part_id": self.household, "head_id": persons[0]["person_id"],
            **place, "number": f"S{self.household}", "kind": "family", "form": kind, "size": len(persons),
            "tenure": tenure, "moved_in_on": persons[0]["moved_in_on"],
            "assistance": "dibao" if income / len(persons) < 159_500 else "none",
            "money_per_head": self.maybe(self.money(*self.facts["money_per_head"]), "money_per_head"),
            "homes": self.maybe(int(tenure == "owner"), "homes"),
            "vehicles": self.maybe(self.pick(self.facts["vehicles"]), "vehicles"),
            "medical_cost": self.maybe(sum(self.money(1600, 1) for _row in persons), "medical_cost"),
            "education_cost": self.maybe(
                sum(self.money(9000, 1) for row in persons if row["schooling"] not in ("none", None)),
                "education_cost",
            ),
        }  # fmt: skip

    def owners(self, part: Row, persons: list[Row]) -> list[Row]:
        """Return the owners of the home: the head, or the couple."""
        both = len(persons) > 1 and persons[1]["relation"] == "spouse" and self.random.random() < 0.46
        since = self.as_of - timedelta(days=self.random.randint(30, 7000))
        return [
            {
                "part_id": part["part_id"], "kind": "sold", "person_id": row["person_id"], "unit": None,
                "unit_code": None, "numerator": 1, "denominator": 1 + both, "is_voter": at == 0,
                "registered_area": part["area"],
                "certificate": f"沪（{since.year}）试字不动产权第{part['part_id']}号", "from_on": since,
            }
            for at, row in enumerate(persons[: 1 + both])
        ]  # fmt: skip


def plain_city(persons: int, seed: int, folder: Path) -> None:
    """Make so many persons one by one and write them to Parquet in pieces."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    city, piece = PlainCity(seed), 0
    while city.person < persons:
        tables: dict[str, list[Row]] = {"households": [], "parts": [], "persons": [], "owners": []}
        upto = min(persons, city.person + PIECE)
        while city.person < upto:
            household, part, people, owners = city.one()
            tables["households"].append(household)
            tables["parts"].append(part)
            tables["persons"] += people
            tables["owners"] += owners
        for name, rows in tables.items():
            pq.write_table(
                pa.Table.from_pylist(rows), folder / f"{name}-{piece:04d}.parquet", compression="zstd"
            )
        piece += 1
