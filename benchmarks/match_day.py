"""[match-day] The ten rules over 5,000,000 residents from the day's snapshot, its making added.

The peer is OpenFisca-Core (see ``match-raw``): load and compute against snapshot and match.

Computing alone: everybody's ten verdicts from what lies in memory, until it is known how many are eligible by
rule, what is unknown being nothing as for the peer; the counts must be the same. Each side does it fifteen
times, the median counts. The peer cannot count without keeping a verdict of everybody; ours are counted where
they are made, as previews do. ``alone_arrays_s`` is ours when they are kept as Arrow arrays instead, to be
held against ``peer_arrays_s`` (not counted); ``alone_with_missing_s`` is that with three answers
and what is missing beside each.
"""

import os
import sys

from frame import line
from match_city import DAY, city, folder_of, load, oracle, piece

PERSONS, RATIO, ALONE = 5_000_000, 2.0, 3.0


def main() -> int:
    """Make the day's snapshot, match over it, and let the oracle do it too."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with folder_of(f"city-{persons}") as folder:
        raw = city(folder, persons)
        busy = load()
        made, made_peak = piece("snapshot", raw, folder / "ten", "ten")
        matched, peak = piece("match", folder / "ten", folder / "ten-run", "ten")
        alone, _ = piece("alone", folder / "ten")
        peer, peer_peak = oracle(os.environ.get("LINLI_OPENFISCA"), raw, DAY, folder / "oracle.parquet")
    seconds = made["whole"] + matched["whole"]
    theirs = peer["load"] + peer["compute"] if peer else None
    fast = peer is None or (theirs / seconds >= RATIO and peer["counted"] / alone["counted"] >= ALONE)
    same = peer is None or peer["eligible"] == alone["eligible"]
    return line(
        "match-day",
        size=f"{persons:,} residents, 10 rules",
        ours=seconds,
        peer=theirs,
        unit="s",
        goal=f">= {RATIO} x; computing alone >= {ALONE} x",
        holds=fast and same,
        same=same,
        snapshot_s=round(made["whole"], 2),
        match_s=round(matched["whole"], 2),
        alone_s=round(alone["counted"], 3),
        peer_alone_s=peer and round(peer["counted"], 3),
        alone_arrays_s=round(alone["arrays"], 3),
        peer_arrays_s=peer and round(peer["arrays"], 3),
        alone_with_missing_s=round(alone["whole"], 3),
        cpu_s=round(made["cpu"] + matched["cpu"], 1),
        peak_gb=round(max(peak, made_peak), 2),
        peer_peak_gb=peer_peak and round(peer_peak, 2),
        load=busy,
    )


if __name__ == "__main__":
    sys.exit(main())
