"""Writing tables: drafts row by row, publication by date, the ruling that a matter keeps, what is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, system
from linli.core.clock import local_midnight
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion
from linli.core.service import changes_of, record, require_service, service
from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import in_house_language
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close, duty_open

from ..models import AffairClass, Matter
from ..refusals import invalid
from . import rules
from .cells import UNIT, cells_read, is_sound, units_named
from .known import lookup_for
from .models import (
    DecisionTable,
    DecisionVersion,
    DirectDispatch,
    MatterRuling,
    Policy,
    Subject,
    VersionState,
)
from .permissions import (
    can_check_tables,
    can_confirm_version,
    can_draft_table,
    can_open_table,
    can_publish_table,
    can_switch_direct,
    needs_second_person,
    own_area,
)
from .ruling import Fault, Ruling, Sheet, sheets_forget, sheets_of
from .selectors import because_kept, direct_is_on, kept_ruling, ruling_for, version_in_work, version_now

ROOM = "routing"
MEND, CONFIRM = "mend_table", "confirm_table"
MEND_WORDS, CONFIRM_WORDS = "修改派单规则", "核准派单规则"
MEND_LIMIT = Limit(1, LimitUnit.WORKING_DAY, "失效的派单规则须及时修改（建议值）")
CONFIRM_LIMIT = Limit(3, LimitUnit.WORKING_DAY, "派单规则须由另一人核准（建议值）")
MOST_NAME, MOST_REMARK = 60, 200
MACHINE = system("routing")


def _table_for_change(actor: Actor, table_id: int) -> DecisionTable:
    found = DecisionTable.objects.visible_to(actor).select_for_update().filter(pk=table_id).first()
    if found is None:
        raise NotFound(_("没有找到这张规则表。"))
    if not can_draft_table(actor, found):
        raise NotAllowed(_("这张规则表由它那一级的工作人员修改。"))
    return found


def _draft(actor: Actor, table_id: int, lock: int | None) -> DecisionVersion:
    """Return a table's draft, unchanged since the page of ``lock`` was drawn (None: whatever it is)."""
    table = _table_for_change(actor, table_id)
    found = version_in_work(table)
    if found is None:
        raise Conflict(_("这张表现在没有草稿。"), hint=_("请先点“修改”，起草一个新版本。"))
    if found.state != VersionState.DRAFT:
        raise Conflict(_("这个版本正在等另一人核准，不能再改。"), hint=_("需要修改时，请核准人退回。"))
    if lock is not None and lock != found.lock:
        raise StaleVersion(_("在您打开页面之后，别人改过这个草稿。"), hint=_("请看最新的草稿，再改一次。"))
    return found


# -- tables and drafts ------------------------------------------------------------------------------
@service
def table_open(*, actor: Actor, subject: str, name: str, policy: str = Policy.FIRST) -> DecisionTable:
    """Begin a table for the actor's own street, district or city, with an empty draft."""
    if not can_open_table(actor):
        raise NotAllowed(_("派单规则由街镇、区、市各自制定。"))
    words = name.strip()
    if subject not in Subject.values or policy not in Policy.values:
        raise invalid(subject=_("请选择这张表管什么、怎么算。"))
    if not words or len(words) > MOST_NAME:
        raise invalid(name=_("请填写名称，最多%d个字。") % MOST_NAME)
    area = own_area(actor)
    if DecisionTable.objects.filter(area_path=area, subject=subject).exists():
        raise invalid(subject=_("这里已经有一张这样的规则表，请修改那一张。"))
    table = DecisionTable(area_path=area, level=actor.function.value, subject=subject, name=words)
    table.made_at, table.made_by_id = clock.now(), actor.person_id
    table.save(force_insert=True)
    draft = _version_make(actor, table, policy, [])
    record("routing.open", table, touched=[draft])
    return table


def _version_make(
    actor: Actor, table: DecisionTable, policy: str, rows: Sequence[Mapping[str, Any]]
) -> DecisionVersion:
    last = table.versions.aggregate(last=Max("number"))["last"] or 0
    version = DecisionVersion(table=table, number=last + 1, policy=policy, rows=list(rows))
    version.made_at, version.made_by_id = clock.now(), actor.person_id
    version.save(force_insert=True)
    return version


@service
def draft_start(*, actor: Actor, table_id: int) -> DecisionVersion:
    """Begin a new version of a table as a copy of the one in force; one that is begun already goes on."""
    table = _table_for_change(actor, table_id)
    if (found := version_in_work(table)) is not None:
        return found
    last = version_now(table) or table.versions.first()
    version = _version_make(actor, table, last.policy if last else Policy.FIRST, last.rows if last else [])
    record("routing.draft", version)
    return version


