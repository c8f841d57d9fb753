"""The pages: a street writes, tries and publishes a table; the desk shows what it says of a matter."""

import json
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.urls import reverse

from linli.core.actor import Scope
from linli.foundation.clients.tests.factories import machine
from linli.work.matters.routing import selectors
from linli.work.matters.routing import services as do
from linli.work.matters.routing.cells import EVERY
from linli.work.matters.routing.models import DecisionTable, DirectDispatch
from linli.work.matters.tests.life import Life, category
from tests.people import Cast

from .conftest import TableMaker
from .test_services import REST, ROAD, duties_about, in_work, lived

pytestmark = pytest.mark.django_db


def at(name: str, table: DecisionTable, *more: Any) -> str:
    return reverse(f"routing:{name}", args=[table.public_id, *more])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_street_begins_a_table_in_the_browser(life: Life, people: Cast) -> None:
    client = people.client("street")
    assert "还没有派单规则" in text(client.get(reverse("routing:tables")))
    answer = client.post(
        reverse("routing:tables"), {"subject": "route", "name": "桂花规则", "policy": "first"}
    )
    table = DecisionTable.objects.get()
    assert answer.status_code == 302 and answer["Location"] == at("draft", table)
    again = client.post(reverse("routing:tables"), {"subject": "route", "name": "又一张", "policy": "first"})
    assert again.status_code == 422 and DecisionTable.objects.count() == 1


