"""Reading ballots: what one asks, its roll, how many have voted, and what an account may vote on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Assurance, Function
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.models import Person, Role
from linli.registers.residents.holding import holds_on
from linli.registers.residents.linking.selectors import link_own, resident_linked
from linli.registers.residents.masking import name_masked
from linli.registers.residents.models import AccountLink, Membership, Owner, Ownership, Resident
from linli.registers.residents.sealing import sealed_get

from ..law import DecisionRule, rule_from_json, rule_of
from ..law.results import Asked
from .models import Ballot, Elector, ElectorPart, Kind, Proxy, Question, Sheet, Vote
from .models.roll import STANDING
from .rules import VILLAGERS, RollLine, household_numbers, phase
from .workflow import RUNNING, State

LIVE_SHEETS = (Sheet.State.ISSUED, Sheet.State.RETURNED, Sheet.State.MISSING)


def ballot_get(actor: Actor, public_id: UUID | str) -> Ballot:
    """Return a ballot that the actor may see, or raise ``NotFound``."""
    rows = Ballot.objects.visible_to(actor).select_related("unit", "compound")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次表决。"))
    return found


def state_now(ballot: Ballot) -> str:
    """Return the state of a ballot as the clock has it."""
    return phase(ballot.state, ballot.opens_at, ballot.closes_at, clock.now())


def public_url(ballot: Ballot) -> str:
    """Return the address of the page on which everybody reads of a ballot."""
    return reverse("ballots:public", args=[ballot.public_id])


def rule_kept(ballot: Ballot) -> DecisionRule:
    """Return the rule of a ballot: as it was announced with, until then as it is in force."""
    return rule_from_json(ballot.rule) if ballot.rule else rule_of(ballot.rule_key, ballot.rule_on)


def questions_asked(ballot: Ballot) -> list[Asked]:
    """Return what the ballot asks, as marks are checked and papers counted."""
    rows = Question.objects.filter(ballot=ballot)
    return [Asked(row.key, row.text, row.labels, row.seats, row.passes) for row in rows]


def roll_lines(ballot: Ballot) -> list[RollLine]:
    """Return the standing rows of a roll as they are published, in the order of their numbers."""
    rows = Elector.objects.filter(ballot=ballot, state__in=STANDING).order_by("number")
    if ballot.electorate not in VILLAGERS:
        found = rows.values_list("number", "label", "place", "heads", "area")
        return [RollLine(*row) for row in found.iterator(chunk_size=5_000)]
    many = list(rows.values_list("number", "label", "place", "heads", "area", "household_id"))
    numbers = household_numbers([row[-1] for row in many])
    return [RollLine(*row[:-1], number) for row, number in zip(many, numbers, strict=True)]


def households_of(ballot: Ballot) -> tuple[int, int]:
    """Return how many households stand on a roll and from how many somebody has voted; 0 of other rolls."""
    if ballot.electorate not in VILLAGERS:
        return 0, 0
    rows = Elector.objects.filter(ballot=ballot, state__in=STANDING).order_by("number")
    marked = rows.annotate(voted=ExpressionWrapper(voted_condition(ballot), BooleanField()))
    pairs = list(marked.values_list("household_id", "voted"))
    numbers = household_numbers([household for household, _voted in pairs])
    came = {number for number, (_household, voted) in zip(numbers, pairs, strict=True) if voted}
    return len({*numbers} - {0}), len(came - {0})


def running_elsewhere(ballot: Ballot) -> dict[int, str]:
    """Return who stands on the roll of an election elsewhere that runs: resident → its number.

    Nobody elects in two places at once; decisions of one's own neighbourhood may run side by side.
    """
    if ballot.kind != Kind.ELECTION:
        return {}
    others = Ballot.objects.filter(
        kind=Kind.ELECTION, rule_key=ballot.rule_key, state__in=(State.ANNOUNCED, *RUNNING)
    ).exclude(area_path=ballot.area_path)
    rows = Elector.objects.filter(ballot__in=others, state__in=STANDING, resident__isnull=False)
    return {int(pk): str(number) for pk, number in rows.values_list("resident_id", "ballot__number") if pk}


# -- lists at the desk --------------------------------------------------------------------------
STAGES: dict[str, tuple[str, ...]] = {
    "preparing": (State.DRAFT, State.ANNOUNCED),
    "running": (State.FROZEN, State.OPEN),
    "counting": (State.CLOSED, State.COUNTED),
    "ended": (State.SETTLED, State.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class BallotFilters:
    """How a list of ballots is narrowed."""

    stage: str = "all"
    q: str = ""
    kind: str = ""


def ballot_list(actor: Actor, filters: BallotFilters = BallotFilters()) -> QuerySet[Ballot]:
    """Return the ballots that the actor sees, the latest first, with how many stand on the roll."""
    standing = Count("electors", filter=Q(electors__state__in=STANDING))
    rows = Ballot.objects.visible_to(actor).select_related("unit", "compound").annotate(standing=standing)
    if filters.stage in STAGES:
        rows = rows.filter(state__in=STAGES[filters.stage])
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.q:
        rows = rows.filter(Q(title__contains=filters.q) | Q(number__startswith=filters.q))
    return rows.order_by("-opens_at", "-id")


def stage_counts(actor: Actor) -> dict[str, int]:
    """Return how many ballots stand at each stage (one query)."""
    rows = Ballot.objects.visible_to(actor).order_by().values_list("state").annotate(n=Count("pk"))
    by_state = dict(rows)
    counts = {stage: sum(by_state.get(str(s), 0) for s in states) for stage, states in STAGES.items()}
    return counts | {"all": sum(by_state.values())}


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who has voted so far: heads and area, of all; area in 1/100 m². Households where they count."""

    heads: int
    area: int
    all_heads: int
    all_area: int
    all_households: int = 0
    households: int = 0


