"""What long work writes down: a snapshot, a run, how far they are, what a run came to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service
from linli.core.words import gettext_lazy
from linli.foundation.notices.services.outbox import notice_queue

from ..authoring.checked import facts_wanted
from ..engine.order import facts_of
from ..models import Run, RunCount, Snapshot
from ..models.runs import JobState
from ..snapshots.serving import snapshot_today
from .force import in_force
from .permissions import can_ask_run, can_run
from .selectors import policies_named, run_titles

GOING = (JobState.WAITING, JobState.RUNNING)
ALREADY = gettext_lazy("已有一次匹配在进行。")
REFUSED = gettext_lazy("匹配由市和运维发起；区可以重新匹配自己的政策。")
WAIT = gettext_lazy("请等它完成，再发起下一次。")


class RunStopped(Conflict):
    """Somebody gave the run up while it was being carried out."""

    code = "run.stopped"
    message = gettext_lazy("这次匹配已经取消。")


@service
def snapshot_ask(*, actor: Actor) -> Snapshot:
    """Ask for today's snapshot of the registry; the same where it is there, or under way."""
    if not can_ask_run(actor):
        raise NotAllowed(_("快照由市和运维发起。"))
    made = snapshot_today(*_facts())
    record("snapshot.ask", made)
    return made


def _facts() -> tuple[frozenset[str], frozenset[str]]:
    """Return what a run of today looks at, and what a snapshot of today is to hold."""
    today = clock.today()
    return facts_of(in_force(today).rules()), facts_wanted(today)


@service
def run_ask(*, actor: Actor, policies: Iterable[str] = ()) -> Run:
    """Ask for a run of today over everybody (``policies``: of these codes only); the worker carries it out.

    Refused while another one waits or runs (the nightly one queues behind it), and for what is not in force
    today.
    """
    wanted = sorted(set(policies))
    if not can_ask_run(actor, policies_named(wanted)):
        raise NotAllowed(REFUSED)
    is_nightly = can_run(actor) and not wanted
    if not is_nightly and Run.objects.filter(state__in=GOING).exists():
        raise Conflict(ALREADY, hint=WAIT)
    today = clock.today()
    counting = {one.policy.code for one in in_force(today).policies}
    if not counting:
        raise Conflict(_("今天没有在用的政策。"), hint=_("请先发布政策，或运行 linli policies 装入自带的。"))
    if unknown := sorted(set(wanted) - counting):
        raise InvalidInput(_("今天没有在用的政策：%s。") % "、".join(unknown))
    run = Run(
        kind=Run.Kind.AGAIN if wanted else Run.Kind.FULL,
        snapshot=snapshot_today(*_facts()),
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
def run_note(*, actor: Actor, run: Run, **after: Any) -> None:
    """Note how far a run is, or why it is not done."""
    if not can_run(actor):
        raise NotAllowed
    if changes := changes_of(run, **after):
        record("run.note", run, changes)


@service
def run_finish(*, actor: Actor, run: Run, counts: Iterable[RunCount]) -> Run:
    """Keep what a run came to, and let it count: figures and state in one transaction."""
    if not can_run(actor):
        raise NotAllowed
    if Run.objects.select_for_update().get(pk=run.pk).state == JobState.DROPPED:
        raise RunStopped
    run.counts.all().delete()
    rows = RunCount.objects.bulk_create(counts)
    changes = changes_of(run, state=JobState.DONE, finished_at=clock.now(), fault="")
    record("run.finish", run, changes, touched=[RunCount], purpose=f"{len(rows)}行数字")
    if run.asked_by_id is not None:
        notice_queue(
            person_ids=[run.asked_by_id],
            kind="benefits.run",
            title=f"您发起的政策匹配已完成：{run_titles([run])[run.pk]}"[:120],
            url=f"/desk/benefits/runs/{run.public_id}/",
        )
    return run


@service
def run_stop(*, actor: Actor, run_id: UUID | str) -> Run:
    """Give a run up that waits, is under way or has failed; what it reckoned so far is let go with it."""
    run = _locked(actor, run_id)
    if run.state not in (*GOING, JobState.FAILED):
        raise Conflict(_("这次匹配已经完成或取消。"), hint=_("请刷新页面查看最新的状态。"))
    record("run.stop", run, changes_of(run, state=JobState.DROPPED, finished_at=clock.now()))
    return run


@service
def run_resume(*, actor: Actor, run_id: UUID | str) -> Run:
    """Let a run that failed go on; its parts that are whole are not reckoned again."""
    run = _locked(actor, run_id)
    if run.state != JobState.FAILED:
        raise Conflict(_("只有没有完成的匹配才能接着算。"), hint=_("请刷新页面查看最新的状态。"))
    if Run.objects.filter(state__in=GOING).exists():
        raise Conflict(ALREADY, hint=WAIT)
    record("run.resume", run, changes_of(run, state=JobState.WAITING, fault=""))
    return run


def _locked(actor: Actor, run_id: UUID | str) -> Run:
    run = Run.objects.select_for_update().filter(public_id=run_id).first()
    if not can_ask_run(actor, policies_named(run.policies) if run else ()):
        raise NotAllowed(REFUSED)
    if run is None:
        raise NotFound(_("没有找到这次匹配。"))
    return run
