"""The roll-up is written here and nowhere else: made anew in pieces, or brought up to what changed.

Every piece is one transaction that takes the row of ``RollupState`` first, so that two of them never
interleave; killed between two, the next run goes on where the last one ended. A rebuild fills tables of its
own (``fresh``) by the same statements as following fills those that are read.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.service import require_service, service

from ...models import Matter, MatterEvent
from .. import fresh, statements
from ..models import Axis, Exclusion, RollupState
from ..statements import EVERYTHING, FRESH, among, between, on_days

MATTERS_AT_ONCE, MOVES_AT_ONCE = 1_000_000, 2_000_000
FOLLOW = 2_000
LATE_COMMITS = timedelta(minutes=10)  # so long a step may take from being dated to being seen by others
Stage = RollupState.Stage


def _run(statement: tuple[str, list[Any]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return int(cursor.rowcount)


def _column(statement: tuple[str, list[Any]]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return [row[0] for row in cursor.fetchall()]


def _only_the_system(actor: Actor) -> None:
    if actor.function != Function.SYSTEM:
        raise NotAllowed()


@require_service
def state_locked() -> RollupState:
    """Return the one row of the state, locked until the service ends."""
    RollupState.objects.get_or_create(pk=1)
    return RollupState.objects.select_for_update().get(pk=1)


@require_service
def days_sum(*, days: Sequence[date]) -> None:
    """Sum some days anew from the grains."""
    some = on_days(days)
    _run((f"DELETE FROM rollup_daycell WHERE {some.of('day')}", [*some.values]))  # noqa: S608
    for axis in Axis:
        for statement in statements.cells_insert(axis, some):
            _run(statement)


@require_service
def matters_renew(*, matter_ids: Sequence[int]) -> None:
    """Make the grains of some matters anew, and the sums of every day that they were or are counted on."""
    if not matter_ids:
        return
    some = among(matter_ids)
    days = set(_column(statements.days_of(some)))
    for table, column in (("rollup_matterfact", "id"), ("rollup_movefact", "matter_id")):
        _run((f"DELETE FROM {table} WHERE {some.of(column)}", [*some.values]))  # noqa: S608
    _run(statements.matters_insert(some, clock.now()))
    _run(statements.moves_insert(some, "e.matter_id"))
    days |= set(_column(statements.days_of(some)))
    days_sum(days=sorted(_as_dates(days)))


def _as_dates(days: set[Any]) -> list[date]:
    return [day if isinstance(day, date) else date.fromisoformat(day) for day in days]


# -- following -------------------------------------------------------------------
def _changed(state: RollupState) -> list[tuple[datetime, int, int]]:
    """Steps (when, id, matter) that were recorded since the last one taken in, oldest first."""
    events = MatterEvent.objects.order_by("recorded_at", "id")
    if state.seen_at is not None:
        events = events.filter(recorded_at__gte=state.seen_at)
    rows = events.values_list("recorded_at", "id", "matter_id")
    if state.seen_at is not None:
        rows = rows.exclude(recorded_at=state.seen_at, id__lte=state.seen_id)
    return list(rows[:FOLLOW])


@service
def rollup_follow(*, actor: Actor) -> int:
    """Take in one batch of what was done, and which limits passed, since the last one; returns how many.

    Steps of the last minutes are taken in again each time: a transaction may end later than its step is
    dated. Fewer than ``FOLLOW`` means that everything is in.
    """
    _only_the_system(actor)
    state, now = state_locked(), clock.now()
    since = state.seen_at
    rows = _changed(state)
    ids = {matter for _at, _id, matter in rows}
    if since is not None:
        ids |= set(Exclusion.objects.filter(changed_at__gte=since).values_list("matter_id", flat=True))
    past = _column(statements.limits_past(now, FOLLOW))
    matters_renew(matter_ids=sorted(ids.union(past)))
    if len(rows) == FOLLOW:
        state.seen_at, state.seen_id = rows[-1][0], rows[-1][1]
    else:
        state.seen_at, state.seen_id = max(filter(None, (since, now - LATE_COMMITS))), 0
        state.followed_at = now
    state.save(update_fields=["seen_at", "seen_id", "followed_at"])
    return len(rows) + len(past)


@service
def rollup_mend(*, actor: Actor, matter_ids: Sequence[int]) -> None:
    """Make some matters' part of the roll-up anew: changed without a step, or gone."""
    _only_the_system(actor)
    state_locked()
    matters_renew(matter_ids=matter_ids)


