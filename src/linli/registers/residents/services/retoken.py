"""Search tokens under a new search key: person by person, while both are searched."""

from django.db.models import Q

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.errors import NotAllowed
from linli.core.service import record, service
from linli.foundation.keys.models import KeyRun
from linli.foundation.keys.permissions import can_handle_keys

from ..models import Resident
from .upkeep import tokens_write

BATCH = 500
FIRST, AGAIN = "", "again"  # once everybody, then those who were written since it began


@service
def tokens_renew_batch(*, actor: Actor, run: KeyRun, most: int = BATCH) -> int:
    """Make the tokens of the next persons anew under the newest search key; returns how many persons.

    When nobody is left the older search keys are taken out of the ring, and the run is finished.
    """
    if not can_handle_keys(actor):
        raise NotAllowed()
    rows = Resident.objects.filter(pk__gt=int(run.after or 0)).exclude(data_key="")
    if run.place == AGAIN:
        rows = rows.filter(Q(updated_at__gte=run.started_at) | Q(created_at__gte=run.started_at))
    people = list(rows.order_by("pk")[:most])
    if people:
        tokens_write(residents=people)
    if len(people) == most:
        run.after = str(people[-1].pk)
    elif run.place == FIRST:
        run.place, run.after = AGAIN, ""
    else:
        _older_retired(run.key)
        run.finished_at = clock.now()
    run.done, run.updated_at = run.done + len(people), clock.now()
    run.save()
    record("key.retoken", run, touched=[KeyRun], purpose=f"{len(people)}")
    return len(people)


def _older_retired(current: str) -> None:
    ring = key_ring()
    for name in ring.token_keys():
        if name != current:
            ring.key_retire(name)
