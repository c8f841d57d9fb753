"""[rollup] the roll-up of 10,000,000 moves: rebuilt, followed, and the pages that read it.

The demo's month (420 matters with their steps, assignments and ratings, written by services) is copied row
for row by the database itself under new ids, over three years and all committees of the city, until there
are that many moves. Measured: a rebuild from nothing and one over what is there, in pieces, as ``linli rollup
rebuild`` does it; taking in one step; the pages of figures as the city, a street and a committee see them
(p95). Peer of the pages: the same page's figures asked of the live tables, once. ``--keep FOLDER`` keeps the
database for another run.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import _migrated, line, milliseconds, p95

MOVES, TIMES = 10_000_000, 40
GOAL_REBUILD, GOAL_PAGE = 120, 300
COPIES_AT_ONCE, STRIDE, DAYS = 250, 100_000, 3 * 365
PAGES = ("/desk/data/", "/desk/data/rates/")
SHIFTED = {
    *("happened_at", "reported_at", "accepted_at", "handed_at", "handled_at", "closed_at", "due_at", "at"),
    *("source_due_at", "recorded_at", "sent_at", "signed_at", "ended_at", "rated_at"),
}
READERS = {"city": "city", "street": "street", "committee": "worker"}


def _columns(model: Any, vendor: str) -> dict[str, str]:
    """Return what each column of a copy is, in SQL over the original ``o`` and the copy ``k``."""
    days = {
        "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', o.{c}, '-' || k.days || ' days')",
        "postgresql": "o.{c} - make_interval(days => k.days::int)",
    }[vendor]
    uuid = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}[vendor]
    found = {}
    for field in model._meta.concrete_fields:
        column = field.column
        if column in SHIFTED:
            found[column] = days.format(c=column)
        elif column in ("id", "matter_id", "merged_into_id"):
            found[column] = f"o.{column} + k.n * {STRIDE}"
        elif column == "public_id":
            found[column] = uuid
        elif column == "number":
            found[column] = f"CAST(o.id + k.n * {STRIDE} AS varchar(20))"
        elif column == "source_number":
            found[column] = f"CASE WHEN o.{column} = '' THEN '' ELSE o.{column} || '-' || k.n END"
        elif column in ("area_path", "place_code"):
            found[column] = f"p.{'path' if column == 'area_path' else 'code'}"
        else:
            found[column] = f'o."{column}"'
    return found


def _prepared(cursor: Any, copies: int) -> int:
    from linli.foundation.places.models import Division, Level

    rows = Division.objects.on().filter(level=Level.COMMITTEE).order_by("code").values_list("path", "code")
    cursor.execute("CREATE TABLE bench_places (n integer PRIMARY KEY, path varchar(80), code varchar(15))")
    cursor.executemany(
        "INSERT INTO bench_places VALUES (%s, %s, %s)", [(n, *row) for n, row in enumerate(rows)]
    )
    cursor.execute("CREATE TABLE bench_copies (n integer PRIMARY KEY, days integer)")
    shifts = [(n, 1 + n * 37 % DAYS) for n in range(1, copies + 1)]
    cursor.executemany("INSERT INTO bench_copies VALUES (%s, %s)", shifts)
    return len(rows)


@contextmanager
def _without_indexes(cursor: Any, connection: Any, tables: list[str]) -> Iterator[None]:
    """Let go of the indexes while rows pour in, and make them again."""
    if connection.vendor == "sqlite":
        for pragma in ("synchronous=OFF", "cache_size=-400000"):
            cursor.execute(f"PRAGMA {pragma}")
        names = "SELECT name, sql FROM sqlite_master WHERE type='index' AND sql <> '' AND tbl_name = %s"
    else:
        names = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint)"
        )
    found = []
    for table in tables:
        cursor.execute(names, [table])
        found += cursor.fetchall()
    for name, _sql in found:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _name, sql in found:
        cursor.execute(sql)


def _grow(total: int) -> None:
    """Copy the demo until there are so many moves."""
    from django.db import connection, transaction

    from linli.portal.demo.build import demo_build
    from linli.work.matters.models import Assignment, Matter, MatterEvent, Rating
    from linli.work.matters.rollup import tasks
    from linli.work.matters.rollup.models import MoveFact

    demo_build(matters=420)
    tasks.rebuild()
    copies = total // MoveFact.objects.count() + 1
    models = (Matter, MatterEvent, Assignment, Rating)
    firsts = {model: model.objects.order_by("pk").values_list("pk", flat=True).last() for model in models}
    with connection.cursor() as cursor:
        places = _prepared(cursor, copies)
        with _without_indexes(cursor, connection, [model._meta.db_table for model in models]):
            for start in range(1, copies + 1, COPIES_AT_ONCE):
                with transaction.atomic():
                    for model in models:
                        cursor.execute(_copy(model, connection.vendor, places, firsts[model], start))
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _copy(model: Any, vendor: str, places: int, last: int, start: int) -> str:
    columns = _columns(model, vendor)
    names = ", ".join(f'"{name}"' for name in columns)
    joined = (
        f"JOIN bench_places p ON p.n = (o.id * 7919 + k.n * 104729) % {places}"
        if "area_path" in columns
        else ""
    )
    sql = (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(columns.values())} '
        f'FROM bench_copies k CROSS JOIN "{model._meta.db_table}" o {joined} '
        f"WHERE o.id <= {last} AND k.n BETWEEN {start} AND {start + COPIES_AT_ONCE - 1}"
    )
    return sql if "%%" not in sql else sql.replace("%%", "%")


@contextmanager
def _city(kind: str, folder: Path, total: int) -> Iterator[None]:
    from linli.cli import postgres

    os.environ["LINLI_HOME"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file = nullcontext(f"sqlite:///{folder}/rollup.sqlite3")
    with postgres.kept(folder) if kind == "postgresql" else file as url:
        _migrated(url)
        from linli.work.matters.models import MatterEvent

        if not MatterEvent.objects.exists():
            _grow(total)
        yield
        from django.db import connections

        connections.close_all()


def _seconds(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _rebuilds(size: str) -> int:
    from django.db import connection

    from linli.work.matters.rollup import tasks
    from linli.work.matters.rollup.models import DayCell, MatterFact, MoveFact

    with connection.cursor() as cursor:
        for model in (DayCell, MatterFact, MoveFact):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    codes = []
    for name in ("from-nothing", "over-what-is-there"):
        taken = _seconds(tasks.rebuild)
        codes.append(
            line(
                f"rollup/rebuild/{name}",
                size=size,
                ours=taken,
                peer=None,
                unit="s",
                goal=f"< {GOAL_REBUILD} s",
                holds=taken < GOAL_REBUILD,
                cells=DayCell.objects.count(),
            )
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    codes.append(_follow(size, tasks))
    return max(codes)


def _follow(size: str, tasks: Any) -> int:
    """One step somewhere, taken in: what a minute costs at the least."""
    from linli.core import clock
    from linli.work.matters.models import Matter, MatterEvent

    def one(index: int) -> None:
        matter = Matter.objects.get(pk=1_000 * STRIDE // 1_000 * (index + 1) + 1 + index)
        now = clock.now()
        MatterEvent.objects.create(matter=matter, verb="note", at=now, recorded_at=now)
        tasks.follow()

    tasks.follow()
    taken = p95(milliseconds(one, 20))
    return line(
        "rollup/follow/one-step", size=size, ours=taken, peer=None, unit="ms p95", goal="< 2000 ms",
        holds=taken < 2000,
    )  # fmt: skip


def _client(username: str) -> Any:
    from django.test import Client

    from linli.foundation.accounts.models import Account

    client = Client(SERVER_NAME="localhost")
    client.force_login(
        Account.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def _live(username: str) -> float:
    """The same year's figures of the whole area and of the areas below, asked of the live tables, once."""
    from linli.core import clock
    from linli.foundation.accounts.models import Account, Role
    from linli.foundation.accounts.selectors import actor_of_role
    from linli.oversight.dashboards.overview import area_of, children_of
    from linli.oversight.dashboards.periods import period_of
    from linli.work.matters.selectors import figures, figures_by_area

    account = Account.objects.get(username=username)
    actor = actor_of_role(account, Role.objects.filter(person=account.person).order_by("pk")[0])
    period = period_of("year", clock.today())
    division = area_of(actor, "", period)

    def ask(_index: int) -> None:
        for each in (period, period.before):
            figures(actor, division.path, each.from_on, each.to_on)
        below = [child.path for child in children_of(division, period)]
        figures_by_area(actor, below, period.from_on, period.to_on - timedelta(days=0))

    return milliseconds(ask, 1)[0]


