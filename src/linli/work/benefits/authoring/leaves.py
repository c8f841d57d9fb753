"""A single condition between what a clerk ticks and types in a form and what stands in the draft. Pure.

``typed_of`` returns ``None`` for a condition that the forms cannot say; it is then changed as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from ..language.columns import Kind as ColumnKind
from ..language.columns import columns
from ..language.tree import Of
from .edits import WORDS_OF, Node
from .saying import line_named

OPS = ("from", "over", "under", "at_most", "equals")


class Kind(StrEnum):
    """What a form asks about."""

    AGE = "age"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    SINCE = "since"
    HOUSEHOLD = "household"
    COUNT = "count"
    POLICY = "policy"


Typed = Mapping[str, Any]


def kind_of_fact(name: str) -> Kind:
    """Return by which form a fact is asked; ``KeyError`` where there is none."""
    kind = columns()[name].kind
    if kind is ColumnKind.CHOICE:
        return Kind.CHOICE
    return Kind.DATE if kind is ColumnKind.DATE else Kind.NUMBER


def facts_offered(of_household: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (whose, [(name, label)]): what may be looked at; a household's policy asks of people by 家里."""
    groups = {Of.PERSON: list[tuple[str, str]](), Of.HOUSEHOLD: list[tuple[str, str]]()}
    for name, line in columns().items():
        if line.kind is not ColumnKind.CODE and name not in ("birth", "presence"):
            groups[line.of].append((name, line.label))
    return [("household", groups[Of.HOUSEHOLD])] + ([] if of_household else [("person", groups[Of.PERSON])])


def node_of(kind: Kind, typed: Typed) -> Node:
    """Return the condition that was typed, with its words first."""
    words = {name: typed[name] for name in WORDS_OF if typed.get(name)}
    return {**words, **_WRITE[kind](typed)}


def typed_of(node: Node) -> tuple[Kind, dict[str, Any]] | None:
    """Return the form of a condition and what stands in it; ``None`` where no form says all of it."""
    for kind, read in _READ.items():
        found = read({name: value for name, value in node.items() if name not in WORDS_OF})
        if found is not None:
            typed = {**{name: node.get(name, "") for name in WORDS_OF}, **found}
            return (kind, typed) if node_of(kind, typed) == _ordered(node) else None
    return None


def _ordered(node: Node) -> Node:
    return {name: value for name, value in node.items() if value != ""}


def _ends(typed: Typed) -> Node:
    ends = {"from": typed.get("low"), "under": typed.get("high")}
    return {name: str(value) for name, value in ends.items() if value not in (None, "")}


def _bound(typed: Typed) -> Node:
    """Return the comparison: with a figure of the city, or with a number."""
    standard, times = typed.get("standard"), typed.get("times")
    if not standard:
        return {typed["op"]: str(typed["number"])}
    figure: Any = {"standard": standard}
    if times and str(times) != "1":
        figure = {"times": [figure, str(times)]}
    return {typed["op"]: figure}


def _bound_read(node: Node, names: tuple[str, ...]) -> dict[str, Any] | None:
    ops = [name for name in node if name not in names]
    if len(ops) != 1 or ops[0] not in OPS:
        return None
    value = node[ops[0]]
    if isinstance(value, str):
        return {"op": ops[0], "number": value}
    match value:
        case {"standard": str(code)} if len(value) == 1:
            return {"op": ops[0], "standard": code}
        case {"times": [{"standard": str(code)}, str(times)]} if len(value) == 1:
            return {"op": ops[0], "standard": code, "times": times}
    return None


def _age_read(node: Node) -> dict[str, Any] | None:
    held = node.get("age")
    if set(node) != {"age"} or not isinstance(held, dict) or not set(held) <= {"from", "under"}:
        return None
    return {"low": held.get("from", ""), "high": held.get("under", "")}


