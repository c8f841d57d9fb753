"""What is learnt at the door: a missing fact, a wrong one put right; what is shown for going there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotFound
from linli.core.service import changes_of, record, service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close, duty_open
from linli.registers.residents.facts.dictionary import fact_key
from linli.registers.residents.facts.permissions import can_reveal_fact
from linli.registers.residents.facts.services import fact_correct, fact_none, fact_set, fact_unknown
from linli.registers.residents.facts.subjects import Subject, accounts_of, of_what, rows_of
from linli.registers.residents.finding.services import PURPOSES_KEPT, household_reveal
from linli.registers.residents.models import Fact, Membership, Resident

from ...models import Lead, LeadEvent, Outreach
from ..traces import trace_opened
from ..workflow import LEADS
from .closing import ROOM, outreaches_settle
from .judging import leads_judged
from .leads import leads_moved
from .visits import lead_locked, visit_locked

S = Lead.State
CORRECT = "correct"
HOME = "home"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What people said of one fact: ``state`` is known, none or unknown; ``value`` as they say it."""

    key: str
    state: str
    value: str = ""
    period: str = ""
    from_on: date | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """Personal values shown for a purpose in this answer alone: by person, and the facts of the traces."""

    people: Mapping[UUID, Mapping[str, str]]
    facts: frozenset[str]


@service
def visit_learn(*, actor: Actor, outreach_id: UUID | str, version: int, who: str, learnt: Learnt) -> Outreach:
    """Write down a fact that was asked at the door, and look at everything found for the household again.

    ``who`` is ``home``, or a member's public id. What fits no more by it is let go.
    """
    visit = visit_locked(actor=actor, outreach_id=outreach_id, version=version)
    _written(actor, _subject(visit, who), learnt)
    _again(visit)
    changes_of(visit, version=visit.version + 1)
    record("outreach.learn", visit, touched=[Outreach, Lead, LeadEvent, Duty])
    return visit


def _subject(visit: Outreach, who: str) -> Subject:
    if who == HOME:
        home: Subject = visit.household
        return home
    members = Membership.objects.filter(household=visit.household_id, to_on__isnull=True)
    found = members.filter(resident__public_id=who).select_related("resident").first()
    if found is None:
        raise NotFound(_("这个人现在不在这一户。"))
    member: Resident = found.resident
    return member


def _written(actor: Actor, subject: Subject, learnt: Learnt) -> None:
    said = {"actor": actor, "subject": subject, "key": learnt.key, "period": learnt.period}
    since = {"from_on": learnt.from_on, "document": learnt.document}
    if learnt.state == Fact.State.KNOWN:
        fact_set(**said, **since, value=learnt.value)
    elif learnt.state == Fact.State.NONE:
        fact_none(**said, **since)
    else:
        fact_unknown(**said)


def _again(visit: Outreach) -> None:
    rows = Lead.objects.select_for_update(of=("self",)).filter(outreach=visit, state=S.OPEN)
    leads_judged(leads=list(rows.select_related("policy", "resident", "household").order_by("pk")))
    if outreaches_settle(outreach_ids=[visit.pk]):
        visit.refresh_from_db()


@service
def lead_correct(
    *, actor: Actor, lead_id: UUID | str, version: int, who: str, learnt: Learnt, reason: str
) -> Lead:
    """Put a fact right that the lead rests on, and look again: who fits no more by it ends as 信息有误."""
    lead = lead_locked(actor=actor, lead_id=lead_id, version=version)
    LEADS.require(lead.state, "wrong")
    visit = lead.outreach
    if visit is None:
        raise Conflict(_("这条线索还没有派出。"))
    subject = _subject(visit, who)
    line = fact_key(learnt.key, of_what(subject))
    rows = rows_of(subject).filter(key=learnt.key, to_on__isnull=True, period=learnt.period)
    standing = rows.first()
    if standing is None:
        _written(actor, subject, learnt)
    else:
        fact_correct(
            actor=actor,
            subject=subject,
            fact_id=standing.pk,
            reason=reason,
            state=learnt.state,
            value=learnt.value,
            document=learnt.document,
        )
    gone = {one.pk for one in leads_judged(leads=[lead])}
    lead.refresh_from_db()
    if lead.pk not in gone and lead.verdict == Lead.Verdict.ELIGIBLE:
        changes_of(lead, version=lead.version + 1)
    else:
        _ended_as_wrong(actor, lead, f"更正了“{line.label}”")
    _again(visit)
    changes_of(visit, version=visit.version + 1)
    record("lead.correct", lead, touched=[Lead, LeadEvent, Outreach, Duty])
    return lead


