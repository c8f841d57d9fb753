"""Loading the category tree that ships with Linli, or another edition of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service

from ..clocks import yaml_read
from ..models import AffairClass, Category

FIELDS = ("name", "words", "default_class", "unit_kind", "is_never_public", "hides_reporter", "source")
NEEDED = ("code", "name")


@service
def categories_load(*, actor: Actor, content: Mapping[str, Any] | None = None) -> list[Category]:
    """Load an edition of the tree (default: the one in the package); older editions are no longer offered.

    Loading the same edition again changes only what differs. Matters keep the category they were given.
    """
    if actor.function not in (Function.SYSTEM, Function.OPERATOR):
        raise NotAllowed()
    edition = content or yaml_read("categories.yaml")
    rows, version = edition.get("categories") or [], str(edition.get("version", ""))
    _rows_checked(rows, version)
    known = {category.code: category for category in Category.objects.filter(version=version)}
    loaded = [_category_set(known, row, version, order) for order, row in enumerate(rows, 1)]
    current = {category.pk for category in loaded}
    for old in Category.objects.filter(is_active=True).exclude(pk__in=current):
        record("category.retire", old, changes_of(old, is_active=False))
    return loaded


def _rows_checked(rows: Sequence[Mapping[str, Any]], version: str) -> None:
    if not rows or not version:
        raise InvalidInput(_("类别文件是空的，或没有写版本。"))
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        if missing := [name for name in NEEDED if not row.get(name)]:
            raise InvalidInput(
                _("类别文件第%(number)s条缺少%(missing)s。")
                % {"number": number, "missing": "、".join(missing)}
            )
        if row["code"] in seen:
            raise InvalidInput(_("类别代码%(code)s出现了两次。") % {"code": row["code"]})
        if row.get("parent") and row["parent"] not in seen:
            raise InvalidInput(
                _("类别%(code)s的上级%(parent)s不存在，或排在它后面。")
                % {"code": row["code"], "parent": row["parent"]}
            )
        if row.get("default_class") and row["default_class"] not in AffairClass.values:
            raise InvalidInput(
                _("类别%(code)s的三事分类%(default_class)s不认识。")
                % {"code": row["code"], "default_class": row["default_class"]}
            )
        seen.add(row["code"])


def _category_set(known: dict[str, Category], row: Mapping[str, Any], version: str, order: int) -> Category:
    fresh = Category(code=row["code"], version=version)
    after = {name: row.get(name, getattr(fresh, name)) for name in FIELDS}
    parent = known[row["parent"]].pk if row.get("parent") else None
    found = known.get(row["code"])
    if found is None:
        found = Category(code=row["code"], version=version, parent_id=parent, order=order, **after)
        found.save(force_insert=True)
        record("category.load", found)
    elif changes := changes_of(found, parent_id=parent, order=order, is_active=True, **after):
        record("category.load", found, changes)
    known[found.code] = found
    return found