def _pages(size: str) -> int:
    codes = []
    for role, username in READERS.items():
        client, peer = _client(username), _live(username)
        for page in PAGES:

            def act(index: int, client: Any = client, page: str = page) -> None:
                period = ("year", "quarter", "30d", "month")[index % 4]
                answer = client.get(page, {"period": period})
                if answer.status_code != 200:
                    raise RuntimeError(f"{page} answered {answer.status_code}")

            milliseconds(act, 4)
            taken = p95(milliseconds(act, TIMES))
            codes.append(
                line(
                    f"rollup/page/{role}{page}",
                    size=size,
                    ours=taken,
                    peer=peer,
                    unit="ms p95",
                    goal=f"< {GOAL_PAGE} ms",
                    holds=taken < GOAL_PAGE,
                )
            )
    return max(codes)


def main() -> int:
    """Build or open the city, rebuild twice, follow, ask for the pages."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--keep", type=Path, help="folder of the database, kept for another run")
    parser.add_argument("--moves", type=int, default=MOVES)
    parser.add_argument("--only", choices=("rebuild", "pages"))
    chosen = parser.parse_args()
    os.environ["LINLI_DEMO"] = "1"
    with tempfile.TemporaryDirectory(prefix="linli-rollup-") as scratch:
        folder = (chosen.keep or Path(scratch)).resolve()
        with _city(chosen.kind, folder, chosen.moves):
            from linli.work.matters.models import MatterEvent

            size = f"{MatterEvent.objects.count():,} steps, {chosen.kind}"
            codes = [_rebuilds(size)] if chosen.only != "pages" else []
            codes += [_pages(size)] if chosen.only != "rebuild" else []
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
