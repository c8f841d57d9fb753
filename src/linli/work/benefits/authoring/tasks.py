"""What happens by itself: previews are reckoned, over a snapshot that is made where there is none."""

from __future__ import annotations

from typing import Any

from linli.core.errors import Refusal

from ..engine.order import BadRule
from ..models import Preview
from ..models.runs import JobState
from ..snapshots.making import MACHINE, RunBusy, alone, snapshot_made
from .checked import rules_on
from .previewing import preview_figures
from .services.previews import preview_end


def previews_reckon() -> int:
    """Reckon what waits, the oldest first; returns how many. Broken off, it goes on where it stood; what
    needs a snapshot waits while another process is making one."""
    waiting = Preview.objects.filter(state=JobState.WAITING).order_by("asked_at")
    done = 0
    for preview in waiting.select_related("version__policy", "snapshot"):
        try:
            result, fault = _reckoned(preview), ""
        except RunBusy:
            continue
        except Refusal as refusal:
            result, fault = {}, refusal.message
        except BadRule as error:
            result, fault = {}, str(error)
        preview_end(actor=MACHINE, preview_id=preview.pk, result=result, fault=fault)
        done += 1
    return done


def _reckoned(preview: Preview) -> dict[str, Any]:
    row = preview.snapshot
    if row.state != JobState.DONE:
        with alone():
            snapshot_made(row, rules_on(row.day), {})
    return preview_figures(preview)
