"""[synth] A made-up city of 25,000,000 persons straight to Parquet: persons a second, and the peak memory.

``./linli bench synth`` makes them all (1.1 GB of disk, given back at the end), with a number behind it so
many. Ours is the shipped command in processes of its own, from its start to its end; memory is the sum of
what they hold (proportional set size), looked at five times a second. Afterwards the files are
read: every person is there, no two share a number.

The peer makes persons one by one in a plain loop: the same tables and columns, drawn from the same files of
figures, in households whose members fit each other, written to Parquet by the same library in pieces of the
same size. It does less: no raking, no compounds of a committee, no landlords from among the neighbours. It is
timed on fewer persons and stands as a rate.
"""

import sys
import tempfile
import time
from pathlib import Path

from frame import line
from measured import measured
from plain_city import plain_city

PERSONS, PLAIN_PERSONS, SECONDS, GIGABYTES = 25_000_000, 50_000, 600, 4.0


def _made(persons: int, folder: Path) -> tuple[float, float]:
    """Run the command and return its seconds and its peak in GB."""
    words = [
        "synth",
        "people",
        "--persons",
        str(persons),
        "--seed",
        "1",
        "--to",
        "parquet",
        "--out",
        str(folder),
    ]
    seconds, peak, _ = measured([sys.executable, "-m", "linli.cli", *words])
    return seconds, peak


def _right(persons: int, folder: Path) -> bool:
    """Say whether all persons are there, each with a number of their own."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    numbers = np.zeros(persons, dtype=np.int64)
    at = 0
    for path in sorted((folder / "persons").iterdir()):
        column = pq.read_table(path, columns=["number"])["number"]
        body = pc.utf8_slice_codeunits(column, 0, 17).cast(pa.int64()).to_numpy()
        if at + len(body) > persons:
            return False
        numbers[at : at + len(body)] = body
        at += len(body)
    numbers.sort()
    return at == persons and bool((numbers[1:] != numbers[:-1]).all())


def main() -> int:
    """Make the city, look at it, and time the plain loop."""
    from linli.cli.ground import django_ready

    django_ready()
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with tempfile.TemporaryDirectory(prefix="linli-city-") as home:
        folder = Path(home) / "city"
        seconds, peak = _made(persons, folder)
        right = _right(persons, folder)
        size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    with tempfile.TemporaryDirectory(prefix="linli-city-") as home:
        began = time.perf_counter()
        plain_city(PLAIN_PERSONS, 1, Path(home))
        plain = PLAIN_PERSONS / (time.perf_counter() - began)
    share = persons / PERSONS
    return line(
        "synth",
        size=f"{persons:,} persons, peer {PLAIN_PERSONS:,}",
        ours=persons / seconds,
        peer=plain,
        unit="persons/s",
        goal=f"25 M in < {SECONDS} s, < {GIGABYTES:.0f} GB over all processes",
        holds=right and seconds < SECONDS * max(share, 0.25) and peak < GIGABYTES,
        seconds=round(seconds, 1),
        peak_gb=round(peak, 2),
        disk_gb=round(size / 1e9, 2),
    )


if __name__ == "__main__":
    raise SystemExit(main())
