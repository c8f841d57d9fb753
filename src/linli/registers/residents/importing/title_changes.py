"""What a row says otherwise than the title that is registered: the same one corrected, or passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.errors import InvalidInput
from linli.foundation.imports.targets import KEEP, TAKE, Clash, Row

from ..models import Owner, Ownership, Resident
from ..owning.rules import OwnerEntry, owners_faults
from ..owning.selectors import owner_name, share_shown
from ..sealing import sealed_get
from ..tokens import name_plain
from . import wording
from .sources import rule
from .titles import Party, TitlesReading

FIELD = "title"
GONE = (Resident.State.ERASED, Resident.State.MERGED)


def may(row: Row, title: Ownership) -> bool:
    """Whether a file's word on a title counts: by decision, else by its source."""
    decided = row.decided.get(FIELD, "")
    return decided == TAKE if decided else rule("title").may(row.values["source"], title.source)


def has_other_owners(owners: Sequence[Party], title: Ownership) -> bool:
    """Whether a row's owners are others than those of a title; of nobody it says nothing."""
    standing = {
        (owner.establishment_id is not None, str(owner.establishment_id or owner.resident_id))
        for owner in title.owners.all()
    }
    return bool(owners) and {owner.who for owner in owners} != standing


def is_passed_on(row: Row, owners: Sequence[Party], title: Ownership) -> bool:
    """Whether a row says that a title went to others, on a later day than it began."""
    day = row.values.get("from_on", "")
    is_later = bool(day) and (title.from_on is None or day > title.from_on.isoformat())
    return is_later and has_other_owners(owners, title)


def titles_match(*, read: TitlesReading, rows: Sequence[Row]) -> dict[int, int]:
    """Return row → the open title of its part, unless the row says that it was passed on."""
    found: dict[int, int] = {}
    for row in rows:
        title = read.titles.get(read.part(row))
        if title is None:
            continue
        try:
            begins_next = is_passed_on(row, read.owners(row), title) and may(row, title)
        except InvalidInput:
            begins_next = False  # the check says what is wrong
        if not begins_next:
            found[row.number] = title.pk
    return found


def changes_of_title(row: Row, owners: Sequence[Party], title: Ownership) -> dict[str, Any]:
    """Return what a row says otherwise of a title: column → value, ``owners`` → the parties."""
    values = row.values
    said = {
        "kind": values.get("kind", ""),
        "registered_area": values["area"],
        "certificate": values.get("certificate", ""),
        "from_on": values.get("from_on", ""),
    }
    begins = title.from_on.isoformat() if title.from_on else ""
    known = {name: getattr(title, name) for name in said} | {"from_on": begins}
    changes: dict[str, Any] = {name: value for name, value in said.items() if value and value != known[name]}
    if has_other_owners(owners, title) or _other_parts(owners, title):
        changes["owners"] = list(owners)
    return changes


def _other_parts(owners: Sequence[Party], title: Ownership) -> bool:
    """Whether the same owners have other shares, or another voter; what is not said differs in nothing."""
    standing = {str(owner.establishment_id or owner.resident_id): owner for owner in title.owners.all()}
    for party in owners:
        owner = standing.get(str(party.pk))
        if owner is None:
            continue
        share = f"{party.share.numerator}/{party.share.denominator}" if party.share else ""
        if (share and share != share_shown(owner)) or (party.is_voter and not owner.is_voter):
            return True
    return False


# -- what is wrong, what is asked -------------------------------------------------------------
def titles_check(read: TitlesReading, rows: Sequence[Row]) -> None:
    """Add what is wrong with each row, what is noted, and what a person has to decide."""
    first: dict[int, Row] = {}
    for row in rows:
        if row.reasons:
            continue
        part = read.part(row)
        leader = first.setdefault(part, row) if part else row
        if fault := _twice(row, leader) or _fault(read, row):
            row.reasons.append(fault)
            continue
        title = read.by_key.get(row.subject)
        if title is not None:
            _known(read, row, title, leader)


def _twice(row: Row, leader: Row) -> str:
    if row.values["owners"] is leader.values["owners"]:
        return ""
    return _("与第%d行是同一套房屋，地址写法不同或没有排在一起，请改成一样再导入。") % leader.number


def _fault(read: TitlesReading, row: Row) -> str:
    part, values, title = read.part(row), row.values, read.by_key.get(row.subject)
    if not part:
        return read.places.fault(row)
    if part in read.closed:
        return _("这套房屋已经注销，不能再登记产权。")
    if title is not None and title.to_on is not None:
        return _("这份产权已经转移或注销，没有改动。")
    if title is not None and title.part_id != part:
        return _("来件把这份产权写到了另一套房屋，请核对地址。")
    begins = values.get("from_on", "")
    if begins > clock.today().isoformat():
        return _("登记日期不能晚于今天。")
    ended = read.ended.get(part)
    if title is None and part not in read.titles and ended and begins < ended.isoformat():
        return _("这套房屋以前的产权到%s为止，请填写在那之后的登记日期。") % ended.isoformat()
    try:
        return owners_fault(read.owners(row), values.get("kind", "")) or _names(read, row)
    except InvalidInput as refusal:
        return refusal.message


