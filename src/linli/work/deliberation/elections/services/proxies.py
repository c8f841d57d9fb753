"""Voting for somebody who cannot come: in writing, at most three, never by a candidate, published."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound, invalid
from linli.core.service import changes_of, record, service
from linli.registers.residents.models import Resident

from ...ballots.models import Elector
from ...ballots.models.roll import STANDING
from ...law import ProxyFacts, proxy_refusal, rule_of
from ..models import Candidate, Election, Proxy, Round
from .steps import election_begin, resident_seen


@service(idempotent=True)
def proxy_give(*, actor: Actor, election_id: UUID, giver_id: UUID, holder_id: UUID, document: str) -> Proxy:
    """Take down a written proxy before the vote is over; the holder votes with the giver's paper sheet."""
    election = election_begin(actor=actor, election_id=election_id, move="proxy")
    giver = resident_seen(actor=actor, resident_id=giver_id)
    holder = resident_seen(actor=actor, resident_id=holder_id)
    if Proxy.objects.filter(election=election, giver=giver, ended_at__isnull=True).exists():
        raise Conflict(_("这位选民已经委托了别人。"), hint=_("要改委托，请先撤销原来的。"))
    if Proxy.objects.filter(election=election, giver=holder, ended_at__isnull=True).exists():
        raise Conflict(_("受托人自己已经委托了别人，不能再接受委托。"))
    facts = _facts(election, giver, holder, document)
    if words := proxy_refusal(rule_of(election.rule_key, election.rule_on).proxies, facts):
        raise invalid(holder=words)
    proxy = Proxy.objects.create(
        election=election,
        giver=giver,
        holder=holder,
        document=document.strip()[:120],
        given_at=clock.now(),
        taken_by_id=actor.person_id,
    )
    record("proxy.give", proxy)
    return proxy


def _facts(election: Election, giver: Resident, holder: Resident, document: str) -> ProxyFacts:
    live = (Candidate.State.NAMED, Candidate.State.STANDING)
    return ProxyFacts(
        held=Proxy.objects.filter(election=election, holder=holder, ended_at__isnull=True).count(),
        holder_stands=election.candidates.filter(resident=holder, state__in=live).exists(),
        giver_on_roll=_on_roll(election, giver),
        holder_on_roll=_on_roll(election, holder),
        has_document=bool(document.strip()),
        is_same=giver == holder,
    )


def _on_roll(election: Election, resident: Resident) -> bool:
    """Whether somebody stands on the roll of the present round, or lives there while there is none."""
    last = Round.objects.filter(election=election).order_by("-number").first()
    if last is None:
        return resident.area_path.startswith(election.area_path)
    return Elector.objects.filter(ballot=last.ballot_id, resident=resident, state__in=STANDING).exists()


@service
def proxy_end(*, actor: Actor, proxy_id: UUID) -> Proxy:
    """Take a proxy back."""
    proxy = Proxy.objects.filter(public_id=proxy_id).select_related("election").first()
    if proxy is None:
        raise NotFound(_("没有找到这份委托。"))
    election_begin(actor=actor, election_id=proxy.election.public_id, move="proxy")
    if proxy.ended_at is not None:
        raise Conflict(_("这份委托已经撤销。"))
    record("proxy.end", proxy, changes_of(proxy, ended_at=clock.now()))
    return proxy
