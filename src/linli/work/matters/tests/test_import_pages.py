"""设置 → 导入 in the browser's words, the JSON interface, and the command."""

import io
import json
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import Client

from linli.foundation.imports.models import ColumnMap, Import
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.files import upload, xlsx_of
from linli.work.matters.models import Matter
from tests.people import Cast

from .hotline import HEAD, MIXED, brought, file_of, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOME = "/desk/settings/imports/"


def text(response) -> str:  # type: ignore[no-untyped-def]
    return response.content.decode()


def sent(client: Client, content: bytes, name: str = "工单.csv") -> Import:
    answer = client.post(f"{HOME}new/", {"target": "matters", "file": upload(content, name)})
    assert answer.status_code == 302, text(answer)
    return Import.objects.get()


def mapped(client: Client, job: Import, **more: str) -> None:
    columns = {f"column_{code}": header for code, header in job.spec["columns"].items()}
    fixed = {f"fixed_{code}": value for code, value in job.spec["fixed"].items()}
    answer = client.post(f"{HOME}{job.public_id}/map/", {**columns, **fixed, "fixed_source": "12345", **more})
    assert answer.status_code == 302, text(answer)
    work_through(job.pk)
    job.refresh_from_db()


def test_from_the_file_to_the_result_and_back(cast: Cast) -> None:
    client = cast.client("street")
    job = sent(client, file_of(*MIXED, row("6", 社区="一居"), row("7", 来电时间="昨天")))
    page = text(client.get(f"{HOME}{job.public_id}/map/"))
    assert "工单编号" in page and "selected>来电时间" in page and "桂花第一居委会" in page
    mapped(client, job, save_as="热线周报", keep="类别")
    page = text(client.get(f"{HOME}{job.public_id}/"))
    assert "这是预览，还没有导入" in page and "一居" in page and not Matter.objects.exists()
    code = cast.places["committee_b_place"].code
    assert client.post(f"{HOME}{job.public_id}/values/", {"word_0": code}).status_code == 302
    work_through(job.pk)
    assert client.post(f"{HOME}{job.public_id}/start/").status_code == 302
    page = text(client.get(f"{HOME}{job.public_id}/"))
    assert 'hx-get="' in page and "正在导入" in page
    work_through(job.pk)
    page = text(client.get(f"{HOME}{job.public_id}/"))
    assert "待改的行" in page and "不是认得的日期" in page and Matter.objects.count() == 6
    assert "热线周报" in text(client.get(HOME)) and job.name in text(client.get(HOME))
    rows = client.get(f"{HOME}{job.public_id}/rows.csv")
    assert "attachment" in rows["Content-Disposition"]
    fixed = b"".join(rows.streaming_content) if rows.streaming else rows.content
    fixed = fixed.decode("utf-8-sig").replace("昨天", "2026-03-08").encode()
    answer = client.post(f"{HOME}{job.public_id}/rows/", {"file": upload(fixed)}, follow=True)
    assert "收到1行" in text(answer)
    work_through(job.pk)
    assert Matter.objects.count() == 7
    assert client.post(f"{HOME}{job.public_id}/count/", {"is_counted": "yes"}).status_code == 302
    assert "计入三率等统计" in text(client.get(f"{HOME}{job.public_id}/"))
    assert client.post(f"{HOME}{job.public_id}/undo/").status_code == 302
    work_through(job.pk)
    assert not Matter.objects.exists() and "已撤销" in text(client.get(f"{HOME}{job.public_id}/"))


def test_the_next_file_of_that_head_finds_its_map(cast: Cast) -> None:
    client = cast.client("street")
    mapped(client, sent(client, file_of(row("1"))), save_as="热线")
    answer = client.post(f"{HOME}new/", {"target": "matters", "file": upload(file_of(row("2")))})
    second = Import.objects.first()
    assert second and answer.status_code == 302 and second.spec["fixed"]["source"] == "12345"
    kept = ColumnMap.objects.get()
    assert "热线" in text(client.get(f"{HOME}{second.public_id}/map/?use=热线"))
    assert client.post(f"{HOME}maps/{kept.public_id}/delete/").status_code == 302
    assert not ColumnMap.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"%PDF-1.4", "PDF"),
        (bytes(range(128, 255)) * 40, "编码"),
        (b"PK\x03\x04....", "损坏"),
    ],
)
def test_an_unreadable_file_says_why_and_keeps_nothing(cast: Cast, content: bytes, words: str) -> None:
    answer = cast.client("street").post(f"{HOME}new/", {"target": "matters", "file": upload(content)})
    assert answer.status_code == 422 and words in text(answer) and not Import.objects.exists()


def test_a_map_that_lacks_something_says_so_beside_the_field(cast: Cast) -> None:
    client = cast.client("street")
    job = sent(client, file_of(row("1")))
    answer = client.post(f"{HOME}{job.public_id}/map/", {"column_number": "工单编号"})
    assert answer.status_code == 422 and "“上报时间”必须有" in text(answer)
    job.refresh_from_db()
    assert job.state == Import.State.UPLOADED


def test_personal_columns_are_hidden_on_the_page_of_the_map(cast: Cast) -> None:
    client = cast.client("street")
    job = sent(client, file_of(row("1", 诉求人="王小二", 联系电话="13812345678")))
    page = text(client.get(f"{HOME}{job.public_id}/map/"))
    assert "王小二" not in page and "13812345678" not in page and "●●●" in page