def owners_fault(owners: Sequence[Party], kind: str) -> str:
    """Return what is wrong with the owners of a title, known and unknown ones alike."""
    stand_ins = {who: -number for number, who in enumerate(dict.fromkeys(o.who for o in owners), 1)}
    entries = [OwnerEntry(stand_ins[owner.who], None, owner.share, owner.is_voter) for owner in owners]
    return owners_faults(entries, may_be_empty=kind == Ownership.Kind.UNSOLD)


def _names(read: TitlesReading, row: Row) -> str:
    people = {person.pk: person for person in read.people.values()}
    for owner in read.owners(row):
        person = None if owner.is_unit else people.get(owner.pk)
        if person is None:
            continue
        if person.state in GONE:
            return _("有产权人的登记已经删除或并入他人，请核对证件号码。")
        if owner.name and name_plain(sealed_get(person, "name")) != name_plain(owner.name):
            return _("产权人姓名与这个证件号码登记的不一致，请核对。")
    return ""


def _known(read: TitlesReading, row: Row, title: Ownership, leader: Row) -> None:
    owners = read.owners(row)
    why = _doubt(row, owners, title)
    if not why or not changes_of_title(row, owners, title):
        return
    if row.decided.get(FIELD) == KEEP:
        row.remarks.append(_("产权以现有登记为准，没有改。"))
    elif row is leader:
        choices = ((KEEP, _("保留现有产权")), (TAKE, _("采用来件")))
        row.clashes.append(Clash(FIELD, _("产权"), _title_words(title), _row_words(read, row), why, choices))
    else:
        row.reasons.append(_("同一套房屋的第%d行要先核对决定。") % leader.number)


def _doubt(row: Row, owners: Sequence[Party], title: Ownership) -> str:
    """Return why a person has to decide, empty where a rule does.

    Other owners are taken for a correction only where the file names the very day on which the title began.
    """
    if not may(row, title):
        return _("现有登记的来源优先于这份文件。")
    begins = title.from_on.isoformat() if title.from_on else None
    replaces = bool(title.owners.all()) and has_other_owners(owners, title)
    if row.decided.get(FIELD) or not replaces or row.values.get("from_on", "") == begins:
        return ""
    return _("产权人与现有登记不同，但来件没有写更晚的登记日期；确是转移的，请补上登记日期再导入。")


def _title_words(title: Ownership) -> str:
    return _words(title.registered_area, [_owner_words(owner) for owner in title.owners.all()])


def _owner_words(owner: Owner) -> str:
    name = sealed_get(owner.resident, "name") if owner.resident else owner_name(owner)
    return f"{name} {share_shown(owner)}".strip()


def _row_words(read: TitlesReading, row: Row) -> str:
    names = [f"{owner.name} {owner.share or ''}".strip() for owner in read.owners(row)]
    return _words(row.values["area"], names)


def _words(area: int, owners: Sequence[str]) -> str:
    return f"{wording.area_shown(area)}㎡　" + "、".join(owners)


def titles_differ(*, read: TitlesReading, row: Row, subject_id: int) -> list[tuple[str, str, str]]:
    """Return what a row would change in its title: (field, before, after); owners' names masked."""
    title = read.by_key[subject_id]
    changes = changes_of_title(row, read.owners(row), title) if may(row, title) else {}
    shown: Mapping[str, Any] = {
        "kind": lambda value: str(Ownership.Kind(value).label),
        "registered_area": wording.area_shown,
        "certificate": lambda value: wording.mask("certificate", value),
        "from_on": str,
    }
    names = {"registered_area": "area"}
    found = [
        (
            names.get(name, name),
            shown[name](before) if (before := getattr(title, name)) else "",
            shown[name](value),
        )
        for name, value in changes.items()
        if name != "owners"
    ]
    if "owners" in changes:
        ours = "、".join(owner_name(owner) for owner in title.owners.all())
        theirs = "、".join(_masked(owner) for owner in changes["owners"])
        found.append(("owner_name", ours, theirs))
    return found


def _masked(owner: Party) -> str:
    return owner.name if owner.is_unit else wording.mask("name", owner.name)


def titles_remember(read: TitlesReading, row: Row) -> Mapping[str, Any]:
    """Return which title a new one ended, and who was entered because of it."""
    return read.notes.get(read.part(row), {})
