"""One batch of duties climbing the ladder: locked, decided, written, told; and a clock that was set back.

Called inside a service. A batch costs a handful of statements, not some for each duty: rows that go the same
way are written together, and limits that start now are counted once.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from linli.core import clock as time
from linli.core.actor import Function
from linli.core.timelimits import Limit
from linli.foundation.accounts.selectors import Holders, person_ids_for
from linli.foundation.notices.services import notice_queue

from . import calendar
from .ladder import ladder_for
from .models import Duty, DutyStep, LadderClock
from .rungs import Climb, Ladder, Rung, climb, kind_of
from .words import KINDS, climb_words

POSITION = (
    *("escalation_step", "ladder_round", "held_by", "handed_at", "stage_due_at"),
    *("is_supervised", "next_at"),
)
SET_BACK = timedelta(minutes=5)  # less is a machine that corrects its clock: nothing falls due twice by it
STEP_INSERT = (
    'INSERT INTO "duties_dutystep" (duty_id, round, rung, level, at, stage_due_at, next_at, is_vacant,'
    " ladder, void) SELECT id, ladder_round, %s, %s, %s, %s, %s, %s, %s, 0 FROM duties_duty WHERE "
)


class Alike(NamedTuple):
    """What duties have in common that climb alike: decided once for all of them."""

    area_path: str
    function: str
    unit_id: int | None
    person_id: int | None
    limit_unit: str
    rung: int
    held_by: str
    opened_on: date
    phase: int


class Named(NamedTuple):
    """One duty of several, by which a message names them."""

    action_label: str
    subject_number: str
    url: str


class Group(NamedTuple):
    """Duties that are alike: their keys, and one of them by name."""

    pks: list[UUID]
    named: Named


class Way(NamedTuple):
    """Where duties that are alike go: the rung, and the instants that it sets."""

    climb: Climb
    next_at: datetime | None
    stage_due_at: datetime | None
    ladder: str
    is_vacant: bool


Groups = dict[Alike, Group]


def climb_batch(now: datetime, most: int, holders: Holders) -> int:
    """Let at most ``most`` duties whose next rung was due before ``now`` climb it; returns how many."""
    phase = Case(
        When(escalation_step__gte=Rung.RED, then=Value(int(Rung.RED))),
        When(due_at__lt=now, then=Value(int(Rung.RED))),
        When(remind_at__lt=now, then=Value(int(Rung.AMBER))),
        default=Value(int(Rung.NONE)),
    )
    due = Duty.objects.filter(state=Duty.State.OPEN, next_at__lt=now).order_by("next_at")
    locked = due.select_for_update(skip_locked=True, of=("self",))[:most]
    rows = locked.annotate(
        opened_on=TruncDate("opened_at", tzinfo=time.BEIJING), phase=phase, rung=F("escalation_step")
    ).values_list("pk", *Named._fields, *Alike._fields)
    groups = _grouped(rows)
    early = {alike: groups.pop(alike) for alike in list(groups) if alike.phase == Rung.NONE}
    ways = _ways(groups, now, holders)
    _write(groups, ways, now)
    for alike, group in early.items():
        groups |= _early(alike, group, now, ways)
    stepped = {alike: group for alike, group in groups.items() if _is_step(alike, ways[alike])}
    _keep(stepped, ways, now)
    _tell(stepped, ways, holders)
    return sum(len(group.pks) for group in groups.values())


def _grouped(rows: Iterable[tuple[Any, ...]]) -> Groups:
    """Put rows (key, name, what they have in common) together; a million of them in seconds."""
    found: dict[tuple[Any, ...], Group] = {}
    for row in rows:
        alike = row[4:]
        if (group := found.get(alike)) is None:
            group = found[alike] = Group([], Named._make(row[1:4]))
        group.pks.append(row[0])
    return {Alike._make(alike): group for alike, group in found.items()}


def _ladder(alike: Alike) -> Ladder:
    return ladder_for(alike.area_path, kind_of(alike.limit_unit), alike.opened_on)


def _ways(groups: Groups, now: datetime, holders: Holders) -> dict[Alike, Way]:
    """Decide for each group; limits that start now are counted once."""
    limits: dict[Limit, datetime] = {}

    def after(limit: Limit | None) -> datetime | None:
        if limit is not None and limit not in limits:
            limits[limit] = calendar.limit_due(now, limit).at
        return None if limit is None else limits[limit]

    ways = {}
    for alike in groups:
        ladder = _ladder(alike)
        step = climb(ladder, alike.phase, rung=alike.rung, function=alike.function, held_by=alike.held_by)
        is_vacant = step.rung >= Rung.RED and not _has_it(alike, step, holders)
        # where nobody holds the function there is nobody to wait for: on with it in the next run
        waits = now if is_vacant and step.wait else after(step.wait)
        ways[alike] = Way(step, waits, after(step.stage), ladder.version, is_vacant)
    return ways


def _has_it(alike: Alike, step: Climb, holders: Holders) -> list[int]:
    return holders.of(step.held_by, None, alike.area_path) if step.held_by else _had_it(alike, holders)


def _had_it(alike: Alike, holders: Holders) -> list[int]:
    if alike.person_id is not None:
        return [alike.person_id]
    return holders.of(alike.function, alike.unit_id, alike.area_path)


def _is_step(alike: Alike, way: Way) -> bool:
    """Whether a rung was climbed; a duty may also only have been told when its first one is due."""
    rung = way.climb.rung
    return rung > Rung.NONE and (rung, way.climb.held_by) != (alike.rung, alike.held_by)


def _write(groups: Groups, ways: dict[Alike, Way], now: datetime) -> None:
    together: dict[tuple[Climb, datetime | None, datetime | None], list[UUID]] = defaultdict(list)
    for alike, group in groups.items():
        way = ways[alike]
        together[way.climb, way.next_at, way.stage_due_at] += group.pks
    for (step, next_at, stage_due_at), pks in together.items():
        _set(_rows(pks), step, next_at, stage_due_at, now)


def _among(pks: list[UUID]) -> tuple[str, Any]:
    """Name many rows by one value: thousands of marks take long to bind."""
    if connection.vendor == "postgresql":
        return '"duties_duty"."id" = ANY(%s)', pks
    return '"duties_duty"."id" IN (SELECT value FROM json_each(%s))', json.dumps([pk.hex for pk in pks])


def _rows(pks: list[UUID]) -> QuerySet[Duty]:
    condition, value = _among(pks)
    return Duty.objects.extra(where=[condition], params=[value])  # noqa: S610  (one of two fixed texts)


def _set(
    rows: QuerySet[Duty],
    step: Climb,
    next_at: datetime | None,
    stage_due_at: datetime | None,
    now: datetime,
) -> None:
    rung = step.rung
    if rung == Rung.AMBER:
        rows.update(escalation_step=rung, next_at=F("due_at"))
    elif rung == Rung.HANDED:
        stage = {"held_by": step.held_by, "handed_at": now, "stage_due_at": stage_due_at}
        rows.update(escalation_step=rung, next_at=next_at, **stage)
    elif rung == Rung.SUPERVISED:
        rows.update(escalation_step=rung, next_at=next_at, is_supervised=True)
    else:
        rows.update(escalation_step=rung, next_at=next_at)


def _early(alike: Alike, group: Group, now: datetime, ways: dict[Alike, Way]) -> Groups:
    """Remind of duties before amber, or (a plan that was changed) only say when their first rung is due."""
    ladder = _ladder(alike)
    reminded: list[UUID] = []
    waiting: list[UUID] = []
    rows = list(_rows(group.pks))
    for row in rows:
        assert row.due_at is not None and row.remind_at is not None  # else it would not climb
        first_at = ladder.first_at(row.opened_at, row.due_at, row.remind_at)
        row.next_at = row.remind_at if now > first_at else first_at
        row.escalation_step = Rung.REMINDED if now > first_at else alike.rung
        (reminded if now > first_at else waiting).append(row.pk)
    _rows(reminded).update(escalation_step=Rung.REMINDED, next_at=F("remind_at"))
    moved = [row for row in rows if row.escalation_step != Rung.REMINDED]
    Duty.objects.bulk_update(moved, ["next_at"], batch_size=1_000)
    made: Groups = {}
    for rung, found in ((Rung.REMINDED, reminded), (Rung(alike.rung), waiting)):
        key = alike._replace(phase=-int(rung) - 1)  # apart from each other and from the rest
        if found:
            made[key] = Group(found, group.named)
            ways[key] = Way(Climb(rung, ""), None, None, ladder.version, False)
    return made


def _keep(groups: Groups, ways: dict[Alike, Way], now: datetime) -> None:
    """Keep each rung as a step; the database copies what it needs of the duties itself."""
    together: dict[tuple[Any, ...], list[UUID]] = defaultdict(list)
    for alike, group in groups.items():
        way = ways[alike]
        same: tuple[Any, ...] = (
            way.climb.rung,
            way.climb.held_by,
            way.stage_due_at,
            way.next_at,
            way.is_vacant,
            way.ladder,
        )
        together[same] += group.pks
    for same, pks in together.items():
        _steps_insert(pks, now, *same)


def _steps_insert(
    pks: list[UUID], now: datetime, rung: Any, level: Any, stage_due_at: Any, next_at: Any, *rest: Any
) -> None:
    instant, (condition, value) = connection.ops.adapt_datetimefield_value, _among(pks)
    instants = [at and instant(at) for at in (now, stage_due_at, next_at)]
    with connection.cursor() as cursor:
        cursor.execute(STEP_INSERT + condition, [int(rung), level, *instants, *rest, value])


def _tell(groups: Groups, ways: dict[Alike, Way], holders: Holders) -> None:
    """One message for each person, rung and side of a hand-up, however many duties it is about."""
    count: Counter[tuple[int, Rung, bool]] = Counter()
    named: dict[tuple[int, Rung, bool], Named] = {}
    for alike, group in groups.items():
        step = ways[alike].climb
        takers = holders.of(step.held_by, None, alike.area_path) if step.held_by else []
        others = set(_had_it(alike, holders)).difference(takers)
        for key in [
            *((one, step.rung, True) for one in takers),
            *((one, step.rung, False) for one in others),
        ]:
            count[key] += len(group.pks)
            named.setdefault(key, group.named)
    for key, number in count.items():
        person_id, rung, is_taker = key
        duty = named[key]
        title, url = climb_words(
            duty.action_label, duty.subject_number, duty.url, count=number, rung=rung, is_taker=is_taker
        )
        notice_queue(person_ids=[person_id], kind=KINDS[rung], title=title, url=url)


def start_anew(duty: Duty, next_at: datetime) -> None:
    """Put a duty back to the foot of a new ladder, with whoever had it first (unsaved): ``POSITION``."""
    duty.ladder_round += 1
    _to_the_foot(duty, next_at)


def _to_the_foot(duty: Duty, next_at: datetime | None) -> None:
    duty.escalation_step, duty.next_at = Rung.NONE, next_at
    duty.held_by, duty.handed_at, duty.stage_due_at, duty.is_supervised = "", None, None, False


def clock_check(now: datetime) -> int:
    """Note the time; where it lies well before what was seen already, take back what came after it."""
    seen = LadderClock.objects.select_for_update().first()
    if seen is None:
        LadderClock.objects.create(seen_at=now)
        return 0
    is_set_back = now < seen.seen_at - SET_BACK
    taken = _take_back(now) if is_set_back else 0
    if is_set_back:
        _tell_operators(seen.seen_at - now, taken)
    if is_set_back or now > seen.seen_at:
        LadderClock.objects.filter(pk=seen.pk).update(seen_at=now)
    return taken


def _take_back(now: datetime) -> int:
    ahead = Q(steps__at__gt=now, steps__void=0)
    duties = list(Duty.objects.filter(ahead, state__in=("open", "paused")).distinct())
    for duty in duties:
        times = duty.steps.aggregate(most=Max("void"))["most"] + 1
        duty.steps.filter(at__gt=now, void=0).update(void=times)
        kept = list(duty.steps.filter(round=duty.ladder_round, void=0))
        _to_the_foot(duty, now)
        if kept:
            _stand_on(duty, kept)
    Duty.objects.bulk_update(duties, POSITION)
    return len(duties)


def _stand_on(duty: Duty, steps: list[DutyStep]) -> None:
    """Put a duty where its last step left it."""
    last = steps[-1]
    handed = [step for step in steps if step.rung == Rung.HANDED]
    duty.escalation_step, duty.held_by = last.rung, last.level
    if last.rung >= Rung.RED:  # before that the next run reads it from the duty's own dates
        duty.next_at = last.next_at
    duty.is_supervised = any(step.rung == Rung.SUPERVISED for step in steps)
    if handed:
        duty.handed_at, duty.stage_due_at = handed[-1].at, handed[-1].stage_due_at


def _tell_operators(back: timedelta, taken: int) -> None:
    title = (
        f"服务器时钟倒退了{round(back.total_seconds() / 60)}分钟，已撤回{taken}件待办在此后的升级；请核对时钟"
    )
    operators = person_ids_for(function=Function.OPERATOR)
    notice_queue(person_ids=operators, kind="duty.clock_back", title=title, url="/desk/")
