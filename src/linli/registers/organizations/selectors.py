"""Units for the pages, and what a workbook would do to them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.accounts.models import Account, Role, Unit
from linli.foundation.accounts.permissions import can_grant_role, can_open_unit
from linli.foundation.accounts.rules import lies_within
from linli.foundation.accounts.selectors import unit_named, unit_visible
from linli.foundation.places.models import Division

from .models import UnitImport
from .rules import Row, StaffRow, UnitRow, function_problem, staff_rows, unit_rows


@dataclass(slots=True)
class ImportPlan:
    """What a workbook would do: every row with its problems, and the places its codes name."""

    units: list[UnitRow]
    staff: list[StaffRow]
    places: dict[str, Division]
    known: dict[str, Unit]
    ambiguous: frozenset[str]

    @property
    def problems(self) -> list[UnitRow | StaffRow]:
        """The rows that keep the file from being applied."""
        rows: list[UnitRow | StaffRow] = [*self.units, *self.staff]
        return [row for row in rows if row.problems]

    @property
    def units_new(self) -> int:
        """How many units would be opened."""
        return sum(row.is_new for row in self.units)

    @property
    def staff_new(self) -> int:
        """How many people would get an account."""
        return sum(row.is_new for row in self.staff)


def unit_table(actor: Actor, *, words: str = "", function: str = "", closed: bool = False) -> QuerySet[Unit]:
    """Return the units that an actor may look up with how many people work there today."""
    day = clock.today()
    holding = Role.objects.valid_on(day).values("pk")
    shut = Q(closed_on__isnull=False, closed_on__lte=day)
    units = unit_visible(actor).filter(shut if closed else ~shut)
    if words:
        units = units.filter(unit_named(words))
    if function:
        units = units.filter(function=function)
    staff = Count("roles__person", filter=Q(roles__in=holding), distinct=True)
    return units.annotate(staff=staff).prefetch_related("areas").order_by("function", "pinyin", "name")


def import_plan(actor: Actor, units: Iterable[Row], staff: Iterable[Row]) -> ImportPlan:
    """Judge every row of a workbook against what is there and what the actor may do."""
    unit_list, staff_list = unit_rows(units), staff_rows(staff)
    codes = {code for unit in unit_list for code in unit.codes}
    codes |= {code for person in staff_list for code in person.codes}
    places = {place.code: place for place in Division.objects.filter(code__in=codes, valid_to__isnull=True)}
    names = {name for row in unit_list for name in (row.name, row.parent)} | {row.unit for row in staff_list}
    named = list(Unit.objects.filter(name__in=names).prefetch_related("areas"))
    counted = Counter(unit.name for unit in named)
    ambiguous = frozenset(name for name, times in counted.items() if times > 1)
    plan = ImportPlan(unit_list, staff_list, places, {unit.name: unit for unit in named}, ambiguous)
    for row in plan.units:
        _judge_unit(actor, plan, row)
    names_of_staff = [row.username for row in staff_list]
    known_accounts = Account.objects.filter(username__in=names_of_staff).prefetch_related("person__roles")
    accounts = {account.username: account for account in known_accounts}
    for person in plan.staff:
        _judge_staff(actor, plan, person, accounts.get(person.username))
    return plan


def import_list(actor: Actor) -> QuerySet[UnitImport]:
    """Return the actor's own latest imports, newest first."""
    return UnitImport.objects.filter(imported_by_id=actor.person_id).select_related("imported_by")[:5]


def _paths(plan: ImportPlan, row: UnitRow | StaffRow) -> tuple[str, ...]:
    return tuple(plan.places[code].path for code in row.codes if code in plan.places)


def _judge_names(plan: ImportPlan, row: UnitRow | StaffRow, unit_names: tuple[str, ...]) -> None:
    if unknown := [code for code in row.codes if code not in plan.places]:
        row.problems.append(_("区划代码不存在：%(unknown)s。") % {"unknown": "、".join(unknown)})
    if twice := plan.ambiguous & set(unit_names):
        row.problems.append(
            _("名叫“%(twice)s”的单位不止一个，请在页面上逐个办理。") % {"twice": "、".join(sorted(twice))}
        )


def _judge_unit(actor: Actor, plan: ImportPlan, row: UnitRow) -> None:
    _judge_names(plan, row, (row.name, row.parent))
    paths = _paths(plan, row)
    if row.parent and row.parent not in plan.known and row.parent not in {one.name for one in plan.units}:
        row.problems.append(_("没有找到上级单位“%(parent)s”。") % {"parent": row.parent})
    unit = plan.known.get(row.name)
    row.is_new = unit is None
    if unit is not None and row.function and unit.function != row.function:
        row.problems.append(
            _("已有同名单位，职能是“%(function)s”。") % {"function": unit.get_function_display()}
        )
    if unit is None and not row.problems and not can_open_unit(actor, row.function, paths):
        row.problems.append(_("您不能在这些区域设立这类单位。"))


def _judge_staff(actor: Actor, plan: ImportPlan, row: StaffRow, account: Account | None) -> None:
    _judge_names(plan, row, (row.unit,))
    unit, coming = plan.known.get(row.unit), next((one for one in plan.units if one.name == row.unit), None)
    row.is_new = account is None
    function = unit.function if unit is not None else coming.function if coming is not None else ""
    if unit is None and coming is None:
        row.problems.append(_("没有找到单位“%(unit)s”。") % {"unit": row.unit})
    elif function and (words := function_problem(function, row.function)):
        row.problems.append(words)
    if account is not None:
        _judge_known(row, account, unit)
    elif not row.problems and (words := _grant_problem(actor, plan, row, unit, coming)):
        row.problems.append(words)


def _judge_known(row: StaffRow, account: Account, unit: Unit | None) -> None:
    if account.person.name != row.name:
        row.problems.append(_("这个用户名已被别人使用，请换一个。"))
    elif unit is None or unit.pk not in {role.unit_id for role in account.person.roles.all()}:
        row.problems.append(_("这个人已有账号，但不在这个单位，请在“人员与岗位”里增加岗位。"))


def _grant_problem(
    actor: Actor, plan: ImportPlan, row: StaffRow, unit: Unit | None, coming: UnitRow | None
) -> str:
    paths = _paths(plan, row)
    if unit is not None:
        allowed = can_grant_role(actor, unit, row.function or unit.function, paths)
        return "" if allowed else _("您不能为这个单位添加人员，或负责区域超出了单位的区域。")
    if coming is not None and paths and not lies_within(paths, _paths(plan, coming)):
        return _("负责区域超出了单位的区域。")
    return ""
