"""设置→权责清单 in pages: searched, looked at, compared, taken away, a new edition from a workbook."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from linli.core import clock
from linli.work.matters.catalog.reading import content_read, edition_content
from linli.work.matters.catalog.selectors import rows_of
from linli.work.matters.catalog.template import template_file
from linli.work.matters.models import Category, CategoryEdition

from .life import Life, category

Unchanged = Callable[[], None]
PAGE = "/desk/settings/catalog/"
HEAD = ("一级", "二级", "三级", "三事分类", "主责", "协同", "时限", "要问的问题", "依据", "核实")
GOOD = (
    ("市容", "违建", "正在搭建", "大事", "规资", "城管", "到场1小时✔（新办法第3条）", "", "新办法", "✔"),
    ("小区", "电梯", "", "小事", "物业", "", "", "[inside] 有人困在里面吗？{单选:有|没有}", "", ""),
)


def workbook(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> SimpleUploadedFile:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate((head, *rows)):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("清单.xlsx", buffer.getvalue())


def upload(life: Life, file: Any, who: str = "city", version: str = "2027-01") -> Any:
    client = life.cast.client(who)
    return client.post(f"{PAGE}new/", {"file": file, "version": version, "title": "新清单"})


@pytest.fixture
def loaded(life: Life) -> Life:
    category("facility")
    return life


def test_everybody_at_the_desk_sees_the_tree_and_searches_it(loaded: Life) -> None:
    client = loaded.cast.client("department")
    page = client.get(PAGE).content.decode()
    assert "共52类" in page
    assert "正在搭建" in page
    assert "导入新的一版" not in page
    found = client.get(PAGE, {"q": "狗叫"}).content.decode()
    assert "邻里 › 养犬 › 犬吠、无证" in found
    assert "没有找到这一类" in client.get(PAGE, {"q": "查无此类"}).content.decode()


def test_a_row_shows_limits_sources_marks_and_questions(loaded: Life) -> None:
    page = loaded.cast.client("worker").get(f"{PAGE}row/2026-11-26/lift_trapped/").content.decode()
    for words in (
        "到场30分钟",
        "建议值",
        "现在还有人困在里面吗",
        "必答",
        "只在“现在还有人困在里面吗？”答了“有”时问",
    ):
        assert words in page
    assert "inside_now" not in page


def test_a_workbook_becomes_a_draft_is_compared_and_published(loaded: Life) -> None:
    answer = upload(loaded, workbook(*GOOD))
    edition = CategoryEdition.objects.get(version="2027-01")
    assert answer.status_code == 302
    assert answer.url == f"{PAGE}{edition.public_id}/"
    client = loaded.cast.client("city")
    page = client.get(answer.url).content.decode()
    assert "现在什么都还没有改变" in page
    assert "小区 › 电梯" in page
    assert "<del>城管</del>" in page
    assert "还没有登记过这些类别的单位：规资" in page
    assert not Category.objects.filter(version="2027-01").exists()
    client.post(answer.url, {"starts_on": f"{clock.today():%Y-%m-%d}"})
    assert set(Category.objects.offered().values_list("path", flat=True)) == {
        "市容/违建/正在搭建",
        "小区/电梯",
    }
    listed = client.get(f"{PAGE}editions/").content.decode()
    assert "在用" in listed
    assert "以前的" in listed


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (workbook(GOOD[0], (*GOOD[0][:4], "房管", *GOOD[0][5:])), "第2行和第3行都是"),
        (workbook((*GOOD[0][:6], "5个星期", *GOOD[0][7:])), "看不懂"),
        (workbook(("甲", "乙"), head=("主责", "时限")), "没有找到类别的列"),
        (SimpleUploadedFile("清单.xlsx", b"%PDF-1.4"), "不是表格"),
        (SimpleUploadedFile("清单.csv", b""), "请重新选择"),
    ],
)
def test_a_file_that_cannot_be_taken_keeps_nothing(
    loaded: Life, unchanged: Unchanged, file: SimpleUploadedFile, words: str
) -> None:
    unchanged()
    answer = upload(loaded, file)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    unchanged()


def test_a_large_file_is_refused_before_it_is_read(loaded: Life) -> None:
    answer = upload(loaded, SimpleUploadedFile("清单.csv", b"x" * (5 * 1024 * 1024 + 1)))
    assert answer.status_code == 422
    assert "超过5MB" in answer.content.decode()


def test_a_day_that_has_gone_is_refused_and_a_draft_thrown_away(loaded: Life, unchanged: Unchanged) -> None:
    draft = upload(loaded, workbook(*GOOD)).url
    client = loaded.cast.client("city")
    unchanged()
    answer = client.post(draft, {"starts_on": "2020-01-01"})
    assert answer.status_code == 422
    assert "最早是今天" in answer.content.decode()
    unchanged()
    assert client.post(f"{draft}drop/").status_code == 302
    assert not CategoryEdition.objects.filter(version="2027-01").exists()


def test_the_empty_workbook_is_known_by_its_heads() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(template_file()))
    heads = book.get_sheet_by_index(0).to_python()[0]
    csv = f"{','.join(map(str, heads))}\n甲,乙,,,,,,,,,,,,,\n".encode()
    content = edition_content(csv, {})
    assert content["notes"] == []
    rows, faults = content_read(content)
    assert (rows[0].path, faults) == (("甲", "乙"), [])


def test_what_is_exported_is_imported_as_the_same(loaded: Life) -> None:
    kept = rows_of(CategoryEdition.objects.get(version="2026-11-26"))
    for shape in ("csv", "xlsx"):
        answer: Any = loaded.cast.client("city").post(
            reverse("exports:make", args=["categories"]), {"format": shape}
        )
        content = edition_content(b"".join(answer.streaming_content), {})
        rows, faults = content_read(content)
        assert faults == []
        assert content["notes"][-1:] != ["这些列没有用到"]
        assert [replace(row, number=0) for row in rows] == kept