@service
def draft_discard(*, actor: Actor, table_id: int, lock: int) -> DecisionTable:
    """Throw a draft away; what is published stays."""
    version = _draft(actor, table_id, lock)
    table = version.table
    record("routing.discard", version)
    version.delete()
    return table


@service
def draft_policy_set(*, actor: Actor, table_id: int, lock: int, policy: str) -> DecisionVersion:
    """Say which of the rows that apply count."""
    version = _draft(actor, table_id, lock)
    if policy not in Policy.values:
        raise invalid(policy=_("请选择怎么算。"))
    record("routing.edit", version, changes_of(version, policy=policy, lock=version.lock + 1))
    return version


@service
def row_save(
    *,
    actor: Actor,
    table_id: int,
    lock: int,
    typed: Mapping[str, str],
    number: int | None = None,
) -> DecisionVersion:
    """Write one row of a draft: row ``number`` anew, or (None) one more at the end.

    A cell that cannot be read is refused beside its field; nothing is changed then.
    """
    version = _draft(actor, table_id, lock)
    row, faults = cells_read(typed, version.table.subject, lookup_for(version.table.area_path))
    if faults:
        raise invalid(**faults)
    rows = list(version.rows)
    if number is None:
        if len(rows) >= rules.MOST_ROWS:
            raise Conflict(_("一张表最多%d行。") % rules.MOST_ROWS)
        rows.append(row)
    else:
        rows[_at(rows, number)] = row
    return _rows_set(version, rows)


@service
def row_move(*, actor: Actor, table_id: int, lock: int, number: int, to: int) -> DecisionVersion:
    """Move a row of a draft to another place; places count from 1, and end with the last."""
    version = _draft(actor, table_id, lock)
    rows = list(version.rows)
    row = rows.pop(_at(rows, number))
    rows.insert(min(max(to, 1), len(rows) + 1) - 1, row)
    return _rows_set(version, rows)


@service
def row_delete(*, actor: Actor, table_id: int, lock: int, number: int) -> DecisionVersion:
    """Take a row out of a draft."""
    version = _draft(actor, table_id, lock)
    rows = list(version.rows)
    rows.pop(_at(rows, number))
    return _rows_set(version, rows)


def _at(rows: Sequence[Any], number: int) -> int:
    if not 1 <= number <= len(rows):
        raise NotFound(_("草稿里没有第%d行。") % number)
    return number - 1


def _rows_set(version: DecisionVersion, rows: list[dict[str, Any]]) -> DecisionVersion:
    record("routing.edit", version, changes_of(version, rows=rows, lock=version.lock + 1))
    return version


@service
def rows_replace(
    *, actor: Actor, table_id: int, lock: int, typed: Sequence[Mapping[str, str]]
) -> DecisionVersion:
    """Put the rows of a file in the place of a draft's; what cannot be read stays as it was typed, marked."""
    version = _draft(actor, table_id, lock)
    if not typed:
        raise invalid(file=_("这个文件里没有规则行。"))
    if len(typed) > rules.MOST_ROWS:
        raise invalid(file=_("一张表最多%d行，这个文件更多，没有读入。") % rules.MOST_ROWS)
    known, subject = lookup_for(version.table.area_path), version.table.subject
    return _rows_set(version, [cells_read(cells, subject, known)[0] for cells in typed])


# -- publication ----------------------------------------------------------------------------------------
@service
def version_publish(
    *, actor: Actor, table_id: int, lock: int, starts_on: date, remark: str
) -> DecisionVersion:
    """Publish a draft from a day on; a district's or city's first waits for a second person.

    Refused while a row cannot be read or followed: what is published works on its first day.
    """
    version = _draft(actor, table_id, lock)
    if not can_publish_table(actor, version.table):
        raise NotAllowed(_("规则由本单位管理员发布。"), hint=_("草稿已保存，请管理员发布。"))
    _ready(version, starts_on)
    words = remark.strip()
    if not words or len(words) > MOST_REMARK:
        raise invalid(remark=_("请写明这次改了什么，最多%d个字。") % MOST_REMARK)
    if needs_second_person(version.table):
        return _propose(actor, version, starts_on, words)
    return _published(actor, version, {"starts_on": starts_on, "remark": words})


def _ready(version: DecisionVersion, starts_on: date) -> None:
    if starts_on < clock.today():
        raise invalid(starts_on=_("起用日期不能早于今天。"))
    if not version.rows:
        raise Conflict(_("草稿里还没有规则行。"), hint=_("请先添加至少一行。"))
    if faults := Sheet.of(version).faults():
        first = faults[0]
        raise Conflict(
            _("有%(n)d处读不懂或已失效，没有发布。第%(row)d行：%(words)s")
            % {"n": len(faults), "row": first.row, "words": first.words},
            hint=_("请改好标红的格子再发布。"),
        )
    later = version.table.versions.filter(state=VersionState.PUBLISHED, starts_on__gt=starts_on).first()
    if later is not None:
        raise invalid(starts_on=_("版本%(n)d已定于%(day)s起用，请选那天或更晚的日期。")
                      % {"n": later.number, "day": later.starts_on})  # fmt: skip