def _choice_read(node: Node) -> dict[str, Any] | None:
    held = node.get("in")
    if set(node) != {"fact", "in"} or not isinstance(held, list) or not all(isinstance(v, str) for v in held):
        return None
    line = line_named(str(node["fact"]))
    return {"fact": line.name, "values": held} if line and line.kind is ColumnKind.CHOICE else None


def _number_read(node: Node) -> dict[str, Any] | None:
    line = line_named(str(node.get("fact", "")))
    if line is None or line.kind not in (ColumnKind.MONEY, ColumnKind.NUMBER):
        return None
    bound = _bound_read(node, ("fact",))
    return {"fact": line.name, **bound} if bound else None


def _date_read(node: Node) -> dict[str, Any] | None:
    line = line_named(str(node.get("fact", "")))
    bound = _bound_read(node, ("fact",))
    if line is None or line.kind is not ColumnKind.DATE or bound is None or "number" not in bound:
        return None
    return {"fact": line.name, "op": bound["op"], "day": bound["number"]}


def _since_read(node: Node) -> dict[str, Any] | None:
    head = next((name for name in ("months", "years") if name in node), "")
    held = node.get(head)
    if set(node) != {head} or not isinstance(held, dict) or not isinstance(held.get("since"), str):
        return None
    bound = _bound_read(held, ("since", "calendar"))
    if bound is None or "number" not in bound:
        return None
    is_calendar = held.get("calendar") == "yes"
    return {"since": held["since"], "unit": head, **bound, "calendar": is_calendar}


def _since_node(typed: Typed) -> Node:
    calendar = {"calendar": "yes"} if typed.get("calendar") and typed["unit"] == "months" else {}
    return {typed["unit"]: {"since": typed["since"], **calendar, typed["op"]: str(typed["number"])}}


def _household_read(node: Node) -> dict[str, Any] | None:
    value, bound = node.get("value"), _bound_read(node, ("value",))
    if not isinstance(value, dict) or len(value) != 1 or bound is None:
        return None
    (how, fact), *_rest = value.items()
    if not isinstance(fact, str):
        return None
    return {"how": how, "fact": fact, **bound} if how in ("per_head", "total") and fact in columns() else None


def _count_node(typed: Typed) -> Node:
    return {"members": {"count": {"age": _ends(typed)}, typed["op"]: str(typed["number"])}}


def _count_read(node: Node) -> dict[str, Any] | None:
    held = node.get("members")
    if set(node) != {"members"} or not isinstance(held, dict) or not isinstance(held.get("count"), dict):
        return None
    age, bound = _age_read(held["count"]), _bound_read(held, ("count",))
    return {**age, **bound} if age is not None and bound and "number" in bound else None


def _policy_read(node: Node) -> dict[str, Any] | None:
    return {"policy": node["policy"]} if set(node) == {"policy"} else None


_WRITE: dict[Kind, Callable[[Typed], Node]] = {
    Kind.AGE: lambda typed: {"age": _ends(typed)},
    Kind.CHOICE: lambda typed: {"fact": typed["fact"], "in": list(typed["values"])},
    Kind.NUMBER: lambda typed: {"fact": typed["fact"], **_bound(typed)},
    Kind.DATE: lambda typed: {"fact": typed["fact"], typed["op"]: str(typed["day"])},
    Kind.SINCE: _since_node,
    Kind.HOUSEHOLD: lambda typed: {"value": {typed["how"]: typed["fact"]}, **_bound(typed)},
    Kind.COUNT: _count_node,
    Kind.POLICY: lambda typed: {"policy": typed["policy"]},
}
_READ: dict[Kind, Callable[[Node], dict[str, Any] | None]] = {
    Kind.AGE: _age_read,
    Kind.CHOICE: _choice_read,
    Kind.NUMBER: _number_read,
    Kind.DATE: _date_read,
    Kind.SINCE: _since_read,
    Kind.HOUSEHOLD: _household_read,
    Kind.COUNT: _count_read,
    Kind.POLICY: _policy_read,
}
