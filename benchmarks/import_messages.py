"""[import-messages] 4,326 real messages into one street: looked through, taken, and taken again unchanged.

Ours is all of it: reading the file, the preview, batches with events, duties, index, ledger and records.
The peer is a bare ``bulk_create`` of the same rows as matters, in the same run. Seconds of the wall clock
decide; seconds of CPU stand beside them.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from frame import fresh_database, line

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "messages" / "hot_issue_messages.csv.gz"
GOAL, GOAL_AGAIN, ROWS = 30, 10, 4_326


def _seconds(act: Callable[[], Any]) -> tuple[float, float, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    result = act()
    return time.perf_counter() - began, time.process_time() - cpu, result


def _street() -> Any:
    from linli.core.actor import system
    from linli.foundation.places.edition import SHANGHAI, edition_read
    from linli.foundation.places.models import Division, Level
    from linli.foundation.places.services import divisions_load

    divisions_load(actor=system("bench"), edition=edition_read(SHANGHAI))
    return Division.objects.filter(level=Level.STREET).order_by("code")[0]


def _imported(content: bytes, place: str) -> Any:
    from django.core.files.base import ContentFile

    from linli.core.actor import system
    from linli.foundation.imports.incoming import incoming_read
    from linli.foundation.imports.mapping import spec_read
    from linli.foundation.imports.services import import_map_set, import_start, import_upload
    from linli.foundation.imports.targets import target_get
    from linli.foundation.imports.tasks import work_through

    actor = system("bench")
    incoming = incoming_read(ContentFile(content, name=DATA.name), target_get("matters"))
    job = import_upload(actor=actor, target="matters", incoming=incoming)
    fixed = {"source": "bench", "state": "reported", "place": place}
    spec = spec_read({**job.spec, "fixed": fixed, "keep": ["likes", "dislikes"]})
    import_map_set(actor=actor, import_id=job.pk, spec=spec)
    work_through(job.pk)
    import_start(actor=actor, import_id=job.pk)
    work_through(job.pk)
    job.refresh_from_db()
    return job.counts


def _bare(content: bytes, street: Any) -> None:
    import csv
    import gzip
    import io

    from linli.foundation.imports.values import instant_of
    from linli.work.matters.models import Matter

    rows = csv.DictReader(io.StringIO(gzip.decompress(content).decode()))
    Matter.objects.bulk_create(
        [
            Matter(
                number=f"B{row['id']}",
                title=row["subject"][:80],
                text=row["text"],
                place_code=street.code,
                area_path=street.path,
                place_how="street",
                happened_at=instant_of(row["time"]),
                reported_at=instant_of(row["time"]),
            )
            for row in rows
        ],
        batch_size=250,
    )


def main() -> int:
    """Import, import again, and the peer; one line each."""
    if not DATA.exists():
        print(f"no real data: {DATA.name}", file=sys.stderr)
        return 2
    kind = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("LINLI_HOME", home)
        with fresh_database(kind):
            content, street = DATA.read_bytes(), _street()
            peer, _cpu, _none = _seconds(lambda: _bare(content, street))
            took, cpu, counts = _seconds(lambda: _imported(content, street.code))
            again, again_cpu, counts_again = _seconds(lambda: _imported(content, street.code))
    size = f"{ROWS} rows, {kind}"
    right = counts["new"] == ROWS and counts_again["unchanged"] == ROWS and not counts_again["new"]
    codes = [
        line("import-messages", size=size, ours=took, peer=peer, unit="s", goal=f"< {GOAL} s",
             holds=right and took < GOAL, cpu=round(cpu, 1)),
        line("import-messages/again", size=size, ours=again, peer=peer, unit="s", goal=f"< {GOAL_AGAIN} s",
             holds=right and again < GOAL_AGAIN, cpu=round(again_cpu, 1)),
    ]  # fmt: skip
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
