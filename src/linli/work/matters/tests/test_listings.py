"""The lists of this room as files: what the page shows, to whom it is shown, and nothing about reporters."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse

from linli.foundation.audit.models import AuditRecord
from linli.foundation.exports.models import Export
from linli.work.matters.tests.desk_stages import Stages, stages_build
from tests.people import Cast

pytestmark = pytest.mark.django_db
MATTERS = reverse("exports:make", args=["matters"])


@pytest.fixture
def stages(cast: Cast, clock: Any) -> Stages:
    return stages_build(cast)


def lines(answer: Any) -> list[dict[str, str]]:
    """Return the rows of a CSV file by heading, without its mark."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))[:-1]


def test_the_file_is_the_list_as_it_is_narrowed(stages: Stages) -> None:
    stages.reported('=HYPERLINK("http://x")坏了')
    other = stages.accepted()
    client = stages.cast.client("worker")
    answer = client.post(f"{MATTERS}?stage=reported", {"format": "csv"})
    (row,) = lines(answer)
    assert row["标题"].startswith("'=HYPERLINK")
    assert (row["状态"], row["区划"]) == ("待受理", "桂花街道桂花第一居委会")
    assert other.number not in row.values()
    export = Export.objects.get()
    assert "进展：待受理" in export.conditions
    assert AuditRecord.objects.get(verb="export.make").person_id == stages.cast.actor("worker").person_id
    assert len(lines(client.post(MATTERS, {"format": "csv"}))) == 2


def test_nothing_about_reporters(stages: Stages) -> None:
    stages.reported()
    answer = stages.cast.client("street").post(MATTERS, {"format": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "路灯" in text or "坏" in text
    assert "王阿姨" not in text
    assert "13900000001" not in text


@pytest.mark.parametrize(
    ("who", "rows"), [("worker", 2), ("street", 2), ("district", 2), ("city", 2), ("department", 1)]
)
def test_everybody_takes_what_they_see(stages: Stages, who: str, rows: int) -> None:
    stages.reported()
    handed = stages.sent()
    found = lines(stages.cast.client(who).post(MATTERS, {"format": "csv"}))
    assert len(found) == rows
    assert handed.number in {row["编号"] for row in found}


@pytest.mark.parametrize("who", ["worker_b", "other_street", "other_district", "department_b", "operator"])
def test_others_areas_never(stages: Stages, who: str) -> None:
    stages.sent()
    answer = stages.cast.client(who).post(MATTERS, {"format": "csv"})
    assert answer.status_code == 404
    assert "没有可以导出的内容" in answer.content.decode()
    assert Export.objects.count() == 0


def test_an_area_that_is_not_ones_own_narrows_nothing(stages: Stages) -> None:
    matter = stages.reported()
    code = stages.cast.places["other_committee_place"].code
    (row,) = lines(stages.cast.client("worker").post(f"{MATTERS}?area={code}", {"format": "csv"}))
    assert (
        row["编号"] == matter.number
    )  # it is not among the choices: the page leaves it aside, and so does this
    assert Export.objects.get().conditions == "进展：全部"


def test_the_order_and_the_filters_are_the_lists(stages: Stages) -> None:
    first, second = stages.reported(), stages.reported()
    client = stages.cast.client("worker")
    for order, wanted in (("reported", [first, second]), ("-reported", [second, first])):
        found = lines(client.post(f"{MATTERS}?order={order}", {"format": "csv"}))
        assert [row["编号"] for row in found] == [matter.number for matter in wanted]
    assert "排序：最新上报的在前" in Export.objects.latest("pk").conditions
    found = lines(client.post(f"{MATTERS}?q={first.number}", {"format": "csv"}))
    assert [row["编号"] for row in found] == [first.number]
    assert f"编号或内容：{first.number}" in Export.objects.latest("pk").conditions
