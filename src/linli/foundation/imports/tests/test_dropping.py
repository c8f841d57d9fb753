"""Columns that the platform has no use for and no right to are never read, and not kept in the file."""

import pytest

from linli.foundation.imports.dropping import dropped_of, table_bytes, without_dropped
from linli.foundation.imports.reading import Table, table_read

from .files import csv_of, xlsx_of

HEAD = ["姓名", "民族", "证件号码", "政治面貌", "联系电话"]
ROWS = [["某市人口", "", "", "", ""], HEAD, ["王一", "壮族", "1", "中共党员", "2"], ["", "", "", "", ""]]
MORE = [["李二", "汉族", "3", "群众", "4"]]
WORDS = frozenset({"姓名", "证件号码", "联系电话"})


def read(content: bytes) -> Table:
    return table_read(content, words=WORDS, most_rows=100)


@pytest.mark.parametrize("content", [csv_of([*ROWS, *MORE]), xlsx_of([*ROWS, *MORE])], ids=["csv", "xlsx"])
def test_dropped_columns_are_in_no_row_and_are_named(content: bytes) -> None:
    came = read(content)
    table = without_dropped(came)
    assert dropped_of(came) == ("民族", "政治面貌")
    assert table.headers == ("姓名", "证件号码", "联系电话")
    assert [row.cells for row in table.rows()] == [("王一", "1", "2"), ("李二", "3", "4")]
    assert "民族、政治面貌" in table.notes[-1]


def test_the_file_that_is_kept_lacks_them_too_and_its_lines_keep_their_numbers() -> None:
    table = without_dropped(read(csv_of([*ROWS, *MORE])))
    again = read(table_bytes(table))
    assert list(again.rows()) == list(table.rows()) and not dropped_of(again)
    assert "壮族" not in table_bytes(table).decode() and "党员" not in table_bytes(table).decode()


def test_a_line_that_is_too_long_is_still_too_long() -> None:
    table = without_dropped(read(csv_of([HEAD, ["王一", "壮族", "1", "群众", "2", "多出来"]])))
    assert next(table.rows()).cells == ("王一", "1", "2", "多出来")


@pytest.mark.parametrize(
    "header",
    ["民族", "民族（文字）", "宗教 信仰", "政治面貌", "是否党员", "党组织关系", "入党时间", "Religion"],
)
def test_words_that_are_dropped(header: str) -> None:
    assert dropped_of(read(csv_of([["姓名", header], ["王一", "x"]]))) == (header,)


@pytest.mark.parametrize(
    "header", ["姓名", "联系电话", "社区", "居委会", "证件号码", "与户主关系", "民政编号", "低保"]
)
def test_words_that_are_not(header: str) -> None:
    assert dropped_of(read(csv_of([["序号", header], ["1", "x"]]))) == ()
