"""Reading outreach: whose doors, what was found for them, and how far it has come in an area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed, NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.selectors import person_ids_for, person_names
from linli.foundation.duties.rules import Colour, duty_colour
from linli.foundation.places.selectors import division_names
from linli.registers.residents.consents.selectors import PHONE_REMINDER, consenting
from linli.registers.residents.holding import holds_on
from linli.registers.residents.models import Household, Membership, Receipt
from linli.registers.residents.models.ways import household_ways
from linli.registers.residents.rounding import Rounded, rounded
from linli.registers.residents.selectors import HouseholdPeople, cards_of

from ..models import Lead, LeadEvent, Outreach, Policy, Run, Wave
from .permissions import can_change_wave, can_see_funnel, can_see_leads

S = Lead.State
WAITING_RESULT = (S.TOLD, S.APPLIED)
TABS = ("open", "result", "done")
ORDERS: dict[str, list[Any]] = {
    "due": [F("due_at").asc(nulls_last=True), "pk"],
    "never": ["first_contact_at", F("due_at").asc(nulls_last=True), "pk"],
    "new": ["-opened_at", "-pk"],
}


def leads_refused(actor: Actor) -> None:
    """Refuse those who do not go to people, in words."""
    if not can_see_leads(actor):
        hint = _("区和市看进度，不看个人。") if actor.is_governing else _("如有需要，请联系居村委会。")
        raise NotAllowed(_("政策上门由居村委会、网格员和街镇办理。"), hint=hint)


def outreach_list(
    actor: Actor,
    *,
    tab: str = "open",
    words: str = "",
    policy: str = "",
    area: str = "",
    is_mine: bool = False,
    sort: str = "due",
) -> QuerySet[Outreach]:
    """Return the visits of the actor's areas: to be made, with a result to come, or over.

    ``words`` is a part of the compound's or the dwelling's name, ``policy`` a code, ``area`` a path.
    """
    leads_refused(actor)
    rows: QuerySet[Outreach] = Outreach.objects.visible_to(actor).filter(_of_tab(tab))
    if words := words.strip():
        lived = Q(household__occupancies__to_on__isnull=True)
        named = Q(household__occupancies__part__name__contains=words)
        named |= Q(household__occupancies__part__building__name__contains=words)
        rows = rows.filter(Q(household__compound__name__contains=words) | lived & named)
    if policy:
        rows = rows.filter(Exists(Lead.objects.filter(outreach=OuterRef("pk"), policy__code=policy)))
    if area:
        rows = rows.filter(in_areas("area_path", (area,)))
    if is_mine:
        rows = rows.filter(worker__in=actor.person_ids)
    order = ORDERS.get(sort, ORDERS["due"])
    return rows.distinct().order_by(*order)


def _of_tab(tab: str) -> Q:
    if tab == "open":
        return Q(state=Outreach.State.OPEN)
    to_come = Exists(Lead.objects.filter(outreach=OuterRef("pk"), state__in=WAITING_RESULT))
    return Q(to_come if tab == "result" else ~to_come, state=Outreach.State.DONE)


def outreach_numbers(actor: Actor) -> dict[str, int]:
    """Return how many visits stand in each tab."""
    return {tab: outreach_list(actor, tab=tab).count() for tab in TABS}


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit on the list: which household (masked), what for, who goes."""

    visit: Outreach
    home: HouseholdPeople
    leads: tuple[Lead, ...]
    worker: str

    @property
    def head(self) -> str:
        """The head's masked name."""
        return self.home.head.name if self.home.head else ""

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self.home.part or self.visit.household.compound or "")

    @property
    def policies(self) -> str:
        """What was found, in words."""
        return "、".join(dict.fromkeys(lead.policy.name for lead in self.leads))

    @property
    def colour(self) -> Colour:
        """Green or red, as the visit's limit stands now."""
        return duty_colour(clock.now(), self.visit.due_at, None)

    @property
    def is_never_contacted(self) -> bool:
        """Whether nobody has spoken to them yet."""
        return self.visit.first_contact_at is None


def visit_rows(actor: Actor) -> Any:
    """Return what dresses visits for a list of this actor (a fixed number of queries)."""

    def dress(visits: Sequence[Outreach]) -> list[VisitRow]:
        rows = Outreach.objects.filter(pk__in=[visit.pk for visit in visits])
        leads = Prefetch("leads", Lead.objects.select_related("policy").order_by("pk"))
        found = {row.pk: row for row in rows.select_related("household__compound").prefetch_related(leads)}
        cards = cards_of(actor, [row.household for row in found.values()])
        homes = {card.household.pk: card for card in cards}
        names = person_names(visit.worker_id for visit in visits)
        return [
            VisitRow(
                found[visit.pk],
                homes[visit.household_id],
                tuple(found[visit.pk].leads.all()),
                names.get(visit.worker_id or 0, ""),
            )
            for visit in visits
        ]

    return dress


def outreach_get(actor: Actor, public_id: UUID | str) -> Outreach:
    """Return one visit that the actor may see, or raise ``NotFound``."""
    rows = Outreach.objects.visible_to(actor).select_related("household__compound", "worker", "unit")
    found: Outreach | None = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次上门。"))
    return found


def grids_of(household_ids: Collection[int]) -> dict[int, set[str]]:
    """Return household → the paths of the grids in which it lives (one query)."""
    [(building, lives)] = household_ways("")
    stands = {f"{building}grids__valid_to__isnull": True, "pk__in": list(household_ids)}
    rows = Household.objects.filter(lives, **stands)  # at once: of the building where it lives now
    found = defaultdict[int, set[str]](set)
    for household, path in rows.values_list("pk", f"{building}grids__path"):
        if path:
            found[household].add(path)
    return found


