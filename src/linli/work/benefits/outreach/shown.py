"""A visit as its page shows it: who, what was found, why, what to ask, what to bring, what can be pressed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.words import gettext_lazy
from linli.core.workflow import Move
from linli.foundation.accounts.selectors import person_names
from linli.foundation.ui.templatetags.linli import yuan
from linli.registers.residents.facts.dictionary import FactKey, Of, dictionary
from linli.registers.residents.selectors import HouseholdPeople, MemberCard

from ..authoring.checked import kinds_known, text_read
from ..authoring.shown import names_known
from ..language.policy import PolicyText
from ..models import Lead, LeadEvent
from .services.learning import HOME
from .settings import undo_days
from .traces import Trace, fact_label, trace_opened
from .workflow import GOING, LEADS, PRESSED

PERIODS = {
    "month": gettext_lazy("每月%s元"),
    "year": gettext_lazy("每年%s元"),
    "once": gettext_lazy("一次性%s元"),
    "voucher": gettext_lazy("消费券每月%s元"),
    "status": gettext_lazy("认定身份"),
}


def amount_words(amount: int | None, pays: str) -> str:
    """Return how much, by the policy's period; empty where it is not known."""
    if amount is None:
        return str(PERIODS[pays]) if pays == "status" else ""
    return str(PERIODS.get(pays, "%s")).replace("%s", yuan(amount).removesuffix(".00"))


def pays_of(says: PolicyText | None) -> str:
    """Return for how long a version pays; nothing where it cannot be read."""
    return str(says.pays) if says else ""


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of a lead: who, when, what."""

    event: LeadEvent
    who: str

    @property
    def words(self) -> str:
        """What it became."""
        return str(Lead.State(self.event.to_state).label)


@dataclass(frozen=True, slots=True)
class LeadShown:
    """One lead: for whom, what and how much, why, what to bring and where, and what can be pressed."""

    lead: Lead
    who: str
    says: PolicyText | None  # None where a later release cannot read it
    amount: str
    trace: Trace
    moves: tuple[Move, ...]
    steps: tuple[StepShown, ...]
    may_undo: bool
    is_doubted: bool

    @property
    def is_open(self) -> bool:
        """Whether something can still become of it."""
        return self.lead.state in GOING


@dataclass(frozen=True, slots=True)
class Asked:
    """What one person or the household is asked: each fact once, whatever policies it is for."""

    who: str  # HOME or a public id
    name: str
    card: MemberCard | None  # None for the household
    lines: tuple[FactKey, ...]
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything of one visit."""

    leads: tuple[LeadShown, ...]
    asks: tuple[Asked, ...]
    others: tuple[str, ...]  # what is missing and nobody at the door can say (day of birth, a city's figure)
    bring: tuple[str, ...]


def visit_shown(
    actor: Actor,
    home: HouseholdPeople,
    leads: Iterable[Lead],
    opened: Collection[str] = (),
    doubted: Collection[str] = (),
) -> Visit:
    """Return a visit dressed for its page; ``opened`` facts of the traces stand in the open."""
    rows, kinds, called = list(leads), kinds_known(), names_known().by_code
    names = {card.resident.pk: card.name for card in home.members}
    people = person_names(event.by_id for lead in rows for event in lead.events.all())
    shown = tuple(
        _lead(actor, lead, text_read(lead.policy_version.text, kinds), names, people, opened, doubted, called)
        for lead in rows
    )
    asks, others = _asks(shown, {card.resident.pk: card for card in home.members})
    going = [one for one in shown if one.is_open]
    bring = tuple(dict.fromkeys(item for one in going for item in (one.says.bring if one.says else ())))
    return Visit(shown, asks, others, bring)


def _lead(
    actor: Actor,
    lead: Lead,
    says: PolicyText | None,
    names: Mapping[int, str],
    people: Mapping[int, str],
    opened: Collection[str],
    doubted: Collection[str],
    called: Mapping[str, str],
) -> LeadShown:
    moves = tuple(LEADS.moves[code] for code in PRESSED if LEADS.allows(lead.state, code))
    events = [event for event in lead.events.all() if event.undone_at is None]
    who = names.get(lead.resident_id or 0, "") if lead.resident_id else _("全家")
    return LeadShown(
        lead=lead,
        who=who or _("已不在这一户的人"),
        says=says,
        amount=amount_words(lead.amount, pays_of(says)),
        trace=trace_opened(lead, opened).named(called),
        moves=moves,
        steps=tuple(StepShown(event, people.get(event.by_id or 0, _("系统"))) for event in events),
        may_undo=_may_undo(actor, events),
        is_doubted=str(lead.public_id) in doubted,
    )


def _may_undo(actor: Actor, events: list[LeadEvent]) -> bool:
    last = events[-1] if events else None
    if last is None or last.by_id is None or last.at < clock.now() - timedelta(days=undo_days()):
        return False
    return last.by_id in actor.person_ids or actor.function != Function.GRID_WORKER


def _asks(
    leads: Iterable[LeadShown], cards: Mapping[int, MemberCard]
) -> tuple[tuple[Asked, ...], tuple[str, ...]]:
    facts = defaultdict[int, dict[str, None]](dict)  # by person, 0 for the household; in the order of leads
    policies = defaultdict[int, dict[str, None]](dict)
    others: dict[str, None] = {}
    for one in leads:
        for fact, person in one.trace.absent if one.lead.state == Lead.State.OPEN else ():
            line = dictionary().get(fact)
            if line is None or (line.of is Of.PERSON and person not in cards):
                others[fact_label(fact)] = None
            else:
                at = person if line.of is Of.PERSON else 0
                facts[at][fact] = policies[at][one.lead.policy.name] = None
    asked = tuple(_asked(cards.get(at), facts[at], policies[at]) for at in (0, *cards) if at in facts)
    return asked, tuple(others)


def _asked(card: MemberCard | None, facts: Iterable[str], policies: Iterable[str]) -> Asked:
    who = (HOME, _("全家")) if card is None else (str(card.resident.public_id), card.name)
    return Asked(*who, card, tuple(dictionary()[fact] for fact in facts), tuple(policies))
