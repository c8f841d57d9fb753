"""[leads] 200,000 people found by a run become leads in PostgreSQL through the service, batch by batch.

Ours is the whole of it: who objects, receives it already, has gone or was asked is looked up for every batch,
which is one transaction with its record. Then the same 200,000 again, of which nothing new may come. The peer
is a bare ``bulk_create`` of the same leads. The registry is made by COPY (``registry_city.py``), untimed.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import fresh_database, line
from benchmarks.registry_city import registry_build

PEOPLE, REGISTERED, BATCH, GOAL = 200_000, 260_000, 5_000, 60


def _seconds(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def _version() -> Any:
    from datetime import date

    from linli.core import clock
    from linli.work.benefits.models import Policy, PolicyVersion

    now = clock.now()
    policy = Policy.objects.create(
        code="bench", name="bench", authority="bench", area_path="31/", created_at=now
    )
    return PolicyVersion.objects.create(
        policy=policy,
        number=1,
        state="published",
        text="",
        from_on=date(2025, 1, 1),
        made_at=now,
        changed_at=now,
        published_at=now,
    )


def _found() -> list[Any]:
    from linli.registers.residents.models import Membership
    from linli.work.benefits.outreach.found import Found

    rows = Membership.objects.filter(to_on__isnull=True, presence="living").order_by("household_id", "pk")
    pairs = rows.values_list("household_id", "resident_id")[:PEOPLE]
    return [Found(household, resident, amount=7_500) for household, resident in pairs.iterator()]


def _taken(version: Any, found: list[Any]) -> int:
    from linli.core import clock
    from linli.core.actor import system
    from linli.work.benefits.outreach.services import leads_take

    made, actor = 0, system("benefits")
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        made += leads_take(actor=actor, version=version, found=batch, on=clock.today()).made
    return made


def _bare(version: Any, found: list[Any]) -> None:
    from linli.core import clock
    from linli.registers.residents.models import Household
    from linli.work.benefits.models import Lead

    paths, today = dict(Household.objects.values_list("pk", "area_path")), clock.today()
    Lead.objects.bulk_create(
        [
            Lead(
                policy=version.policy,
                policy_version=version,
                household_id=one.household_id,
                resident_id=one.resident_id,
                area_path=paths[one.household_id],
                verdict="eligible",
                amount=one.amount,
                found_on=today,
            )
            for one in found
        ],
        batch_size=BATCH,
    )


def main() -> int:
    """Measure, and print the one line."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["LINLI_HOME"] = home
        with fresh_database("postgresql"):
            from linli.work.benefits.models import Lead

            registry_build(REGISTERED, 1)
            version, found = _version(), _found()
            ours, made = _seconds(lambda: _taken(version, found))
            again, nothing = _seconds(lambda: _taken(version, found))
            Lead.objects.all().delete()
            peer, _none = _seconds(lambda: _bare(version, found))
    return line(
        "leads",
        size=f"{len(found):,} people",
        ours=ours,
        peer=peer,
        unit="s",
        goal=f"< {GOAL} s",
        holds=made == len(found) and nothing == 0 and ours < GOAL,
        made=made,
        again_s=round(again, 1),
    )


if __name__ == "__main__":
    sys.exit(main())
