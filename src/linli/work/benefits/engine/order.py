"""In which order policies are reckoned, and what no engine can reckon. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..language.tree import Column, Members, Node, Of, Other, Rule, Some, children, walk


class BadRule(Exception):
    """A rule that cannot be reckoned; names the policy and says why (the checker says it before)."""


def not_in_force(policy: str, of: Of) -> Rule:
    """Return a policy that is for nobody: one that others look at and that has ended or not begun."""
    return Rule(policy, "", of, Some(()))


def roots(rule: Rule) -> tuple[Node, ...]:
    """Return what a rule says: who is eligible, how much, when asking is worth it."""
    asking = () if rule.worth is None else (rule.worth.when,)
    amount = () if rule.amount is None else (rule.amount,)
    return (rule.when, *amount, *asking)


def looks_at(rule: Rule) -> tuple[str, ...]:
    """Return the policies on whose verdicts a rule depends, each once, in the order of the rule."""
    nodes = (node for root in roots(rule) for node in walk(root))
    return tuple(dict.fromkeys(node.policy for node in nodes if isinstance(node, Other)))


def facts_of(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the columns at which rules look."""
    nodes = (node for rule in rules for root in roots(rule) for node in walk(root))
    return frozenset(node.name for node in nodes if isinstance(node, Column))


def ordered(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules so that what others look at comes first; raises ``BadRule`` for a circle or a double."""
    waiting: dict[str, Rule] = {}
    for rule in rules:
        if rule.policy in waiting:
            raise BadRule(f"{rule.policy} stands twice")
        waiting[rule.policy] = rule
    done: dict[str, Rule] = {}
    while waiting:
        ready = [rule for rule in waiting.values() if not waiting.keys() & set(looks_at(rule))]
        if not ready:
            raise BadRule(f"policies look at each other in a circle: {', '.join(waiting)}")
        for rule in ready:
            done[rule.policy] = waiting.pop(rule.policy)
    _units_checked(done)
    return tuple(done.values())


def needed_for(policies: Iterable[str], rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return these policies and all on which they depend, in order."""
    by_name = {rule.policy: rule for rule in rules}
    wanted, waiting = set(), list(policies)
    while waiting:
        policy = waiting.pop()
        if policy in by_name and policy not in wanted:
            wanted.add(policy)
            waiting.extend(looks_at(by_name[policy]))
    return ordered(rule for rule in rules if rule.policy in wanted)


def depending_on(policies: Iterable[str], rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return these policies and all whose verdicts may change with theirs."""
    found = dict.fromkeys(policies)
    for rule in ordered(rules):
        if found.keys() & set(looks_at(rule)):
            found[rule.policy] = None
    return tuple(found)


def _units_checked(rules: dict[str, Rule]) -> None:
    """A household has no value of a person but over its members."""
    of_persons = {rule.policy for rule in rules.values() if rule.of is Of.PERSON}
    for rule in rules.values():
        if rule.of is Of.HOUSEHOLD:
            for root in roots(rule):
                _household_checked(rule.policy, root, of_persons)


def _household_checked(policy: str, root: Node, of_persons: set[str]) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Members):
            continue
        if isinstance(node, Column) and node.of is Of.PERSON:
            raise BadRule(f"{policy} is for households and looks at {node.name} of a person")
        if isinstance(node, Other) and node.policy in of_persons:
            raise BadRule(f"{policy} is for households and looks at {node.policy}, which is for persons")
        waiting.extend(children(node))


def is_of_household(node: Node) -> bool:
    """Return whether a number is the same for everybody in a household."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Column) and found.of is Of.PERSON:
            return False
        if not isinstance(found, Members):
            waiting.extend(children(found))
    return True


def columns_of(node: Node) -> tuple[Column, ...]:
    """Return the columns that a node looks at, each once."""
    return tuple(dict.fromkeys(found for found in walk(node) if isinstance(found, Column)))


def blamed_facts(node: Node) -> tuple[str, ...]:
    """Return what to look at where a number is unknown though all below it is known: its columns, and who
    lives there where it is one over the members."""
    names = dict.fromkeys(column.name for column in columns_of(node))
    if any(isinstance(found, Members) for found in walk(node)):
        names["presence"] = None
    return tuple(names)
