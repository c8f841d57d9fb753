"""Changing the conditions of a draft one act at a time: add, change, move, group, take out. Pure.

A draft is the map that its YAML says (``language.source``); a condition is known by its path in it. Each
function returns a new map and leaves the old one as it is; ``NoSuchPlace`` where a path leads nowhere.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from ..language.source import Path, place_of

Node = dict[str, Any]
ROOT: Path = ("when",)
_STEP = re.compile(r"\[(\d+)\]|([a-z_]+)")
MOST_PLACE = 400


class Group(StrEnum):
    """How conditions are joined; the last two ask something of the people of a household."""

    ALL = "all"
    ANY = "any"
    NOT = "not"
    AT_LEAST = "at_least"
    SOMEBODY = "somebody"
    EVERYBODY = "everybody"


MANY = (Group.ALL, Group.ANY, Group.AT_LEAST)
OF_MEMBERS = {Group.SOMEBODY: "any", Group.EVERYBODY: "every"}
WORDS_OF = ("label", "clause")


class NoSuchPlace(LookupError):
    """A path that leads to no condition of the draft."""


def path_of(place: str) -> Path:
    """Return the path that a place says (``when.all[2]``); the other way round is ``place_of``."""
    steps = _STEP.findall(place[:MOST_PLACE])
    path = tuple(int(index) if index else name for index, name in steps)
    if place_of(path) != place:
        raise NoSuchPlace(place)
    return path


def group_of(node: Any) -> Group | None:
    """Return how a node joins what is below it; ``None`` for a single condition."""
    if not isinstance(node, dict):
        return None
    for group in (*MANY, Group.NOT):
        if group.value in node:
            return group
    members = node.get("members")
    if isinstance(members, dict):
        for group, word in OF_MEMBERS.items():
            if isinstance(members.get(word), dict) or word in members:
                return group
    return None


def _inside(group: Group) -> Path:
    if group is Group.AT_LEAST:
        return ("at_least", "of")
    if group in OF_MEMBERS:
        return ("members", OF_MEMBERS[group])
    return (group.value,)


def children(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Return the conditions directly below one, each with its path."""
    group = group_of(node)
    if group is None:
        return
    inside = _inside(group)
    held = _follow(node, inside)
    if isinstance(held, list):
        yield from (((*path, *inside, at), child) for at, child in enumerate(held))
    elif isinstance(held, dict) and held:
        yield (*path, *inside), held


def count_below(node: Any) -> int:
    """Return how many single conditions stand at and below a node."""
    found, waiting = 0, [node]
    while waiting:
        one = waiting.pop()
        below = [child for _path, child in children(one, ())]
        found += group_of(one) is None
        waiting.extend(below)
    return found


