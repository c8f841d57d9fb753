"""Carrying a broadcast out: people in batches, one transaction each, as a named system actor."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import F, Max, QuerySet, Value

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.accounts.models import Person
from linli.foundation.places.models import Division

from ..audiences import people_left, people_of
from ..models import Broadcast, Delivery, Notice
from ..permissions import can_send
from ..rules import needs_second_person
from ..selectors import broadcast_areas, broadcast_begins, broadcast_reach
from ..workflow import WORKFLOW, State
from .outbox import notice_queue

BATCH = 5_000
# In the inbox of each: one row, made from the query itself. The random key is the database's.
RANDOM = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def _own(actor: Actor, broadcast_id: int) -> Broadcast | None:
    """Lock a broadcast for this worker; ``None`` when another has it or it is gone."""
    if not can_send(actor):
        raise NotAllowed()
    rows = Broadcast.objects.select_for_update(skip_locked=True)
    return rows.filter(pk=broadcast_id).first()


@dataclass(frozen=True, slots=True)
class Telling:
    """What a room tells the people of one of its records; words without personal details.

    ``audience`` is ``name:pk`` of a group that the room has added; ``by_id`` who answers for it,
    none for a machine.
    """

    audience: str
    area_path: str
    kind: str
    title: str
    body: str
    url: str
    purpose: str
    by_id: int | None
    unit_id: int | None = None


@require_service
def notice_spread(*, telling: Telling) -> int:
    """Tell the people of a record: up to 500 at once, more as a broadcast that the worker carries out.

    The broadcast needs no second person, because its words are the room's own and what they follow from was
    decided. Returns how many are told, or will be.
    """
    people = people_of((), [telling.audience], 0)
    told = people.count()
    if not needs_second_person(told):
        words = {"title": telling.title, "body": telling.body, "url": telling.url}
        keys = people.values_list("pk", flat=True)
        return notice_queue(person_ids=keys, kind=telling.kind, purpose=telling.purpose, **words)
    broadcast = Broadcast.objects.create(
        state=State.RUNNING,
        purpose=telling.purpose,
        kind=telling.kind,
        title=telling.title[:120],
        body=telling.body,
        url=telling.url,
        channels=list(settings.NOTICE_CHANNELS),
        audience=[telling.audience],
        area_path=telling.area_path,
        unit_id=telling.unit_id,
        created_by_id=telling.by_id,
        created_at=clock.now(),
        started_at=clock.now(),
        send_at=clock.now(),
        planned_count=told,
    )
    broadcast.places.set(Division.objects.filter(path=telling.area_path, valid_to__isnull=True))
    record("broadcast.tell", broadcast, touched=[Broadcast.places.through])
    return told


@service
def broadcast_begin(*, actor: Actor, broadcast_id: int) -> bool:
    """Begin a broadcast whose time has come; returns whether it runs.

    If it has grown beyond 500 people since it was handed in, it waits for a second person instead.
    """
    broadcast = _own(actor, broadcast_id)
    if broadcast is None or broadcast.state != State.SCHEDULED or broadcast_begins(broadcast) > clock.now():
        return False
    people = broadcast_reach(broadcast, broadcast_areas(broadcast)).people
    move = "ask" if needs_second_person(people) and broadcast.approved_by_id is None else "begin"
    after: dict[str, object] = {"planned_count": people, "version": broadcast.version + 1}
    if move == "begin":
        after["started_at"] = clock.now()
    changes = changes_of(broadcast, state=WORKFLOW.require(broadcast.state, move), **after)
    record(f"broadcast.{move}", broadcast, changes)
    return move == "begin"


@service
def broadcast_spread(*, actor: Actor, broadcast_id: int, most: int = BATCH) -> int:
    """Put a running broadcast into the inboxes of the next people; returns how many.

    One INSERT … SELECT: nobody is read into memory. The cursor moves in the same transaction, and a
    person has a broadcast once by constraint: a killed worker neither leaves out nor doubles.
    """
    broadcast = _own(actor, broadcast_id)
    if broadcast is None or broadcast.state != State.RUNNING:
        return 0
    people = people_left(broadcast, broadcast_areas(broadcast))
    last = people[:most].aggregate(last=Max("pk"))["last"]
    if last is None:
        return 0
    told = _insert(broadcast, people.filter(pk__lte=last), clock.now())
    changes = changes_of(broadcast, cursor=last, spread_count=broadcast.spread_count + told)
    record("broadcast.spread", broadcast, changes, purpose=f"送到{told}人，到第{last}人为止")
    return told


def _insert(broadcast: Broadcast, people: QuerySet[Person], at: datetime) -> int:
    columns = {
        "person_id": F("pk"),
        "purpose": Value(broadcast.purpose),
        "kind": Value(broadcast.kind),
        "title": Value(broadcast.title),
        "body": Value(""),
        "url": Value(broadcast.url),
        "created_at": Value(at),
        "is_queued": Value(bool(broadcast.channels)),
        "broadcast_id": Value(broadcast.pk),
    }
    named = {f"column_{name}": value for name, value in columns.items()}
    chosen = people.annotate(**named).values_list(*named)
    sql, values = chosen.query.sql_with_params()
    target = ", ".join(f'"{name}"' for name in columns)
    statement = (  # names of our own and a query that Django made
        f'INSERT INTO "{Notice._meta.db_table}" ("public_id", {target})'  # noqa: S608
        f" SELECT {RANDOM[connection.vendor]}, chosen.* FROM ({sql}) AS chosen"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@service
def broadcast_finish(*, actor: Actor, broadcast_id: int) -> bool:
    """End a running broadcast of which nothing waits any more; returns whether it has ended."""
    broadcast = _own(actor, broadcast_id)
    if broadcast is None or broadcast.state != State.RUNNING:
        return False
    waiting = Delivery.objects.filter(broadcast=broadcast, state=Delivery.State.WAITING)
    queued = Notice.objects.filter(broadcast=broadcast, is_queued=True)
    if people_left(broadcast, broadcast_areas(broadcast)).exists() or waiting.exists() or queued.exists():
        return False
    changes = changes_of(broadcast, state=WORKFLOW.require(broadcast.state, "finish"), ended_at=clock.now())
    record("broadcast.finish", broadcast, changes)
    return True


@service
def broadcast_settle_stop(*, actor: Actor, broadcast_id: int, most: int = BATCH) -> int:
    """Mark what a stopped broadcast left unsent, a batch at a time; returns how many rows."""
    broadcast = _own(actor, broadcast_id)
    if broadcast is None or broadcast.state != State.STOPPED or broadcast.ended_at is not None:
        return 0
    waiting = Delivery.objects.filter(broadcast=broadcast, state=Delivery.State.WAITING)
    deliveries = Delivery.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)[:most]))
    marked = deliveries.update(state=Delivery.State.STOPPED)
    queued = Notice.objects.filter(broadcast=broadcast, is_queued=True).order_by()
    notices = Notice.objects.filter(pk__in=list(queued.values_list("pk", flat=True)[:most]))
    marked += notices.update(is_queued=False)
    if not marked:
        record("broadcast.stopped", broadcast, changes_of(broadcast, ended_at=clock.now()))
    return marked
