"""The ladder's job is really killed (SIGKILL), again and again: no duty is missed, none climbs twice."""

import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from linli.core import clock
from linli.core.clock import BEIJING, clock_at
from linli.foundation.accounts.models import Person
from linli.foundation.duties.models import Duty, DutyStep
from linli.foundation.duties.rungs import Rung
from linli.foundation.duties.tasks import mark_overdue
from linli.foundation.duties.tests.factories import duty_make
from linli.foundation.notices.models import Notice
from tests.people import Cast, cast_build

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DUTIES, KILLS = 120, 6
LATE = datetime(2026, 3, 17, 18, tzinfo=BEIJING)
HANDED_UP = datetime(2026, 3, 18, 18, tzinfo=BEIJING)

# The job as it is, in small batches; it dawdles between its statements, so that it dies inside transactions.
JOB = """
import sys, time
from datetime import datetime
from linli.cli.ground import django_ready
django_ready()
from linli.core.clock import clock_at
from linli.foundation.duties import climbing, services, tasks
services.BATCH = tasks.BATCH = 9
def dawdling(name):
    plain = getattr(climbing, name)
    def slow(*given, **named):
        print(name, flush=True)
        time.sleep(0.01)
        return plain(*given, **named)
    setattr(climbing, name, slow)
for name in ("_steps_insert", "_set", "notice_queue"):
    dawdling(name)
with clock_at(datetime.fromisoformat(sys.argv[1])):
    tasks.mark_overdue()
"""


def database_url() -> str:
    own = connection.settings_dict
    return f"postgres://{own['USER']}@/{own['HOST']}/{own['NAME']}"


def killed(moment: datetime, chance: random.Random) -> bool:
    """Start the job in a process of its own and kill it somewhere; tell whether it was still at work."""
    job = subprocess.Popen(
        [sys.executable, "-c", JOB, moment.isoformat()],
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert job.stdout is not None
    for _ in range(chance.randint(1, 30)):
        if not job.stdout.readline():
            break
    time.sleep(chance.random() * 0.02)
    job.kill()
    return job.wait(timeout=30) == -9


def everybodys_duty(cast: Cast) -> list[Duty]:
    people = [Person.objects.create(name="某人", created_at=clock.now()) for _ in range(DUTIES)]
    path = cast.places["committee_a_place"].path
    return [
        duty_make(subject_id=f"m{n}", subject_number=f"n{n}", person_id=person.pk, area_path=path)
        for n, person in enumerate(people)
    ]


def rungs() -> Counter[tuple[int, str]]:
    return Counter(DutyStep.objects.values_list("rung", "level"))


def duties_told(person: Person) -> int:
    """How many duties all messages to one person are about, by their own words."""
    titles = Notice.objects.filter(person=person).values_list("title", flat=True)
    return sum(int(found[1]) if (found := re.search(r"有(\d+)件", title)) else 1 for title in titles)


def test_killed_at_any_moment_it_misses_nothing_and_doubles_nothing(clock: Any) -> None:
    cast, chance = cast_build(), random.Random(20261126)
    duties = everybodys_duty(cast)
    deaths = sum(killed(LATE, chance) for _ in range(KILLS))
    with clock_at(LATE):
        mark_overdue()
    assert deaths >= KILLS - 1  # it was at work when it died
    assert rungs() == {(Rung.RED, ""): DUTIES}
    assert Counter(Notice.objects.values_list("kind", flat=True)) == {"duty.overdue": DUTIES}
    assert Notice.objects.values("person").distinct().count() == DUTIES

    deaths = sum(killed(HANDED_UP, chance) for _ in range(KILLS))
    with clock_at(HANDED_UP):
        mark_overdue()
    assert deaths >= KILLS - 1
    assert rungs() == {(Rung.RED, ""): DUTIES, (Rung.HANDED, "street"): DUTIES}
    assert Duty.objects.filter(held_by="street", escalation_step=Rung.HANDED).count() == DUTIES
    for duty in duties:
        assert duties_told(duty.person) == 2  # type: ignore[arg-type]  # late, handed up
    assert duties_told(cast.person("street")) == duties_told(cast.person("street2")) == DUTIES


def test_two_jobs_at_once_share_the_work(clock: Any) -> None:
    cast = cast_build()
    everybodys_duty(cast)
    environment = {**os.environ, "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", JOB, LATE.isoformat()]
    jobs = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [job.wait(timeout=60) for job in jobs] == [0, 0]
    assert rungs() == {(Rung.RED, ""): DUTIES}
    assert Notice.objects.count() == DUTIES
