"""[registry-search] one person among 5,000,000, found by a committee and a street; a district's counts.

Name, two characters, pinyin, telephone of people who are there: what the page does after the limits and
before the record (tokens, verification after decryption, masked hits). As a district: how many people and
households, by every choice of filters in turn (``resident_counts``), and no names; such a district is counted
ahead by the worker (``counts_keep``, timed apart), ``now_ms`` is what counting it while somebody waits takes.
PostgreSQL. Peer: ``LIKE`` over a table with names in clear, within the same street. The registry is made by
COPY, not by an import (``registry_city.py``). ``--keep FOLDER`` keeps the database for another run; building
it takes some twenty minutes.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import _migrated, line, milliseconds, p95
from benchmarks.registry_city import person_of, processes_most, registry_build

PERSONS, TIMES, GOAL = 5_000_000, 60, 100


@contextmanager
def registry_open(folder: Path, persons: int) -> Iterator[None]:
    """Open the kept registry, building it first where it is not there."""
    from linli.cli import postgres

    os.environ["LINLI_HOME"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with postgres.kept(folder) as url:
        _migrated(url)
        from django.db import connections

        from linli.registers.residents.models import Resident

        if not Resident.objects.exists():
            _phase(f"making {persons:,} persons")
            registry_build(persons, processes_most())
        _phase("asking")
        yield
        connections.close_all()


def _actors(persons: int) -> tuple[dict[str, Any], list[int]]:
    """Return the worker, street and district of one place, and the ordinals of people in its committee."""
    from linli.core.actor import Actor, Function
    from linli.registers.residents.models import Resident

    path = Resident.objects.get(pk=persons // 2).area_path
    street, district = path[: len("31/3101/310101/310101001/")], path[: len("31/3101/310101/")]
    areas = {Function.COMMITTEE: path, Function.STREET: street, Function.DISTRICT: district}
    actors = {
        str(function): Actor(key="bench", function=function, name="bench", person_id=1, areas=(area,))
        for function, area in areas.items()
    }
    return actors, list(
        Resident.objects.filter(area_path=path).order_by("pk").values_list("pk", flat=True)[:TIMES]
    )


def _words(numbers: list[int]) -> dict[str, Callable[[int], str]]:
    from linli.registers.residents.tokens import name_terms

    people = [person_of(number) for number in numbers]

    def pinyin(name: str) -> str:
        return next(term[7:] for term in sorted(name_terms(name)) if term.startswith("pinyin\0"))

    return {
        "name": lambda index: people[index % len(people)][0],
        "two-characters": lambda index: people[index % len(people)][0][-2:],
        "pinyin": lambda index: pinyin(people[index % len(people)][0]),
        "phone": lambda index: people[index % len(people)][2],
    }


def _search(actor: Any, words: Callable[[int], str]) -> Callable[[int], object]:
    from linli.registers.residents.finding.selectors import hits_of, people_matching
    from linli.registers.residents.tokens import query_of

    def act(index: int) -> object:
        found, _has_more = people_matching(actor, query_of(words(index)), actor.areas)
        if not found:
            raise SystemExit("somebody who is there was not found")
        return hits_of(found)

    return act


def _peer(street: str) -> Callable[[int], object]:
    """Return the search of a register that keeps names in clear: LIKE within the street."""
    from django.db import connection

    from linli.registers.residents.models import Resident

    keys = list(Resident.objects.filter(area_path__startswith=street).values_list("pk", "area_path"))
    with connection.cursor() as cursor:
        cursor.execute('CREATE TEMP TABLE plain (id bigint, name text, area_path text COLLATE "C")')
        with cursor.copy("COPY plain FROM STDIN") as copy:
            for key, path in keys:
                copy.write_row((key, person_of(key)[0], path))
        cursor.execute("CREATE INDEX ON plain (area_path)")
        cursor.execute("ANALYZE plain")

    def act(index: int) -> object:
        with connection.cursor() as cursor:
            sql = "SELECT id FROM plain WHERE area_path >= %s AND area_path < %s AND name LIKE %s LIMIT 50"
            cursor.execute(sql, [street, street[:-1] + "0", f"%{person_of(index + 1)[0][-2:]}%"])
            return cursor.fetchall()

    return act


def _told(name: str, persons: int, taken: float, peer: float | None, **more: Any) -> int:
    return line(
        f"registry-search/{name}",
        size=f"{persons:,} persons, postgresql",
        ours=taken,
        peer=peer,
        unit="ms p95",
        goal=f"< {GOAL} ms",
        holds=taken < GOAL,
        **more,
    )


def _phase(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def _measured(persons: int) -> int:
    actors, numbers = _actors(persons)
    peer = p95(milliseconds(_peer(actors["street"].areas[0]), TIMES))
    codes = []
    for role in ("committee", "street"):
        for what, words in _words(numbers).items():
            act = _search(actors[role], words)
            milliseconds(act, 3)
            taken = p95(milliseconds(act, TIMES))
            codes.append(_told(f"{role}/{what}", persons, taken, peer if what == "two-characters" else None))
    codes.append(_counted(actors["district"], persons))
    return max(codes)


def _counted(district: Any, persons: int) -> int:
    """Ask a district's figures by every choice of filters, as they are when the worker has counted ahead."""
    from linli.core.actor import system
    from linli.registers.residents.models import KeptCount
    from linli.registers.residents.selectors import CountFilters, count_area, resident_counts
    from linli.registers.residents.selectors.figures import filters_all
    from linli.registers.residents.services.counting import counts_keep

    area, choices = count_area(district), filters_all()

    def counted(index: int) -> object:
        return resident_counts(district, area, choices[index % len(choices)])

    KeptCount.objects.all().delete()
    _phase("the district counted while one waits")
    people = resident_counts(district, area, CountFilters()).people
    now = milliseconds(counted, 1)[0]
    _phase(f"the district of {people} people counted ahead, {len(choices)} choices of filters")

    def keep(index: int) -> object:
        return counts_keep(actor=system("bench"), area_path=area.path, wanted=choices[index])

    ahead = sum(milliseconds(keep, len(choices)))
    milliseconds(counted, 2)
    taken = p95(milliseconds(counted, 3 * len(choices)))
    more = {"now_ms": round(now), "ahead_seconds": round(ahead / 1000, 1), "people": str(people)}
    return _told("district/counts", persons, taken, None, **more)


def main() -> int:
    """Build or open the registry, ask each question of each role."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", default="postgresql", choices=("postgresql",))
    parser.add_argument("--keep", type=Path, help="folder of the database, kept for another run")
    parser.add_argument("--total", type=int, default=PERSONS)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="linli-registry-") as scratch,
        registry_open((chosen.keep or Path(scratch)).resolve(), chosen.total),
    ):
        return _measured(chosen.total)


if __name__ == "__main__":
    sys.exit(main())
