"""Reading a year's holidays from a file: CSV (日期,类型,名称) or JSON (days with date, isOffDay, name)."""

import csv
import io
import json
from collections import Counter
from datetime import date

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .rules import CalendarDay

OFF, WORKED = {"休", "休息", "放假", "off"}, {"班", "上班", "调休上班", "work"}
MAX_BYTES = 200_000


def calendar_read(content: bytes) -> tuple[int, list[CalendarDay]]:
    """Return the year and its days; raises ``InvalidInput`` that names the row and what to mend."""
    if len(content) > MAX_BYTES:
        raise _wrong(_("文件太大了，不像是一年的节假日。"))
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise _wrong(_("文件的编码不是 UTF-8，请另存为 UTF-8 后再上传。")) from error
    days = _json(text) if text[:1] in ("{", "[") else _csv(text)
    if not days:
        raise _wrong(_("文件里没有日期。"))
    return Counter(day.on.year for day in days).most_common(1)[0][0], days


def _wrong(words: str) -> InvalidInput:
    return InvalidInput(words, hint=_("请按样例修改文件后再上传。"), details={"file": words})


def _csv(text: str) -> list[CalendarDay]:
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if rows and not rows[0][0].strip()[:1].isdigit():
        rows = rows[1:]
    return [_day(number, *_cells(number, row)) for number, row in enumerate(rows, 1)]


def _cells(number: int, row: list[str]) -> tuple[str, bool, str]:
    on, kind, name = (*(cell.strip() for cell in row), "", "", "")[:3]
    if kind.lower() not in OFF | WORKED:
        raise _wrong(_("第%(row)d行的类型“%(kind)s”看不懂，请写“休”或“班”。") % {"row": number, "kind": kind})
    return on, kind.lower() in WORKED, name


def _json(text: str) -> list[CalendarDay]:
    try:
        found = json.loads(text)
        rows = found["days"] if isinstance(found, dict) else found
        cells = [(str(row["date"]), not row["isOffDay"], str(row.get("name", ""))) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong(_("JSON 文件的格式不对，每一天要有 date、isOffDay 和 name。")) from error
    return [_day(number, *cell) for number, cell in enumerate(cells, 1)]


def _day(number: int, on: str, is_workday: bool, name: str) -> CalendarDay:
    try:
        return CalendarDay(date.fromisoformat(on.replace("/", "-")), is_workday, name)
    except ValueError as error:
        raise _wrong(
            _("第%(row)d行的日期“%(day)s”看不懂，请写成 2027-01-01。") % {"row": number, "day": on}
        ) from error
