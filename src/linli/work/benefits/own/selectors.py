"""我能享受什么: one's own household looked at now, from what is held; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.registers.residents.facts.dictionary import FactKey, Of, dictionary
from linli.registers.residents.holding import holds_on
from linli.registers.residents.linking.selectors import people_of_account
from linli.registers.residents.models import Membership, Receipt, Resident
from linli.registers.residents.own.selectors import objecting
from linli.registers.residents.own.telling import told_open
from linli.registers.residents.sealing import sealed_get

from ..authoring.shown import names_known
from ..engine.answers import Judged
from ..engine.households import households_read
from ..models import Lead, Policy
from ..outreach.shown import amount_words
from ..outreach.traces import Trace, fact_label, own_trace
from ..outreach.workflow import GOING
from ..running.force import MACHINE, Force, InForce, household_judged, in_force

YES, MAYBE, NO = "yes", "maybe", "no"


@dataclass(frozen=True, slots=True)
class OwnPolicy:
    """What one policy says of oneself, a ward, or the household, and what to do next."""

    policy: Policy
    found: InForce
    who: str
    state: str
    amount: str
    trace: Trace
    missing: tuple[str, ...]
    is_received: bool
    lead_state: str = ""


@dataclass(frozen=True, slots=True)
class OwnAsk:
    """A fact that the register lacks: whose, for which policies; told already and not answered, or not."""

    line: FactKey
    resident: Resident
    who: str
    policies: tuple[str, ...]
    is_told: bool


@dataclass(frozen=True, slots=True)
class OwnBenefits:
    """The page: whether the account is tied to a person, who objects, and the policies by their answer."""

    people: tuple[tuple[Resident, str], ...]
    objecting: tuple[Resident, ...]
    yes: tuple[OwnPolicy, ...] = ()
    maybe: tuple[OwnPolicy, ...] = ()
    no: tuple[OwnPolicy, ...] = ()
    unread: tuple[str, ...] = ()  # policies that are in force and cannot be read: left out
    asks: tuple[OwnAsk, ...] = ()  # what would settle most stands first

    @property
    def is_linked(self) -> bool:
        """Whether it is known who this is."""
        return bool(self.people)


def own_benefits(actor: Actor) -> OwnBenefits:
    """Return what may be for the actor, their wards and their household today.

    Whoever objects to matching by machine is not looked at here either; other members' sensitive facts
    count, but are never shown.
    """
    people = [] if actor.deputy_for is not None else people_of_account(actor.person_id)
    named = tuple((one, sealed_get(one, "name")) for one in people)
    against = objecting([one.pk for one in people])
    refusing = tuple(one for one in people if one.pk in against)
    asked = [one for one in people if one.pk not in against]
    homes = _homes(asked)
    if not asked or not homes:
        return OwnBenefits(named, refusing)
    force = in_force(clock.today())
    found = _looked_at(force, people, asked, homes)
    by_state = {state: tuple(one for one in found if one.state == state) for state in (YES, MAYBE, NO)}
    unread = tuple(version.policy.name for version in force.unread)
    asks = _asks(by_state[MAYBE], asked)
    return OwnBenefits(named, refusing, by_state[YES], by_state[MAYBE], by_state[NO], unread, asks)


def _asks(maybe: Collection[OwnPolicy], people: list[Resident]) -> tuple[OwnAsk, ...]:
    """Return what to tell so that more can be reckoned; what only another member could say is left out."""
    mine, told = {one.pk: one for one in people}, dict[int, set[str]]()
    wanted = dict[tuple[str, int], dict[str, None]]()
    for one in maybe:
        for key, person in one.trace.absent:
            if key in dictionary() and (person in mine or dictionary()[key].of is Of.HOUSEHOLD):
                wanted.setdefault((key, person), {})[one.policy.name] = None
    found = []
    for (key, person), policies in wanted.items():
        whose = mine.get(person, people[0])
        said = told.setdefault(whose.pk, {one["key"] for one in told_open(whose)})
        name = sealed_get(whose, "name") if person else str(_("全家"))
        found.append(OwnAsk(dictionary()[key], whose, name, tuple(policies), key in said))
    return tuple(sorted(found, key=lambda one: (one.is_told, -len(one.policies))))


def _homes(people: Collection[Resident]) -> list[int]:
    """Return the households in which they live, or where they are only registered."""
    rows = Membership.objects.filter(resident__in=people, to_on__isnull=True).order_by("presence", "pk")
    living = dict[int, int]()
    for resident, home in rows.values_list("resident_id", "household_id"):
        living.setdefault(resident, home)  # 实际居住 before 户在人不在
    return list(dict.fromkeys(living.values()))


def _looked_at(
    force: Force, people: list[Resident], asked: list[Resident], homes: list[int]
) -> list[OwnPolicy]:
    today = clock.today()
    known = households_read(MACHINE, homes, today)
    received = _received(asked, homes)
    leads = _leads(asked, homes)
    mine = {one.pk: one for one in people}
    done, found = set[tuple[str, int]](), list[OwnPolicy]()
    names = names_known().by_code
    for home in homes:
        said = household_judged(force, known[home], today, people[0].area_path)
        for one in force.policies:
            for verdict in said.get(one.policy.code, ()):
                key = (one.policy.code, int(verdict.person or 0))
                who = mine.get(int(verdict.person)) if verdict.person else None
                if (verdict.person and who not in asked) or key in done:
                    continue
                if verdict.person is None and home != homes[0]:
                    continue  # a ward's other household is not one's own
                done.add(key)
                found.append(_own(one, verdict, who, set(mine), received, leads, names))
    return found


def _own(
    one: InForce,
    verdict: Judged,
    who: Resident | None,
    mine: set[int],
    received: set[tuple[str, int]],
    leads: dict[tuple[int, int], str],
    names: Mapping[str, str],
) -> OwnPolicy:
    person = who.pk if who else 0
    return OwnPolicy(
        policy=one.policy,
        found=one,
        who=sealed_get(who, "name") if who else "",
        state=YES if verdict.verdict else MAYBE if verdict.verdict is None else NO,
        amount=amount_words(verdict.amount, str(one.says.pays)),
        trace=own_trace(verdict, clock.today(), mine).named(names),
        missing=tuple(names.get(name, name) for name in map(fact_label, verdict.missing)),
        is_received=(one.policy.name, person) in received,
        lead_state=leads.get((one.policy.pk, person), ""),
    )


def _received(people: list[Resident], homes: list[int]) -> set[tuple[str, int]]:
    rows = Receipt.objects.filter(holds_on(clock.today()))
    own = rows.filter(resident__in=people).values_list("policy", "resident_id")
    shared = rows.filter(household__in=homes[:1]).values_list("policy")
    return {*own, *((policy, 0) for (policy,) in shared)}


def _leads(people: list[Resident], homes: list[int]) -> dict[tuple[int, int], str]:
    """Return (policy, person or 0) → how far a worker is with it, in words."""
    going = Lead.objects.filter(state__in=GOING)
    own = going.filter(resident__in=people).values_list("policy_id", "resident_id", "state")
    shared = going.filter(resident__isnull=True, household__in=homes[:1]).values_list("policy_id", "state")
    states = {(policy, person or 0): state for policy, person, state in own}
    states |= {(policy, 0): state for policy, state in shared}
    return {key: str(Lead.State(state).label) for key, state in states.items()}
