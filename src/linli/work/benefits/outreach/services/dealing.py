"""Handing out: leads of a wave become visits, one a household, dealt to those who work there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.fields import in_areas
from linli.core.service import record, require_service, service
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import Holders, path_prefixes
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_open
from linli.registers.residents.models import Household

from ...models import Lead, LeadEvent, Outreach, Wave
from ..dealing import Load, dealt, week_begins
from ..permissions import can_deal
from ..settings import visit_limit
from .closing import ROOM, VISIT

S = Lead.State
MOST = 500  # households in one transaction
GOING = (Function.COMMITTEE, Function.GRID_WORKER)


@dataclass(slots=True)
class Dealt:
    """What one round handed out: visits, leads, and households where nobody works or has room."""

    visits: int = 0
    leads: int = 0
    households: list[int] = field(default_factory=list)


@service
def wave_deal(*, actor: Actor, wave: Wave, committee: str, holders: Holders) -> Dealt:
    """Hand out what a wave allows this week in one committee's area (a path); again the same day: nothing.

    A household gets one visit for everything that waits for its people, whatever found it; one that has a
    visit already gets it there. At most ``MOST`` households at a time.
    """
    if not can_deal(actor):
        raise NotAllowed
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    round_ = Dealt()
    if wave.state != Wave.State.OPEN:
        return round_
    homes = _homes_waiting(wave, committee)
    visits = _under_way(homes)
    workers = dealt([home for home in homes if home not in visits], _loads(wave, committee, holders))
    visits |= _opened(committee, workers)
    round_.visits, round_.households = len(workers), list(visits)
    if visits:
        round_.leads = _leads_given(wave, visits)
        _duties_opened(visits, set(workers))
        told = f"派出{round_.visits}户、线索{round_.leads}条"
        record("wave.deal", wave, touched=[Outreach, Lead, LeadEvent, Duty], purpose=told)
    return round_


def _waiting(wave: Wave, committee: str) -> Q:
    verdicts = list(Lead.Verdict) if wave.includes_unknown else [Lead.Verdict.ELIGIBLE]
    here = in_areas("area_path", (committee,)) & in_areas("area_path", (wave.area_path,))
    return here & Q(policy=wave.policy_id, state=S.WAITING, verdict__in=verdicts)


def _homes_waiting(wave: Wave, committee: str) -> list[int]:
    """Return households that wait, those that nobody ever spoke to first, then by the day they were found."""
    rows = Lead.objects.filter(_waiting(wave, committee)).order_by("found_on", "pk")
    homes = list(dict.fromkeys(rows.values_list("household_id", flat=True)[: MOST * 2]))[:MOST]
    spoken = Outreach.objects.filter(household__in=homes, first_contact_at__isnull=False)
    known = set(spoken.values_list("household_id", flat=True))
    return sorted(homes, key=lambda home: home in known)


def _under_way(homes: Sequence[int]) -> dict[int, Outreach]:
    rows = Outreach.objects.filter(household__in=homes, state=Outreach.State.OPEN).select_for_update()
    return {row.household_id: row for row in rows.order_by("pk")}


def _loads(wave: Wave, committee: str, holders: Holders) -> dict[int, Load]:
    """Return who goes to people in the committee's area, with what they may take on and have open."""
    people = {one for function in GOING for one in holders.of(function, area_path=committee)}
    since = clock.local_midnight(week_begins(clock.today()))
    mine = Outreach.objects.filter(worker__in=people)
    this_week = mine.filter(opened_at__gte=since, leads__wave=wave).order_by().values_list("worker")
    taken = dict(this_week.annotate(n=Count("pk", distinct=True)))
    is_open = mine.filter(state=Outreach.State.OPEN).order_by().values_list("worker")
    burdens = dict(is_open.annotate(n=Count("pk")))
    return {
        one: Load(wave.per_worker_week - taken.get(one, 0), burdens.get(one, 0)) for one in sorted(people)
    }


def _opened(committee: str, workers: dict[int, int]) -> dict[int, Outreach]:
    places = dict(Household.objects.filter(pk__in=workers).values_list("pk", "area_path"))
    found = Unit.objects.filter(function=Function.COMMITTEE, areas__path__in=path_prefixes(committee))
    unit = found.order_by("-pk").first()
    now = clock.now()
    rows = [
        Outreach(household_id=home, area_path=places[home], unit=unit, worker_id=worker, opened_at=now)
        for home, worker in workers.items()
    ]
    Outreach.objects.bulk_create(rows)
    return {row.household_id: row for row in rows}


def _leads_given(wave: Wave, visits: dict[int, Outreach]) -> int:
    """Give the visits everything that waits for their people, but what is paused."""
    paused = Wave.objects.filter(state=Wave.State.PAUSED).values("policy_id")
    rows = Lead.objects.select_for_update().filter(household__in=list(visits), state=S.WAITING)
    leads = list(rows.exclude(policy__in=paused).order_by("pk"))
    if not wave.includes_unknown:
        leads = [lead for lead in leads if lead.policy_id != wave.policy_id or _is_eligible(lead)]
    now = clock.now()
    for lead in leads:
        visit = visits[lead.household_id]
        lead.state, lead.outreach, lead.version = S.OPEN, visit, lead.version + 1
        lead.area_path = visit.area_path  # households move
        lead.wave_id = wave.pk if lead.policy_id == wave.policy_id else lead.wave_id
    Lead.objects.bulk_update(leads, ["state", "outreach", "version", "area_path", "wave"], batch_size=500)
    LeadEvent.objects.bulk_create(
        [LeadEvent(lead=lead, at=now, from_state=S.WAITING, to_state=S.OPEN) for lead in leads],
        batch_size=500,
    )
    return len(leads)


def _is_eligible(lead: Lead) -> bool:
    return lead.verdict == Lead.Verdict.ELIGIBLE


def _duties_opened(visits: dict[int, Outreach], new: set[int]) -> None:
    counts = defaultdict[int, int](int)
    rows = Lead.objects.filter(outreach__in=[row.pk for row in visits.values()], state=S.OPEN).order_by()
    counts.update(rows.values_list("outreach").annotate(n=Count("pk")))
    changed = []
    for home in sorted(new):
        visit = visits[home]
        visit.due_at = visit_duty(visit=visit, leads=counts[visit.pk]).due_at
        changed.append(visit)
    Outreach.objects.bulk_update(changed, ["due_at"], batch_size=500)


@require_service
def visit_duty(*, visit: Outreach, leads: int) -> Duty:
    """Put a visit on its worker's list; the title says how much, never for whom or what."""
    return duty_open(
        room=ROOM,
        subject_id=str(visit.public_id),
        subject_number="",
        title=f"政策上门：{leads}项待遇要告知这一户",
        url=reverse("outreach:record", args=[visit.public_id]),
        action=VISIT,
        action_label="上门告知",
        area_path=visit.area_path,
        limit=visit_limit(),
        function=Function.COMMITTEE,
        unit_id=visit.unit_id,
        person_id=visit.worker_id,
    )
