"""[tell] A ballot with 50,000 electors who have accounts is announced; the worker is killed -9 twice.

Announcing is one transaction of one row about who is to be told; the worker then tells them in batches. In
the end everybody must have been told once. The addresses of all pages are loaded before, as a server has
them loaded when it starts. `--size N` for a small run. No peer.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from typing import Any

from ballots import people, roll
from frame import fresh_database, line

SIZE, SECONDS, ANNOUNCING = 50_000, 120, 2.0


def _worker() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "linli.cli", "worker"]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _draft(size: int) -> Any:
    """Return a draft with so many electors."""
    from django.db import connection

    from linli.core import clock
    from linli.core.actor import system
    from linli.foundation.places.edition import SHANGHAI, edition_read
    from linli.foundation.places.models import Division
    from linli.foundation.places.services import divisions_load
    from linli.work.deliberation.ballots import models
    from linli.work.deliberation.ballots.rules import YES_NO

    divisions_load(actor=system("bench"), edition=edition_read(SHANGHAI))
    place = Division.objects.filter(level=5).order_by("code")[0]
    _accounts, residents = people(size, place)
    now = clock.now()
    ballot = models.Ballot.objects.create(
        number="26000001",
        title="修订居民公约",
        rule_key="residents_meeting",
        rule_on=now.date(),
        electorate="residents",
        way="named",
        channels=["web"],
        area_path=place.path,
        place_code=place.code,
        opens_at=now + timedelta(days=30),
        closes_at=now + timedelta(days=40),
        created_at=now,
    )
    models.Question.objects.create(ballot=ballot, order=1, text="同意修订", choices=list(YES_NO))
    roll(ballot, residents)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ballot


def _announced(ballot: Any) -> float:
    from django.urls import reverse

    from linli.core.actor import system
    from linli.work.deliberation.ballots.services import making

    reverse("ballots:list")
    began = time.perf_counter()
    making.ballot_announce(actor=system("bench"), ballot_id=ballot.public_id, version=ballot.version)
    return time.perf_counter() - began


def _told(size: int) -> tuple[float, int]:
    """Let workers tell everybody, killing one at a third and one at two thirds; return seconds and kills."""
    from linli.foundation.notices.models import Notice

    told, kills, began = Notice.objects.filter(kind="ballot.announce"), 0, time.perf_counter()
    process = _worker()
    try:
        while (count := told.count()) < size and time.perf_counter() - began < SECONDS:
            if kills < 2 and count >= size * (kills + 1) // 3:
                _kill(process)
                kills += 1
                process = _worker()
            time.sleep(0.05)
        return time.perf_counter() - began, kills
    finally:
        _kill(process)


def main() -> int:
    """Run the benchmark and print its line."""
    read = argparse.ArgumentParser()
    read.add_argument("--size", type=int, default=SIZE)
    size = read.parse_args().size
    os.environ["LINLI_DEMO"] = "1"
    with tempfile.TemporaryDirectory() as home:
        os.environ["LINLI_HOME"] = home
        with fresh_database("postgresql"):
            from linli.foundation.notices.models import Notice

            announcing = _announced(_draft(size))
            seconds, kills = _told(size)
            rows = Notice.objects.filter(kind="ballot.announce")
            told = rows.order_by().values("person").distinct().count()
            doubled = rows.count() - told
    return line(
        "tell",
        size=f"{size} electors with accounts, PostgreSQL durable, worker {kills} x kill -9",
        ours=announcing,
        peer=None,
        unit="s to announce",
        goal=f"< {ANNOUNCING:g} s; everybody told once within {SECONDS} s",
        holds=announcing < ANNOUNCING and told == size and not doubled and seconds < SECONDS,
        told=told,
        doubled=doubled,
        seconds_to_tell=round(seconds, 1),
    )


if __name__ == "__main__":
    sys.exit(main())
