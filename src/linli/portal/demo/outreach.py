"""The demo's 政策找人: a baseline, waves of the street, visits by a worker, some with an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.work.benefits.models import Lead, Outreach, Policy
from linli.work.benefits.outreach.services import batch_propose, lead_settle, outreach_tell, wave_release
from linli.work.benefits.outreach.tasks import follow
from linli.work.benefits.outreach.workflow import NEW
from linli.work.benefits.running.tasks import run_today

from .life import Plot, Stage

RELEASED = (("elder_allowance", False), ("disabled_nursing", True), ("care_subsidy", True))


def benefits_found(stage: Stage, end: datetime) -> Plot:
    """Run the policies over everybody, let the street release waves, and go to the first households."""
    street, worker = stage.cast["street.duty"], stage.cast["dunhua.worker"]
    yield end - timedelta(days=6, hours=9)
    run_today()
    follow()
    yield end - timedelta(days=5, hours=6)
    _released(street)
    follow()
    yield end - timedelta(days=3, hours=5)
    _told(worker)
    yield end - timedelta(days=1, hours=6)
    _settled(worker)
    yield end - timedelta(hours=8)
    run_today()
    follow()
    _listed(street)


def _released(street: Actor) -> None:
    known = {policy.code: policy for policy in Policy.objects.visible_to(street).public()}
    for code, includes_unknown in RELEASED:
        if code in known:
            wave_release(
                actor=street,
                policy_id=known[code].public_id,
                area_path=street.areas[0],
                per_worker_week=4,
                includes_unknown=includes_unknown,
            )


def _listed(street: Actor) -> None:
    """Those of one committee who are eligible and were not spoken to stand on a list without application."""
    found = Lead.objects.visible_to(street).filter(policy__code=RELEASED[0][0], verdict=Lead.Verdict.ELIGIBLE)
    first = found.filter(state__in=NEW).order_by("-area_path", "pk").first()
    if first is not None:
        batch_propose(actor=street, policy_id=first.policy.public_id, area_path=first.area_path)


def _told(worker: Actor) -> None:
    """Two households are told at once, one is left for the reader."""
    for visit in Outreach.objects.visible_to(worker).filter(state=Outreach.State.OPEN).order_by("pk")[:2]:
        outreach_tell(actor=worker, outreach_id=visit.public_id, version=visit.version)


def _settled(worker: Actor) -> None:
    """Of those who were told one applied and got it, and one did not want it."""
    told = list(Lead.objects.visible_to(worker).filter(state=Lead.State.TOLD).order_by("pk")[:2])
    for lead, moves in zip(
        told, ((("apply", ""), ("grant", "")), (("decline", "本人暂不需要"),)), strict=False
    ):
        for move, reason in moves:
            lead_settle(actor=worker, lead_id=lead.public_id, version=lead.version, move=move, reason=reason)
            lead.refresh_from_db()
