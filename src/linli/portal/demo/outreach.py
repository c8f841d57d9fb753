"""The demo's 政策找人: a baseline, waves of the street, visits by a worker, some with an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.core.clock import local_date
from linli.work.benefits.authoring.services.ending import policy_end_ask
from linli.work.benefits.models import Batch, Lead, Outreach, Policy, Wave
from linli.work.benefits.outreach.services import (
    batch_approve,
    batch_propose,
    batch_strike,
    lead_settle,
    outreach_tell,
    wave_change,
    wave_release,
)
from linli.work.benefits.outreach.tasks import follow
from linli.work.benefits.outreach.workflow import NEW
from linli.work.benefits.running.tasks import run_today

from .life import Plot, Stage

RELEASED = (("elder_allowance", False), ("disabled_nursing", True), ("care_subsidy", True))
GOES_ON = timedelta(days=45)
APPROVED = 4  # on the list that is approved


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
    _listed(street)
    yield end - timedelta(days=1, hours=3)
    _approved(stage.cast["street.second"])
    _ending(stage.cast["district.officer"], end)
    yield end - timedelta(hours=8)
    run_today()
    follow()
    _slower(street, end)
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
                even_if_nobody=True,
            )


def _listed(street: Actor) -> None:
    """Those of one committee who are eligible and were not spoken to stand on a list without application."""
    found = Lead.objects.visible_to(street).filter(policy__code=RELEASED[0][0], verdict=Lead.Verdict.ELIGIBLE)
    first = found.filter(state__in=NEW).order_by("-area_path", "pk").first()
    if first is not None:
        batch_propose(actor=street, policy_id=first.policy.public_id, area_path=first.area_path)


def _slower(street: Actor, end: datetime) -> None:
    """One wave hands out fewer a week from now on, and up to a day."""
    wave = Wave.objects.visible_to(street).filter(policy__code=RELEASED[1][0]).first()
    if wave is not None:
        wave_change(
            actor=street,
            wave_id=wave.public_id,
            version=wave.version,
            area_path=wave.area_path,
            per_worker_week=2,
            includes_unknown=True,
            until_on=local_date(end + GOES_ON),
        )


def _approved(second: Actor) -> None:
    """Another person of the street strikes most off the list, who are visited, and approves the rest."""
    for batch in Batch.objects.visible_to(second).filter(state=Batch.State.PROPOSED):
        listed = list(batch.leads.order_by("pk"))
        for lead in listed[: max(len(listed) - APPROVED, 0)]:
            batch = batch_strike(actor=second, batch_id=batch.public_id, lead_id=lead.public_id)
        batch_approve(actor=second, batch_id=batch.public_id, people=batch.people)


def _ending(district: Actor, end: datetime) -> None:
    """The district means to stop its own policy; a second person is still to confirm it."""
    policy = Policy.objects.filter(code="meals").first()
    if policy is not None:
        why = "并入全市的老年助餐补贴（演示）"
        policy_end_ask(actor=district, policy_id=policy.pk, on=local_date(end + GOES_ON), reason=why)


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
