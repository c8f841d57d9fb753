"""One batch of duties climbing the ladder: locked, decided, written, told; and a clock that was set back.

Called inside a service. A batch costs a handful of statements, not some for each duty: rows that go the same
way are written together, and limits that start now are counted once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from linli.core import clock as time
from linli.core.actor import Function
from linli.core.rows import rows_insert
from linli.core.timelimits import Limit
from linli.foundation.accounts.selectors import Holders, person_ids_for
from linli.foundation.notices.services import notice_queue

from . import calendar
from .ladder import ladder_for
from .models import Duty, DutyStep, LadderClock
from .rungs import Climb, Dates, Kind, Ladder, Rung, climb, kind_of
from .words import KINDS, climb_words

POSITION = (
    *("escalation_step", "ladder_round", "held_by", "handed_at", "stage_due_at"),
    *("is_supervised", "next_at"),
)
SET_BACK = timedelta(minutes=5)  # less is a machine that corrects its clock: nothing falls due twice by it
OWN_DATE = {Rung.REMINDED: "remind_at", Rung.AMBER: "due_at"}  # what the next rung waits for
STEP_COLUMNS = (
    *("duty", "round", "rung", "level", "at", "stage_due_at", "next_at"),
    *("is_vacant", "is_void", "ladder"),
)


class Standing(NamedTuple):
    """What is read of a duty that may climb."""

    pk: UUID
    area_path: str
    function: str
    unit_id: int | None
    person_id: int | None
    opened_at: datetime
    remind_at: datetime
    due_at: datetime
    limit_unit: str
    escalation_step: int
    ladder_round: int
    held_by: str
    action_label: str
    subject_number: str
    url: str


class Move(NamedTuple):
    """A duty and the rung it climbs now."""

    duty: Standing
    climb: Climb
    ladder: Ladder
    is_vacant: bool


class Way(NamedTuple):
    """What duties have in common that are written together."""

    climb: Climb
    next_at: datetime | None
    stage_due_at: datetime | None


def climb_batch(now: datetime, most: int, holders: Holders) -> int:
    """Let at most ``most`` duties whose next rung was due before ``now`` climb it; returns how many."""
    due = Duty.objects.filter(state=Duty.State.OPEN, next_at__lt=now).order_by("next_at")
    locked = due.select_for_update(skip_locked=True, of=("self",))[:most]
    rows = [Standing._make(row) for row in locked.values_list(*Standing._fields)]
    ladders: dict[tuple[str, Kind, int], Ladder] = {}
    moves = [_move(row, now, ladders, holders) for row in rows]
    ways = _write(moves, now)
    stepped = [move for move in moves if move.climb.rung > Rung.NONE and _is_step(move)]
    _keep(stepped, ways, now)
    _tell(stepped, holders)
    return len(rows)


def _move(
    duty: Standing, now: datetime, ladders: dict[tuple[str, Kind, int], Ladder], holders: Holders
) -> Move:
    kind, day = kind_of(duty.limit_unit), time.local_date(duty.opened_at)
    key = (duty.area_path, kind, day.toordinal())
    if key not in ladders:
        ladders[key] = ladder_for(duty.area_path, kind, day)
    step = climb(
        ladders[key],
        now,
        Dates(duty.opened_at, duty.remind_at, duty.due_at),
        rung=duty.escalation_step,
        function=duty.function,
        held_by=duty.held_by,
    )
    is_vacant = step.rung >= Rung.RED and not _has_it(duty, step, holders)
    return Move(duty, step, ladders[key], is_vacant)


def _has_it(duty: Standing, step: Climb, holders: Holders) -> list[int]:
    return holders.of(step.held_by, None, duty.area_path) if step.held_by else _had_it(duty, holders)


def _had_it(duty: Standing, holders: Holders) -> list[int]:
    if duty.person_id is not None:
        return [duty.person_id]
    return holders.of(duty.function, duty.unit_id, duty.area_path)


def _is_step(move: Move) -> bool:
    """Whether a rung was climbed; a duty may also only have been told when its first one is due."""
    return (move.climb.rung, move.climb.held_by) != (move.duty.escalation_step, move.duty.held_by)


def _write(moves: Iterable[Move], now: datetime) -> dict[UUID, Way]:
    limits: dict[Limit, datetime] = {}

    def after(limit: Limit | None) -> datetime | None:
        if limit is not None and limit not in limits:
            limits[limit] = calendar.limit_due(now, limit).at
        return None if limit is None else limits[limit]

    ways: dict[UUID, Way] = {}
    together: dict[Way, list[UUID]] = defaultdict(list)
    for move in moves:
        # where nobody holds the function there is nobody to wait for: on with it in the next run
        waits = now if move.is_vacant and move.climb.wait else after(move.climb.wait)
        ways[move.duty.pk] = Way(move.climb, waits or move.climb.next_at, after(move.climb.stage))
        together[_common(ways[move.duty.pk])].append(move.duty.pk)
    for way, pks in together.items():
        _set(way, pks, now)
    return ways


def _common(way: Way) -> Way:
    """What is the duty's own date (``OWN_DATE``) is written as such, so that many share a statement."""
    rung = way.climb.rung
    return Way(Climb(rung, ""), None, None) if rung in OWN_DATE else way


