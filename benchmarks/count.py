"""[count] counting 100,000 ballots by head and by floor area, and saying what the law makes of them.

Ours: ``law.results.result_of``, as the result page calls it. Peer in the same run: the published script
``docs/recount.py`` over the public bundle of the same ballots, as anybody can run it. Both must find the same
figures and the same outcome. Goal: under a second. Owners, flats and votes are made from a seed.
"""

import importlib.util
import json
import random
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import line

BALLOTS, SEED, RUNS = 100_000, 2026, 5
LONGEST = 1.0
LABELS = {"yes": "同意", "no": "反对", "abstain": "弃权"}


def script() -> Any:
    """Return the published script as a module."""
    path = Path(__file__).resolve().parent.parent / "docs" / "recount.py"
    spec = importlib.util.spec_from_file_location("recount", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _casts(rng: random.Random) -> list[Any]:
    from linli.work.deliberation.law import Cast

    areas = [rng.randrange(4_000, 16_000) for _n in range(400)]
    marks = (["yes"], ["no"], ["abstain"], ["yes", "no"])
    votes = rng.choices(marks, (76, 18, 5, 1), k=BALLOTS)
    return [Cast({"1": vote}, 1, rng.choice(areas)) for vote in votes]


def _best(act: Any) -> tuple[float, Any]:
    taken, found = [], None
    for _run in range(RUNS):
        began = time.perf_counter()
        found = act()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[RUNS // 2], found


def main() -> int:
    """Measure and print the line."""
    from linli.cli.ground import django_ready

    django_ready()
    from linli.work.deliberation.law import Weights, rule_of
    from linli.work.deliberation.law.bundle import Paper, bundle_build
    from linli.work.deliberation.law.results import Asked, Voters, result_of

    casts = _casts(random.Random(SEED))
    rule, asked = rule_of("owners_major", date(2026, 11, 26)), Asked("1", "是否同意", LABELS)
    voters = Voters(Weights(int(BALLOTS * 1.3), sum(cast.area for cast in casts) * 13 // 10))
    ours, result = _best(lambda: result_of(rule, asked, voters, casts))
    papers = [Paper(cast, f"{number:064x}") for number, cast in enumerate(casts)]
    built = bundle_build(
        head={"number": "1"}, rule=rule, roll_digest="", voters=voters, results=[result], papers=papers
    )
    bundle, recount = json.loads(json.dumps(built)), script()
    peer, (faults, _said) = _best(lambda: recount.recount(bundle))
    return line(
        "count",
        size=f"{BALLOTS:,} ballots by head and area",
        ours=ours,
        peer=peer,
        unit="s",
        goal=f"< {LONGEST:g} s, equal to the published script",
        holds=ours < LONGEST and not faults,
        equal=not faults,
        passed=result.plain()["is_passed"],
    )


if __name__ == "__main__":
    sys.exit(main())
