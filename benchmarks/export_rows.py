"""[export] The list of 100,000 matters as XLSX and as CSV: seconds, and the peak memory of the process.

The demo's month is built through the services and copied row for row (``bulk.py``). Each file is written
by a process of its own over the shipped path, the service and then the worker's task: count, order, names
of places and units, guarded cells, the kept file. Peer, in the same database: a bare ``csv`` of
``values_list`` of the same columns of the table, without names, order, guard or mark.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bulk import matters_multiply
from frame import fresh_database, line

ROWS, SECONDS, MEGABYTES = 100_000, 30, 200
PLAIN = (
    *("number", "source_number", "title", "state", "category__name", "affair_class", "area_path"),
    *("address", "channel", "reported_at", "due_at", "closed_at"),
)


def _export(format: str) -> int:
    from linli.foundation.accounts.models import Account, Role
    from linli.foundation.accounts.selectors import actor_of_role
    from linli.foundation.exports.services import export_make
    from linli.foundation.exports.tasks import export_run

    role = Role.objects.filter(function="street", unit__function="street").order_by("pk").first()
    if role is None:
        raise RuntimeError("the demo has no street office")
    account = Account.objects.filter(person_id=role.person_id, kind="staff").get()
    actor = actor_of_role(account, role)
    export = export_make(actor=actor, listing="matters", format=format, query="stage=all", purpose="基准")
    return export_run(export, tells=True).done


def _plain() -> int:
    import csv

    from linli.work.matters.models import Matter

    with tempfile.TemporaryFile("w", newline="") as file:
        rows = Matter.objects.order_by().values_list(*PLAIN)
        csv.writer(file).writerows(rows.iterator(chunk_size=500))
    return int(Matter.objects.count())


ACTS: dict[str, Callable[[], int]] = {
    "xlsx": lambda: _export("xlsx"),
    "csv": lambda: _export("csv"),
    "plain": _plain,
}


def _alone(name: str) -> None:
    """Do one act in this process and print what it took."""
    from linli.cli.ground import django_ready

    django_ready()
    began = time.perf_counter()
    rows = ACTS[name]()
    taken = time.perf_counter() - began
    print(json.dumps({"rows": rows, "seconds": taken, "mb": _peak()}))


def _peak() -> float:
    """Return this program's peak memory in MB; ``ru_maxrss`` would hold the parent's before it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def _measured(name: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--alone", name], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> int:
    """Build, copy, write each file in a process of its own."""
    if sys.argv[1:2] == ["--alone"]:
        _alone(sys.argv[2])
        return 0
    os.environ["LINLI_DEMO"] = "1"
    kind = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("LINLI_HOME", home)
        with fresh_database(kind):
            from linli.portal.demo.build import demo_build

            demo_build(matters=420)
            matters_multiply(ROWS)
            peer = _measured("plain")
            return max(_line(format, kind, peer) for format in ("xlsx", "csv"))


def _line(format: str, kind: str, peer: dict[str, float]) -> int:
    ours = _measured(format)
    return line(
        f"export-rows/{format}",
        size=f"{ours['rows']:.0f} matters, {kind}",
        ours=ours["seconds"],
        peer=peer["seconds"],
        unit="s",
        goal=f"< {SECONDS} s and < {MEGABYTES} MB",
        holds=ours["seconds"] < SECONDS and ours["mb"] < MEGABYTES and ours["rows"] >= ROWS * 0.9,
        peak_mb=round(ours["mb"]),
        peer_peak_mb=round(peer["mb"]),
    )


if __name__ == "__main__":
    raise SystemExit(main())
