"""Reading tables: which there are, what they say of a matter, what a draft would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import BEIJING
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.core.fields import in_areas
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes
from linli.foundation.duties.calendar import holiday_calendar
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from ..catalog.rules import questions_of
from ..clocks import Clock
from ..models import Matter
from . import cells
from .checking import Finding, check
from .conditions import Facts, Moment
from .known import leaf_paths
from .models import DecisionTable, DecisionVersion, DirectDispatch, MatterRuling, Subject, VersionState
from .permissions import can_see_tables
from .ruling import Reason, Router, Ruling, Sheet, route, sheets_of, versions_in_force
from .words import limit_words

DRY_RUNS = (100, 500, 1_000, 5_000)
__all__ = ["Facts", "Reason", "Ruling", "route"]


# -- tables ------------------------------------------------------------------------------------
def table_list(actor: Actor) -> list[DecisionTable]:
    """Return the tables over and in the actor's areas, with their versions; only for who governs."""
    if not can_see_tables(actor):
        raise NotAllowed(_("您的岗位不查看派单规则。"), hint=_("请由居委会、街镇或上级工作人员查看。"))
    versions = DecisionVersion.objects.defer("rows").order_by("-number")
    rows = DecisionTable.objects.visible_to(actor).prefetch_related(Prefetch("versions", versions))
    return sorted(rows, key=lambda row: (-len(row.area_path), Subject.values.index(row.subject)))


def table_get(actor: Actor, public_id: UUID | str) -> DecisionTable:
    """Return one table that the actor may see, or raise ``NotFound``."""
    found = DecisionTable.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这张规则表。"))
    return found


def version_in_work(table: DecisionTable) -> DecisionVersion | None:
    """Return the draft, or what waits for a second person."""
    return _with_table(table, table.versions.exclude(state=VersionState.PUBLISHED).first())


def version_now(table: DecisionTable) -> DecisionVersion | None:
    """Return the version that counts now."""
    found = [v for v in table.versions.order_by("-starts_at", "-number") if v.has_begun(clock.now())]
    return _with_table(table, found[0] if found else None)


def version_next(table: DecisionTable) -> DecisionVersion | None:
    """Return a published version whose day has not come."""
    now = version_now(table)
    rows = table.versions.filter(state=VersionState.PUBLISHED, number__gt=now.number if now else 0)
    return _with_table(table, rows.order_by("starts_at").first())


def version_get(table: DecisionTable, number: int) -> DecisionVersion:
    """Return one version by its number, or raise ``NotFound``."""
    found = _with_table(table, table.versions.filter(number=number).first())
    if found is None:
        raise NotFound(_("这张表没有这个版本。"))
    return found


def _with_table(table: DecisionTable, version: DecisionVersion | None) -> DecisionVersion | None:
    if version is not None:
        version.table = table
    return version


