"""[routing] what a table of 500 rows says of matters, with the unit looked up and the reasons in words.

Ours: ``routing.ruling.Router.route``, as the desk and the dry run call it. Peer in the same run: every row
read one by one (``conditions.matches``) and the first that applies taken. Both must say the same of every
matter. Goal: 10,000 matters a second. Rows, matters and units are made from a seed.
"""

import random
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import fresh_database, line

ROWS, MATTERS, SEED = 500, 20_000, 2026
LEAST = 10_000
AREA = "31/3101/310110/310110015/"
WORDS = ("路灯", "噪声", "垃圾", "违建", "电梯", "漏水", "井盖", "装修", "占道", "油烟", "宠物", "停车")


def _table(rng: random.Random, paths: list[str], units: list[Any]) -> Any:
    from linli.work.matters.routing.models import DecisionTable, DecisionVersion

    rows = []
    for number in range(ROWS - 1):
        row: dict[str, Any] = {"lead": f"unit:{rng.choice(units).public_id}", "category": [rng.choice(paths)]}
        if rng.random() < 0.3:
            row["words"] = rng.sample(WORDS, 2)
        if rng.random() < 0.2:
            row["days"] = [rng.choice(("workday", "dayoff", "6", "7"))]
        if rng.random() < 0.2:
            row["hours"] = [[22 * 60, 6 * 60]]
        if rng.random() < 0.2:
            row["place"] = [rng.choice(("compound", "outside"))]
        if rng.random() < 0.1:
            row["answers"] = [["是否正在发生", ["是"]]]
        rows.append(row | {"note": f"第{number}项"})
    rows.append({"lead": f"unit:{units[0].public_id}"})
    version = DecisionVersion(pk=1, number=1, rows=rows)
    version.table = DecisionTable(pk=1, area_path=AREA, subject="route", name="派单规则")
    return version


def _facts(rng: random.Random, paths: list[str]) -> Any:
    from linli.work.matters.routing.conditions import Facts, Moment

    return Facts(
        category=rng.choice(paths),
        area=f"{AREA}310110015{rng.randrange(1, 20):03d}/",
        moment=Moment(rng.randrange(24 * 60), rng.randrange(1, 8), rng.random() < 0.7),
        places=frozenset({rng.choice(("compound", "outside"))}),
        answers={"是否正在发生": ("是",)} if rng.random() < 0.3 else {},
        words="居民反映" + "，".join(rng.sample(WORDS, 2)) + "，希望尽快处理，多次联系没有结果" * 2,
    )


def _units() -> list[Any]:
    from linli.core.actor import system
    from linli.foundation.accounts.services import unit_open
    from linli.foundation.places.models import Division, Level

    street = None
    for code, level in (("31", 1), ("3101", 2), ("310110", 3), ("310110015", 4)):
        street = Division.objects.create(
            code=code, name=code, level=Level(level), parent=street, valid_from=date(2020, 1, 1),
            path=(street.path if street else "") + f"{code}/",
        )  # fmt: skip
    return [
        unit_open(
            actor=system("bench"), name=f"单位{n}", function="department", kind=f"类{n}", areas=[street]
        )
        for n in range(20)
    ]


def _measured(version: Any, matters: list[Any], paths: list[str]) -> dict[str, Any]:
    from linli.work.matters.routing import rules
    from linli.work.matters.routing.conditions import matches
    from linli.work.matters.routing.known import known_for
    from linli.work.matters.routing.ruling import Router, Sheet

    known = replace(known_for(version.rows), categories=frozenset(paths))
    sheet = Sheet.of(version, known)
    router = Router([sheet])
    router.route(matters[0])
    began, worked = time.perf_counter(), time.process_time()
    ours = [router.route(facts) for facts in matters]
    mine, busy = time.perf_counter() - began, time.process_time() - worked
    began = time.perf_counter()
    read = [
        rules.decision("first", (row for row in sheet.rules.rows if matches(row.condition, facts)))
        for facts in matters
    ]
    theirs = time.perf_counter() - began
    same = all(
        [reason.row for reason in one.because] == [row.number for row in other.rows]
        and one.unit is not None
        and f"unit:{one.unit.public_id}" == other.outcome.lead
        for one, other in zip(ours, read, strict=True)
    )
    return {
        "ours": len(matters) / mine,
        "peer": len(matters) / theirs,
        "equal": same,
        "cpu": len(matters) / busy,
    }


def main() -> int:
    """Measure and print the line."""
    rng = random.Random(SEED)
    paths = [f"类{a}/项{b}/目{c}" for a in range(10) for b in range(8) for c in range(6)]
    named = [*paths, *{path.rpartition("/")[0] for path in paths}]
    with fresh_database("sqlite"):
        version = _table(rng, sorted(named), _units())
        found = _measured(version, [_facts(rng, paths) for _ in range(MATTERS)], named)
    return line(
        "routing",
        size=f"{MATTERS:,} matters, {ROWS} rows",
        ours=found["ours"],
        peer=found["peer"],
        unit="matters/s",
        goal=f">= {LEAST:,} matters/s, equal to a reading of every row",
        holds=found["ours"] >= LEAST and found["equal"],
        equal=found["equal"],
        ours_per_cpu_second=round(found["cpu"]),
    )


if __name__ == "__main__":
    sys.exit(main())
