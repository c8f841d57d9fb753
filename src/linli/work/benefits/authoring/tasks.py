"""What happens by itself: previews are reckoned, over a snapshot that is made where there is none."""

from __future__ import annotations

from linli.core.actor import system
from linli.core.errors import Refusal

from ..engine.order import BadRule
from ..engine.snapshot import snapshot_make, snapshot_size
from ..engine.sources import Registry
from ..models import Preview, Snapshot
from ..models.runs import JobState
from .checked import rules_on
from .previewing import preview_figures
from .services.previews import preview_end, snapshot_ready

MACHINE = system("benefits")


def previews_reckon() -> int:
    """Reckon what waits, the oldest first; returns how many. Broken off, it goes on where it stood."""
    waiting = Preview.objects.filter(state=JobState.WAITING).order_by("asked_at")
    done = 0
    for preview in waiting.select_related("version__policy", "snapshot"):
        try:
            if preview.snapshot.state != JobState.DONE:
                _make(preview.snapshot)
            result, fault = preview_figures(preview), ""
        except Refusal as refusal:
            result, fault = {}, refusal.message
        except BadRule as error:
            result, fault = {}, str(error)
        preview_end(actor=MACHINE, preview_id=preview.pk, result=result, fault=fault)
        done += 1
    return done


def _make(row: Snapshot) -> None:
    folder = row.path
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = snapshot_make(folder, Registry(MACHINE, row.day), row.day, rules_on(row.day))
    persons, households = snapshot_size(made)
    snapshot_ready(actor=MACHINE, snapshot_id=row.pk, persons=persons, households=households)
    row.refresh_from_db()
