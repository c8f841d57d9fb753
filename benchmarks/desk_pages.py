"""[desk-pages] 待办, the list and the record on 20,000 matters of one street.

The demo's month is built through the services, then copied row for row (``bulk.py``). Pages are asked
for in process by a signed-in member of the street office, who sees all of them: session, actor,
permissions, queries, template. One line a page: p95 in milliseconds and how many statements it took.
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from bulk import check, matters_multiply
from frame import fresh_database, line, milliseconds, p95

MATTERS, WARM, TIMES, GOAL = 20_000, 5, 60, 150


def _client() -> Any:
    from django.test import Client

    from linli.foundation.accounts.models import Account, Role

    role = Role.objects.filter(function="street", unit__function="street").order_by("pk").first()
    account = Account.objects.get(person_id=role.person_id)
    client = Client(SERVER_NAME="localhost")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _pages() -> Iterator[tuple[str, Callable[[int], str]]]:
    from linli.work.matters.models import Matter

    ids = list(Matter.objects.values_list("public_id", flat=True))
    random.Random(1).shuffle(ids)
    words = ("电梯", "垃圾", "噪声", "路灯", "停车")
    yield "todo", lambda index: "/desk/"
    yield "list", lambda index: f"/desk/matters/?stage=all&page={index + 1}"
    yield "list-overdue", lambda index: "/desk/matters/?stage=overdue&order=-reported"
    yield "list-search", lambda index: f"/desk/matters/?stage=all&q={words[index % len(words)]}"
    yield "record", lambda index: f"/desk/matters/{ids[index]}/"


def _statements(client: Any, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def _measure(client: Any, name: str, url: Callable[[int], str]) -> int:
    def act(index: int) -> None:
        answer = client.get(url(index))
        if answer.status_code != 200:
            raise RuntimeError(f"{url(index)} answered {answer.status_code}")

    milliseconds(act, WARM)
    taken = p95(milliseconds(act, TIMES))
    return line(
        f"desk-pages/{name}",
        size=f"{MATTERS} matters, {TIMES} times",
        ours=taken,
        peer=None,
        unit="ms p95",
        goal=f"< {GOAL} ms",
        holds=taken < GOAL,
        queries=_statements(client, url(0)),
    )


def main() -> int:
    """Build, copy, check one copy, measure each page."""
    os.environ["LINLI_DEMO"] = "1"
    kind = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("LINLI_HOME", home)
        with fresh_database(kind):
            from django.db import connection

            from linli.portal.demo.build import demo_build
            from linli.work.matters.models import Matter

            demo_build(matters=420)
            original = Matter.objects.filter(merged_into=None, source_number="").order_by("pk").first()
            last = Matter.objects.order_by("-pk").values_list("pk", flat=True)[0]
            matters_multiply(MATTERS)
            check(original, Matter.objects.filter(pk__gt=last).order_by("pk")[0])
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            client = _client()
            return max([_measure(client, name, url) for name, url in _pages()])


if __name__ == "__main__":
    sys.exit(main())