def test_progress_is_a_part_that_loads_the_page_anew_when_done(cast: Cast) -> None:
    client = cast.client("street")
    job = sent(client, xlsx_of([HEAD, row("1")]), "工单.xlsx")
    client.post(
        f"{HOME}{job.public_id}/map/",
        {**{f"column_{c}": h for c, h in job.spec["columns"].items()}, "fixed_source": "12345"},
    )
    part = client.get(f"{HOME}{job.public_id}/progress/", headers={"HX-Request": "true"})
    assert "正在预览" in text(part) and "HX-Refresh" not in part
    work_through(job.pk)
    assert client.get(f"{HOME}{job.public_id}/progress/")["HX-Refresh"] == "true"


def test_a_table_of_another_street_cannot_be_reached(cast: Cast) -> None:
    job = brought(cast, row("1", 社区="错了"))
    for name in ("other_street", "worker", "worker2", "department", "resident"):
        client = cast.client(name)
        for part in ("", "map/", "progress/", "rows.csv"):
            assert client.get(f"{HOME}{job.public_id}/{part}").status_code in (403, 404), (name, part)
        for part in ("start/", "undo/", "discard/", "retry/", "values/", "count/", "rows/"):
            assert client.post(f"{HOME}{job.public_id}/{part}").status_code in (403, 404), (name, part)
    job.refresh_from_db()
    assert job.state == Import.State.DONE and Matter.objects.count() == 0


# -- JSON -------------------------------------------------------------------------
def test_the_interface_takes_a_file_and_says_how_far_it_is(cast: Cast) -> None:
    client = cast.client("street")
    bad = {"file": upload(file_of(row("1"))), "spec": "{"}
    assert client.post("/api/v1/imports", bad).status_code == 422 and not Import.objects.exists()
    first = client.post("/api/v1/imports", {"file": upload(file_of(*MIXED))})
    assert first.status_code == 201 and first.json()["state"] == "uploaded"
    spec = first.json()["spec"] | {"fixed": {"source": "12345"}}
    address = f"/api/v1/imports/{first.json()['public_id']}"
    answer = client.post(f"{address}/map", json.dumps({"spec": spec}), content_type="application/json")
    assert answer.json()["state"] == "checking"
    job = Import.objects.get()
    work_through(job.pk)
    assert client.get(address).json()["preview"]["counts"]["new"] == 5
    assert client.post(f"{address}/start", {}, content_type="application/json").json()["state"] == "running"
    work_through(job.pk)
    done = client.get(address).json()
    assert (done["state"], done["counts"]["new"], done["percent"]) == ("done", 5, 100)
    assert "first" not in done["preview"]
    assert [one["public_id"] for one in client.get("/api/v1/imports").json()] == [str(job.public_id)]
    assert client.get(f"{address}/rows").content.decode("utf-8-sig").startswith("行号,原因")
    assert client.post(f"{address}/undo", {}, content_type="application/json").json()["state"] == "undoing"
    for name in ("other_street", "worker2", "resident"):
        assert cast.client(name).get(address).status_code == 404
    assert cast.client("worker2").post("/api/v1/imports", {"file": upload(b"x")}).status_code == 403


def test_one_key_uploads_once(cast: Cast) -> None:
    client = cast.client("street")
    ids = set()
    for _n in range(2):
        answer = client.post(
            "/api/v1/imports", {"file": upload(file_of(row("1")))}, headers={"Idempotency-Key": "k-1"}
        )
        ids.add(answer.json()["public_id"])
    assert len(ids) == 1 and Import.objects.count() == 1


# -- the command ----------------------------------------------------------------------
def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("matters", "import", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_looks_through_imports_and_undoes(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "工单.csv"
    file.write_bytes(file_of(*MIXED, row("6", 社区="一居")))
    place = cast.places["street_place"].code
    said = command(str(file), "--source", "12345", "--dry-run")
    assert "新增 5" in said and "没有对应的地点：一居（1）" in said and not Matter.objects.exists()
    said = command(str(file), "--source", "12345", "--place", place)
    assert "导入完成：新增 6" in said and Matter.objects.count() == 6
    assert "没有变化 6" in command(str(file), "--source", "12345", "--place", place)
    first = Import.objects.filter(counts__new=6).get()
    assert "撤销 6" in command("--undo", str(first.public_id)) and not Matter.objects.exists()


def test_the_command_takes_a_map_from_a_file(cast: Cast, tmp_path: Path) -> None:
    file, spec = tmp_path / "a.csv", tmp_path / "map.yaml"
    file.write_text("no,what,when\n7,路灯不亮,02/05/2026\n", encoding="utf-8")
    columns = {"number": "no", "text": "what", "reported_at": "when"}
    fixed = {"source": "旧系统", "state": "reported"}
    content = {"columns": columns, "fixed": fixed, "date_order": "month"}
    spec.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    place = cast.places["committee_a_place"].code
    assert "新增 1" in command(str(file), "--map", str(spec), "--place", place)
    assert Matter.objects.get().source == "旧系统"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "要导入的文件"),
        (("/nowhere/x.csv",), "读不了文件"),
        (("--undo", "nonsense"), "不是导入编号"),
        (("--undo", "01a213ee-56e0-7d1b-a6c8-a53a85f439fb"), "没有找到"),
    ],
)
def test_the_command_says_what_is_wrong(cast: Cast, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        command(*arguments)


def test_the_command_refuses_an_unknown_place_and_keeps_nothing(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(file_of(row("1")))
    with pytest.raises(CommandError, match="没有区划代码"):
        command(str(file), "--source", "x", "--place", "999999999")
    assert Import.objects.get().state == Import.State.DISCARDED and not Matter.objects.exists()
