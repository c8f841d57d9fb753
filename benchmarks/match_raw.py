"""[match-raw] Ten rules with aggregates of households over 5,000,000 residents, raw files to verdicts.

Nothing is prepared: persons and households as ``linli synth people --to parquet`` writes them. The peer is
OpenFisca-Core on the same file (load and compute), by an interpreter that has it (``$LINLI_OPENFISCA``; it is
AGPL and no part of Linli); without one there is no peer and only our time is given. Wherever all that matters
is known, both must say the same. Memory is the peak of each over all its processes.
"""

import os
import sys
from pathlib import Path

from frame import line
from match_city import DAY, city, folder_of, load, oracle, piece, same

PERSONS, RATIO, MEMORY = 5_000_000, 2.5, 0.5


def main() -> int:
    """Match over raw files, and let the oracle do it too."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with folder_of(f"city-{persons}") as folder:
        raw = city(folder, persons)
        busy = load()
        ours, peak = piece("raw", raw, folder / "raw")
        peer, peer_peak = oracle(os.environ.get("LINLI_OPENFISCA"), raw, DAY, folder / "oracle.parquet")
        agree = peer is None or same(folder / "raw", Path(folder / "oracle.parquet"))
    seconds, theirs = ours["whole"], peer["load"] + peer["compute"] if peer else None
    fast = theirs is None or theirs / seconds >= RATIO
    return line(
        "match-raw",
        size=f"{persons:,} residents, 10 rules",
        ours=seconds,
        peer=theirs,
        unit="s",
        goal=f">= {RATIO} x, < {MEMORY} of its memory, identical where all is known",
        holds=agree and fast and (peer_peak is None or peak < MEMORY * peer_peak),
        cpu_s=round(ours["cpu"], 1),
        peer_cpu_s=peer and round(peer["cpu"], 1),
        peak_gb=round(peak, 2),
        peer_peak_gb=peer_peak and round(peer_peak, 2),
        identical=agree if peer else None,
        load=busy,
    )


if __name__ == "__main__":
    sys.exit(main())
