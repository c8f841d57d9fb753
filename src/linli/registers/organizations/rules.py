"""What a workbook of units and staff says: rows in, plain values and problems out; no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.core.errors import InvalidInput
from linli.foundation.accounts.models import FUNCTIONS
from linli.foundation.accounts.rules import UNIT_FUNCTIONS, functions_of_unit, phone_normal, username_normal

UNIT_SHEET, STAFF_SHEET = "单位", "人员"
UNIT_COLUMNS = ("名称", "职能", "类别", "上级单位", "区划代码", "值班电话", "地址", "邮箱")
STAFF_COLUMNS = ("单位", "姓名", "用户名", "手机号", "邮箱", "职能", "职务", "区划代码", "单位管理员")
MOST_ROWS = 2000
with override(None):  # the workbook is in Chinese, whoever fills it in
    FUNCTION_OF = {str(label): str(code) for code, label in FUNCTIONS}
    UNIT_LABELS = tuple(str(label) for code, label in FUNCTIONS if code in UNIT_FUNCTIONS)
LONGEST = {"名称": 80, "类别": 40, "值班电话": 40, "地址": 160, "姓名": 40, "职务": 40, "邮箱": 200}
YES = frozenset({"是", "√", "1", "y", "yes", "true"})

Row = tuple[str, ...]


@dataclass(slots=True)
class UnitRow:
    """One line of the sheet of units."""

    number: int
    name: str
    function: str
    kind: str
    parent: str
    codes: tuple[str, ...]
    phone: str
    address: str
    email: str
    problems: list[str] = field(default_factory=list)
    is_new: bool = True


@dataclass(slots=True)
class StaffRow:
    """One line of the sheet of staff."""

    number: int
    unit: str
    name: str
    username: str
    phone: str
    email: str
    function: str
    title: str
    codes: tuple[str, ...]
    is_unit_admin: bool
    problems: list[str] = field(default_factory=list)
    is_new: bool = True


def cell_text(cell: Any) -> str:
    """Return a cell as text; whole numbers (codes, telephones) lose the decimal point of the sheet."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def rows_under_head(name: str, cells: Sequence[Sequence[Any]], columns: tuple[str, ...]) -> list[Row]:
    """Return the rows below the head line, empty ones left out, in the order of ``columns``.

    Row numbers count from the line below the head. Columns may stand in any order; unknown ones are
    passed over. Raises ``InvalidInput`` if one is missing or there are too many rows.
    """
    head = [cell_text(cell).rstrip("*＊") for cell in cells[0]] if cells else []
    if missing := [column for column in columns if column not in head]:
        raise InvalidInput(
            _("工作表“%(name)s”缺少列：%(missing)s。") % {"name": name, "missing": "、".join(missing)},
            hint=_("请下载模板，按模板的列名填写。"),
        )
    places = [head.index(column) for column in columns]
    texts = [[cell_text(cell) for cell in line] for line in cells[1:]]
    rows = [tuple(line[place] if place < len(line) else "" for place in places) for line in texts]
    if len(rows) > MOST_ROWS:
        raise InvalidInput(
            _("工作表“%(name)s”超过%(most_rows)s行，请分成几个文件导入。")
            % {"name": name, "most_rows": MOST_ROWS}
        )
    return rows


def _codes(text: str) -> tuple[str, ...]:
    for mark in ("；", ";", "，", "、", "\n", " "):
        text = text.replace(mark, ",")
    return tuple(code for code in text.split(",") if code)


def _shape_problems(row: Row, columns: tuple[str, ...]) -> list[str]:
    """Return what is too long in a row, and whether its mail address is none."""
    problems = [
        _("“%(column)s”超过%(column2)s个字。") % {"column": column, "column2": LONGEST[column]}
        for column, text in zip(columns, row, strict=True)
        if len(text) > LONGEST.get(column, 1000)
    ]
    email = row[columns.index("邮箱")]
    try:
        if email:
            validate_email(email)
    except ValidationError:
        problems.append(_("邮箱“%(email)s”格式不对，例如 name@example.org。") % {"email": email})
    return problems


def unit_rows(rows: Iterable[Row]) -> list[UnitRow]:
    """Read the sheet of units; what is wrong in the row itself stands in its ``problems``."""
    found, seen = [], set[str]()
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        name, function, kind, parent, codes, phone, address, email = row
        unit = UnitRow(
            number, name, FUNCTION_OF.get(function, ""), kind, parent, _codes(codes), phone, address, email
        )
        unit.problems += _shape_problems(row, UNIT_COLUMNS)
        if not name:
            unit.problems.append(_("没有填名称。"))
        if unit.function not in UNIT_FUNCTIONS:
            unit.problems.append(
                _("职能“%(function)s”不认识，请从这些里选：%(unit_labels)s。")
                % {"function": function, "unit_labels": "、".join(UNIT_LABELS)}
            )
        if not unit.codes:
            unit.problems.append(_("没有填区划代码。"))
        if name and name in seen:
            unit.problems.append(_("文件里有同名的单位。"))
        seen.add(name)
        found.append(unit)
    return found


def _refusal_words(problems: list[str], check: Any, text: str) -> str:
    try:
        return str(check(text))
    except InvalidInput as refusal:
        problems.append(refusal.message)
        return text


def staff_rows(rows: Iterable[Row]) -> list[StaffRow]:
    """Read the sheet of staff; what is wrong in the row itself stands in its ``problems``."""
    found, seen = [], set[str]()
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        unit, name, username, phone, email, function, title, codes, admin = row
        problems = _shape_problems(row, STAFF_COLUMNS)
        username = _refusal_words(problems, username_normal, username)
        phone = _refusal_words(problems, phone_normal, phone) if phone else ""
        if not name:
            problems.append(_("没有填姓名。"))
        if function and function not in FUNCTION_OF:
            problems.append(_("职能“%(function)s”不认识。") % {"function": function})
        if username in seen:
            problems.append(_("文件里有相同的用户名。"))
        seen.add(username)
        code, is_admin = FUNCTION_OF.get(function, ""), admin.lower() in YES
        found.append(
            StaffRow(
                number, unit, name, username, phone, email, code, title, _codes(codes), is_admin, problems
            )
        )
    return found


def function_problem(unit_function: str, function: str) -> str:
    """Return why a role of this function does not fit the unit, or an empty string."""
    if function and function not in functions_of_unit(unit_function):
        return _("岗位职能和单位的职能不符。")
    return ""
