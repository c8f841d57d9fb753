"""Reading runs: what waits, what was found before, the figures of an area."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed, NotFound
from linli.core.fields import in_areas

from ..models import Policy, Run, RunCount
from ..models.runs import JobState
from .permissions import can_see_runs


def run_waiting() -> Run | None:
    """Return the oldest run that waits or was broken off."""
    rows = Run.objects.filter(state__in=(JobState.WAITING, JobState.RUNNING))
    return rows.select_related("snapshot").order_by("asked_at", "pk").first()


def found_before(run: Run) -> set[int]:
    """Return the policies that an earlier run has reckoned: what is new since can be said of them."""
    rows = RunCount.objects.filter(run__state=JobState.DONE).exclude(run=run)
    return set(rows.values_list("version__policy_id", flat=True).distinct())


def run_latest(policy: Policy) -> Run | None:
    """Return the newest whole run that reckoned a policy."""
    rows = Run.objects.filter(state=JobState.DONE, counts__version__policy=policy)
    return rows.order_by("-asked_at", "-pk").first()


def run_before(run: Run, policy: Policy) -> Run | None:
    """Return the newest whole run before this one that reckoned a policy: it says who is new since."""
    rows = Run.objects.filter(state=JobState.DONE, counts__version__policy=policy, asked_at__lt=run.asked_at)
    return rows.order_by("-asked_at", "-pk").first()


def runs_unled() -> list[Run]:
    """Return whole runs of which leads are still to be made, the oldest first."""
    return list(Run.objects.filter(state=JobState.DONE, led_at__isnull=True).order_by("asked_at", "pk"))


def runs_refused(actor: Actor) -> None:
    """Refuse those who do not read runs, in words."""
    if not can_see_runs(actor):
        raise NotAllowed(_("匹配的进度由区、市和运维查看。"))


def run_list(actor: Actor) -> QuerySet[Run]:
    """Return the runs, the newest first."""
    runs_refused(actor)
    return Run.objects.select_related("snapshot", "asked_by")


def run_get(actor: Actor, public_id: UUID | str) -> Run:
    """Return one run, or raise ``NotFound``."""
    found = run_list(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次匹配。"))
    return found


def run_counts(actor: Actor, run: Run) -> list[RunCount]:
    """Return the figures of a run in the actor's areas, by policy and district."""
    rows = run.counts.select_related("version__policy")
    if actor.function not in (Function.OPERATOR, Function.SYSTEM):
        rows = rows.filter(in_areas("area_path", actor.areas))
    return list(rows.order_by("version__policy__name", "area_path"))


def policies_named(codes: Sequence[str]) -> list[Policy]:
    """Return the policies of some codes; who knows none of them gets none."""
    return list(Policy.objects.filter(code__in=codes).order_by("name")) if codes else []


def run_titles(runs: Collection[Run]) -> dict[int, str]:
    """Return run → what it reckons, in words: all policies, or the names of those it is narrowed to."""
    codes = sorted({code for run in runs for code in run.policies})
    names = {policy.code: policy.name for policy in policies_named(codes)}
    return {
        run.pk: "、".join(names.get(code, code) for code in run.policies) or str(run.get_kind_display())
        for run in runs
    }
