"""[report-http] a report over HTTP on PostgreSQL with its default durability.

Two gunicorn workers and two clients that keep their connection share this machine with the database. Each
client is a signed-in resident who posts the report page's own form: session, CSRF, form, service, redirect.
Ours is reports a second; no peer runs here (Signalen, measured elsewhere on two cores: 18-20/s).
"""

import http.client
import os
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from urllib.parse import urlencode

from frame import fresh_database, line, p95

CLIENTS, WARM, REPORTS, PORT = 2, 40, 1500, 8391
GOAL_PER_SECOND, GOAL_P95 = 100, 50
TEXT = "3号楼门口的路灯坏了三天，晚上老人出门看不清台阶，请尽快派人来修。第{}次反映。"


class Resident:
    """One signed-in browser with an open connection."""

    def __init__(self, session: str, place: str) -> None:
        self.place = place
        self.token = "a" * 32
        self.cookie = f"sessionid={session}; csrftoken={self.token}"
        self.line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)

    def report(self, number: int) -> float:
        """Post one report and return the milliseconds until the redirect to the receipt."""
        fields = {
            "csrfmiddlewaretoken": self.token,
            "request_key": uuid.uuid4().hex,
            "text": TEXT.format(number),
            "place": self.place,
            "address": "3号楼",
        }
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        self.line.request("POST", "/report/", urlencode(fields).encode(), headers)
        answer = self.line.getresponse()
        answer.read()
        taken = (time.perf_counter() - began) * 1000
        if answer.status != 302 or "/m/" not in str(answer.getheader("Location")):
            raise RuntimeError(f"the report was not taken: {answer.status} {answer.getheader('Location')}")
        return taken

    def reports(self, count: int) -> list[float]:
        """Post so many reports one after the other."""
        return [self.report(number) for number in range(count)]


def _world() -> tuple[list[str], str]:
    """Load Shanghai, one compound and the residents; return their sessions and the compound's token."""
    os.environ["LINLI_SHOW_CODES"] = "1"
    from django.conf import settings
    from django.test import Client

    from linli.core.actor import system
    from linli.foundation.accounts.models import Account
    from linli.foundation.places.edition import SHANGHAI, edition_read
    from linli.foundation.places.services import divisions_load
    from linli.portal.demo.cast import people_build, places_build, units_build
    from linli.work.matters.place import choice_of_compound
    from linli.work.matters.services import categories_load

    machine = system("bench")
    divisions_load(actor=machine, edition=edition_read(SHANGHAI))
    categories_load(actor=machine)
    place = places_build()[0]
    cast = people_build(units_build(opened_on=date(2026, 1, 1)))
    sessions = []
    for number in range(CLIENTS):
        client = Client()
        account = Account.objects.get(pk=cast[f"resident.{number:02d}"].account_id)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return sessions, choice_of_compound(place.compound).token


def _wait() -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            probe = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            probe.request("GET", "/report/")
            probe.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not open its port")


def _measure(sessions: list[str], place: str) -> tuple[float, float]:
    residents = [Resident(session, place) for session in sessions]
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda r: r.reports(WARM), residents))
        began = time.perf_counter()
        taken = [ms for times in pool.map(lambda r: r.reports(REPORTS // CLIENTS), residents) for ms in times]
        seconds = time.perf_counter() - began
    return len(taken) / seconds, p95(taken)


def main() -> int:
    """Run the benchmark and print its line."""
    os.environ["LINLI_DEMO"] = "1"
    os.environ["LINLI_REPORTS_PER_DAY"] = "1000000"  # counted as always, and never reached
    with tempfile.TemporaryDirectory() as home:
        os.environ["LINLI_HOME"] = home
        with fresh_database("postgresql"):
            sessions, place = _world()
            serve = [sys.executable, "-m", "linli.cli", "serve", "--port", str(PORT), "--workers", "2"]
            with subprocess.Popen(serve, stdout=subprocess.DEVNULL) as server:
                try:
                    _wait()
                    rate, slow = _measure(sessions, place)
                finally:
                    server.terminate()
    return line(
        "report-http",
        size=f"{REPORTS} reports, {CLIENTS} clients, 2 workers, PostgreSQL durable",
        ours=rate,
        peer=None,
        unit="reports/s",
        goal=f">= {GOAL_PER_SECOND}/s and p95 < {GOAL_P95} ms",
        holds=rate >= GOAL_PER_SECOND and slow < GOAL_P95,
        p95_ms=round(slow, 1),
    )


if __name__ == "__main__":
    sys.exit(main())
