"""[match-25m] The policies that ship over 25,000,000 residents: verdicts, and what is missing, as Parquet.

``./linli bench match-25m`` makes the city and its snapshot first and reports their time apart (with
``$LINLI_CITY`` they stay for the next run); a number behind it makes a smaller city. The same is done over a
twenty-fifth, to see that time grows with people alone. Memory is the peak over all processes.
"""

import sys

from frame import line
from match_city import city, folder_of, load, piece

PERSONS, SECONDS, GIGABYTES, SPREAD = 25_000_000, 30, 2.5, 1.5


def main() -> int:
    """Make the snapshots and match over them."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with folder_of(f"city-{persons}") as whole, folder_of(f"city-{persons // 25}") as small:
        piece("snapshot", city(small, persons // 25), small / "snapshot", "shipped")
        made, made_peak = piece("snapshot", city(whole, persons), whole / "snapshot", "shipped")
        few, _ = piece("match", small / "snapshot", small / "run", "shipped")
        busy = load()
        all_, peak = piece("match", whole / "snapshot", whole / "run", "shipped")
    seconds, growth = all_["whole"], all_["whole"] / (25 * few["whole"])
    return line(
        "match-25m",
        size=f"{persons:,} residents",
        ours=seconds,
        peer=None,
        unit="s",
        goal=f"25 M in < {SECONDS} s, < {GIGABYTES} GB; time a person not above {SPREAD} x that of 1 M",
        holds=seconds < SECONDS * persons / PERSONS and peak < GIGABYTES and growth < SPREAD,
        cpu_s=round(all_["cpu"], 1),
        peak_gb=round(peak, 2),
        a_twenty_fifth_s=round(few["whole"], 2),
        snapshot_s=round(made["whole"], 1),
        snapshot_peak_gb=round(made_peak, 2),
        load=busy,
    )


if __name__ == "__main__":
    sys.exit(main())
