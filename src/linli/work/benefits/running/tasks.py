"""Long work by the worker or the command: today's snapshot, then the policies; broken off, it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.errors import Refusal
from linli.foundation.places.models import Division, Level

from ..authoring.selectors import standards_on
from ..engine.cluster import Cluster
from ..engine.matching import Matched, match_make, match_open, tallies
from ..engine.snapshot import MOST_DAYS, Progress, SnapshotTooOld
from ..models import Run, RunCount, Snapshot
from ..models.runs import JobState
from ..snapshots.making import alone, snapshot_made
from ..snapshots.services import snapshot_note
from .force import MACHINE, InForce, in_force
from .selectors import found_before, run_waiting
from .services import RunStopped, run_ask, run_finish, run_note, snapshot_ask

KEPT_DAYS = 14
Told = Callable[[str], None]


def _nobody(words: str) -> None:
    """Tell nobody how far it is."""


def run_today() -> Run | None:
    """Ask for today's run of everything, once a day; the next round carries it out."""
    today = clock.today()
    if Run.objects.filter(as_of=today, kind=Run.Kind.FULL).exists() or not in_force(today).policies:
        return None
    return run_ask(actor=MACHINE)


def runs_follow(tell: Told = _nobody) -> Run | None:
    """Carry out the run that waits or was broken off; returns it where it is done now.

    Raises ``RunBusy`` where another process is at it.
    """
    if run_waiting() is None:
        return None
    with alone():
        run = run_waiting()  # another process may have done it meanwhile
        return _carried_out(run, tell) if run is not None else None


def _carried_out(run: Run, tell: Told) -> Run | None:
    try:
        return run_carried_out(run, tell)
    except RunStopped:
        shutil.rmtree(run.path, ignore_errors=True)
        return None
    except Exception as error:
        fault = str(error.message) if isinstance(error, Refusal) else type(error).__name__
        run_note(actor=MACHINE, run=run, state=JobState.FAILED, fault=fault[:200])
        raise


def run_carried_out(run: Run, tell: Told = _nobody) -> Run:
    """Make the snapshot where it is not whole, judge everybody, keep the figures.

    Raises ``SnapshotTooOld`` for a run that waited so long that its day says nothing of today any more.
    """
    force = in_force(run.as_of)
    rules, standards = force.rules(), _standards(run.as_of)
    _fresh(run.snapshot)
    run_note(actor=MACHINE, run=run, state=JobState.RUNNING, started_at=run.started_at or clock.now())
    snapshot = snapshot_made(run.snapshot, rules, standards, _progress(_("快照"), tell, run))
    told = _progress(_("匹配"), tell, run)

    def noted(done: int, all_: int) -> None:
        told(done, all_)
        run_note(actor=MACHINE, run=run, parts_done=done, parts_all=all_)

    engine = Cluster(settings.SPARK) if settings.SPARK else None
    policies = run.policies or None
    matched = match_make(run.path, snapshot, rules, run.as_of, standards, policies, noted, engine)
    return run_finish(actor=MACHINE, run=run, counts=_counts(run, matched, force.policies))


def _fresh(row: Snapshot) -> None:
    if (clock.today() - row.day).days > MOST_DAYS:
        words = _("快照是%(day)s的，已超过%(days)d天，不能再用。")
        said = words % {"day": row.day.isoformat(), "days": MOST_DAYS}
        raise SnapshotTooOld(said, hint=_("请重新发起一次，按今天的登记算。"))


def snapshot_now(tell: Told = _nobody) -> Snapshot:
    """Make today's snapshot, or go on with it; the next run takes it as it is."""
    with alone():
        row = snapshot_ask(actor=MACHINE)
        snapshot_made(row, in_force(row.day).rules(), _standards(row.day), _progress(_("快照"), tell))
        return row


def _standards(day: date) -> dict[str, int]:
    top = Division.objects.filter(valid_to__isnull=True).order_by("level", "path").first()
    return standards_on(day, top.path if top else "")


def _progress(words: str, tell: Told, run: Run | None = None) -> Progress:
    """Return what tells how far it is, and ends a run that somebody gave up."""

    def progress(done: int, all_: int) -> None:
        if run is not None and Run.objects.filter(pk=run.pk, state=JobState.DROPPED).exists():
            raise RunStopped
        tell(f"{words} {done}/{all_}")

    return progress


def _counts(run: Run, matched: Matched, policies: Iterable[InForce]) -> list[RunCount]:
    districts = Division.objects.filter(level=Level.COUNTY, valid_to__isnull=True)
    paths = {int(code): path for code, path in districts.values_list("code", "path") if code.isdecimal()}
    versions = {one.policy.code: one.version for one in policies}
    known = found_before(run)
    return [
        RunCount(
            run=run,
            version=versions[tally.policy],
            area_path=paths.get(tally.district or 0, ""),
            eligible=tally.eligible,
            refused=tally.refused,
            unknown=tally.unknown,
            missing=dict(tally.missing),
            is_baseline=versions[tally.policy].policy_id not in known,
        )
        for tally in tallies(matched)
        if tally.policy in versions
    ]


def matched_of(run: Run) -> Matched:
    """Return a whole run from where it is kept; raises ``RunBroken``."""
    return match_open(run.path)


def files_forget() -> int:
    """Let snapshots and runs go that are older than two weeks, but the newest run; returns how many."""
    before = clock.today().toordinal() - KEPT_DAYS
    newest = Run.objects.filter(state=JobState.DONE).order_by("-asked_at").first()
    kept = {newest.pk, newest.before_id} if newest else set()
    old = [run for run in Run.objects.exclude(state=JobState.DROPPED) if run.as_of.toordinal() < before]
    gone = [run for run in old if run.pk not in kept]
    for run in gone:
        shutil.rmtree(run.path, ignore_errors=True)
        run_note(actor=MACHINE, run=run, state=JobState.DROPPED)
    snapshots = Snapshot.objects.exclude(state=JobState.DROPPED)
    still = set(Run.objects.exclude(state=JobState.DROPPED).values_list("snapshot_id", flat=True))
    for snapshot in snapshots:
        if snapshot.day.toordinal() < before and snapshot.pk not in still:
            shutil.rmtree(snapshot.path, ignore_errors=True)
            snapshot_note(actor=MACHINE, snapshot=snapshot, state=JobState.DROPPED)
    return len(gone)


def nightly() -> None:
    """Ask for today's run and let old files go."""
    files_forget()
    run_today()
