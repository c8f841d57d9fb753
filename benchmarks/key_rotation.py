"""[key-rotation] every person's key renewed under a new key of the ring, while others read.

Two readers open persons all the while; the renewal is the worker's own (``keys.tasks.renew``: batches, each
written where nobody was faster, and recorded), durable. Peer: opening and sealing anew all four fields of a
person, row by row, as a register without data keys has to. SQLite or PostgreSQL.
"""

import argparse
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import fresh_database, line
from benchmarks.registry_city import people_make

PERSONS, PEER, GOAL = 100_000, 2_000, 5_000


class Reader(threading.Thread):
    """Opens one person after the other, as pages do, until it is told to stop."""

    def __init__(self, persons: int) -> None:
        super().__init__(daemon=True)
        self.persons, self.opened, self.faults = persons, 0, 0
        self.is_over = threading.Event()

    def run(self) -> None:
        """Read and open, a page of 25 every tenth of a second."""
        from django.db import connection

        from linli.registers.residents.models import Resident
        from linli.registers.residents.sealing import sealed_get

        first = 1
        while not self.is_over.wait(0.1):
            for row in Resident.objects.filter(pk__range=(first, first + 24)):
                self.opened += 1
                self.faults += not sealed_get(row, "name")
            first = first * 7 % self.persons + 1
        connection.close()


def _peer() -> float:
    """Return persons a second when every field is opened and sealed anew, row by row."""
    from linli.core.crypto import key_ring
    from linli.registers.residents.models import Resident
    from linli.registers.residents.sealing import PERSONAL, sealed_get

    began = time.perf_counter()
    for row in Resident.objects.order_by("pk")[:PEER]:
        plain = {name: sealed_get(row, name) for name in PERSONAL}
        row.data_key, key = key_ring().key_make()
        for name, text in plain.items():
            setattr(row, f"{name}_sealed", key.seal(text, f"residents_resident.{name}_sealed"))
        row.save()
    return PEER / (time.perf_counter() - began)


def _renewed(persons: int) -> tuple[float, int]:
    from linli.foundation.keys.services import key_renewal_begin
    from linli.foundation.keys.tasks import ACTOR, renew
    from linli.registers.residents.models import Resident

    readers: list[Any] = [Reader(persons) for _ in range(2)]
    run = key_renewal_begin(actor=ACTOR)
    for reader in readers:
        reader.start()
    began = time.perf_counter()
    renew(seconds=3600)
    seconds = time.perf_counter() - began
    for reader in readers:
        reader.is_over.set()
        reader.join()
    if any(reader.faults or not reader.opened for reader in readers):
        raise SystemExit("somebody could not read meanwhile")
    if Resident.objects.exclude(data_key__startswith=f"{run.key}:").exists():
        raise SystemExit("somebody was left under the old key")
    return persons / seconds, sum(reader.opened for reader in readers)


def main() -> int:
    """Make people, renew their keys while others read, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", default="postgresql", choices=("sqlite", "postgresql"))
    parser.add_argument("--total", type=int, default=PERSONS)
    chosen = parser.parse_args()
    os.environ["LINLI_LOG_LEVEL"] = "ERROR"
    with fresh_database(chosen.kind):
        people_make(chosen.total)
        peer = _peer()
        ours, opened = _renewed(chosen.total)
    return line(
        "key-rotation",
        size=f"{chosen.total:,} persons, {chosen.kind}",
        ours=ours,
        peer=peer,
        unit="persons/s",
        goal=f">= {GOAL:,} persons/s while others read",
        holds=ours >= GOAL,
        read_meanwhile=opened,
    )


if __name__ == "__main__":
    sys.exit(main())
