"""What one version of a policy says, as read: for whom, when, how much, and all that people are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .tree import Condition, Every, Labelled, No, Node, Of, Other, Rule, Term, Worth


class Unit(StrEnum):
    """To whom it is given; a policy of a child is reckoned person by person."""

    PERSON = "person"
    HOUSEHOLD = "household"
    CHILD = "child"


class Pays(StrEnum):
    """For how long the amount is; ``STATUS`` pays nothing by itself."""

    MONTH = "month"
    YEAR = "year"
    ONCE = "once"
    VOUCHER = "voucher"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Who is entitled to (or already has) ``policy`` does not get this one."""

    policy: str
    label: str
    clause: str


@dataclass(frozen=True, slots=True)
class Note:
    """What readers should know of how surely something is known: ✔ read · ○ second hand · ✘ not verified."""

    what: str
    mark: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A node of the tree and where it stands in the text (``when.all[2]``, line from 1)."""

    place: str
    line: int
    node: Node


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One version of a policy. ``named`` are the conditions, tables and references with their places."""

    unit: Unit
    pays: Pays
    when: Condition
    amount: Term | None
    document: str
    source: str
    mark: str
    excludes: tuple[Exclusion, ...] = ()
    stacks_with: tuple[str, ...] = ()
    is_income: bool = True
    worth_asking: Worth | None = None
    is_automatic: bool = False
    bring: tuple[str, ...] = ()
    where: str = ""
    plain: str = ""
    notes: tuple[Note, ...] = ()
    named: tuple[Named, ...] = ()

    def rule(self, policy: str, version: str = "") -> Rule:
        """Return what the engine is asked, the exclusions among the conditions."""
        no_others = tuple(
            Labelled(excluded.label, excluded.clause, No(Other(excluded.policy)))
            for excluded in self.excludes
        )
        when = Every((self.when, *no_others)) if no_others else self.when
        of = Of.HOUSEHOLD if self.unit is Unit.HOUSEHOLD else Of.PERSON
        return Rule(policy, version, of, when, self.amount, self.worth_asking)
