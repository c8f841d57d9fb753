"""The roll-up kept up to date, compared and made anew: fetch, then call a service."""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from linli.core import clock
from linli.core.actor import system

from . import services, statements
from .models import RollupState

ACTOR = system("rollup")
MEND_AT_ONCE = 1_000
ABANDONED = timedelta(minutes=5)  # a rebuild that has not moved for so long was killed


def _quiet(_state: RollupState) -> None:
    """Say nothing."""


def rebuild(tell: Callable[[RollupState], None] = _quiet) -> None:
    """Make the whole roll-up anew, in pieces; ``tell`` hears of each."""
    services.rebuild_begin(actor=ACTOR)
    resume(tell)


def resume(tell: Callable[[RollupState], None] = _quiet) -> None:
    """Go on with a rebuild where it stands, to its end, and take in what was done meanwhile."""
    while (state := services.rebuild_step(actor=ACTOR)).stage:
        tell(state)
    tell(state)
    _catch_up()


def follow() -> int:
    """Take in what was done, and which limits passed, since the last time; returns how many.

    The first time everything is made anew; a rebuild that was killed is gone on with.
    """
    state = RollupState.objects.filter(pk=1).first()
    if state is None or (state.rebuilt_at is None and not state.stage):
        rebuild()
    elif state.stage and state.moved_at is not None and state.moved_at < clock.now() - ABANDONED:
        resume()
    return _catch_up()


def _catch_up() -> int:
    done = count = services.rollup_follow(actor=ACTOR)
    while count >= services.FOLLOW:
        count = services.rollup_follow(actor=ACTOR)
        done += count
    return done


def check() -> int:
    """Compare every matter with its row and mend what changed without a step; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(statements.matters_stale())
        stale = sorted({row[0] for row in cursor.fetchall()})
    for start in range(0, len(stale), MEND_AT_ONCE):
        services.rollup_mend(actor=ACTOR, matter_ids=stale[start : start + MEND_AT_ONCE])
    services.rollup_checked(actor=ACTOR)
    return len(stale)
