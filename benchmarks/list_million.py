"""[list-million] the list of matters among 1,000,000, for the city, a street and a committee.

A state, a category, a year and a two-character word, by limit: first page, fiftieth page, count, each with
the session's own work left out: ``MatterList`` as the page uses it. Peer: the same page by the plain
query of ``matter_list`` over ``icontains``. ``--keep FOLDER`` keeps the database for another run; without it
the city is built first (``city.py``), which takes minutes. One line a role and a question.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import _migrated, line, milliseconds, p95

MATTERS, TIMES, GOAL = 1_000_000, 20, 300
PAGE, FIFTIETH = 25, 49 * 25
ROLES = {"city": "city", "street": "street", "committee": "worker"}
WORDS = ("电梯", "垃圾", "路灯", "车位")
CATEGORIES = ("safety", "sanitation", "facility", "property")


@contextmanager
def _city(kind: str, folder: Path, total: int) -> Iterator[None]:
    from linli.cli import postgres

    os.environ["LINLI_HOME"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file = nullcontext(f"sqlite:///{folder}/city.sqlite3")
    with postgres.kept(folder) if kind == "postgresql" else file as url:
        _migrated(url)
        from linli.work.matters.models import Matter

        if Matter.objects.count() < total:
            from benchmarks.city import city_build

            city_build(total)
        yield
        from django.db import connections

        connections.close_all()


def _actor(username: str) -> Any:
    from linli.foundation.accounts.models import Account, Role
    from linli.foundation.accounts.selectors import actor_of_role

    account = Account.objects.get(username=username)
    return actor_of_role(account, Role.objects.filter(person=account.person).order_by("pk")[0])


def _questions(actor: Any) -> dict[str, Callable[[int], object]]:
    from django.db.models import Q

    from linli.core import clock
    from linli.work.matters.selectors import MatterFilters, MatterList

    def asked(index: int) -> MatterList:
        first = clock.today() - timedelta(days=365 + index * 7)
        days = {"from_on": first, "to_on": first + timedelta(days=364)}
        word, category = WORDS[index % len(WORDS)], CATEGORIES[index % len(CATEGORIES)]
        return MatterList(actor, MatterFilters(q=word, state="closed", category=category, **days))

    return {
        "page-1": lambda index: asked(index).page(Q(), 0, PAGE),
        "page-50": lambda index: asked(index).page(Q(), FIFTIETH, PAGE),
        "count": lambda index: asked(index).counts({"all": Q()}),
    }


def _plain(actor: Any) -> float:
    """Return how long the plain query takes for the first page, once."""
    from linli.work.matters.models import Matter

    rows = Matter.objects.visible_to(actor).filter(state="closed", category__code=CATEGORIES[0])
    rows = rows.filter(text__icontains=WORDS[0], reported_at__date__gte=date(2023, 1, 1))
    return milliseconds(lambda _: list(rows.order_by("due_at", "-id").values_list("pk")[:PAGE]), 1)[0]


def main() -> int:
    """Build or open the city, ask each question of each role."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--keep", type=Path, help="folder of the database, kept for another run")
    parser.add_argument("--total", type=int, default=MATTERS)
    chosen = parser.parse_args()
    os.environ["LINLI_DEMO"] = "1"
    with tempfile.TemporaryDirectory(prefix="linli-city-") as scratch:
        folder = (chosen.keep or Path(scratch)).resolve()
        with _city(chosen.kind, folder, chosen.total):
            return max([_measure(chosen, role, name) for role, name in ROLES.items()])


def _measure(chosen: argparse.Namespace, role: str, username: str) -> int:
    actor = _actor(username)
    peer, codes = _plain(actor), []
    for question, act in _questions(actor).items():
        milliseconds(act, 2)
        taken = p95(milliseconds(act, TIMES))
        codes.append(
            line(
                f"list-million/{role}/{question}",
                size=f"{chosen.total:,} matters, {chosen.kind}",
                ours=taken,
                peer=peer if question == "page-1" else None,
                unit="ms p95",
                goal=f"< {GOAL} ms",
                holds=taken < GOAL,
            )
        )
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
