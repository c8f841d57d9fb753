"""Handing out: leads of a wave become visits, one a household, dealt to those who work there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from linli.registers.residents.models import Household, Resident

from ...models import Lead, LeadEvent, Outreach, Wave
from ..dealing import Load, dealt, week_begins
from ..permissions import can_deal
from ..selectors import buildings_of, grids_of
from ..settings import visit_limit
from .closing import ROOM, VISIT
from .judging import leads_judged

S = Lead.State
MOST = 500  # households in one transaction
GOING = (Function.COMMITTEE, Function.GRID_WORKER)


@dataclass(slots=True)
class Dealt:
    """What one round handed out, and how many leads fitted no more when they were looked at again."""

    visits: int = 0
    leads: int = 0
    gone: int = 0

    @property
    def did_anything(self) -> bool:
        """Whether another round may do more."""
        return bool(self.leads or self.gone)


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
    visits, chosen = _going(wave, committee, holders)
    leads = _looked_at(wave, [*visits, *chosen], round_)
    going = {lead.household_id for lead in leads}
    new = {home: worker for home, worker in chosen.items() if home in going}
    visits = {home: visit for home, visit in visits.items() if home in going} | _opened(committee, new)
    round_.visits, round_.leads = len(new), _leads_given(wave, leads, visits)
    _duties_opened(visits, set(new))
    if round_.did_anything:
        told = f"派出{round_.visits}户、线索{round_.leads}条；不再符合{round_.gone}条"
        record(
            "wave.deal", wave, touched=[Outreach, Lead, LeadEvent, Duty, Resident, Household], purpose=told
        )
    return round_


def _going(wave: Wave, committee: str, holders: Holders) -> tuple[dict[int, Outreach], dict[int, int]]:
    """Return household → visit under way, and household → worker for new ones.

    Where everybody goes to a grid of their own alone, households of other grids do not stand before theirs.
    """
    visits, chosen = dict[int, Outreach](), dict[int, int]()
    waiting = _homes_waiting(wave, committee)
    for start in range(0, len(waiting), MOST):
        homes = _never_spoken_first(waiting[start : start + MOST])
        visits, bound = _under_way(homes), _bound(homes, committee, holders)
        loads = _loads(wave, committee, holders, bound)
        chosen = dealt([home for home in homes if home not in visits], loads, bound)
        if visits or chosen or not all(load.is_bound for load in loads.values()):
            break
    return visits, chosen


def _looked_at(wave: Wave, homes: Sequence[int], round_: Dealt) -> list[Lead]:
    """Return all that waits in some households, looked at with what is known now, but what is paused."""
    paused = Wave.objects.filter(state=Wave.State.PAUSED).values("policy_id")
    rows = Lead.objects.select_for_update(of=("self",)).filter(household__in=homes, state=S.WAITING)
    rows = rows.exclude(policy__in=paused).select_related("policy", "resident", "household")
    leads = list(rows.order_by("pk"))
    gone = {lead.pk for lead in leads_judged(leads=leads)}
    round_.gone = len(gone)
    return [lead for lead in leads if lead.pk not in gone and _is_wanted(wave, lead)]


def _is_wanted(wave: Wave, lead: Lead) -> bool:
    """Who is only worth asking waits for a wave that says so."""
    is_own = lead.policy_id == wave.policy_id
    return lead.verdict == Lead.Verdict.ELIGIBLE or wave.includes_unknown or not is_own


def _waiting(wave: Wave, committee: str) -> Q:
    verdicts = list(Lead.Verdict) if wave.includes_unknown else [Lead.Verdict.ELIGIBLE]
    here = in_areas("area_path", (committee,)) & in_areas("area_path", (wave.area_path,))
    return here & Q(policy=wave.policy_id, state=S.WAITING, verdict__in=verdicts)


def _homes_waiting(wave: Wave, committee: str) -> list[int]:
    """Return the households that wait, by the day they were found."""
    rows = Lead.objects.filter(_waiting(wave, committee)).order_by("found_on", "pk")
    return list(dict.fromkeys(rows.values_list("household_id", flat=True)))


def _never_spoken_first(homes: Sequence[int]) -> list[int]:
    """Return households with those first that nobody ever spoke to."""
    spoken = Outreach.objects.filter(household__in=homes, first_contact_at__isnull=False)
    known = set(spoken.values_list("household_id", flat=True))
    return sorted(homes, key=lambda home: home in known)


def _under_way(homes: Sequence[int]) -> dict[int, Outreach]:
    rows = Outreach.objects.filter(household__in=homes, state=Outreach.State.OPEN).select_for_update()
    return {row.household_id: row for row in rows.order_by("pk")}


def _bound(homes: Sequence[int], committee: str, holders: Holders) -> dict[int, set[int]]:
    """Return household → the grid workers of its own grid who do not work in the whole committee's area."""
    grids = grids_of(homes)
    whole = set(holders.of(Function.GRID_WORKER, area_path=committee))
    of_grid = {
        path: set(holders.of(Function.GRID_WORKER, area_path=path)) for path in set().union(*grids.values())
    }
    return {home: {one for path in grids[home] for one in of_grid[path]} - whole for home in grids}


