"""Changing the conditions of a draft in the browser: each act changes one thing, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound, invalid
from linli.core.service import record, service

from ...language.source import Path
from ...language.writing import policy_write
from ...models import PolicyVersion
from .. import edits
from ..checked import draft_of
from ..drafts import draft_for_change, draft_set
from ..edits import Group, Node, NoSuchPlace

MOST_CONDITIONS = 500
Edit = Callable[[Node, Path], Node]
ACTS: dict[str, Edit] = {
    "up": lambda draft, path: edits.moved(draft, path, -1),
    "down": lambda draft, path: edits.moved(draft, path, 1),
    "remove": edits.removed,
    "dissolve": edits.dissolved,
}


def _edited(actor: Actor, policy_id: int, lock: int, place: str, verb: str, edit: Edit) -> PolicyVersion:
    version = draft_for_change(actor, policy_id, lock)
    try:
        draft = edits.settled(draft_of(version))
        after = edit(draft, edits.path_of(place))
    except NoSuchPlace as error:
        raise NotFound(_("草稿里没有这个条件。"), hint=_("别人可能改过草稿，请看最新的。")) from error
    record(verb, version, draft_set(version, text=policy_write(after), cases=version.cases))
    return version


@service
def condition_add(*, actor: Actor, policy_id: int, lock: int, place: str, node: Node) -> PolicyVersion:
    """Put one more condition at the end of the group at ``place``."""
    version = draft_for_change(actor, policy_id, lock)
    if edits.count_below(draft_of(version).get("when")) >= MOST_CONDITIONS:
        raise Conflict(
            _("一项政策最多%d个条件。") % MOST_CONDITIONS,
            hint=_("请拆成几项政策，用“符合哪项政策”互相引用。"),
        )
    return _edited(
        actor, policy_id, lock, place, "policy.edit", lambda draft, path: edits.added(draft, path, node)
    )


@service
def condition_change(*, actor: Actor, policy_id: int, lock: int, place: str, node: Node) -> PolicyVersion:
    """Put another condition in the place of one."""
    return _edited(
        actor, policy_id, lock, place, "policy.edit", lambda draft, path: edits.replaced(draft, path, node)
    )


@service
def condition_act(*, actor: Actor, policy_id: int, lock: int, place: str, act: str) -> PolicyVersion:
    """Move a condition up or down, take it out, or dissolve a group (``up down remove dissolve``)."""
    if act not in ACTS:
        raise invalid(act=_("请选择怎么改。"))
    return _edited(actor, policy_id, lock, place, "policy.edit", ACTS[act])


@service
def group_change(
    *,
    actor: Actor,
    policy_id: int,
    lock: int,
    place: str,
    group: str,
    count: int | None = None,
    label: str = "",
    clause: str = "",
) -> PolicyVersion:
    """Join the conditions of a group otherwise, or put a single condition into a group of its own."""
    if group not in {one.value for one in Group}:
        raise invalid(group=_("请选择这一组怎么算。"))

    def edit(draft: Node, path: Path) -> Node:
        is_group = edits.group_of(edits.node_at(draft, path)) is not None
        after = (edits.regrouped if is_group else edits.wrapped)(draft, path, Group(group), count or 2)
        return edits.worded(after, path, label.strip(), clause.strip())

    return _edited(actor, policy_id, lock, place, "policy.edit", edit)


@service
def draft_fill(*, actor: Actor, policy_id: int, lock: int, said: dict[str, Any]) -> PolicyVersion:
    """Write what a draft says besides its conditions: how much, what to bring, where; empty takes it out."""
    version = draft_for_change(actor, policy_id, lock)
    draft = {name: value for name, value in draft_of(version).items() if name not in said}
    after = {**draft, **{name: value for name, value in said.items() if value}}
    record("policy.edit", version, draft_set(version, text=policy_write(after), cases=version.cases))
    return version
