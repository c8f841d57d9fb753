"""[escalation] a million open duties, all of them late: one run of the ladder's job.

Ours: ``mark_overdue`` as the worker runs it: batches that may be killed, each rung kept as a step, everybody
concerned told, figures of the street or district. A second run lets every one of them be handed up, a third
finds nothing due. Peer: the least that the database could do for the first run, in the same database and at
the same durability: one UPDATE that marks the duties and one INSERT … SELECT of their steps, in one
transaction, nobody told and nothing decided; ``naive`` is the usual job, duty by duty through the ORM, one
commit each, measured on a part and multiplied.
"""

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import fresh_database, line

DUTIES = 1_000_000
COMMITTEES = 300
NAIVE = 2_000
GOAL = 60.0


def _people() -> list[tuple[int, str]]:
    """Make a city of streets and committees with three people in each; return units and their places."""
    from linli.core import clock
    from linli.foundation.accounts.models import Person, Role, Unit
    from linli.foundation.places.models import Division, Level

    def place(code: str, level: int, parent: Any) -> Any:
        path = f"{parent.path if parent else ''}{code}/"
        return Division.objects.create(
            code=code, name=code, level=Level(level), parent=parent, path=path, valid_from="2020-01-01"
        )

    def staffed(division: Any, function: str) -> Any:
        unit = Unit.objects.create(
            name=f"{function} {division.code}", function=function, opened_on="2020-01-01"
        )
        unit.areas.add(division)
        for _ in range(3):
            person = Person.objects.create(name="某人", created_at=clock.now())
            Role.objects.create(person=person, unit=unit, function=function, valid_from="2020-01-01")
        return unit

    parent = None
    for level, code in enumerate(("31", "3101", "310101"), 1):
        parent = place(code, level, parent)
    staffed(parent, "district")
    made = []
    for street in range(COMMITTEES // 20):
        own = place(f"310101{street + 1:03}", 4, parent)
        staffed(own, "street")
        for number in range(20):
            committee = place(f"{own.code}{number + 1:03}", 5, own)
            made.append((staffed(committee, "committee").pk, committee.path))
    return made


def _duties(units: list[tuple[int, str]], now: datetime) -> None:
    """Put a million duties of units on the lists, late by seconds to weeks, as ``duty_open`` writes them."""
    from django.db import connection

    from linli.core.fields import uuid7
    from linli.core.rows import rows_insert
    from linli.foundation.duties.models import Duty

    names = [field.name for field in Duty._meta.concrete_fields]
    plain: dict[str, Any] = {name: None for name in names} | {
        **{"room": "matters", "title": "路灯不亮", "url": "/desk/matters/x/", "action": "accept"},
        **{"action_label": "受理", "function": "committee", "clock": "accept", "limit_amount": 5},
        **{"limit_unit": "workday", "source": "首问负责制", "is_provisional": False, "state": "open"},
        **{"escalation_step": 0, "ladder_round": 0, "held_by": "", "is_supervised": False},
    }
    instant = connection.ops.adapt_datetimefield_value

    def rows() -> Any:
        for number in range(DUTIES):
            unit, path = units[number % len(units)]
            due = now - timedelta(seconds=number % 2_000_000 + 60)
            row = plain | {
                **{"id": uuid7(), "subject_id": str(number), "subject_number": str(number)},
                **{"unit": unit, "area_path": path, "opened_at": instant(due - timedelta(days=7))},
                **{"due_at": instant(due), "remind_at": instant(due - timedelta(days=2))},
                "next_at": instant(due - timedelta(days=3)),
            }
            yield [row[name] for name in names]

    rows_insert(Duty, names, rows())


def _timed(act: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def _least(now: datetime) -> None:
    """The bare statements, undone afterwards so that ours finds the same rows."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE duties_duty SET escalation_step = 3, next_at = %s WHERE state = 'open' AND next_at < %s",
            [now + timedelta(days=1), now],
        )
        cursor.execute(
            "INSERT INTO duties_dutystep (duty_id, round, rung, level, at, is_vacant, void, ladder)"
            " SELECT id, 0, 3, '', %s, false, 0, 'x' FROM duties_duty WHERE escalation_step = 3",
            [now],
        )


def _naive(now: datetime) -> None:
    from django.db import transaction

    from linli.foundation.accounts.selectors import person_ids_for
    from linli.foundation.duties.models import Duty, DutyStep
    from linli.foundation.notices.models import Notice

    for duty in Duty.objects.filter(state="open", due_at__lt=now).order_by("pk")[:NAIVE]:
        with transaction.atomic():
            duty.escalation_step, duty.next_at = 3, now + timedelta(days=1)
            duty.save()
            DutyStep.objects.create(duty=duty, round=9, rung=3, at=now, ladder="x")
            for person in person_ids_for(function=duty.function, unit_id=duty.unit_id):
                Notice.objects.create(
                    person_id=person, kind="duty.overdue", title="已超过时限", created_at=now
                )


def measure() -> int:
    """Measure on PostgreSQL and print one line."""
    with fresh_database("postgresql"):
        from django.db import connection

        from linli.core import clock
        from linli.core.clock import clock_at
        from linli.foundation.duties.models import Duty, DutyStep
        from linli.foundation.duties.tasks import mark_overdue
        from linli.foundation.notices.models import Notice

        now = clock.now()
        _duties(_people(), now)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE duties_duty")
        with clock_at(now):
            ours, climbed = _timed(mark_overdue)
            idle, nothing = _timed(mark_overdue)
        told = Notice.objects.count()
        kept = DutyStep.objects.filter(rung=3).count()
        with clock_at(now + timedelta(days=30)):
            handing, handed = _timed(mark_overdue)
        right = (climbed, nothing, kept, handed) == (DUTIES, 0, DUTIES, DUTIES)
        right &= Duty.objects.filter(held_by="street").count() == DUTIES
        naive, _ = _timed(lambda: _naive(now))
        DutyStep.objects.all()._raw_delete("default")
        Duty.objects.update(escalation_step=0, held_by="", next_at=now - timedelta(days=3))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM FULL duties_duty")
            cursor.execute("VACUUM FULL duties_dutystep")
        peer, _ = _timed(lambda: _least(now))
        return line(
            "escalation",
            size=f"{DUTIES} open duties of {COMMITTEES} units, all late, PostgreSQL durable",
            ours=ours,
            peer=peer,
            unit="s",
            goal=f"< {GOAL:.0f} s, every duty one rung, handed up in < {GOAL:.0f} s, none twice",
            holds=max(ours, handing) < GOAL and right,
            handed_up_s=round(handing, 1),
            idle_ms=round(idle * 1000, 1),
            notices=told,
            naive_s=round(naive * DUTIES / NAIVE),
        )


if __name__ == "__main__":
    sys.exit(measure())
