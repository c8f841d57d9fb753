"""Editions of the tree: taken from a file as a draft, published for a day, begun on it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.accounts.models import Unit

from ..clocks import yaml_read
from ..models import Category, CategoryEdition
from ..permissions import can_keep_categories
from .reading import content_read
from .rules import MOST_FAULTS, PLAIN, SEPARATOR, Path, Row, code_of, row_kept, row_of, rows_checked
from .selectors import edition_in_force

State = CategoryEdition.State
PACKAGE = "responsibilities.yaml"
LONGEST_VERSION = 20


@service
def categories_load(*, actor: Actor, content: Mapping[str, Any] | None = None) -> list[Category]:
    """Load an edition of the tree (default: the one in the package); older editions are no longer offered.

    It begins on its ``starts`` day, else today. A published edition never changes: the same again does
    nothing, another content under its version is refused. Matters keep the category they were given.
    """
    if actor.function not in (Function.SYSTEM, Function.OPERATOR):
        raise NotAllowed()
    said = content or yaml_read(PACKAGE)
    rows, faults = content_read(said)
    checked, more = rows_checked(rows)
    _refuse_faults([*faults, *more])
    version, digest = _version_cleaned(str(said.get("version") or "")), _digest(checked.rows)
    edition = CategoryEdition.objects.select_for_update().filter(version=version).first()
    if edition is None:
        edition = _edition_new(actor, version, said, checked.rows)
        edition.remarks = [*said.get("notes", ()), *checked.remarks]
        edition.save(force_insert=True)
        record("edition.draft", edition)
        _publish(actor, edition, said.get("starts") or clock.today())
    elif edition.digest != digest:
        raise InvalidInput(
            _("版本%s已经装入过，内容和这次的不同。") % version,
            hint=_("已发布的版本不改动，请换一个版本号。"),
        )
    return list(Category.objects.filter(version=version).order_by("order"))


@service
def edition_draft(
    *,
    actor: Actor,
    version: str,
    rows: Sequence[Row],
    title: str = "",
    source: str = "",
    remarks: Sequence[str] = (),
    faults: Sequence[str] = (),
) -> CategoryEdition:
    """Keep an edition that was read from a file, to be looked at; nothing is offered before it is published.

    ``faults`` are what reading the file found already. Refused whole when there is any, a row cannot be
    taken, or two contradict each other; ``details["rows"]`` lists why. The city's unit kinds that a row
    names and no unit has are remarks.
    """
    if not can_keep_categories(actor):
        raise NotAllowed(_("权责清单由市级管理员或运维人员维护。"))
    version = _version_cleaned(version)
    if CategoryEdition.objects.filter(version=version).exists():
        raise InvalidInput(details={"version": _("已经有版本%s，请换一个版本号。") % version})
    checked, more = rows_checked(rows)
    _refuse_faults([*faults, *more])
    edition = _edition_new(actor, version, {"title": title, "source": source}, checked.rows)
    edition.remarks = [*remarks, *checked.remarks, *_strange_kinds(checked.rows)]
    edition.save(force_insert=True)
    record("edition.draft", edition)
    return edition


@service
def edition_publish(*, actor: Actor, edition_id: int, starts_on: date) -> CategoryEdition:
    """Publish a draft: from that day on, today at the earliest, matters are given its categories."""
    edition = _draft_for_change(actor, edition_id)
    if starts_on < clock.today():
        raise InvalidInput(details={"starts_on": _("起用日期最早是今天。")})
    if CategoryEdition.objects.filter(state=State.PUBLISHED, starts_on=starts_on).exists():
        raise InvalidInput(details={"starts_on": _("已有另一版从这一天起用，请换一天。")})
    _publish(actor, edition, starts_on)
    return edition


@service
def edition_drop(*, actor: Actor, edition_id: int) -> str:
    """Throw a draft away; returns its version. A published edition stays."""
    edition = _draft_for_change(actor, edition_id)
    record("edition.drop", edition)
    edition.delete()
    return edition.version


@service
def editions_begin(*, actor: Actor) -> int:
    """Offer the categories of the edition that is in force today; returns how many rows changed hands."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    return editions_switch()


@require_service
def editions_switch() -> int:
    """Let exactly the edition in force be offered; what is right already is left alone."""
    edition = edition_in_force(clock.today())
    if edition is None:
        return 0
    others = Category.objects.filter(is_active=True).exclude(version=edition.version)
    own = Category.objects.filter(is_active=False, version=edition.version)
    changed = others.count() + own.count()
    if changed:
        others.update(is_active=False)
        own.update(is_active=True)
        record("edition.begin", edition, {"starts_on": (None, edition.starts_on)}, touched=[Category])
    return changed


def _version_cleaned(version: str) -> str:
    plain = version.strip()
    if not PLAIN.fullmatch(plain) or len(plain) > LONGEST_VERSION:
        words = _("请写版本号，最多%s个字母、数字或横线，例如2027-01。") % LONGEST_VERSION
        raise InvalidInput(words, details={"version": words})
    return plain