def test_a_row_is_written_and_said_in_plain_words(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", is_out=False)
    client = people.client("street")
    sent = {
        "lock": 1,
        "category": "道路与公共设施",
        "days": ["休息日"],
        "hours": "22:00-06:00",
        "lead": "类别:城管",
        "direct": "on",
    }
    assert client.post(at("row_new", table), sent).status_code == 302
    page = text(client.get(at("draft", table)))
    for words in ("道路与公共设施", "休息日", "22:00-06:00", "类别：城管", "没有一行管到"):
        assert words in page
    row = text(client.get(at("row", table, 1)))
    assert '<option value="类别:城管" selected>' in row and 'value="22:00-06:00"' in row and "checked" in row


def test_a_wrong_cell_is_refused_beside_its_field(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", is_out=False)
    sent = {"lock": 1, "lead": "桂花街道城管中队", "hours": "晚上"}
    answer = people.client("street").post(at("row_new", table), sent)
    assert answer.status_code == 422 and "请这样写：22:00-06:00" in text(answer)
    assert not in_work(table).rows


def test_what_was_typed_survives_somebody_elses_edit(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", REST, is_out=False)
    sent = {"lock": 1, "lead": "桂花街道城管中队", "note": "我写的依据"}
    answer = people.client("street").post(at("row_new", table), sent)
    assert answer.status_code == 409 and "我写的依据" in text(answer) and "别人改过" in text(answer)
    assert f'name="lock" value="{in_work(table).lock}"' in text(answer)


def test_moving_and_deleting(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", ROAD, REST, is_out=False)
    client = people.client("street")
    assert client.post(at("row_move", table, 2), {"lock": in_work(table).lock, "to": "1"}).status_code == 302
    assert in_work(table).rows[1]["category"] == [category("facility").path]
    assert client.post(at("row_delete", table, 1), {"lock": in_work(table).lock}).status_code == 302
    assert len(in_work(table).rows) == 1
    assert client.post(at("row_delete", table, 1), {"lock": "1"}).status_code == 409
    assert client.post(at("row_delete", table, 1), {"lock": "x"}).status_code == 404
    assert len(in_work(table).rows) == 1


def test_a_dry_run_and_a_publication(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", ROAD)
    matter = lived(life)
    client = people.client("street")
    assert client.post(at("draft_start", table)).status_code == 302
    sent = {"lock": in_work(table).lock, "category": "道路与公共设施", "lead": "桂花街道房管所"}
    client.post(at("row", table, 1), sent)
    page = text(client.get(at("try", table)))
    assert matter.number in page and "桂花街道城管中队" in page and "桂花街道房管所" in page
    assert client.get(f"{at('try', table)}?count=7").status_code == 422
    late = {"lock": in_work(table).lock, "starts_on": "2026-03-01", "remark": "改派房管"}
    assert client.post(at("publish", table), late).status_code == 422
    answer = client.post(at("publish", table), {**late, "starts_on": "2026-03-10"})
    assert answer.status_code == 302
    assert "版本2" in text(client.get(at("table", table)))


def test_a_second_person_confirms_in_the_browser(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("class", {"class": "小事"}, by="district")
    assert "待您核准" not in text(people.client("district").get(at("table", table)))
    client = people.client("city")
    assert "待您核准" in text(client.get(at("table", table)))
    assert client.post(at("refuse", table), {"reason": ""}).status_code == 422
    assert client.post(at("confirm", table)).status_code == 302
    assert selectors.version_now(table)


def sheet(rows: list[dict[str, str]], heads: list[str] | None = None) -> BytesIO:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        labels = heads or [str(column.label) for column in EVERY]
        page.write_row(0, 0, ["行", *labels])
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, [number, *(row.get(label, "") for label in labels)])
        page.write_string(len(rows) + 2, 0, "导出标记：仅供工作使用")
    file.seek(0)
    file.name = "rows.xlsx"
    return file


def test_rows_come_from_a_file_and_what_cannot_be_read_is_kept(
    life: Life, people: Cast, table_of: TableMaker
) -> None:
    table = table_of("route", REST, is_out=False)
    client = people.client("street")
    rows = [{"类别": "道路与公共设施", "主办": "桂花街道城管中队"}, {"主办": "不认识的单位", "时段": "夜里"}]
    answer = client.post(at("import", table), {"lock": in_work(table).lock, "file": sheet(rows)})
    assert answer.status_code == 302 and len(in_work(table).rows) == 2
    page = text(client.get(at("draft", table)))
    assert "不认识的单位" in page and "“时段”读不懂：夜里" in page
    refused = client.post(
        at("publish", table), {"lock": in_work(table).lock, "starts_on": "2026-03-10", "remark": "x"}
    )
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "这个文件是空的"), (b"%PDF-1.4", "不是表格"), ("名称,电话\n甲,1\n".encode(), "没有“主办”这一列")],
)
def test_a_file_that_is_no_table_of_rules(
    life: Life, people: Cast, table_of: TableMaker, content: bytes, words: str
) -> None:
    table = table_of("route", REST, is_out=False)
    file = BytesIO(content)
    file.name = "rows.csv"
    answer = people.client("street").post(at("import", table), {"lock": in_work(table).lock, "file": file})
    assert answer.status_code == 422 and words in text(answer)
    assert in_work(table).rows and len(in_work(table).rows) == 1


def test_what_is_exported_comes_back_the_same(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", {**ROAD, "days": "休息日", "hours": "20:00-06:00"}, REST, is_out=False)
    client = people.client("street")
    before = in_work(table).rows
    query = f"table={table.public_id}&version=1"
    answer = client.post(f"{reverse('exports:make', args=['routing-rows'])}?{query}", {"format": "xlsx"})
    assert answer.status_code == 200
    file = BytesIO(b"".join(answer.streaming_content))
    file.name = "rows.xlsx"
    client.post(at("import", table), {"lock": in_work(table).lock, "file": file})
    assert in_work(table).rows == before and in_work(table).lock == 4


def test_the_switch_of_direct_dispatch(life: Life, people: Cast) -> None:
    client = people.client("street")
    assert "已关闭" in text(client.get(reverse("routing:tables")))
    assert client.post(reverse("routing:direct"), {"is_on": "yes"}).status_code == 302
    assert DirectDispatch.objects.get().is_on and "已打开" in text(client.get(reverse("routing:tables")))


def test_the_desk_proposes_and_the_record_says_why(life: Life, people: Cast, table_of: TableMaker) -> None:
    table_of("route", ROAD, REST)
    matter = lived(life)
    client = people.client("street")
    form = text(client.get(reverse("matters:action", args=[matter.public_id, "hand_over"])))
    assert (
        "派单规则的建议，由您确定" in form and f"第 1 行（版本 1），因为类别：{matter.category.path}" in form
    )
    chosen = life.cast.units["chengguan"].public_id
    assert f'<option value="{chosen}" selected>' in form
    record = reverse("matters:record", args=[matter.public_id])
    assert "第 1 行（版本 1）" in text(client.get(record)) and "清单第9项" in text(client.get(record))
    life.hand_over(matter, unit="fangguan")
    assert "实际派给：桂花街道房管所" in text(client.get(record))
    assert "派单规则" not in text(people.client("department_b").get(record))


def test_a_broken_row_is_seen_where_it_stands(life: Life, people: Cast, table_of: TableMaker) -> None:
    from .test_services import close

    table = table_of("route", REST)
    close(life, "fangguan")
    page = text(people.client("street").get(at("table", table)))
    assert "有失效的行" in page and "单位“桂花街道房管所”已停用" in page
    assert duties_about(table)[0] in text(people.client("street").get(reverse("duties:todo")))


def test_the_interface_answers_with_the_row(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", ROAD)
    client = people.client("street")
    (found,) = client.get("/api/v1/routing/tables").json()["items"]
    assert (found["name"], found["version"]) == (table.name, 1)
    rows = client.get(f"/api/v1/routing/tables/{table.public_id}").json()["rows"]
    assert rows[0]["cells"]["lead"] == "桂花街道城管中队"
    asked = {"area": "990101001001", "category": category("facility").path, "text": "路灯不亮"}
    said = client.post("/api/v1/routing/rulings", json.dumps(asked), content_type="application/json").json()
    assert said["unit_name"] == "桂花街道城管中队" and said["because"][0]["row"] == 1


def test_a_system_asks_within_its_areas(life: Life, people: Cast, table_of: TableMaker, client: Any) -> None:
    table_of("route", ROAD)
    found = machine(people, "street_unit", "street_place", Scope.MATTERS_READ)
    for area, status in (("990101001001", 200), ("990101002001", 403), ("123456789", 422)):
        answer = client.post(
            "/api/v1/routing/rulings",
            json.dumps({"area": area}),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {found.secret}",
        )
        assert answer.status_code == status


def test_pages_that_write_are_closed_to_others(life: Life, people: Cast, table_of: TableMaker) -> None:
    table = table_of("route", REST, is_out=False)
    for who, status in (("worker", 403), ("district", 403), ("other_street", 404), ("department", 404)):
        assert people.client(who).get(at("row_new", table)).status_code == status
        assert people.client(who).get(at("publish", table)).status_code == status
    assert do.version_in_work(table)
