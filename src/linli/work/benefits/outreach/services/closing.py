"""When a visit is over: nobody of the household is left to speak to."""

from __future__ import annotations

from collections.abc import Iterable

from linli.core import clock
from linli.core.service import require_service
from linli.foundation.duties.services import duty_close

from ...models import Lead, Outreach

ROOM = "benefits"
VISIT = "visit"


@require_service
def outreaches_settle(*, outreach_ids: Iterable[int], by: int | None = None) -> list[Outreach]:
    """Close the visits of which no lead waits for a word any more, and take the duty off the list."""
    waiting = Lead.objects.filter(outreach__in=list(outreach_ids), state=Lead.State.OPEN)
    going_on = set(waiting.values_list("outreach_id", flat=True))
    rows = Outreach.objects.filter(pk__in=set(outreach_ids) - going_on, state=Outreach.State.OPEN)
    done = list(rows.order_by("pk"))
    for row in done:
        row.state, row.closed_at, row.version = Outreach.State.DONE, clock.now(), row.version + 1
        duty_close(room=ROOM, subject_id=str(row.public_id), action=VISIT, by=by)
    Outreach.objects.bulk_update(done, ["state", "closed_at", "version"])
    return done
