"""What may stand in a cell."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.clock import BEIJING
from linli.core.listing import Kind
from linli.foundation.exports import rules

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
UNSEEN = (" ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\t", "\u200e")


@pytest.mark.parametrize("start", SIGNS)
@pytest.mark.parametrize("before", ("", *UNSEEN))
def test_a_cell_is_never_a_formula(before: str, start: str) -> None:
    text = f"{before}{start}HYPERLINK(1)"
    assert rules.plain_cell(text, Kind.TEXT) == f"'{text}"


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_nor_does_it_begin_with_what_moves_to_another_cell(start: str) -> None:
    assert rules.plain_cell(f"{start}路灯", Kind.TEXT) == f"'{start}路灯"


@pytest.mark.parametrize("text", ["路灯不亮", "1=1", "a-b", "（-）", "'=1", "2026-03-10", "0571-8888", "#5"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert rules.plain_cell(text, Kind.TEXT) == text


@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.DATE, Kind.INSTANT])
def test_text_in_a_column_of_another_kind_is_guarded_too(kind: Kind) -> None:
    assert rules.plain_cell("=1+1", kind) == "'=1+1"


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Kind.TEXT, ""),
        ("", Kind.NUMBER, ""),
        (0, Kind.NUMBER, "0"),
        (-5, Kind.NUMBER, "-5"),
        (Decimal("-1.50"), Kind.NUMBER, "-1.50"),
        (True, Kind.NUMBER, "True"),
        (date(2026, 3, 10), Kind.DATE, "2026-03-10"),
        (datetime(2026, 3, 10, 23, 30, tzinfo=BEIJING), Kind.DATE, "2026-03-10"),
        (datetime(2026, 3, 10, 9, 5, tzinfo=BEIJING), Kind.INSTANT, "2026-03-10 09:05"),
        ("响\x00铃\x07", Kind.TEXT, "响铃"),
        ("两\n行", Kind.TEXT, "两\n行"),
    ],
)
def test_values(value: Any, kind: Kind, text: str) -> None:
    assert rules.plain_cell(value, kind) == text


@given(st.text() | st.text(alphabet="".join((*SIGNS, *UNSEEN, "路\n\r"))))
def test_no_text_begins_as_a_formula_and_every_text_comes_back(text: str) -> None:
    cell = rules.plain_cell(text, Kind.TEXT)
    assert not cell.strip().lstrip("".join(UNSEEN)).startswith(SIGNS)
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell, "end"])
    assert next(csv.reader(StringIO(out.getvalue(), newline=""))) == [cell, "end"]


def test_a_sheet_s_cell_says_what_was_cut_off() -> None:
    assert rules.sheet_text("字" * 32_767) == "字" * 32_767
    cut = rules.sheet_text("字" * 40_000)
    assert len(cut) == 32_767
    assert cut.endswith("（已截断）")


def test_the_mark_names_only_what_is_known() -> None:
    facts = [("导出人", "赵敏"), ("单位", ""), ("行数", "3")]
    assert rules.mark_line(facts, "仅限工作使用") == "导出人：赵敏；行数：3；仅限工作使用"
    assert rules.header_text("A&B" * 60).startswith("A&&BA&&B")
    assert len(rules.header_text("长" * 300)) == 100