@service
def rollup_checked(*, actor: Actor) -> None:
    """Note that every matter has been compared."""
    _only_the_system(actor)
    state = state_locked()
    state.checked_at = clock.now()
    state.save(update_fields=["checked_at"])


# -- rebuilding --------------------------------------------------------------------
@service
def rebuild_begin(*, actor: Actor) -> RollupState:
    """Begin to make everything anew beside what is shown meanwhile."""
    _only_the_system(actor)
    state = state_locked()
    last = MatterEvent.objects.order_by("recorded_at").values_list("recorded_at", flat=True).last()
    state.rebuilt_from = min(filter(None, (last, clock.now()))) - LATE_COMMITS
    fresh.fresh_begin()
    _to(state, Stage.MATTERS, 0)
    return state


def _to(state: RollupState, stage: str, position: int) -> None:
    state.stage, state.position, state.moved_at = stage, position, clock.now()
    state.save()


@service
def rebuild_step(*, actor: Actor) -> RollupState:
    """Make the next piece of a rebuild; its ``stage`` is empty when it was the last."""
    _only_the_system(actor)
    state = state_locked()
    if state.stage:
        fresh.room_make()
        PIECES[Stage(state.stage)](state)
    return state


def _piece_end(model: Any, position: int, rows: int) -> int | None:
    """Return the number that so many rows behind a position have last; ``None`` when none are left."""
    numbers = model.objects.filter(pk__gt=position).order_by("pk").values_list("pk", flat=True)
    last: int | None = numbers[:rows].aggregate(last=Max("pk"))["last"]
    return last


def _matters_piece(state: RollupState) -> None:
    end = _piece_end(Matter, state.position, MATTERS_AT_ONCE)
    if end is None:
        _to(state, Stage.MOVES, 0)
        return
    _run(statements.matters_insert(between(state.position + 1, end), clock.now(), FRESH))
    _to(state, Stage.MATTERS, end)


def _moves_piece(state: RollupState) -> None:
    end = _piece_end(MatterEvent, state.position, MOVES_AT_ONCE)
    if end is None:
        _to(state, Stage.DAYS, 0)
        return
    _run(statements.moves_insert(between(state.position + 1, end), "e.id", FRESH))
    _to(state, Stage.MOVES, end)


def _days_piece(state: RollupState) -> None:
    """Sum all days by one axis."""
    axes = list(Axis)
    for statement in statements.cells_insert(axes[state.position], EVERYTHING, FRESH):
        _run(statement)
    is_last = state.position + 1 == len(axes)
    _to(state, *((Stage.INDEXES, 0) if is_last else (Stage.DAYS, state.position + 1)))


def _indexes_piece(state: RollupState) -> None:
    """Make the indexes of one table; when all have theirs, put the new tables in the place of the old."""
    if state.position < len(fresh.TABLES):
        fresh.fresh_index(state.position)
        _to(state, Stage.INDEXES, state.position + 1)
        return
    fresh.fresh_swap()
    state.seen_at, state.seen_id, state.followed_at = state.rebuilt_from, 0, state.rebuilt_from
    state.rebuilt_at = state.checked_at = clock.now()
    _to(state, Stage.NONE, 0)


PIECES = {
    Stage.MATTERS: _matters_piece,
    Stage.MOVES: _moves_piece,
    Stage.DAYS: _days_piece,
    Stage.INDEXES: _indexes_piece,
}
