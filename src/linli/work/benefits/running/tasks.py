"""Long work by the worker: today's snapshot, then the policies over everybody; broken off, it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable

from linli.core import clock
from linli.foundation.places.models import Division, Level

from ..authoring.selectors import standards_on
from ..engine.matching import Matched, match_make, match_open, tallies
from ..engine.snapshot import Snapshot as OnDisk
from ..engine.snapshot import snapshot_counted, snapshot_make, snapshot_open
from ..engine.sources import Registry
from ..language.tree import Rule
from ..models import Run, RunCount, Snapshot
from ..models.runs import JobState
from .force import MACHINE, InForce, in_force
from .selectors import found_before, run_waiting
from .services import job_note, run_ask, run_finish

KEPT_DAYS = 14
Noted = Callable[[int, int], None]


def run_today() -> Run | None:
    """Ask for today's run, once a day; the next round carries it out."""
    today = clock.today()
    if Run.objects.filter(as_of=today).exists() or not in_force(today).policies:
        return None
    return run_ask(actor=MACHINE)


def runs_follow() -> Run | None:
    """Carry out the run that waits or was broken off; returns it where it is done now."""
    run = run_waiting()
    if run is None:
        return None
    try:
        return run_carried_out(run)
    except Exception as error:
        job_note(actor=MACHINE, job=run, state=JobState.FAILED, fault=type(error).__name__)
        raise


def run_carried_out(run: Run) -> Run:
    """Make the snapshot where it is not whole, judge everybody, keep the figures."""
    force = in_force(run.as_of)
    rules, standards = force.rules(), _standards(run)
    job_note(actor=MACHINE, job=run, state=JobState.RUNNING, started_at=run.started_at or clock.now())
    snapshot = _snapshot(run.snapshot, rules, standards)
    matched = match_make(
        run.path,
        snapshot,
        rules,
        run.as_of,
        standards,
        run.policies or None,
        _progress(run),
    )
    return run_finish(actor=MACHINE, run=run, counts=_counts(run, matched, force.policies))


def _standards(run: Run) -> dict[str, int]:
    top = Division.objects.filter(valid_to__isnull=True).order_by("level", "path").first()
    return standards_on(run.as_of, top.path if top else "")


def _snapshot(row: Snapshot, rules: list[Rule], standards: dict[str, int]) -> OnDisk:
    folder = row.path
    if row.state == JobState.DONE:
        return snapshot_open(folder, row.day)
    job_note(actor=MACHINE, job=row, state=JobState.RUNNING, started_at=row.started_at or clock.now())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = snapshot_make(folder, Registry(MACHINE, row.day), row.day, rules, standards, _progress(row))
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    persons, households = snapshot_counted(made)
    counted = {"persons": persons, "households": households, "size": size}
    job_note(actor=MACHINE, job=row, state=JobState.DONE, ready_at=clock.now(), **counted)
    return made


def _progress(job: Run | Snapshot) -> Noted:
    def note(done: int, all_: int) -> None:
        job_note(actor=MACHINE, job=job, parts_done=done, parts_all=all_)

    return note


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
            amount=tally.amount,
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
        job_note(actor=MACHINE, job=run, state=JobState.DROPPED)
    snapshots = Snapshot.objects.exclude(state=JobState.DROPPED)
    still = set(Run.objects.exclude(state=JobState.DROPPED).values_list("snapshot_id", flat=True))
    for snapshot in snapshots:
        if snapshot.day.toordinal() < before and snapshot.pk not in still:
            shutil.rmtree(snapshot.path, ignore_errors=True)
            job_note(actor=MACHINE, job=snapshot, state=JobState.DROPPED)
    return len(gone)


def nightly() -> None:
    """Ask for today's run and let old files go."""
    files_forget()
    run_today()
