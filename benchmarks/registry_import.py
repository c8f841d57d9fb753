"""[registry-import] persons of a made-up city into the registry: checked, sealed, findable, in their homes.

Before the clock starts the city's homes are there (imported by the target ``homes``). Measured are the run
that takes the persons (validation, addresses matched to parts, encryption under a data key each, search
tokens, households, facts, ledger, records), the preview before it, and the run of the same file again, which
must change nothing. The peer writes the same persons row by row with the ORM, in clear, without households,
tokens or ledger, on fewer rows, as a rate. ``--persons`` is smaller by default: pass 1000000 for the goal.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from frame import fresh_database, line

GOAL, GOAL_AGAIN, GOAL_MB, PEER = 3_000, 3.0, 1_500, 3_000


def _city(folder: Path, persons: int, area: str) -> None:
    """Make the files of a city, in another process: its memory is not ours."""
    command = [sys.executable, "-m", "linli.cli", "synth", "people", "--persons", str(persons), "--to", "csv"]
    more = ["--area", area] if area else []
    subprocess.run([*command, *more, "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)


def _places(folder: Path) -> int:
    from linli.core.actor import system
    from linli.foundation.places.edition import SHANGHAI, edition_read
    from linli.foundation.places.models import Compound, Division
    from linli.foundation.places.services import divisions_load

    divisions_load(actor=system("bench"), edition=edition_read(SHANGHAI))
    committees = {row.code: row for row in Division.objects.filter(level=5).select_related("parent")}
    with (folder / "房屋.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {(row["街镇"], row["小区"]): row["居村委代码"] for row in csv.DictReader(file)}
    compounds = []
    with (folder / "小区.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            place = committees[codes[row["街镇"], row["小区名称"]]]
            compounds.append(
                Compound(
                    name=row["小区名称"],
                    address=row["小区地址"],
                    street=place.parent,
                    committee=place,
                    is_committee_confirmed=True,
                    area_path=place.path,
                )
            )
    Compound.objects.bulk_create(compounds, batch_size=2_000)
    return len(compounds)


def _job(path: Path, target: str) -> Any:
    from django.core.files import File

    from linli.core.actor import system
    from linli.foundation.imports.incoming import incoming_read
    from linli.foundation.imports.mapping import spec_read
    from linli.foundation.imports.services import import_map_set, import_upload
    from linli.foundation.imports.targets import target_get

    actor = system("bench")
    with path.open("rb") as file:
        incoming = incoming_read(File(file, name=path.name), target_get(target))
    job = import_upload(actor=actor, target=target, incoming=incoming)
    del incoming
    import_map_set(actor=actor, import_id=job.pk, spec=spec_read(job.spec))
    return job


def _taken(job: Any) -> tuple[float, float, dict[str, int]]:
    """Look through and run an import: seconds of the preview, seconds of the run, what came of it."""
    from linli.core.actor import system
    from linli.foundation.imports.services import import_start
    from linli.foundation.imports.tasks import work_through

    preview = _seconds(lambda: work_through(job.pk))
    import_start(actor=system("bench"), import_id=job.pk)
    run = _seconds(lambda: work_through(job.pk))
    job.refresh_from_db()
    if job.state != "done":
        raise SystemExit(f"the import stopped: {job.failure}")
    return preview, run, job.counts


def _seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _peer(path: Path) -> float:
    """Return rows a second of the plain way: one ``save`` a row, nothing sealed, nothing checked."""
    from django.db import transaction

    from linli.core import clock
    from linli.registers.residents.models import Resident

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for _n, row in zip(range(PEER), csv.DictReader(file), strict=False)]

    def write() -> None:
        now = clock.now()
        with transaction.atomic():
            for row in rows:
                Resident.objects.create(
                    name_sealed=row["姓名"],
                    number_sealed=row["证件号码"],
                    phone_sealed=row["联系电话"],
                    birth_sealed=row["出生日期"],
                    created_at=now,
                    updated_at=now,
                )
            transaction.set_rollback(True)

    return len(rows) / _seconds(write)


def main() -> int:
    """Run the benchmark and print one line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=50_000)
    parser.add_argument("--area", default="", help="only this division")
    parser.add_argument("--folder", type=Path, help="files of a city that is there already")
    parser.add_argument("--postgres", action="store_true", default=True)
    parser.add_argument("--sqlite", dest="postgres", action="store_false")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["LINLI_HOME"] = home
        folder = chosen.folder or Path(home) / "city"
        if chosen.folder is None:
            _city(folder, chosen.persons, chosen.area)
        with fresh_database("postgresql" if chosen.postgres else "sqlite"):
            return _measured(folder)


def _measured(folder: Path) -> int:
    people = folder / "人口.csv"
    compounds = _places(folder)
    homes = _taken(_job(folder / "房屋.csv", "homes"))
    print(f"compounds {compounds} homes {homes}", file=sys.stderr, flush=True)
    preview, run, counts = _taken(_job(people, "residents"))
    rows = sum(counts.values())
    print(f"persons: preview {preview:.1f} s, run {run:.1f} s, {counts}", file=sys.stderr, flush=True)
    again_preview, again, counts_again = _taken(_job(people, "residents"))
    print(f"again: preview {again_preview:.1f} s, run {again:.1f} s", file=sys.stderr, flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    unchanged = counts_again["new"] == counts_again["changed"] == 0
    rate, rate_again = rows / run, rows / again
    holds = rate >= GOAL and rate_again >= GOAL_AGAIN * rate and memory < GOAL_MB and unchanged
    return line(
        "registry-import",
        size=f"{rows} persons, {counts.get('new', 0)} new",
        ours=rate,
        peer=_peer(people),
        unit="rows/s",
        goal=f">= {GOAL} rows/s, again >= {GOAL_AGAIN} x, < {GOAL_MB} MB",
        holds=holds,
        seconds_run=round(run, 1),
        seconds_preview=round(preview, 1),
        again_rate=round(rate_again),
        again_seconds=round(again, 1),
        again_unchanged=unchanged,
        memory_mb=round(memory),
        quarantined=counts.get("quarantined", 0),
        homes_rate=round(sum(homes[2].values()) / homes[1]),
    )


if __name__ == "__main__":
    sys.exit(main())