def _loads(wave: Wave, committee: str, holders: Holders, bound: Mapping[int, set[int]]) -> dict[int, Load]:
    """Return who goes to people in the committee's area, with what they may take on and have open."""
    anywhere = {one for function in GOING for one in holders.of(function, area_path=committee)}
    people = anywhere.union(*bound.values())
    since = clock.local_midnight(week_begins(clock.today()))
    mine = Outreach.objects.filter(worker__in=people)
    this_week = mine.filter(opened_at__gte=since, leads__wave=wave).order_by().values_list("worker")
    taken = dict(this_week.annotate(n=Count("pk", distinct=True)))
    is_open = mine.filter(state=Outreach.State.OPEN).order_by().values_list("worker")
    burdens = dict(is_open.annotate(n=Count("pk")))
    return {
        one: Load(wave.per_worker_week - taken.get(one, 0), burdens.get(one, 0), one not in anywhere)
        for one in sorted(people)
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


def _leads_given(wave: Wave, leads: Sequence[Lead], visits: dict[int, Outreach]) -> int:
    """Give leads to the visits of their households, each under the wave of its own policy, if one runs."""
    now, given = clock.now(), [lead for lead in leads if lead.household_id in visits]
    above = {path for visit in visits.values() for path in path_prefixes(visit.area_path)}
    running = Wave.objects.filter(state=Wave.State.OPEN, area_path__in=above).order_by("area_path")
    waves = dict(running.values_list("policy_id", "pk")) | {wave.policy_id: wave.pk}
    for lead in given:
        visit = visits[lead.household_id]
        lead.state, lead.outreach, lead.version = S.OPEN, visit, lead.version + 1
        lead.area_path = visit.area_path  # households move
        lead.wave_id = waves.get(lead.policy_id, lead.wave_id)
    Lead.objects.bulk_update(given, ["state", "outreach", "version", "area_path", "wave"], batch_size=500)
    LeadEvent.objects.bulk_create(
        [LeadEvent(lead=lead, at=now, from_state=S.WAITING, to_state=S.OPEN) for lead in given],
        batch_size=500,
    )
    return len(given)


def _duties_opened(visits: dict[int, Outreach], new: set[int]) -> None:
    counts = defaultdict[int, int](int)
    rows = Lead.objects.filter(outreach__in=[row.pk for row in visits.values()], state=S.OPEN).order_by()
    counts.update(rows.values_list("outreach").annotate(n=Count("pk")))
    changed, buildings = [], buildings_of(new)
    for home in sorted(new):
        visit = visits[home]
        visit.due_at = visit_duty(
            visit=visit, leads=counts[visit.pk], building=buildings.get(home, "")
        ).due_at
        changed.append(visit)
    Outreach.objects.bulk_update(changed, ["due_at"], batch_size=500)


@require_service
def visit_duty(*, visit: Outreach, leads: int, building: str | None = None) -> Duty:
    """Put a visit on its worker's list; the title says in which building and how much, never for whom or
    what."""
    if building is None:
        building = buildings_of([visit.household_id]).get(visit.household_id, "")
    return duty_open(
        room=ROOM,
        subject_id=str(visit.public_id),
        subject_number="",
        title=f"政策上门：{building}一户，{leads}项待遇要告知"[:120],
        url=reverse("benefits:visit", args=[visit.public_id]),
        action=VISIT,
        action_label="上门告知",
        area_path=visit.area_path,
        limit=visit_limit(),
        function=Function.COMMITTEE,
        unit_id=visit.unit_id,
        person_id=visit.worker_id,
    )
