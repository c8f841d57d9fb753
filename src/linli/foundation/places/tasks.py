"""What happens by itself: changes whose day has come take effect, and their records follow."""

import time
from datetime import timedelta

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput

from .models import DivisionChange
from .records import has_records_left
from .services import division_change_apply, division_change_note_failure, division_records_move
from .workflow import ChangeState

ACTOR = system("divisions")
SETTLES = timedelta(hours=1)  # longer than any transaction that still saw the old tree
SECONDS = 45


def changes_carry_out() -> int:
    """Apply what is due, let records follow for a while, pick up stragglers; returns how many followed."""
    moved = _records_follow()
    due = DivisionChange.objects.filter(state=ChangeState.CONFIRMED, effective_on__lte=clock.today())
    for change_id in due.order_by("effective_on", "pk").values_list("public_id", flat=True):
        try:
            division_change_apply(actor=ACTOR, change_id=change_id)
        except (InvalidInput, Conflict) as reason:
            division_change_note_failure(actor=ACTOR, change_id=change_id, reason=reason)
        moved += _records_follow()
    return moved


def _records_follow() -> int:
    began, moved = time.monotonic(), 0
    moving = DivisionChange.objects.filter(state=ChangeState.MOVING)
    settling = DivisionChange.objects.filter(state=ChangeState.DONE, applied_at__gte=clock.now() - SETTLES)
    for change in (*moving.order_by("applied_at"), *settling.order_by("applied_at")):
        if change.state == ChangeState.DONE and not has_records_left(change):
            continue
        while time.monotonic() - began < SECONDS:
            count = division_records_move(actor=ACTOR, change_id=change.public_id)
            moved += count
            if not count:
                break
    return moved