def area_names(tables: Iterable[DecisionTable]) -> Mapping[str, str]:
    """Return what the areas of tables are called."""
    return division_names({table.area_path for table in tables}, Level.PROVINCE)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of a version in words: (column's code, words, whether they cannot be read), and its faults."""

    number: int
    cells: Sequence[tuple[str, str, bool]]
    faults: Sequence[str]


def rows_shown(version: DecisionVersion) -> list[ShownRow]:
    """Return a version's rows as a page shows them."""
    sheet, subject = Sheet.of(version), version.table.subject
    shown = []
    for row, kept in zip(sheet.rules.rows, sheet.kept, strict=True):
        said, raw = cells.cells_said(kept, subject, sheet.known), kept.get(cells.RAW, {})
        parts = [(c.code, said.get(c.code, ""), c.code in raw) for c in cells.columns_of(subject)]
        shown.append(ShownRow(row.number, parts, row.faults))
    return shown


def columns_used(subject: str, rows: Sequence[ShownRow]) -> list[cells.ColumnOf]:
    """Return the columns in which any row says anything, and always those of the result."""
    used = {code for row in rows for code, words, _raw in row.cells if words}
    return [c for c in cells.columns_of(subject) if c.code in used or c.code == cells.MAIN[subject]]


def version_check(version: DecisionVersion) -> list[Finding]:
    """Return what is wrong or odd about a version: rows, overlaps, gaps, in plain words."""
    return check(Sheet.of(version), leaf_paths())


def direct_is_on(area: str) -> bool:
    """Whether rows marked 直接派遣 act at a place."""
    return DirectDispatch.objects.filter(area_path__in=path_prefixes(area), is_on=True).exists()


# -- rulings -----------------------------------------------------------------------------------
def facts_of(matter: Matter) -> Facts:
    """Return what rows can ask about a matter: its time is when it was reported."""
    at = matter.reported_at.astimezone(BEIJING)
    return Facts(
        category=matter.category.path if matter.category else "",
        area=matter.area_path,
        moment=Moment.of(at, holiday_calendar().is_workday(at.date())),
        places=_place_kinds(matter),
        answers=_answers(matter),
        words=f"{matter.title}\n{matter.text}",
    )


def _answers(matter: Matter) -> dict[str, tuple[str, ...]]:
    """Return what was answered to each question, by the question's key and by its text."""
    texts = {q.key: q.text for q in questions_of(matter.category.questions)} if matter.category else {}
    said = dict[str, tuple[str, ...]]()
    for key, answer in matter.answers.items():
        said[key] = said[texts.get(key, key)] = tuple(answer) if isinstance(answer, list) else (str(answer),)
    return said


def _place_kinds(matter: Matter) -> frozenset[str]:
    if matter.compound_id is None:
        return frozenset() if matter.place_how == "street" else frozenset({"outside"})
    building, compound = matter.building, matter.compound
    housing = (building.housing_type if building else "") or (compound.housing_type if compound else "")
    return frozenset({"compound", f"housing:{housing}"} if housing else {"compound"})


def kept_ruling(matter: Matter) -> MatterRuling | None:
    """Return the newest ruling that a matter keeps."""
    return MatterRuling.objects.filter(matter_id=matter.pk).select_related("unit", "given").first()


def ruling_for(matter: Matter) -> Ruling:
    """Return what the tables say of a matter, by the versions by which it is judged since the first time."""
    kept = kept_ruling(matter)
    return route(facts_of(matter), kept.versions.values() if kept else ())


def clock_ruled(usual: Clock, matter: Matter) -> Clock:
    """Return a stage's clock; for handling with the limit that a matter's kept ruling gives it."""
    if usual.stage != "handle":
        return usual
    columns = ("limit_amount", "limit_unit", "limit_source")
    kept = MatterRuling.objects.filter(matter_id=matter.pk).values_list(*columns).first()
    if kept is None or not kept[0]:
        return usual
    amount, unit, source = kept
    return replace(usual, limit=Limit(amount, LimitUnit(unit), source))


def because_kept(ruling: Ruling) -> list[dict[str, Any]]:
    """Return the reasons as they are kept."""
    return [asdict(reason) for reason in ruling.because]


# -- the dry run ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Change:
    """One matter whose ruling a draft would change: both in words, each with its row."""

    matter: Matter
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a draft would have done to the last matters."""

    asked: int
    changes: Sequence[Change]


def dry_run(actor: Actor, version: DecisionVersion, count: int) -> DryRun:
    """Return which of the last ``count`` matters of the table's area would be ruled otherwise."""
    if count not in DRY_RUNS:
        raise InvalidInput(_("请选择试算多少件。"))
    table, subject = version.table, version.table.subject
    others = _sheets_around(table)
    before = Router(sheet for sheet in others if sheet.version.table.subject == subject)
    kept = [s for s in others if s.version.table.subject == subject and s.version.table_id != table.pk]
    after = Router([*kept, Sheet.of(version)])
    matters = _last_matters(actor, table.area_path, count)
    changes = []
    for matter in matters:
        facts = facts_of(matter)
        said = [ruling_words(router.route(facts), subject) for router in (before, after)]
        if said[0][0] != said[1][0]:
            changes.append(Change(matter, "，".join(filter(None, said[0])), "，".join(filter(None, said[1]))))
    return DryRun(len(matters), changes)


def _sheets_around(table: DecisionTable) -> list[Sheet]:
    inside = DecisionTable.objects.filter(in_areas("area_path", (table.area_path,)))
    areas = {*inside.values_list("area_path", flat=True), *path_prefixes(table.area_path)}
    return sheets_of(versions_in_force(areas))


def _last_matters(actor: Actor, area: str, count: int) -> list[Matter]:
    rows: QuerySet[Matter] = Matter.objects.visible_to(actor).filter(in_areas("area_path", (area,)))
    return list(rows.select_related("category", "compound", "building").order_by("-reported_at")[:count])


def ruling_words(ruling: Ruling, subject: str) -> tuple[str, str]:
    """Return what a ruling says about one subject, and by which row."""
    reasons = [reason for reason in ruling.because if reason.subject == subject]
    rows = "、".join(_("第%(row)d行（版本%(version)d）") % asdict(reason) for reason in reasons)
    said = {
        Subject.ROUTE: _route_words(ruling),
        Subject.CLASS: str(cells.CLASSES.get(ruling.affair_class, "")),
        Subject.CLOCK: limit_words(ruling.clock),
        Subject.URGENCY: str(cells.URGENCIES.get(ruling.urgency, "")),
    }[Subject(subject)]
    if not said:
        said = "；".join(fault.words for fault in ruling.faults) or _("没有建议")
    return said, rows


def _route_words(ruling: Ruling) -> str:
    lead = ruling.unit.name if ruling.unit else ""
    if not lead and ruling.unit_kind and not ruling.faults:
        lead = _("“%s”类单位（有多个，由人选）") % ruling.unit_kind
    helpers = _("协办：%s") % "、".join(unit.name for unit in ruling.co_units) if ruling.co_units else ""
    return "；".join(filter(None, (lead, helpers)))


# -- what pages show of a matter's ruling ------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ShownRuling:
    """A ruling in words: what is proposed, the rows that said so, what kept others from speaking."""

    proposals: Sequence[tuple[str, str]]
    because: Sequence[Reason]
    faults: Sequence[str]
    given: str = ""


def ruling_shown(ruling: Ruling) -> ShownRuling:
    """Return a fresh ruling in words."""
    said = [(str(Subject(subject).label), ruling_words(ruling, subject)[0]) for subject in _spoken(ruling)]
    return ShownRuling(said, ruling.because, [_fault_words(f.table, f.row, f.words) for f in ruling.faults])


def _spoken(ruling: Ruling) -> list[str]:
    spoken = {reason.subject for reason in ruling.because}
    return [subject for subject in Subject.values if subject in spoken]


def _fault_words(table: str, row: int, words: str) -> str:
    where = _("第%d行") % row if row else ""
    return f"{table}{where}：{words}"


def ruling_of_record(actor: Actor, matter: Matter) -> ShownRuling | None:
    """Return what a record shows of the ruling that a matter keeps, to who governs."""
    if not can_see_tables(actor):
        return None
    kept = kept_ruling(matter)
    return kept_shown(kept) if kept else None


def kept_shown(kept: MatterRuling) -> ShownRuling:
    """Return a kept ruling in words."""
    names = Unit.objects.filter(pk__in=kept.co_units).values_list("pk", "name")
    limit = Limit(kept.limit_amount, LimitUnit(kept.limit_unit)) if kept.limit_amount else None
    by_id = dict(names)
    ruling = Ruling(
        unit=kept.unit,
        unit_kind=kept.unit_kind,
        affair_class=kept.affair_class,
        clock=limit,
        urgency=kept.urgency,
        because=tuple(Reason(**reason) for reason in kept.because),
    )
    said = [(label, words) for label, words in ruling_shown(ruling).proposals]
    helpers = "、".join(by_id[pk] for pk in kept.co_units if pk in by_id)
    if helpers:
        said.append((_("协办"), helpers))
    faults = [_fault_words(f["table"], f["row"], f["words"]) for f in kept.faults]
    given = kept.given.name if kept.given and kept.given_id != kept.unit_id else ""
    return ShownRuling(said, ruling.because, faults, given)
