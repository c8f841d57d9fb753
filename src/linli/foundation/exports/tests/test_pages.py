"""The pages around a file: the download itself, the question for a purpose, waiting, the record."""

from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse

from linli.foundation.audit.models import AuditRecord
from linli.foundation.exports.models import Export
from linli.foundation.exports.tasks import export_write
from tests.people import Cast

pytestmark = pytest.mark.django_db
MAKE = reverse("exports:make", args=["test-units"])


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_one_press_gives_the_file_under_a_chinese_name(cast: Cast, clock: Any) -> None:
    answer = cast.client("street").post(f"{MAKE}?q=居委", {"format": "csv"})
    assert answer.status_code == 200
    name = quote("单位表-20260310-1000.csv")
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    text = body(answer).decode("utf-8")
    assert text.startswith("\ufeff名称,")
    assert "桂花第一居委会" in text
    assert "梧桐" not in text


def test_a_spreadsheet(cast: Cast) -> None:
    answer = cast.client("street").post(MAKE, {"format": "xlsx"})
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert body(answer).startswith(b"PK")


def test_many_rows_lead_to_a_page_that_asks_for_the_purpose(cast: Cast, settings: Any) -> None:
    settings.EXPORT_PURPOSE_ROWS = 1
    client = cast.client("street")
    answer = client.post(f"{MAKE}?q=居委", {"format": "csv"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "导出超过1行时请写明用途。" in page
    assert "居委" in page
    assert Export.objects.count() == 0
    answer = client.post(f"{MAKE}?q=居委", {"format": "csv", "purpose": "周例会"})
    assert "用途：周例会" in body(answer).decode()


def test_looking_at_the_question_exports_nothing(cast: Cast) -> None:
    page = cast.client("street").get(f"{MAKE}?q=居委").content.decode()
    assert "名称" in page and ">2<" in page
    assert Export.objects.count() == 0


@pytest.mark.parametrize("sent", [{}, {"format": "pdf"}, {"format": "csv", "purpose": "长" * 121}])
def test_what_is_wrong_is_said_beside_the_field(cast: Cast, sent: dict[str, str]) -> None:
    answer = cast.client("street").post(MAKE, sent)
    assert answer.status_code == 422
    assert Export.objects.count() == 0


def test_an_empty_list_says_so(cast: Cast) -> None:
    answer = cast.client("street").post(f"{MAKE}?q=没有这个", {"format": "csv"})
    assert answer.status_code == 404
    assert "没有可以导出的内容" in answer.content.decode()


def test_a_long_list_is_waited_for_and_fetched(cast: Cast, clock: Any, settings: Any) -> None:
    settings.EXPORT_INLINE_ROWS = 1
    client = cast.client("street")
    answer = client.post(MAKE, {"format": "csv"})
    export = Export.objects.get()
    detail = reverse("exports:detail", args=[export.public_id])
    assert (answer.status_code, answer["Location"]) == (302, detail)
    page = client.get(detail).content.decode()
    assert "排队中" in page and "hx-trigger" in page
    part = client.get(detail, headers={"HX-Request": "true"}).content.decode()
    assert "排队中" in part and "<html" not in part
    export_write.call(str(export.public_id))
    fetch = reverse("exports:fetch", args=[export.public_id])
    assert fetch in client.get(detail).content.decode()
    assert "桂花第一居委会" in body(client.get(fetch)).decode()
    assert AuditRecord.objects.filter(verb="export.fetch", subject_id=str(export.public_id)).count() == 1


def test_the_record_shows_ones_own_or_everybodys(cast: Cast, clock: Any) -> None:
    records = reverse("exports:records")
    assert "还没有导出过" in cast.client("worker2").get(records).content.decode()
    cast.client("worker2").post(MAKE, {"format": "csv"})
    own = cast.client("worker2").get(records).content.decode()
    link = reverse("exports:detail", args=[Export.objects.get().public_id])
    assert link in own and "钱佳" not in own.split("<main")[1]
    over = cast.client("worker").get(records).content.decode()
    assert link in over and "钱佳" in over and "本人可下载" in over
    assert "还没有导出过" in cast.client("worker_b").get(records).content.decode()
    assert cast.client("worker").get(f"{records}?since=x").status_code == 422


def test_the_record_is_itself_a_list(cast: Cast, clock: Any) -> None:
    client = cast.client("worker")
    client.post(MAKE, {"format": "csv"})
    text = body(client.post(reverse("exports:make", args=["exports"]), {"format": "csv"})).decode()
    assert "单位表,2026-03-10 10:00,赵敏,居村委会,桂花第一居委会" in text
