"""Which snapshot serves: the newest that holds the facts that are needed, or one more that is to be made."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from linli.core import clock

from ..engine.snapshot import MOST_DAYS
from ..models import Snapshot
from ..models.runs import JobState, snapshot_folder

LOST = (JobState.FAILED, JobState.DROPPED)


def snapshot_today(needed: Collection[str], wanted: Collection[str]) -> Snapshot:
    """Return today's snapshot that holds what is needed, or one more, of all that is wanted, to be made."""
    return _serving(needed, clock.today()) or _ordered({*needed, *wanted})


def snapshot_lately(needed: Collection[str], wanted: Collection[str]) -> Snapshot:
    """Return the newest snapshot that may be reckoned upon and holds what is needed, or one to be made."""
    since = clock.today() - timedelta(days=MOST_DAYS)
    return _serving(needed, since) or _ordered({*needed, *wanted})


def _serving(needed: Collection[str], since: date) -> Snapshot | None:
    rows = Snapshot.objects.filter(day__gte=since).exclude(state__in=LOST).order_by("-day", "-edition")
    return next((row for row in rows if set(needed) <= set(row.facts)), None)


def _ordered(facts: Collection[str]) -> Snapshot:
    today = clock.today()
    edition = Snapshot.objects.filter(day=today).count() + 1
    folder = snapshot_folder(today, edition)
    return Snapshot.objects.create(day=today, edition=edition, folder=folder, facts=sorted(facts))