def buildings_of(household_ids: Collection[int]) -> dict[int, str]:
    """Return household → the compound and building in which it lives (one query)."""
    [(building, lives)] = household_ways("")
    rows = Household.objects.filter(lives, pk__in=list(household_ids))
    names = rows.values_list("pk", f"{building}compound__name", f"{building}name")
    return {household: f"{compound}{name}" for household, compound, name in names if name}


def workers_for(visit: Outreach) -> set[int]:
    """Return who goes to people at a household's place: committee and grid workers, those of its grid."""
    areas = {visit.area_path, *grids_of([visit.household_id])[visit.household_id]}
    found = {one for area in areas for one in person_ids_for(function=Function.GRID_WORKER, area_path=area)}
    return found | set(person_ids_for(function=Function.COMMITTEE, area_path=visit.area_path))


def is_phone_agreed(visit: Outreach) -> bool:
    """Whether somebody of the household agrees, in today's words, to being telephoned about benefits."""
    members = Membership.objects.filter(household=visit.household_id, to_on__isnull=True)
    return bool(consenting(members.values_list("resident_id", flat=True), PHONE_REMINDER))


def leads_of(visit: Outreach) -> list[Lead]:
    """Return the leads of a visit with their policies, people and steps; those of one policy together."""
    rows = visit.leads.select_related("policy", "policy_version", "resident", "household", "outreach")
    steps = Prefetch("events", LeadEvent.objects.order_by("at", "pk"))
    return list(rows.prefetch_related(steps).order_by("policy__name", "policy_id", "pk"))


def lead_list(actor: Actor, *, state: str = "", policy: str = "") -> QuerySet[Lead]:
    """Return the leads of the actor's areas, in a state, of a policy (a code)."""
    leads_refused(actor)
    rows: QuerySet[Lead] = Lead.objects.visible_to(actor).select_related("policy", "outreach")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(policy__code=policy) if policy else rows


def lead_get(actor: Actor, public_id: UUID | str) -> Lead:
    """Return one lead that the actor may see with its steps, or raise ``NotFound``."""
    rows = Lead.objects.visible_to(actor).select_related(
        "policy", "policy_version", "resident", "outreach", "household__compound"
    )
    steps = Prefetch("events", LeadEvent.objects.order_by("at", "pk"))
    found: Lead | None = rows.prefetch_related(steps).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这条线索。"))
    return found


def waves_seen(actor: Actor, *, policy: str = "", state: str = "") -> QuerySet[Wave]:
    """Return the waves over the actor's areas, of a policy (a code), in a state; the latest first."""
    if not can_see_funnel(actor):
        raise NotAllowed(_("批次由居委会、街镇、区和市查看。"))
    rows: QuerySet[Wave] = Wave.objects.visible_to(actor)
    rows = rows.filter(policy__code=policy) if policy else rows
    rows = rows.filter(state=state) if state else rows
    return rows.select_related("policy", "released_by")


def wave_get(actor: Actor, public_id: UUID | str) -> Wave:
    """Return one wave that the actor may see, or raise ``NotFound``."""
    found = waves_seen(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这个批次。"))
    return found


@dataclass(frozen=True, slots=True)
class WaveRow:
    """One wave on the list: where, how far, and whether the reader may change it."""

    wave: Wave
    area: str
    numbers: WaveNumbers
    may_change: bool


def wave_rows(actor: Actor) -> Callable[[Sequence[Wave]], list[WaveRow]]:
    """Return what dresses waves for a list of this actor."""

    def dress(waves: Sequence[Wave]) -> list[WaveRow]:
        names, numbers = division_names({wave.area_path for wave in waves}), wave_numbers(actor, waves)
        return [
            WaveRow(wave, names.get(wave.area_path, ""), numbers[wave.pk], can_change_wave(actor, wave))
            for wave in waves
        ]

    return dress


@dataclass(frozen=True, slots=True)
class WaveNumbers:
    """How many leads of a wave were handed out, and how many wait; small ones hidden where rows are."""

    given: Rounded
    waiting: Rounded


def wave_numbers(actor: Actor, waves: Iterable[Wave]) -> dict[int, WaveNumbers]:
    """Return wave → its numbers in the actor's areas (two queries for each wave of the page)."""
    found, show = {}, Rounded if can_see_leads(actor) else rounded
    for wave in waves:
        rows = Lead.objects.countable_by(actor).filter(in_areas("area_path", (wave.area_path,)))
        given = rows.filter(wave=wave).count()
        waiting = rows.filter(policy=wave.policy_id, state=S.WAITING).count()
        found[wave.pk] = WaveNumbers(show(given), show(waiting))
    return found


def policies_found(actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of the policies of which leads stand in the actor's areas."""
    rows = Lead.objects.visible_to(actor).order_by("policy__name")
    return list(rows.values_list("policy__code", "policy__name").distinct())


def household_leads(actor: Actor, household_ids: Collection[int]) -> dict[int, list[Lead]]:
    """Return household → its leads, the newest first (one query)."""
    rows = Lead.objects.visible_to(actor).filter(household__in=list(household_ids))
    found = defaultdict[int, list[Lead]](list)
    for row in rows.select_related("policy", "outreach").order_by("-found_on", "-pk"):
        found[row.household_id].append(row)
    return dict(found)


def is_known_who_lacks(policy: Policy, run: Run) -> bool:
    """Return whether receipts tell who has a policy's benefit already, and no run before made leads of it."""
    receipts = Receipt.objects.filter(holds_on(run.as_of), policy=policy.name)
    return receipts.exists() and not Lead.objects.filter(policy=policy).exclude(run=run).exists()
