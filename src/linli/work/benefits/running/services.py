"""What long work writes down: a snapshot, a run, how far they are, what a run came to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import changes_of, record, service

from ..models import Run, RunCount, Snapshot
from ..models.runs import JobState, snapshot_folder
from .permissions import can_ask_run, can_run

GOING = (JobState.WAITING, JobState.RUNNING)


@service
def run_ask(*, actor: Actor, policies: Iterable[str] = ()) -> Run:
    """Ask for a run of today over everybody (``policies``: of these codes only); the worker carries it out.

    Refused while another one waits or runs.
    """
    if not can_ask_run(actor):
        raise NotAllowed(_("匹配由区、市和运维发起。"))
    if Run.objects.filter(state__in=GOING).exists():
        raise Conflict(_("已有一次匹配在进行。"), hint=_("请等它完成，再发起下一次。"))
    today, wanted = clock.today(), sorted(set(policies))
    snapshot = (
        Snapshot.objects.filter(day=today).exclude(state__in=(JobState.FAILED, JobState.DROPPED)).first()
    )
    if snapshot is None:
        snapshot = Snapshot(day=today, folder=snapshot_folder(today))
        snapshot.save(force_insert=True)
    run = Run(
        kind=Run.Kind.AGAIN if wanted else Run.Kind.FULL,
        snapshot=snapshot,
        as_of=today,
        folder="",
        policies=wanted,
        before=Run.objects.filter(state=JobState.DONE).order_by("-asked_at").first(),
        asked_by_id=actor.person_id,
        asked_at=clock.now(),
    )
    run.folder = f"runs/{run.public_id}"
    run.save(force_insert=True)
    record("run.ask", run, touched=[Snapshot])
    return run


@service
def job_note(*, actor: Actor, job: Run | Snapshot, **after: Any) -> None:
    """Note how far long work is, that it is done, or why it is not."""
    if not can_run(actor):
        raise NotAllowed
    kind = "run" if isinstance(job, Run) else "snapshot"
    if changes := changes_of(job, **after):
        record(f"{kind}.note", job, changes)


@service
def run_finish(*, actor: Actor, run: Run, counts: Iterable[RunCount]) -> Run:
    """Keep what a run came to, and let it count: figures and state in one transaction."""
    if not can_run(actor):
        raise NotAllowed
    run.counts.all().delete()
    rows = RunCount.objects.bulk_create(counts)
    changes = changes_of(run, state=JobState.DONE, finished_at=clock.now(), fault="")
    record("run.finish", run, changes, touched=[RunCount], purpose=f"{len(rows)}行数字")
    return run


@service
def run_stop(*, actor: Actor, run: Run) -> Run:
    """Give a run up that waits or has failed; what it reckoned so far is let go with it."""
    if not can_ask_run(actor) or run.state == JobState.DONE:
        raise NotAllowed(_("完成的匹配不能取消。"))
    record("run.stop", run, changes_of(run, state=JobState.DROPPED, finished_at=clock.now()))
    return run
