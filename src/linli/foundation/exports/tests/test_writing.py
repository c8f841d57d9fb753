"""The files themselves, read back."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from linli.core.clock import BEIJING
from linli.core.listing import Column, Kind
from linli.foundation.exports.writing import Mark, csv_write, every, xlsx_write

COLUMNS = (
    Column("标题", lambda row: row[0]),
    Column("数量", lambda row: row[1], Kind.NUMBER),
    Column("日期", lambda row: row[2], Kind.DATE),
    Column("时间", lambda row: row[3], Kind.INSTANT),
)
AT = datetime(2026, 3, 10, 17, 30, 59, tzinfo=BEIJING)
ROWS = [
    ("=1+1", -3, date(2026, 3, 10), AT),
    ("＝cmd|' /C calc'!A0", None, None, None),
    ("https://x.example 路灯", 2, AT, AT),
    ("0123456789012345678", 1, None, None),
]
MARK = Mark("事项", [("导出人", "赵敏"), ("条件", "=全部")], "仅限工作使用")


def chunks() -> Iterator[list[Any]]:
    yield ROWS[:2]
    yield ROWS[2:]


def test_csv(tmp_path: Path) -> None:
    told: list[int] = []
    path = tmp_path / "a.csv"
    assert csv_write(path, COLUMNS, chunks(), MARK, told.append) == 4
    assert path.read_bytes().startswith(b"\xef\xbb\xbf\xe6\xa0\x87")
    lines = list(csv.reader(path.open(encoding="utf-8-sig", newline="")))
    assert lines[0] == ["标题", "数量", "日期", "时间"]
    assert lines[1] == ["'=1+1", "-3", "2026-03-10", "2026-03-10 17:30"]
    assert lines[2] == ["'＝cmd|' /C calc'!A0", "", "", ""]
    assert lines[5] == ["导出人：赵敏；条件：=全部；行数：4；仅限工作使用"]
    assert told == [2, 4]


def test_open_data_ends_with_its_last_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    csv_write(path, COLUMNS, chunks(), Mark("公开", [("来源", "邻里")], is_open=True), lambda rows: None)
    assert len(list(csv.reader(path.open(encoding="utf-8-sig", newline="")))) == 5


def test_xlsx_holds_text_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert xlsx_write(path, COLUMNS, chunks(), MARK, lambda rows: None) == 4
    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name("数据").to_python()
    assert rows[0] == ["标题", "数量", "日期", "时间"]
    assert rows[1] == ["=1+1", -3.0, date(2026, 3, 10), AT.replace(tzinfo=None, second=0)]
    assert rows[2][0] == "＝cmd|' /C calc'!A0"
    assert rows[4][0] == "0123456789012345678"
    assert rows[6][0] == "导出人：赵敏；条件：=全部；行数：4；仅限工作使用"
    about = dict(book.get_sheet_by_name("导出说明").to_python())
    assert about == {
        "列表": "事项", "导出人": "赵敏", "条件": "=全部", "行数": "4", "提示": "仅限工作使用",
    }  # fmt: skip
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            assert not re.search(rb"<f>|<hyperlink", parts.read(name)), name
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "赵敏" in sheet.split("<oddHeader>")[1]
    assert "仅限工作使用" in sheet.split("<oddFooter>")[1]


def test_a_cell_that_is_too_long_is_cut_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    xlsx_write(path, COLUMNS[:1], [[("字" * 40_000,)]], MARK, lambda rows: None)
    cell = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1][0]
    assert len(cell) == 32_767


@pytest.mark.parametrize(("step", "told"), [(1, [2, 4, 9]), (3, [4, 9]), (100, [])])
def test_progress_is_told_now_and_then(step: int, told: list[int]) -> None:
    heard: list[int] = []
    tell = every(step, heard.append)
    for rows in (2, 4, 9):
        tell(rows)
    assert heard == told
