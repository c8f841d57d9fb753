"""What the benchmarks of 政策找人 share: the made-up city, and the pieces of work that run in own processes.

``match_city.py raw CITY OUT`` and the like do one piece and print their seconds as JSON, so that each piece's
memory is its own. ``$LINLI_CITY`` names a folder that keeps cities for the next run.
"""

import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measured import measured

DAY = date(2026, 11, 26)
LARGE = 2_600_000  # persons of a part where nothing is sorted
AGAIN = 15
HERE = str(Path(__file__).resolve())


@contextmanager
def folder_of(name: str) -> Iterator[Path]:
    """Give a folder: one that stays under ``$LINLI_CITY``, else one that goes with the run."""
    if kept := os.environ.get("LINLI_CITY"):
        Path(kept, name).mkdir(parents=True, exist_ok=True)
        yield Path(kept, name)
    else:
        with TemporaryDirectory(prefix="linli-match-") as home:
            yield Path(home)


def city(folder: Path, persons: int) -> Path:
    """Make a city of so many persons, unless it is there."""
    words = ["synth", "people", "--persons", str(persons), "--seed", "1", "--to", "parquet"]
    measured([sys.executable, "-m", "linli.cli", *words, "--out", str(folder / "city")])
    return folder / "city"


def piece(work: str, *given: object) -> tuple[dict[str, Any], float]:
    """Do a piece of work in a process of its own and return its seconds by step and its peak in GB."""
    _, peak, said = measured([sys.executable, HERE, work, *map(str, given)])
    return json.loads(said), peak


def oracle(
    interpreter: str | None, city_: Path, day: date, out: Path
) -> tuple[dict[str, float] | None, float | None]:
    """Let OpenFisca-Core do the ten rules; ``None`` without an interpreter that has it."""
    if not interpreter:
        return None, None
    script = str(Path(__file__).with_name("fisca_oracle.py"))
    _, peak, said = measured([interpreter, script, str(city_), f"{day:%Y%m%d}", str(out)])
    return json.loads(said), peak


def same(ours: Path, theirs: Path) -> bool:
    """Say whether every verdict of ours that is known is the oracle's too."""
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    names = pq.read_schema(theirs).names
    found = ds.dataset(ours).to_table(columns=["person", *(f"verdict:{name}" for name in names)])
    found, wanted = found.sort_by("person"), pq.read_table(theirs)
    if len(found) != len(wanted):
        return False
    for name in names:
        verdict = found[f"verdict:{name}"].to_numpy()
        known = verdict < 2
        if not known.any() or (verdict[known] != wanted[name].to_numpy()[known]).any():
            return False
    return True


def load() -> float:
    """Return how busy the machine is beside us."""
    return round(os.getloadavg()[0], 1)


def _raw(folder: str, out: str) -> dict[str, float]:
    """The ten rules over the raw files, nothing prepared."""
    from ten_rules import RULES

    from linli.work.benefits.engine.columnar import question
    from linli.work.benefits.engine.legend import Legend
    from linli.work.benefits.engine.matching import raw_matched
    from linli.work.benefits.engine.sources import SyntheticCity

    shutil.rmtree(out, ignore_errors=True)
    began = time.perf_counter()
    asked = question(RULES, DAY, {}, Legend(()))
    raw_matched(SyntheticCity(Path(folder), LARGE), asked, Path(out))
    return {"whole": time.perf_counter() - began}


def _snapshot(folder: str, out: str, which: str) -> dict[str, float]:
    """The day's snapshot, with what the rules say of households."""
    from linli.work.benefits.engine.snapshot import snapshot_make
    from linli.work.benefits.engine.sources import SyntheticCity

    rules, standards = _rules(which)
    if which == "ten":
        shutil.rmtree(out, ignore_errors=True)
    began = time.perf_counter()
    snapshot_make(Path(out), SyntheticCity(Path(folder)), DAY, rules, standards)
    return {"whole": time.perf_counter() - began}


def _match(snapshot: str, out: str, which: str, policy: str = "") -> dict[str, float]:
    """The rules, or one policy and what hangs on it, over a snapshot into verdicts."""
    from linli.work.benefits.engine.matching import match_make
    from linli.work.benefits.engine.order import depending_on
    from linli.work.benefits.engine.snapshot import snapshot_open

    rules, standards = _rules(which)
    shutil.rmtree(out, ignore_errors=True)
    began = time.perf_counter()
    wanted = depending_on([policy], rules) if policy else None
    match_make(Path(out), snapshot_open(Path(snapshot), DAY), rules, DAY, standards, wanted)
    return {"whole": time.perf_counter() - began}


