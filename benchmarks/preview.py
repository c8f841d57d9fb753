"""[preview] What one policy would mean over 25,000,000 residents, against the version in force, in < 2 s."""

import sys

from frame import line
from match_city import city, folder_of, load, piece

PERSONS, SECONDS, POLICY = 25_000_000, 2.0, "elder_allowance"


def main() -> int:
    """Preview a policy over a snapshot."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with folder_of(f"city-{persons}") as folder:
        piece("snapshot", city(folder, persons), folder / "snapshot", "shipped")
        busy = load()
        found, peak = piece("preview", folder / "snapshot", POLICY)
    return line(
        "preview",
        size=f"{persons:,} residents, {int(found['eligible']):,} eligible",
        ours=found["whole"],
        peer=None,
        unit="s",
        goal=f"25 M in < {SECONDS} s",
        holds=found["whole"] < SECONDS and found["eligible"] > 0,
        cpu_s=round(found["cpu"], 2),
        peak_gb=round(peak, 2),
        load=busy,
    )


if __name__ == "__main__":
    sys.exit(main())
