"""[ballots] 50,000 named ballots through HTTP by 32 clients on PostgreSQL; the server is killed -9 twice.

Every elector is a signed-in resident who posts the voting page's own form with its request key: session,
CSRF, form, service, redirect to the receipt. A client that gets no answer, or 503, sends the same again with
the same key, as the page does. In the end every acknowledged ballot must stand once and as it was marked,
with one audit record each. `--size N` for a small run. No peer: no other platform takes weighted ballots.

`--overload` shows what happens beyond capacity instead: each process takes two votes at a time, and somebody
holds the ballot twice for four seconds. Votes then wait, the places fill, others are answered 503 with
Retry-After and come again with the same key; nothing may be lost or doubled.
"""

import argparse
import http.client
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from frame import fresh_database, line

CLIENTS, SIZE, PORT, MINUTES = 32, 50_000, 8393, 10
OVERLOAD_SIZE, HELD, PLACES = 1_000, 4.0, "2"
MARKS = ("yes", "no", "abstain")
BATCH = 2_000


@dataclass
class Seen:
    """What the clients saw, all of them together."""

    taken: list[float] = field(default_factory=list)
    refused: int = 0
    without_a_time: int = 0
    lost: int = 0
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **more: int) -> None:
        with self.lock:
            for name, count in more.items():
                setattr(self, name, getattr(self, name) + count)


class Server:
    """The shipped server, killed without warning and started again."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "linli.cli", "serve", "--port", str(PORT), "--workers", "2"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def kill(self) -> None:
        """Kill the master and its workers at once, mid-request."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                probe = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
                probe.request("GET", "/council/")
                probe.getresponse().read()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("the server did not open its port")


@dataclass(frozen=True, slots=True)
class Elector:
    """One elector with a browser: session, address of the form, what they mark."""

    session: str
    address: str
    mark: str
    key: str