def _refuse_faults(faults: Sequence[str]) -> None:
    if not faults:
        return
    shown = list(faults[:MOST_FAULTS])
    if len(faults) > MOST_FAULTS:
        shown.append(_("……还有%s处。") % (len(faults) - MOST_FAULTS))
    raise InvalidInput(
        _("清单有%(count)s处问题，没有收下任何一行。%(first)s") % {"count": len(faults), "first": faults[0]},
        hint=_("请在文件里改好，再上传一次。"),
        details={"rows": shown},
    )


def _edition_new(actor: Actor, version: str, said: Mapping[str, Any], rows: Sequence[Row]) -> CategoryEdition:
    return CategoryEdition(
        version=version,
        title=str(said.get("title") or "").strip()[:80],
        source=str(said.get("source") or "").strip()[:200],
        rows=[row_kept(row) for row in rows],
        leaves=len(_leaves(rows)),
        digest=_digest(rows),
        made_at=clock.now(),
        made_by_id=actor.person_id,
    )


def _strange_kinds(rows: Sequence[Row]) -> list[str]:
    named = {kind for row in rows for kind in (row.unit_kind, *row.co_kinds) if kind}
    strange = sorted(named - set(Unit.objects.filter(kind__in=named).values_list("kind", flat=True)))
    if not strange:
        return []
    shown = "、".join(strange[:12]) + (_("等") if len(strange) > 12 else "")
    return [_("还没有登记过这些类别的单位：%s。派遣时要人工选单位。") % shown]


def _digest(rows: Sequence[Row]) -> str:
    plain = [row_kept(row) | {"number": 0} for row in rows]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _draft_for_change(actor: Actor, edition_id: int) -> CategoryEdition:
    if not can_keep_categories(actor):
        raise NotAllowed(_("权责清单由市级管理员或运维人员维护。"))
    edition = CategoryEdition.objects.select_for_update().filter(pk=edition_id).first()
    if edition is None:
        raise NotFound(_("没有找到这一版。"))
    if edition.state != State.DRAFT:
        raise Conflict(_("这一版已经发布，不能再改。"), hint=_("要修改请导入新的一版。"))
    return edition


def _publish(actor: Actor, edition: CategoryEdition, starts_on: date) -> None:
    rows = [row_of(kept) for kept in edition.rows]
    _nodes_write(edition.version, rows)
    changes = changes_of(
        edition,
        state=State.PUBLISHED,
        starts_on=starts_on,
        rows=[],
        published_at=clock.now(),
        published_by_id=actor.person_id,
    )
    record("edition.publish", edition, changes, touched=[Category])
    editions_switch()


# -- from rows to nodes ----------------------------------------------------------
def _leaves(rows: Sequence[Row]) -> list[Row]:
    inner = {row.path[:depth] for row in rows for depth in range(1, len(row.path))}
    return [row for row in rows if row.path not in inner]


def _nodes_write(version: str, rows: Sequence[Row]) -> None:
    """Write the tree level by level; what stands above leaves is made as it is first named."""
    leaves = {row.path: row for row in _leaves(rows)}
    named = {row.path: row for row in rows}
    paths = dict.fromkeys(row.path[:depth] for row in rows for depth in range(1, len(row.path) + 1))
    order = {path: number for number, path in enumerate(paths, 1)}
    made: dict[Path, Category] = {}
    for depth in range(1, max(map(len, paths)) + 1):
        level = [path for path in paths if len(path) == depth]
        nodes = [
            _node(version, path, order[path], made.get(path[:-1]), named.get(path), leaves) for path in level
        ]
        made.update(zip(level, Category.objects.bulk_create(nodes), strict=True))


def _node(
    version: str,
    path: Path,
    order: int,
    parent: Category | None,
    row: Row | None,
    leaves: Mapping[Path, Row],
) -> Category:
    below = [leaf for leaf_path, leaf in leaves.items() if leaf_path[: len(path)] == path]
    classes = {leaf.affair_class for leaf in below}
    node = Category(
        code=(row.code if row else "") or code_of(path),
        name=path[-1],
        parent=parent,
        path=SEPARATOR.join(path),
        depth=len(path),
        is_leaf=path in leaves,
        version=version,
        is_active=False,
        order=order,
        default_class=classes.pop() if len(classes) == 1 else "",
        is_never_public=all(leaf.is_never_public for leaf in below),
        hides_reporter=all(leaf.hides_reporter for leaf in below),
    )
    if row is not None and path in leaves:
        _row_write(node, row)
    return node


def _row_write(node: Category, row: Row) -> None:
    kept = row_kept(row)
    node.unit_kind, node.source, node.mark, node.guidance = row.unit_kind, row.source, row.mark, row.guidance
    node.words, node.co_kinds = list(row.words), list(row.co_kinds)
    node.limits, node.questions = list(kept["limits"]), list(kept["questions"])