def _propose(actor: Actor, version: DecisionVersion, starts_on: date, remark: str) -> DecisionVersion:
    after = {"state": VersionState.WAITING, "starts_on": starts_on, "remark": remark}
    by = {"proposed_at": clock.now(), "proposed_by_id": actor.person_id}
    changed = changes_of(version, **after, **by)
    title = f"《{version.table.name}》有新版本待核准"
    _duty(version.table, CONFIRM, CONFIRM_WORDS, title, CONFIRM_LIMIT)
    record("routing.propose", version, changed)
    return version


def _published(actor: Actor, version: DecisionVersion, after: Mapping[str, Any]) -> DecisionVersion:
    at = clock.now()
    starts_on = after.get("starts_on", version.starts_on)
    changed = changes_of(
        version,
        **after,
        state=VersionState.PUBLISHED,
        starts_at=max(at, local_midnight(starts_on)),
        published_at=at,
        published_by_id=actor.person_id,
    )
    duty_close(room=ROOM, subject_id=str(version.table.public_id), by=actor.person_id)
    record("routing.publish", version, changed)
    sheets_forget()
    return version


def _waiting(actor: Actor, table_id: int) -> DecisionVersion:
    found = DecisionTable.objects.visible_to(actor).select_for_update().filter(pk=table_id).first()
    if found is None:
        raise NotFound(_("没有找到这张规则表。"))
    version = version_in_work(found)
    if version is None or version.state != VersionState.WAITING:
        raise Conflict(_("这张表现在没有待核准的版本。"))
    if not can_confirm_version(actor, version):
        raise NotAllowed(_("须由另一人核准。"), hint=_("请同级或上级的另一位工作人员核准。"))
    return version


@service
def version_confirm(*, actor: Actor, table_id: int) -> DecisionVersion:
    """Another person publishes what was proposed; a day that has passed meanwhile becomes today."""
    version = _waiting(actor, table_id)
    starts_on = max(version.starts_on or clock.today(), clock.today())
    _ready(version, starts_on)
    return _published(actor, version, {"starts_on": starts_on})


@service
def version_refuse(*, actor: Actor, table_id: int, reason: str) -> DecisionVersion:
    """Another person sends a proposed version back to be worked on."""
    version = _waiting(actor, table_id)
    words = reason.strip()
    if not words or len(words) > MOST_REMARK:
        raise invalid(reason=_("请写明为什么不核准，最多%d个字。") % MOST_REMARK)
    changed = changes_of(version, state=VersionState.DRAFT, remark=words, lock=version.lock + 1)
    duty_close(room=ROOM, subject_id=str(version.table.public_id), action=CONFIRM, by=actor.person_id)
    record("routing.refuse", version, changed)
    return version


@service
def direct_switch(*, actor: Actor, is_on: bool) -> DirectDispatch:
    """Say whether rows marked 直接派遣 send matters out by themselves in the actor's street."""
    if not can_switch_direct(actor):
        raise NotAllowed(_("直接派遣由街镇管理员打开或关闭。"))
    said = {"is_on": is_on, "changed_at": clock.now(), "changed_by_id": actor.person_id}
    found = DirectDispatch.objects.select_for_update().filter(area_path=own_area(actor)).first()
    if found is None:
        found = DirectDispatch(area_path=own_area(actor), **said)
        found.save(force_insert=True)
        record("routing.direct", found)
    else:
        record("routing.direct", found, changes_of(found, **said))
    return found


# -- what is broken is said ----------------------------------------------------------------------------
def _duty(table: DecisionTable, action: str, label: str, title: str, limit: Limit) -> bool:
    """Put a duty about a table on its people's list, once while it stands; returns whether it is new."""
    subject = str(table.public_id)
    if Duty.objects.filter(room=ROOM, subject_id=subject, action=action, state="open").exists():
        return False
    duty_open(
        room=ROOM,
        subject_id=subject,
        subject_number="",
        title=title,
        url=f"/desk/settings/routing/{table.public_id}/",
        action=action,
        action_label=label,
        area_path=table.area_path,
        limit=limit,
        function=table.level,
    )
    return True