class Client:
    """One connection that votes for one elector after the other."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.line: http.client.HTTPConnection | None = None

    def vote(self, elector: Elector) -> None:
        """Send one ballot until it is acknowledged."""
        began = time.perf_counter()
        while not self._once(elector):
            pass
        with self.seen.lock:
            self.seen.taken.append((time.perf_counter() - began) * 1000)

    def _once(self, elector: Elector) -> bool:
        fields = {
            "csrfmiddlewaretoken": "a" * 32,
            "request_key": elector.key,
            "q1": elector.mark,
            "seen": "-1",
        }
        headers = {
            "Cookie": f"sessionid={elector.session}; csrftoken={'a' * 32}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.seen.add(sent=1)
        try:
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            self.line.request("POST", elector.address, urlencode(fields).encode(), headers)
            answer = self.line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.line = None
            self.seen.add(lost=1)
            time.sleep(0.3)
            return False
        if answer.status == 503:
            again = answer.getheader("Retry-After")
            self.seen.add(refused=1, without_a_time=not again)
            time.sleep(int(again or 2))
            return False
        if answer.status != 302 or "/receipt/" not in str(answer.getheader("Location")):
            raise RuntimeError(f"a ballot was not taken: {answer.status} {answer.getheader('Location')}")
        return True


def world(size: int) -> tuple[int, list[Elector]]:
    """Make an open ballot with so many electors, each with an account that is signed in."""
    from django.db import connection

    from linli.core.actor import system
    from linli.foundation.places.edition import SHANGHAI, edition_read
    from linli.foundation.places.models import Division
    from linli.foundation.places.services import divisions_load
    from linli.work.deliberation.ballots.models import Ballot
    from linli.work.deliberation.ballots.rules import roll_digest
    from linli.work.deliberation.ballots.selectors import roll_lines

    divisions_load(actor=system("bench"), edition=edition_read(SHANGHAI))
    place = Division.objects.filter(level=5).order_by("code")[0]
    accounts, residents = people(size, place)
    ballot = open_ballot(place)
    rows = roll(ballot, residents)
    digest = roll_digest(roll_lines(ballot))
    Ballot.objects.filter(pk=ballot.pk).update(roll_digest=digest)
    electors = _signed_in(ballot, accounts, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ballot.pk, electors


def people(size: int, place: Any) -> tuple[list[Any], list[Any]]:
    """Return accounts and the residents whom they are, in the same order."""
    from linli.core import clock
    from linli.foundation.accounts.models import Account, Person
    from linli.registers.residents.models import AccountLink, Resident

    now = clock.now()
    persons = Person.objects.bulk_create(
        [Person(name="", created_at=now) for _n in range(size)], batch_size=BATCH
    )
    given = {"kind": "phone", "password": "!", "created_at": now}
    accounts = Account.objects.bulk_create(
        [Account(username=f"b{n}", person=person, **given) for n, person in enumerate(persons)],
        batch_size=BATCH,
    )
    residents = Resident.objects.bulk_create(
        [Resident(area_path=place.path, created_at=now, updated_at=now) for _n in range(size)],
        batch_size=BATCH,
    )
    tied = {"how": "worker", "state": "standing", "asked_at": now, "area_path": place.path}
    pairs = zip(persons, residents, strict=True)
    AccountLink.objects.bulk_create(
        [AccountLink(person=person, resident=resident, **tied) for person, resident in pairs],
        batch_size=BATCH,
    )
    return accounts, residents


def open_ballot(place: Any) -> Any:
    """Return an open ballot of owners with one question."""
    from linli.core import clock
    from linli.work.deliberation.ballots import models
    from linli.work.deliberation.ballots.rules import YES_NO

    now = clock.now()
    ballot = models.Ballot.objects.create(
        number="26000001",
        title="加装电梯",
        rule_key="owners_general",
        rule_on=now.date(),
        electorate="owners",
        way="named",
        channels=["web"],
        may_change=True,
        state="open",
        roll_digest="0" * 64,
        area_path=place.path,
        place_code=place.code,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=1),
        created_at=now,
        announced_at=now,
    )
    models.Question.objects.create(ballot=ballot, order=1, text="同意加装电梯", choices=list(YES_NO))
    return ballot


def roll(ballot: Any, residents: list[Any]) -> list[Any]:
    """Put every resident on the roll, with an area of their own."""
    from linli.work.deliberation.ballots import models

    rows = [
        models.Elector(
            ballot=ballot,
            number=number,
            subject=f"r{resident.pk}",
            resident=resident,
            label="*",
            area=5_000 + number % 4_000,
        )
        for number, resident in enumerate(residents, 1)
    ]
    return models.Elector.objects.bulk_create(rows, batch_size=BATCH)


def _signed_in(ballot: Any, accounts: list[Any], rows: list[Any]) -> list[Elector]:
    """Sign every account in and return who votes where, with which mark and key."""
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.urls import reverse

    from linli.core import clock

    store, now = SessionStore(), clock.now()
    sessions, found = [], []
    for account, row in zip(accounts, rows, strict=True):
        key = secrets.token_hex(16)
        signed_in = {
            "_auth_user_id": str(account.pk),
            "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
            "_auth_user_hash": account.get_session_auth_hash(),
        }
        until = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        sessions.append(Session(session_key=key, session_data=store.encode(signed_in), expire_date=until))
        address = reverse("ballots:vote", args=[ballot.public_id, row.public_id])
        found.append(Elector(key, address, MARKS[row.number % 3], secrets.token_hex(16)))
    Session.objects.bulk_create(sessions, batch_size=BATCH)
    return found


def _measure(electors: list[Elector], seen: Seen, upset: Callable[[Server, int], int]) -> tuple[float, int]:
    """Let the clients vote, upset them at a third and at two thirds; return seconds and how often."""
    server = Server()
    upsets = 0
    try:
        server.wait()
        waiting = iter(electors)
        fetch = threading.Lock()

        def work(_number: int) -> None:
            client = Client(seen)
            while True:
                with fetch:
                    elector = next(waiting, None)
                if elector is None:
                    return
                client.vote(elector)

        began = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            running = [pool.submit(work, number) for number in range(CLIENTS)]
            for share in (1, 2):
                while len(seen.taken) < len(electors) * share / 3 and not all(one.done() for one in running):
                    time.sleep(0.02)
                upsets += upset(server, share)
            for one in running:
                one.result()
        return time.perf_counter() - began, upsets
    finally:
        server.kill()


def _killed(server: Server, _turn: int) -> int:
    """Kill the server and start it again."""
    server.kill()
    server.start()
    return 1


def _held(_server: Server, _turn: int) -> int:
    """Hold the ballot, as an act that moves it on does; every vote waits for it."""
    from django.db import connection, transaction

    from linli.work.deliberation.ballots.models import Ballot

    with transaction.atomic():
        list(Ballot.objects.select_for_update())
        time.sleep(HELD)
    connection.close()
    return 1


def _checked(ballot: int, electors: list[Elector]) -> tuple[int, int]:
    """Return how many acknowledged ballots are lost or altered, and how many stand twice."""
    from linli.foundation.audit.models import AuditRecord, RequestKey
    from linli.work.deliberation.ballots.models import Vote, VoteBefore

    rows = Vote.objects.filter(ballot=ballot).values_list("elector__number", "choices")
    stand = Counter(number for number, _choices in rows)
    said = {number: choices for number, choices in rows}
    wanted = {number: {"1": [MARKS[number % 3]]} for number in range(1, len(electors) + 1)}
    lost = sum(said.get(number) != choices for number, choices in wanted.items())
    doubled = sum(count - 1 for count in stand.values()) + VoteBefore.objects.count()
    doubled += abs(AuditRecord.objects.filter(verb="vote.cast").count() - len(rows))
    doubled += abs(RequestKey.objects.filter(service="deliberation.vote_cast").count() - len(rows))
    return lost, doubled


def main() -> int:
    """Run the benchmark and print its line."""
    read = argparse.ArgumentParser()
    read.add_argument("--size", type=int, default=0)
    read.add_argument("--overload", action="store_true")
    asked = read.parse_args()
    size = asked.size or (OVERLOAD_SIZE if asked.overload else SIZE)
    os.environ["LINLI_DEMO"] = "1"
    if asked.overload:
        os.environ["LINLI_VOTES_AT_ONCE"] = PLACES
    with tempfile.TemporaryDirectory() as home:
        os.environ["LINLI_HOME"] = home
        with fresh_database("postgresql"):
            ballot, electors = world(size)
            seen = Seen()
            seconds, upsets = _measure(electors, seen, _held if asked.overload else _killed)
            lost, doubled = _checked(ballot, electors)
    p99 = statistics.quantiles(seen.taken, n=100, method="inclusive")[98]
    limit = MINUTES * 60 * max(size / SIZE, 0.1)
    is_sound = not lost and not doubled and upsets == 2 and seconds <= limit
    told = seen.refused > 0 and not seen.without_a_time
    upset = f"2 x held {HELD:g} s, {PLACES} votes at once" if asked.overload else f"{upsets} x kill -9"
    goal = "some told to wait (503), " if asked.overload else ""
    return line(
        "ballots overload" if asked.overload else "ballots",
        size=f"{size} named ballots, {CLIENTS} clients, 2 workers, PostgreSQL durable, {upset}",
        ours=size / seconds,
        peer=None,
        unit="ballots/s",
        goal=f"{goal}none lost, none doubled, within {limit:.0f} s",
        holds=is_sound and (told or not asked.overload),
        seconds=round(seconds, 1),
        lost=lost,
        doubled=doubled,
        p99_ms=round(p99),
        told_to_wait=seen.refused,
        no_answer=seen.lost,
        sent=seen.sent,
    )


if __name__ == "__main__":
    sys.exit(main())
