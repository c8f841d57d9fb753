"""The registry's own rules for rows of persons: what keeps a row out, what is only noted, what is asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.foundation.imports.targets import KEEP, TAKE, Clash, Row

from ..ages import ADULT, MINOR_UNDER, age_on
from ..models import Membership, Resident
from ..sealing import sealed_get
from .comparing import Verdict, differences, fact_lines_kept
from .people import Reading
from .people_fields import FACT, birth_of, fact_period

HEAD = Membership.Relation.HEAD


def people_check(read: Reading, rows: Sequence[Row]) -> None:
    """Add to each row what is wrong with it, what is noted, and what a person has to decide.

    A row that waits and may mean somebody on record loses its key: nobody ends before it is settled.
    """
    unread = {row.number for row in rows if row.reasons}
    for row in rows:
        _facts(row)
        _place(read, row)
        _ended(read, row)
    _numbers(read, rows)
    _heads(read, rows)
    _children(read, rows)
    read.facts_read(rows)
    for row in rows:
        if not row.reasons:
            _known(read, row)
        if not row.subject and (row.number in unread or _may_be_known(read, row)):
            row.key = ""


def _may_be_known(read: Reading, row: Row) -> bool:
    """Whether a row that waits may mean somebody on record: one with a number nobody has does not."""
    return row.number in read.doubtful or (bool(row.reasons) and not row.values.get("number"))


def _facts(row: Row) -> None:
    """Take out facts of which the row does not say the month or the year."""
    for code in [code for code in row.values if code.startswith(FACT)]:
        line, source = fact_lines_kept()[code]
        try:
            fact_period(line, source, row.values)
        except InvalidInput:
            del row.values[code]
            row.remarks.append(_("“%s”没有写是哪个时期的，没有采用。") % line.label)


def _place(read: Reading, row: Row) -> None:
    """A person who is new here needs a dwelling; of one who is known a file may say nothing of it."""
    if read.places.where(row) is not None:
        return
    has_address = any(row.values.get(name) for name in ("address", "building", "room"))
    if has_address or not row.subject:
        row.reasons.append(read.places.fault(row))


def _numbers(read: Reading, rows: Sequence[Row]) -> None:
    """Two rows of one number that different offices brought: neither is taken before somebody looked."""
    by_index: dict[str, list[Row]] = {}
    for row in rows:
        if index := read.indexes.get(row.number, ""):
            by_index.setdefault(index, []).append(row)
    for mates in by_index.values():
        if len(mates) > 1:
            words = "、".join(str(row.number) for row in mates)
            for row in mates:
                row.reasons.append(_("第%s行的证件号码相同，请核对后只留一行。") % words)
                row.key = ""


# -- the household --------------------------------------------------------------------
def _group(read: Reading, row: Row) -> str:
    """Return what rows of one household have in common."""
    if index := read.household_index(row):
        return index
    where = read.places.where(row)
    return f"part {where.part}" if where else f"row {row.number}"


def _heads(read: Reading, rows: Sequence[Row]) -> None:
    """A household has one head: a second one in the file waits, another than the registered one is asked."""
    first: dict[str, int] = {}
    for row in rows:
        if row.values.get("relation") != HEAD or row.reasons:
            continue
        group = _group(read, row)
        if group in first:
            row.reasons.append(_("同一户有两个户主：第%d行已经是户主，请核对。") % first[group])
            continue
        first[group] = row.number
        home = read.home(row)
        if home is not None and home.head not in (None, row.subject):
            _other_head(read, row, home.head or 0)


def _other_head(read: Reading, row: Row, head: int) -> None:
    decided = row.decided.get("head", "")
    if decided == KEEP:
        row.values["relation"] = Membership.Relation.OTHER_KIN
    if decided:
        return
    person = read.people.get(head) or Resident.objects.filter(pk=head).first()
    row.clashes.append(
        Clash(
            "head",
            _("户主"),
            sealed_get(person, "name") if person else "",
            row.values["name"],
            _("这一户已经登记了另一位户主。"),
            ((KEEP, _("户主不变，这个人按其他亲属登记")), (TAKE, _("改由这个人做户主"))),
        )
    )


def _children(read: Reading, rows: Sequence[Row]) -> None:
    """Somebody under 14 is registered only where an adult of the household can be the guardian."""
    adults: set[str] = set()
    children: list[Row] = []
    for row in rows:
        birth = birth_of(row.values) if not row.reasons else None
        if birth is None:
            continue
        age = age_on(birth, read.today)
        if age >= ADULT:
            adults.add(_group(read, row))
        elif age < MINOR_UNDER and not row.subject:
            children.append(row)
    for row in children:
        home = read.home(row)
        if _group(read, row) not in adults and not (home and home.adults):
            row.reasons.append(_("未满14岁，但这一户没有可以做监护人的成年人，请先登记监护人。"))
            row.waits_for_others = True


def _ended(read: Reading, row: Row) -> None:
    """Nobody new joins a household that has ended; who belonged to it and comes back opens it again."""
    home = read.home(row)
    if home is not None and home.is_ended and not row.subject and not row.reasons:
        row.reasons.append(_("这个户号的那一户已经销户，请核对户号；那一户回来了的，先登记原来的人迁回。"))
        row.waits_for_others = True


# -- somebody who is known --------------------------------------------------------------
def _known(read: Reading, row: Row) -> None:
    if row.number in read.doubtful and not row.subject:
        _who(read, row, read.people[read.doubtful[row.number]])
        return
    person = read.people.get(row.subject)
    if person is None:
        return
    if reason := _closed(read, person):
        row.reasons.append(reason)
        return
    for one in differences(read, row, person):
        if one.verdict is Verdict.ASK:
            row.clashes.append(one.clash())
        elif one.verdict is Verdict.LEAVE and one.field not in row.decided:
            row.remarks.append(_("“%s”以现有登记为准，没有改。") % one.label)


def _closed(read: Reading, person: Resident) -> str:
    """Return why nothing of a person may be changed by this import."""
    if person.state == Resident.State.DEAD:
        return _("这个人已登记去世；如果登记错了，请先撤销去世登记。")
    if person.state in (Resident.State.ERASED, Resident.State.MERGED):
        return _("这条登记已经删除或并入另一条，没有改动。")
    if not read.covers(person.area_path):
        return _("这个人登记在您服务范围以外的居村委，没有改动；确是迁入的，请办理迁移。")
    return ""


def _who(read: Reading, row: Row, person: Resident) -> None:
    ours = "　".join(text for name in ("name", "birth") if (text := sealed_get(person, name)))
    theirs = "　".join(row.values.get(name, "") for name in ("name", "birth")).strip()
    row.clashes.append(
        Clash(
            "identity",
            _("是不是同一个人"),
            ours,
            theirs,
            _("住处和姓名相同，证件号码或出生日期缺一边，不能确定。"),
            (("other", _("不是，另外登记")), ("same", _("是同一个人"))),
        )
    )
