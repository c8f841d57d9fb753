"""[report-chain] a report through its service against a bare insert of the same text.

Ours: ``matter_report`` with a request key: matter, event, duty with its clock, receipt, audit row, key,
bigrams, in one commit. Peer: the same matter row alone through the ORM, in its own commit. Both on the same
durable database (SQLite with synchronous=FULL; PostgreSQL with its default durability), in turn.
"""

import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import fresh_database, line, milliseconds, p95

REPORTS = 600
BLOCK = 50
WARM_UP = 30
RESIDENTS = 60  # nobody reaches the day's limit, which is counted as in real life
TEXT = "三号楼二单元门口的路灯已经坏了四天，晚上回家什么也看不见，楼里老人多，希望尽快派人来修。编号{}。"
GOALS = {"sqlite": 6.0, "postgresql": 3.0}
GOAL_P95 = 25.0


def _ground() -> tuple[list[Any], Any]:
    """Make one committee and its residents; return the residents as actors, and the place."""
    from linli.core import clock
    from linli.core.actor import Actor, Function
    from linli.foundation.accounts.models import Account, Person
    from linli.foundation.places.models import Division, Level
    from linli.foundation.places.selectors import Place

    path, parent = "", None
    for level, code in enumerate(("31", "3101", "310101", "310101001", "310101001001"), 1):
        path += f"{code}/"
        parent = Division.objects.create(
            code=code, name=code, level=Level(level), parent=parent, path=path, valid_from="2020-01-01"
        )
    actors = []
    for number in range(RESIDENTS):
        person = Person.objects.create(name="居民", created_at=clock.now())
        Account.objects.create(
            username=f"resident-{number}", kind="phone", person=person, created_at=clock.now()
        )
        actors.append(Actor(key=f"person:{person.pk}", function=Function.RESIDENT, person_id=person.pk))
    return actors, Place(parent, "chosen")


def _bare(actor: Any, place: Any, number: int) -> None:
    from django.db import transaction

    from linli.core import clock
    from linli.core.fields import public_number
    from linli.work.matters.models import Matter

    now = clock.now()
    with transaction.atomic():
        Matter.objects.create(
            number=f"99{public_number(10)}",
            title="路灯",
            text=TEXT.format(number),
            place_code=place.code,
            area_path=place.area_path,
            place_how="chosen",
            reporter_id=actor.person_id,
            happened_at=now,
            reported_at=now,
        )


def measure(kind: str) -> int:
    """Measure on one kind of database and print one line."""
    with fresh_database(kind):
        from linli.work.matters.services import matter_report

        actors, place = _ground()

        def report(number: int) -> None:
            matter_report(
                actor=actors[number % RESIDENTS],
                text=TEXT.format(number),
                place=place,
                request_key=str(uuid.uuid4()),
            )

        def bare(number: int) -> None:
            _bare(actors[number % RESIDENTS], place, number)

        milliseconds(report, WARM_UP)
        milliseconds(bare, WARM_UP)
        ours: list[float] = []
        peer: list[float] = []
        for _ in range(REPORTS // BLOCK):
            ours += milliseconds(report, BLOCK)
            peer += milliseconds(bare, BLOCK)
    ratio, slowest = median(ours) / median(peer), p95(ours)
    return line(
        "report-chain",
        size=f"{REPORTS} reports, {kind}",
        ours=median(ours),
        peer=median(peer),
        unit="ms (median)",
        goal=f"<= {GOALS[kind]:g}x a bare insert, p95 <= {GOAL_P95:g} ms",
        holds=ratio <= GOALS[kind] and slowest <= GOAL_P95,
        p95_ms=round(slowest, 2),
        peer_p95_ms=round(p95(peer), 2),
    )


def main() -> int:
    """Measure on both databases, each in a process of its own, or on the one that is named."""
    if len(sys.argv) > 1 and sys.argv[1] in GOALS:
        return measure(sys.argv[1])
    codes = []
    for kind in GOALS:
        home = tempfile.mkdtemp(prefix="linli-bench-")
        environment = {**os.environ, "LINLI_HOME": home}
        codes.append(
            subprocess.run([sys.executable, __file__, kind], env=environment, check=False).returncode
        )
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