@require_service
def faults_raise(*, faults: Sequence[Fault]) -> int:
    """Put a duty on the list of whoever keeps a table that cannot speak; returns how many are new."""
    first = {fault.table_id: fault for fault in reversed(faults)}
    opened = 0
    with in_house_language():
        for table in DecisionTable.objects.filter(pk__in=first):
            fault = first[table.pk]
            title = f"{table.name}版本{fault.version}{f'第{fault.row}行' if fault.row else ''}：{fault.words}"
            opened += _duty(table, MEND, MEND_WORDS, title, MEND_LIMIT)
    return opened


@require_service
def unit_closed(*, unit_id: int) -> None:
    """Raise a duty for every table in force, or waiting to be, that names a unit that was just closed."""
    public_id = Unit.objects.values_list("public_id", flat=True).get(pk=unit_id)
    sheets_forget()
    named = f"{UNIT}{public_id}"
    rows = _counting_versions()
    sheets = [Sheet.of(v) for v in rows if any(named in units_named(row) for row in v.rows if is_sound(row))]
    faults_raise(faults=[fault for sheet in sheets for fault in sheet.faults()])


def _counting_versions() -> list[DecisionVersion]:
    """Return every version that counts now or will on its day."""
    published = DecisionVersion.objects.filter(state=VersionState.PUBLISHED)
    published = published.select_related("table").defer("rows")
    found, has_present = list[DecisionVersion](), set[int]()
    for version in published.order_by("table_id", "-starts_at", "-number"):
        if version.table_id not in has_present:
            found.append(version)
        if version.has_begun(clock.now()):
            has_present.add(version.table_id)
    return found


@service
def tables_check(*, actor: Actor) -> int:
    """Look through every version that counts for rows that cannot be read or followed; returns new duties."""
    if not can_check_tables(actor):
        raise NotAllowed()
    faults = [fault for sheet in sheets_of(_counting_versions()) for fault in sheet.faults()]
    return faults_raise(faults=faults)


# -- the ruling that a matter keeps ---------------------------------------------------------------------
@require_service
def ruling_keep(*, step: Any, given: Unit | None = None) -> Ruling:
    """Keep with a matter what the tables say of it at this step, and to whom a person gave it.

    A row is written where there is none yet or where it says something else than the last; a matter over
    which no table stands keeps nothing. What kept a table from speaking becomes a duty at once.
    """
    matter: Matter = step.matter
    ruling = ruling_for(matter)
    if not ruling:
        return ruling
    fresh, last = _ruling_row(matter, ruling, step.at), kept_ruling(matter)
    if last is None or _content(last) != _content(fresh):
        fresh.given = given
        step.save_row(fresh)
    elif given is not None and last.given_id != given.pk:
        last.given = given
        step.save_row(last, "given")
    faults_raise(faults=ruling.faults)
    return ruling


def _ruling_row(matter: Matter, ruling: Ruling, at: datetime) -> MatterRuling:
    limit = ruling.clock
    by = next((reason for reason in ruling.because if reason.subject == Subject.CLOCK), None)
    return MatterRuling(
        matter=matter,
        made_at=at,
        unit=ruling.unit,
        unit_kind=ruling.unit_kind,
        co_units=[unit.pk for unit in ruling.co_units],
        is_direct=ruling.is_direct,
        affair_class=ruling.affair_class,
        limit_amount=limit.amount if limit else None,
        limit_unit=limit.unit.value if limit else "",
        limit_source=f"{by.table}版本{by.version}第{by.row}行 {by.note}".strip()[:200]
        if limit and by
        else "",
        urgency=ruling.urgency,
        because=because_kept(ruling),
        faults=[
            {"table": f.table, "version": f.version, "row": f.row, "words": f.words} for f in ruling.faults
        ],
        versions={str(table): version for table, version in ruling.versions.items()},
    )


def _content(row: MatterRuling) -> tuple[Any, ...]:
    return (
        *(row.unit_id, row.unit_kind, row.co_units, row.is_direct, row.affair_class, row.limit_amount),
        *(row.limit_unit, row.urgency, row.because, row.faults, row.versions),
    )


@require_service
def dispatch_directly(*, matter: Matter, ruling: Ruling) -> Matter:
    """Hand a sorted matter out at once where its row says 直接派遣 and the street has switched that on."""
    if not ruling.is_direct or ruling.unit is None or not direct_is_on(matter.area_path):
        return matter
    if matter.affair_class not in (AffairClass.MAJOR, AffairClass.MINOR):
        return matter
    from ..services import matter_hand_over

    source = "、".join(f"{reason.table}版本{reason.version}第{reason.row}行" for reason in ruling.because[:1])
    note = f"按{source}直接派遣"
    return matter_hand_over(
        actor=MACHINE,
        matter_id=matter.pk,
        version=None,
        affair_class=matter.affair_class,
        reason=matter.class_reason,
        unit=ruling.unit,
        co_units=ruling.co_units,
        instruction=note,
    )