def _preview(snapshot: str) -> dict[str, Any]:
    """What each policy would mean, against the version in force."""
    from linli.work.benefits.engine.connecting import connected
    from linli.work.benefits.engine.previewing import previewed
    from linli.work.benefits.engine.snapshot import snapshot_open

    rules, standards = _rules("shipped")
    made, seconds, eligible = snapshot_open(Path(snapshot), DAY), {}, 0
    connected()  # loads the engine; a server does so once
    for rule in rules:
        began = time.perf_counter()
        found = previewed(made, rule, rules, DAY, standards, rule)
        seconds[rule.policy] = time.perf_counter() - began
        eligible += sum(tally.eligible for tally in found.tallies)
    return {"seconds": seconds, "eligible": eligible}


def _rules(which: str) -> tuple[Any, Any]:
    if which == "ten":
        from ten_rules import RULES

        return RULES, {}
    from linli.work.benefits.engine.tests.city import shipped_rules

    return shipped_rules(DAY)


def _alone(snapshot: str) -> dict[str, Any]:
    """The ten rules over what lies in memory, nothing read or written: verdicts on people of whom everything
    is known, which is what the peer computes, counted by rule or kept as arrays; and three answers with what
    is missing, kept as arrays."""
    from ten_rules import RULES

    from linli.work.benefits.engine.columnar import question, verdicts
    from linli.work.benefits.engine.connecting import connected, view
    from linli.work.benefits.engine.matching import CARRIED
    from linli.work.benefits.engine.snapshot import snapshot_open

    made = snapshot_open(Path(snapshot), DAY)
    engine, asked = connected(memory="3GB"), question(RULES, DAY, {}, made.legend)
    view(engine, "files", [made.people(part) for part in made.parts])
    kept = [f'"{side}:{digest}"' for digest in asked.kept() for side in ("value", "lack")]
    names = ", ".join([*CARRIED, "presence", "absent", *kept, *asked.columns()])
    engine.con.execute(f"CREATE TABLE people AS SELECT {names} FROM files")
    _known_make(engine, asked)
    said = verdicts(engine.table("people"), asked, asked.by_policy, ("person",))
    like = verdicts(engine.table("known"), asked, asked.by_policy, ("person",))
    like = like.select([f"verdict:{policy}" for policy in asked.by_policy])
    counts = ", ".join(f'count_if("verdict:{policy}" = 1)' for policy in asked.by_policy)
    counted = f"SELECT {counts} FROM ({engine.compile(like)})"
    (eligible,) = engine.con.sql(counted).fetchall()
    return {
        "whole": _timed(engine, engine.compile(said)),
        "arrays": _timed(engine, engine.compile(like)),
        "counted": _timed(engine, counted),
        "eligible": dict(zip(asked.by_policy, eligible, strict=True)),
    }


def _known_make(engine: Any, asked: Any) -> None:
    """Lay everybody into a table as OpenFisca has them: what is unknown is nothing, all live here."""
    from linli.work.benefits.engine.columnar import kept_columns
    from linli.work.benefits.engine.matching import CARRIED

    given = [*CARRIED, "1 AS presence", "CAST(0 AS SMALLINT) AS absent"]
    given += [f'coalesce("{name}", 0) AS "{name}"' for name in asked.columns()]
    engine.con.execute(f"CREATE TEMP VIEW filled AS SELECT {', '.join(given)} FROM people")
    carried = (*CARRIED, "presence", "absent", *asked.columns())
    made = engine.compile(kept_columns(engine.table("filled"), asked, carried))
    engine.con.execute(f"CREATE TABLE known AS {made}")


def _timed(engine: Any, said: str) -> float:
    """Return the median of the seconds that a statement takes."""
    return statistics.median(_once(engine, said) for _ in range(AGAIN))


def _once(engine: Any, said: str) -> float:
    asked = engine.con.sql(said)  # bound, as the peer's formulas are
    began = time.perf_counter()
    asked.to_arrow_table()
    return time.perf_counter() - began


PIECES = {"alone": _alone, "raw": _raw, "snapshot": _snapshot, "match": _match, "preview": _preview}

if __name__ == "__main__":
    from linli.cli.ground import django_ready

    django_ready()
    import ibis.backends.duckdb  # noqa: F401 - imports are not what is timed

    import linli.work.benefits.engine.matching
    import linli.work.benefits.engine.previewing  # noqa: F401

    busy = time.process_time()
    seconds = PIECES[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(seconds | {"cpu": time.process_time() - busy}))
