"""[preview] What a policy would mean over 25,000,000 residents, against the version in force, in < 2 s.

Each policy that ships is previewed; the slowest counts.
"""

import sys

from frame import line
from match_city import city, folder_of, load, piece

PERSONS, SECONDS = 25_000_000, 2.0


def main() -> int:
    """Preview every policy over a snapshot."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with folder_of(f"city-{persons}") as folder:
        piece("snapshot", city(folder, persons), folder / "snapshot", "shipped")
        busy = load()
        found, peak = piece("preview", folder / "snapshot")
    seconds = sorted(found["seconds"].values())
    return line(
        "preview",
        size=f"{persons:,} residents, the slowest of {len(seconds)} policies",
        ours=seconds[-1],
        peer=None,
        unit="s",
        goal=f"25 M in < {SECONDS} s",
        holds=seconds[-1] < SECONDS and found["eligible"] > 0,
        median_s=round(seconds[len(seconds) // 2], 2),
        cpu_s=round(found["cpu"], 1),
        peak_gb=round(peak, 2),
        load=busy,
    )


if __name__ == "__main__":
    sys.exit(main())