def _follow(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def node_at(draft: Node, path: Path) -> Node:
    """Return the condition at a path, or raise ``NoSuchPlace``."""
    found = _follow(draft, path)
    if path[:1] != ROOT or not isinstance(found, dict):
        raise NoSuchPlace(place_of(path))
    return found


def _put(draft: Node, path: Path, value: Any) -> None:
    holder: Any = _follow(draft, path[:-1])
    if not isinstance(holder, dict | list):
        raise NoSuchPlace(place_of(path))
    holder[path[-1]] = value  # type: ignore[index]  # a path was followed: its steps fit what they step into


def settled(draft: Node) -> Node:
    """Return the draft with a group at the top, and each list that means 全部 written out as such."""
    after = copy.deepcopy(draft)
    when = _listed(after.get("when"))
    if not isinstance(when, dict) or not when:
        when = {Group.ALL.value: []}
    elif group_of(when) is None:  # a single condition at the top gets a group to stand in
        when = {Group.ALL.value: [when]}
    after["when"] = when
    waiting: list[tuple[Path, Any]] = [(ROOT, when)]
    while waiting:
        path, node = waiting.pop()
        waiting.extend(children(node, path))
        inside = _inside(group) if (group := group_of(node)) in (Group.NOT, *OF_MEMBERS) and group else ()
        if inside and isinstance(held := _follow(node, inside), list):
            _put(node, inside, _listed(held))
    return after


def _listed(value: Any) -> Any:
    return {Group.ALL.value: value} if isinstance(value, list) else value


def grouped(group: Group, nodes: list[Any], *, count: int = 2, words: Node | None = None) -> Node:
    """Return a group of conditions; one that holds a single condition joins several by 全部."""
    said = {name: (words or {})[name] for name in WORDS_OF if (words or {}).get(name)}
    if group is Group.AT_LEAST:
        return {**said, "at_least": {"count": str(count), "of": nodes}}
    if group in (Group.ALL, Group.ANY):
        return {**said, group.value: nodes}
    one = nodes[0] if len(nodes) == 1 else {Group.ALL.value: nodes}
    if group is Group.NOT:
        return {**said, "not": one}
    return {**said, "members": {OF_MEMBERS[group]: one}}


def _nodes(node: Node) -> list[Any]:
    return [child for _path, child in children(node, ())]


def added(draft: Node, path: Path, node: Node) -> Node:
    """Return the draft with one more condition at the end of the group at a path."""
    after = copy.deepcopy(draft)
    holder = node_at(after, path)
    group = group_of(holder)
    if group is None:
        raise NoSuchPlace(place_of(path))
    if group in MANY:
        inside = _follow(holder, _inside(group))
        if not isinstance(inside, list):
            raise NoSuchPlace(place_of(path))
        inside.append(node)
        return after
    below = _nodes(holder)
    if len(below) == 1 and group_of(below[0]) is Group.ALL:
        below = [*_nodes(below[0])]
    _put(after, path, grouped(group, [*below, node], words=holder))
    return after


def replaced(draft: Node, path: Path, node: Node) -> Node:
    """Return the draft with another condition at a path."""
    after = copy.deepcopy(draft)
    node_at(after, path)
    _put(after, path, node)
    return after


def removed(draft: Node, path: Path) -> Node:
    """Return the draft without the condition at a path; a group that would be empty goes with it."""
    after = copy.deepcopy(draft)
    node_at(after, path)
    while path != ROOT:
        holder = _follow(after, path[:-1])
        if isinstance(holder, list) and len(holder) > 1 and isinstance(path[-1], int):
            del holder[path[-1]]
            return after
        path = _holder_of(path)
    after["when"] = {Group.ALL.value: []}
    return after


def _holder_of(path: Path) -> Path:
    """Return the path of the group in which the condition at a path stands."""
    path = path[:-1] if isinstance(path[-1], int) else path
    return path[:-2] if path[-2:-1] in (("at_least",), ("members",)) else path[:-1]


def moved(draft: Node, path: Path, by: int) -> Node:
    """Return the draft with the condition at a path so many places further down (up: negative)."""
    after = copy.deepcopy(draft)
    node_at(after, path)
    holder = _follow(after, path[:-1])
    if not isinstance(holder, list) or not isinstance(path[-1], int):
        return after
    node = holder.pop(path[-1])
    holder.insert(min(max(path[-1] + by, 0), len(holder)), node)
    return after


def wrapped(draft: Node, path: Path, group: Group, count: int = 2) -> Node:
    """Return the draft with the condition at a path in a group of its own."""
    after = copy.deepcopy(draft)
    node = node_at(after, path)
    _put(after, path, grouped(group, [node], count=count))
    return after


def regrouped(draft: Node, path: Path, group: Group, count: int = 2) -> Node:
    """Return the draft with the group at a path joined otherwise."""
    after = copy.deepcopy(draft)
    node = node_at(after, path)
    if group_of(node) is None:
        raise NoSuchPlace(place_of(path))
    below = _nodes(node)
    if not below and group not in MANY:
        raise NoSuchPlace(place_of(path))
    _put(after, path, grouped(group, below, count=count, words=node))
    return after


def dissolved(draft: Node, path: Path) -> Node:
    """Return the draft with what stands in the group at a path in the group's own place."""
    after = copy.deepcopy(draft)
    node = node_at(after, path)
    below = _nodes(node)
    holder = _follow(after, path[:-1])
    if isinstance(path[-1], int) and isinstance(holder, list):
        holder[path[-1] : path[-1] + 1] = below
    elif len(below) == 1:
        _put(after, path, below[0])
    else:
        raise NoSuchPlace(place_of(path))
    return after


def worded(draft: Node, path: Path, label: str, clause: str) -> Node:
    """Return the draft with other words at the group or condition at a path."""
    after = copy.deepcopy(draft)
    node = node_at(after, path)
    rest = {name: value for name, value in node.items() if name not in WORDS_OF}
    said = {name: value for name, value in (("label", label), ("clause", clause)) if value}
    _put(after, path, {**said, **rest})
    return after