def turnout(ballot: Ballot) -> Turnout:
    """Return how many have voted so far, for whoever organises the ballot."""
    rows = Elector.objects.filter(ballot=ballot, state__in=STANDING)
    voted = voted_condition(ballot)
    found = rows.aggregate(
        all_heads=Sum("heads"),
        all_area=Sum("area"),
        heads_in=Sum("heads", filter=voted),
        area_in=Sum("area", filter=voted),
    )
    homes, came = households_of(ballot)
    heads, area, all_heads, all_area = (
        found[key] or 0 for key in ("heads_in", "area_in", "all_heads", "all_area")
    )
    return Turnout(heads, area, all_heads, all_area, homes, came)


def voted_condition(ballot: Ballot) -> Q:
    """Return the condition that an elector has voted, whatever the choice."""
    if ballot.is_secret:
        brought = Sheet.objects.filter(elector=OuterRef("pk"), state=Sheet.State.RETURNED)
        return Q(sealed_choice__isnull=False) | Q(Exists(brought))
    return Q(Exists(Vote.objects.filter(elector=OuterRef("pk"))))


def roll_rows_found(ballot: Ballot, words: str = "", which: str = "") -> QuerySet[Elector]:
    """Return the rows of a roll, narrowed by words of the place or a number, and by what is still to do."""
    live = Sheet.objects.filter(elector=OuterRef("pk"), state__in=LIVE_SHEETS)
    rows = Elector.objects.filter(ballot=ballot).annotate(
        has_voted=ExpressionWrapper(voted_condition(ballot), BooleanField()),
        sheet_number=Subquery(live.values("number")[:1]),
        sheet_state=Subquery(live.values("state")[:1]),
        proxy_label=Subquery(proxies_standing(ballot).filter(giver=OuterRef("pk")).values("label")[:1]),
    )
    if words.isdigit():
        rows = rows.filter(Q(number=int(words)) | Q(place__contains=words))
    elif words:
        rows = rows.filter(Q(place__contains=words) | Q(label__contains=words))
    match which:
        case "open":
            rows = rows.filter(state__in=STANDING, has_voted=False)
        case "doubt":
            rows = rows.filter(Q(state=Elector.State.DOUBT) | Q(state=Elector.State.STRUCK))
        case "unnamed":
            rows = rows.filter(state__in=STANDING, resident__isnull=True, establishment__isnull=True)
    return rows.order_by("number")


def elector_get(ballot: Ballot, public_id: UUID) -> Elector:
    """Return a row of a ballot's roll, or raise ``NotFound``."""
    found = Elector.objects.filter(ballot=ballot, public_id=public_id).first()
    if found is None:
        raise NotFound(_("名册上没有这一行。"))
    return found


def elector_numbered(ballot: Ballot, number: int) -> Elector:
    """Return a row of a ballot's roll by its number, or raise ``NotFound``."""
    found = Elector.objects.filter(ballot=ballot, number=number).first()
    if found is None:
        raise NotFound(_("名册上没有这一行。"))
    return found


# -- telling ------------------------------------------------------------------------------------
ELECTORS = "ballots.electors"


def elector_accounts(ballot_pk: int) -> QuerySet[Any, Any]:
    """Return who votes for a standing row of a ballot and has an account: one column of people."""
    voters = Elector.objects.filter(ballot=ballot_pk, state__in=STANDING, resident__isnull=False)
    links = AccountLink.objects.standing().filter(resident__in=voters.values("resident"))
    return links.values("person_id")


