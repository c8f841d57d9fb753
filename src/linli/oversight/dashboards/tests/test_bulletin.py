"""The monthly bulletin: the same words and numbers on paper and as DOCX, with every denominator."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from docx import Document

from linli.oversight.dashboards.bulletin import month_period, months_of
from linli.work.matters.rollup.services import exclusion_ask, exclusion_decide
from linli.work.matters.rollup.tasks import follow
from linli.work.matters.tests.life import Life, days_later
from tests.people import RESIDENTS, STAFF

pytestmark = pytest.mark.django_db
PAGE, FILE = reverse("dashboards:bulletin"), reverse("dashboards:bulletin_docx")


def a_march(life: Life) -> None:
    """Two matters closed and rated in March, one of them left out, read in April."""
    for was_solved in (True, False):
        matter = life.to_closed()
        life.rate(matter, was_solved=was_solved)
    said = {"number": matter.number, "reason": "lawful_way", "note": "法院已经受理"}
    asked = exclusion_ask(actor=life.who("worker"), **said)
    exclusion_decide(actor=life.who("street"), public_id=asked.public_id, is_granted=True, decision="已核对")
    days_later(30)
    follow()


def texts_of(answer: Any) -> str:
    written = Document(BytesIO(answer.content))
    cells = [cell.text for table in written.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in written.paragraphs), *cells])


def test_page_and_file_say_the_same(life: Life) -> None:
    a_march(life)
    client = life.cast.client("street")
    page = client.get(PAGE)
    bulletin = page.context["bulletin"]
    assert bulletin.title == "桂花街道事项办理月报（2026年3月）"
    answer = client.get(FILE)
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert "2026" in answer["Content-Disposition"]
    said = texts_of(answer)
    assert "收到2件" in said
    assert "解决率100.0%（1/1）" in said
    assert "经审批剔除1件" in said
    assert "已进入诉讼、仲裁、行政复议或信访程序" in said
    for sentence in bulletin.sentences:
        assert sentence in said
    for picture in bulletin.pictures:
        assert picture.title in said
        assert picture.how in said
        for cell in (cell for row in picture.rows for cell in row):
            assert cell.words in said
            assert cell.of in said


def test_no_person_stands_in_it(life: Life) -> None:
    a_march(life)
    names = {row[1] for row in STAFF} | {row[1] for row in RESIDENTS}
    for who in ("city", "district", "street", "worker"):
        said = texts_of(life.cast.client(who).get(FILE))
        assert not [name for name in names if name in said]


def test_a_month_without_anything_is_a_bulletin_too(life: Life) -> None:
    follow()
    said = texts_of(life.cast.client("worker").get(FILE, {"month": "2025-12"}))
    assert "收到0件" in said
    assert "没有可算的事项" in said


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2026-03", date(2026, 2, 1), date(2026, 2, 28)),  # not over yet
        ("2024-01", date(2026, 2, 1), date(2026, 2, 28)),
        ("forged", date(2026, 2, 1), date(2026, 2, 28)),
        ("", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_which_month(asked: str, first: date, last: date) -> None:
    period = month_period(asked, date(2026, 3, 31))
    assert (period.from_on, period.to_on) == (first, last)


def test_the_last_twelve_whole_months_are_offered() -> None:
    months = months_of(date(2026, 3, 31))
    assert (len(months), months[0], months[-1]) == (12, date(2026, 2, 1), date(2025, 3, 1))