def _ended_as_wrong(actor: Actor, lead: Lead, why: str) -> None:
    """End a lead as 信息有误; what looking again did (不再符合) is part of the same step."""
    if lead.state == S.GONE:
        last = lead.events.filter(to_state=S.GONE).latest("pk")
        lead.state = last.from_state
        last.delete()
    leads_moved(leads=[lead], to_state=S.WRONG, reason=why, by=actor.person_id)


@service
def lead_doubt(*, actor: Actor, lead_id: UUID | str, version: int, reason: str) -> Lead:
    """Note that what the lead rests on is wrong without knowing what is right: the committee finds out."""
    lead = lead_locked(actor=actor, lead_id=lead_id, version=version)
    LEADS.require(lead.state, "wrong")
    text = reason.strip()
    if not text or len(text) > 200:
        raise InvalidInput(_("请写明哪里不对，最多200个字。"), details={"reason": _("请写明哪里不对。")})
    leads_moved(leads=[lead], to_state=S.WRONG, reason=text, by=actor.person_id)
    visit = lead.outreach
    duty_open(
        room=ROOM,
        subject_id=str(lead.public_id),
        subject_number="",
        title="登记的情况有误，待核实更正",
        url=reverse("benefits:visit", args=[visit.public_id]) if visit else reverse("benefits:visits"),
        action=CORRECT,
        action_label="核实更正",
        area_path=lead.area_path,
        limit=Limit(10, LimitUnit.WORKING_DAY, "政策找人（建议值）"),
        function=Function.COMMITTEE,
        unit_id=visit.unit_id if visit else None,
    )
    if visit is not None:
        changes_of(visit, version=visit.version + 1)
        outreaches_settle(outreach_ids=[visit.pk], by=actor.person_id)
    record("lead.doubt", lead, touched=[Lead, LeadEvent, Outreach, Duty])
    return lead


@service
def lead_checked(*, actor: Actor, lead_id: UUID | str) -> Lead:
    """Note that what was doubted has been checked and put right; the next run looks at it anew."""
    lead = lead_locked(actor=actor, lead_id=lead_id)
    if not duty_close(room=ROOM, subject_id=str(lead.public_id), action=CORRECT, by=actor.person_id):
        raise Conflict(_("没有待核实的情况。"))
    record("lead.checked", lead, touched=[Duty])
    return lead


@service
def visit_reveal(*, actor: Actor, outreach_id: UUID | str, purpose: str) -> Opened:
    """Show names, telephones and what the purpose allows of the traces, for going there; each is told."""
    visit = visit_locked(actor=actor, outreach_id=outreach_id)
    people = household_reveal(
        actor=actor, household_id=visit.household.public_id, fields=("name", "phone"), purpose=purpose
    )
    opened = set[str]()
    for lead in visit.leads.select_related("resident", "household"):
        names = [
            name for name in trace_opened(lead).sensitive if can_reveal_fact(actor, fact_key(name), purpose)
        ]
        if names:
            _looked(lead.resident or lead.household, names, PURPOSES_KEPT[purpose])
        opened.update(names)
    return Opened(people, frozenset(opened))


def _looked(subject: Subject, names: list[str], why: str) -> None:
    for about in accounts_of(subject) or [None]:
        looked_at = [f"fact.{name}" for name in names]
        record("trace.reveal", subject, purpose=why, looked_at=looked_at, about_id=about)