# -- residents ----------------------------------------------------------------------------------
def electors_of(actor: Actor, ballot: Ballot) -> list[Elector]:
    """Return the standing rows of a roll for which an account may vote; needs assurance 2."""
    if actor.function != Function.RESIDENT or actor.assurance < Assurance.REGISTERED:
        return []
    resident = resident_linked(actor.person_id)
    if resident is None:
        return []
    rows = Elector.objects.filter(ballot=ballot, resident=resident, state__in=STANDING)
    return list(rows.select_related("vote").order_by("number"))


def proxies_standing(ballot: Ballot) -> QuerySet[Proxy]:
    """Return the proxies of a ballot that were not taken back."""
    return Proxy.objects.filter(ballot=ballot, ended_at__isnull=True)


def allows_proxies(ballot: Ballot) -> bool:
    """Whether the rule of an announced ballot lets somebody vote for another (no query)."""
    return bool(ballot.rule.get("proxies"))


def proxies_held(actor: Actor, ballot: Ballot) -> list[Proxy]:
    """Return the proxies by which an account votes for others; needs assurance 2."""
    if actor.function != Function.RESIDENT or actor.assurance < Assurance.REGISTERED:
        return []
    resident = resident_linked(actor.person_id)
    if resident is None:
        return []
    rows = proxies_standing(ballot).filter(holder=resident, giver__state__in=STANDING)
    return list(rows.select_related("giver__vote").order_by("giver__number"))


def proxies_given(ballot: Ballot, electors: Sequence[Elector]) -> list[Proxy]:
    """Return the standing proxies that these electors gave."""
    return list(proxies_standing(ballot).filter(giver__in=electors)) if electors else []


def proxies_published(ballot: Ballot) -> QuerySet[Proxy]:
    """Return who votes for whom, as it is published: numbers of the roll and masked names."""
    return proxies_standing(ballot).select_related("giver").order_by("giver__number")


def ballots_of_account(actor: Actor) -> QuerySet[Ballot]:
    """Return the announced ballots in which an account votes, for itself or for others, the latest first."""
    resident = resident_linked(actor.person_id) if actor.function == Function.RESIDENT else None
    if resident is None:
        return Ballot.objects.none()
    rows = Elector.objects.filter(resident=resident, state__in=STANDING).values("ballot")
    held = Proxy.objects.filter(holder=resident, ended_at__isnull=True).values("ballot")
    found = Ballot.objects.public().filter(Q(pk__in=rows) | Q(pk__in=held))
    return found.select_related("unit").order_by("-opens_at")


def ballots_around(area_path: str) -> QuerySet[Ballot]:
    """Return the announced ballots of a neighbourhood, the latest first."""
    rows = Ballot.objects.public().filter(in_areas("area_path", (area_path,)))
    return rows.exclude(state=State.CANCELLED).select_related("unit").order_by("-opens_at")


def is_neighbour(actor: Actor, ballot: Ballot) -> bool:
    """Whether a resident's dwelling, or what they own, lies where a ballot is held: they read its roll."""
    if actor.function != Function.RESIDENT or actor.assurance < Assurance.DWELLING:
        return False
    link = link_own(actor)
    is_here = link is not None and link.area_path.startswith(ballot.area_path)
    return is_here or bool(electors_of(actor, ballot))


# -- people beside one -----------------------------------------------------------------------------
def colleagues(actor: Actor) -> list[tuple[str, str]]:
    """Return who works in the actor's unit today, for a second pair of eyes: person → name."""
    roles = Role.objects.valid_on(clock.today()).filter(unit_id=actor.unit_id or 0)
    people = Person.objects.filter(pk__in=roles.values("person")).exclude(pk__in=actor.person_ids)
    return [(str(pk), name) for pk, name in people.order_by("name", "pk").values_list("pk", "name")]


def voter_candidates(actor: Actor, elector: Elector) -> list[tuple[str, str]]:
    """Return who may vote for a row: its owners, or the household's members of full age; names masked."""
    members = Membership.objects.filter(holds_on(clock.today()), household=elector.household_id or 0)
    parts = ElectorPart.objects.filter(elector=elector).values("part")
    titles = Ownership.objects.filter(holds_on(clock.today()), part__in=parts)
    owners = Owner.objects.filter(ownership__in=titles, resident__isnull=False)
    belongs = Q(pk__in=members.values("resident")) | Q(pk__in=owners.values("resident"))
    people = Resident.objects.visible_to(actor).filter(belongs).order_by("pk")
    return [(str(row.public_id), _candidate_words(row)) for row in people]


def _candidate_words(row: Resident) -> str:
    born = f"{row.birth_month:%Y-%m}" if row.birth_month else ""
    name = name_masked(sealed_get(row, "name")) or _("（姓名未登记）")
    return f"{name} {row.get_sex_display()} {born}".strip()


def public_ballot(public_id: UUID) -> Ballot:
    """Return a ballot that was announced, or raise ``NotFound``."""
    rows = Ballot.objects.public().select_related("unit", "compound")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次表决。"))
    return found
