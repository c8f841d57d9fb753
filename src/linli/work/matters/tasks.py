"""What happens by itself: fetch, then call a service as a named system actor."""

import logging
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Refusal

from . import services
from .assist.duplicates import MATTERS, PUBLIC, index_write
from .models import HandlingRequest, Matter, PublicVersion
from .workflow import LIVE, State

logger = logging.getLogger(__name__)
BATCH = 500


def _each(matter_ids: Iterable[int], act: Callable[[int], object]) -> int:
    """Call a service for each matter on its own; one refusal does not stop the others."""
    done = 0
    for matter_id in matter_ids:
        try:
            act(matter_id)
        except Refusal as refusal:
            logger.warning("matter %s: %s", matter_id, refusal.message)
        else:
            done += 1
    return done


def lapse_guided() -> int:
    """Close guided matters whose reporters were silent until the limit; returns how many."""
    actor = system("lapse")
    due = Matter.objects.filter(state=State.GUIDED, due_at__lte=clock.now()).order_by("due_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    return _each(ids, lambda pk: services.guidance_lapse(actor=actor, matter_id=pk))


def resume_paused() -> int:
    """Let the clocks of a pause run again when its expected end has come; returns how many."""
    actor = system("resume")
    ended = HandlingRequest.objects.filter(
        kind=HandlingRequest.Kind.PAUSE,
        outcome=HandlingRequest.Outcome.GRANTED,
        new_due_at__lte=clock.now(),
        matter__state=State.SUSPENDED,
    )
    ids = list(ended.order_by("new_due_at").values_list("matter_id", flat=True).distinct()[:BATCH])
    return _each(
        ids,
        lambda pk: services.matter_resume(
            actor=actor, matter_id=pk, version=None, reason=_("挂起的预计恢复日期已到。")
        ),
    )


def begin_editions() -> int:
    """Offer the categories of the 权责清单 that is in force today; returns how many changed hands."""
    return services.editions_begin(actor=system("editions"))


def forget_visits() -> int:
    """Forget names and topics of old visits to the counters; returns how many."""
    return services.visits_forget(actor=system("visits"))


def forget_drafts() -> int:
    """Delete drafts whose seven days are over; returns how many."""
    return services.drafts_forget(actor=system("drafts"))


def likeness_renew() -> int:
    """Make the indexes of likeness anew over live matters and public versions; returns how many texts."""
    matters = Matter.objects.filter(state__in=LIVE).order_by("pk").values_list("pk", "text", "address")
    shown = PublicVersion.objects.filter(withdrawn_at__isnull=True, matter__state__in=LIVE).order_by("pk")
    versions = shown.values_list("pk", "title", "text")
    return sum(
        index_write(kind, ((pk, f"{first} {second}") for pk, first, second in rows.iterator()))
        for kind, rows in ((MATTERS, matters), (PUBLIC, versions))
    )