def _set(way: Way, pks: list[UUID], now: datetime) -> None:
    rung = way.climb.rung
    rows = Duty.objects.filter(pk__in=pks)
    if rung in OWN_DATE:
        rows.update(escalation_step=rung, next_at=F(OWN_DATE[rung]))
    elif rung == Rung.HANDED:
        stage = {"held_by": way.climb.held_by, "handed_at": now, "stage_due_at": way.stage_due_at}
        rows.update(escalation_step=rung, next_at=way.next_at, **stage)
    elif rung == Rung.SUPERVISED:
        rows.update(escalation_step=rung, next_at=way.next_at, is_supervised=True)
    else:
        rows.update(escalation_step=rung, next_at=way.next_at)


def _keep(moves: Iterable[Move], ways: dict[UUID, Way], now: datetime) -> None:
    instant, key = connection.ops.adapt_datetimefield_value, DutyStep._meta.get_field("duty")
    at = instant(now)
    rows = []
    for move in moves:
        way = ways[move.duty.pk]
        rows.append(
            (
                key.get_db_prep_save(move.duty.pk, connection),
                move.duty.ladder_round,
                int(move.climb.rung),
                move.climb.held_by,
                at,
                way.stage_due_at and instant(way.stage_due_at),
                way.next_at and instant(way.next_at),
                move.is_vacant,
                False,
                move.ladder.version,
            )
        )
    rows_insert(DutyStep, STEP_COLUMNS, rows)


def _tell(moves: Iterable[Move], holders: Holders) -> None:
    """One message for each person, rung and side of a hand-up, however many duties it is about."""
    count: Counter[tuple[int, Rung, bool]] = Counter()
    named: dict[tuple[int, Rung, bool], Standing] = {}
    for move in moves:
        rung = move.climb.rung
        takers = holders.of(move.climb.held_by, None, move.duty.area_path) if move.climb.held_by else []
        for person_id in takers:
            count[person_id, rung, True] += 1
            named.setdefault((person_id, rung, True), move.duty)
        for person_id in set(_had_it(move.duty, holders)).difference(takers):
            count[person_id, rung, False] += 1
            named.setdefault((person_id, rung, False), move.duty)
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
    ahead = Q(steps__at__gt=now, steps__is_void=False)
    duties = list(Duty.objects.filter(ahead, state__in=("open", "paused")).distinct())
    for duty in duties:
        duty.steps.filter(at__gt=now).update(is_void=True)
        kept = list(duty.steps.filter(round=duty.ladder_round, is_void=False))
        _to_the_foot(duty, now)
        if kept:
            _stand_on(duty, kept)
    Duty.objects.bulk_update(duties, POSITION)
    return len(duties)


def _stand_on(duty: Duty, steps: list[DutyStep]) -> None:
    """Put a duty where its last step left it."""
    last = steps[-1]
    handed = [step for step in steps if step.rung == Rung.HANDED]
    duty.escalation_step, duty.held_by, duty.next_at = last.rung, last.level, last.next_at
    duty.is_supervised = any(step.rung == Rung.SUPERVISED for step in steps)
    if handed:
        duty.handed_at, duty.stage_due_at = handed[-1].at, handed[-1].stage_due_at


def _tell_operators(back: timedelta, taken: int) -> None:
    words = (
        f"服务器时钟倒退了{round(back.total_seconds() / 60)}分钟，已撤回{taken}件待办在此后的升级；请核对时钟"
    )
    operators = person_ids_for(function=Function.OPERATOR)
    notice_queue(person_ids=operators, kind="duty.clock_back", title=words, url="/desk/")
