"""Bytes to tables: every kind of file that people have, and every kind that must be refused."""

import gzip
import io
import struct
import time
import tracemalloc
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from linli.core.errors import InvalidInput
from linli.foundation.imports.reading import Table, delimiter_of, encoding_of, table_read
from linli.foundation.imports.workbook import workbook_guard

from .files import csv_of, sheet_of, xlsx_of, zip_of

HEAD = ["工单编号", "诉求内容", "来电时间"]
ROWS = [HEAD, ["A-1", "路灯不亮，晚上看不见路", "2026-03-05"], ["A-2", "垃圾没有清运", "2026-03-06"]]
WORDS = frozenset({"工单编号", "诉求内容", "来电时间"})


def read(content: bytes, most_rows: int = 1000) -> Table:
    return table_read(content, words=WORDS, most_rows=most_rows)


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows()]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encodings_are_told_by_content(encoding: str, found: str) -> None:
    table = read(csv_of(ROWS, encoding))
    assert table.encoding == found
    assert table.headers == tuple(HEAD) and cells(table)[0] == tuple(ROWS[1])


FOREIGN = {
    "big5": "編號,內容,時間\r\n1,電燈壞了沒有人處理,昨天\r\n",
    "shift_jis": "番号,内容,時間\r\n1,でんきがつかないので,きのう\r\n",
}


@pytest.mark.parametrize("encoding", FOREIGN)
def test_other_encodings_are_refused_not_guessed(encoding: str) -> None:
    with pytest.raises(InvalidInput, match="编码"):
        read((FOREIGN[encoding] * 20).encode(encoding))


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidInput, match="编码"):
        encoding_of(bytes(range(256)) * 40)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_are_sniffed(delimiter: str) -> None:
    table = read(csv_of(ROWS, delimiter=delimiter))
    assert table.headers == tuple(HEAD) and table.total == 2
    assert delimiter_of(csv_of(ROWS, delimiter=delimiter).decode()) == delimiter


def test_a_line_break_and_a_delimiter_inside_quotes_stay_in_the_cell() -> None:
    table = read(csv_of([HEAD, ["1", "第一行\n第二行,还有", "2026-03-05"]]))
    assert cells(table) == [("1", "第一行\n第二行,还有", "2026-03-05")]


def test_the_head_is_found_below_a_title_and_blank_lines_are_passed_over() -> None:
    content = csv_of([["某街道2026年工单汇总表", "", ""], ["", "", ""], HEAD, ROWS[1], ["", "", ""], ROWS[2]])
    table = read(content)
    assert table.headers == tuple(HEAD) and table.total == 2
    assert [row.number for row in table.rows()] == [4, 6]
    assert any("第3行" in note for note in table.notes)


def test_columns_without_a_name_and_of_one_name_can_be_told_apart() -> None:
    table = read(csv_of([["工单编号", "诉求内容", "", "诉求内容"], ["1", "a", "b", "c"]]))
    assert table.headers == ("工单编号", "诉求内容", "第3列", "诉求内容 (2)")


def test_two_hundred_columns_work_and_six_hundred_do_not() -> None:
    wide = [[*HEAD, *(f"列{n}" for n in range(197))], [*ROWS[1], *map(str, range(197))]]
    assert len(read(csv_of(wide)).headers) == 200 and len(read(xlsx_of(wide)).headers) == 200
    huge = [[*HEAD, *(f"列{n}" for n in range(600))], [*ROWS[1], *map(str, range(600))]]
    for content in (csv_of(huge), xlsx_of(huge)):
        with pytest.raises(InvalidInput, match="列"):
            read(content)


def test_a_workbook_keeps_numbers_dates_and_formulas_as_text() -> None:
    buffer = io.BytesIO()
    when = datetime(2026, 3, 5, 14, 5)  # noqa: DTZ001 - a sheet knows no zones
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_number(1, 0, 20260001.0)
        sheet.write_string(1, 1, '=HYPERLINK("http://x")')
        sheet.write_datetime(1, 2, when)
        sheet.write_formula(2, 0, "=1+1", value=2)
    assert cells(read(buffer.getvalue())) == [
        ("20260001", '=HYPERLINK("http://x")', "2026-03-05 14:05:00"),
        ("2", "", ""),
    ]


def test_merged_cells_are_filled_downwards_and_said() -> None:
    rows = [
        ["汇总", "", ""],
        HEAD,
        ["1", "甲", "2026-03-05"],
        ["2", "", "2026-03-06"],
        ["3", "乙", "2026-03-07"],
    ]
    table = read(xlsx_of(rows, merged=[(0, 0, 0, 2, "汇总"), (2, 1, 3, 1, "甲")]))
    assert [row[1] for row in cells(table)] == ["甲", "甲", "乙"]
    assert any("1处合并单元格" in note for note in table.notes)


def test_a_gzip_is_opened_and_a_gzip_bomb_is_not() -> None:
    assert read(gzip.compress(csv_of(ROWS))).total == 2
    with pytest.raises(InvalidInput, match="解压"):
        read(gzip.compress(b"a" * 400_000_000, 1))
    with pytest.raises(InvalidInput, match="损坏"):
        read(gzip.compress(csv_of(ROWS))[:-12])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "图片"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"PK\x03\x04garbage", "损坏"),
        (zip_of({"a.txt": b"x"}), "不是Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "损坏"),
        ("一句话，没有表格。\n第二行".encode(), "表头"),
        (csv_of([HEAD]), "没有内容"),
    ],
)
def test_what_is_no_table_is_told_so(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(content)
    assert words in refused.value.message and refused.value.hint


# -- workbooks that would fill the memory ------------------------------------------
def test_too_many_rows_are_refused_before_the_workbook_is_read() -> None:
    body = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_048_577))
    content = sheet_of(body)
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(InvalidInput, match="300,000"):
        workbook_guard(content, 300_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000 and time.perf_counter() - began < 20


def test_one_cell_in_the_last_corner_is_refused() -> None:
    body = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(InvalidInput):
        workbook_guard(sheet_of(body), 2_000_000)
    with pytest.raises(InvalidInput, match="行"):
        workbook_guard(sheet_of(body), 300_000)


def test_a_zip_bomb_is_refused_by_what_it_claims() -> None:
    content = zip_of({"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": b" " * 60_000_000})
    with pytest.raises(InvalidInput, match="解压"):
        workbook_guard(content, 1000)


def test_a_zip_bomb_that_lies_about_its_size_is_refused_by_what_it_is() -> None:
    sheet = b"<a/>" * 5_000_000
    content = zip_of({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    claimed = struct.pack("<I", 1000)
    assert content.count(struct.pack("<I", real)) >= 1
    lied = content.replace(struct.pack("<I", real), claimed)
    with pytest.raises(InvalidInput, match="解压"):
        workbook_guard(lied, 1000)


def test_a_csv_with_more_rows_than_the_limit_says_the_limit() -> None:
    with pytest.raises(InvalidInput, match="超过5行"):
        read(csv_of([HEAD, *[[str(n), "x", "y"] for n in range(6)]]), most_rows=5)
    assert read(csv_of([HEAD, *[[str(n), "x", "y"] for n in range(5)]]), most_rows=5).total == 5
