"""The telephone desk: ten rows on one page, each taken in by itself, without script and with it."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.work.matters.models import Matter
from tests.people import Cast

from .life import Life, category, compound_of, year_load

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DESK, HINTS, CALLER = "matters:phone_desk", "matters:phone_hints", "matters:caller"


@pytest.fixture
def client(cast: Cast, clock: Any) -> Client:
    year_load()
    category("facility")
    return cast.client("worker")


def row(number: int, text: str, place: str = "桂花第一", **more: str) -> dict[str, str]:
    said = {"text": text, "place_words": place, "channel": "telephone", "row_key": uuid4().hex, **more}
    return {f"r{number}-{name}": value for name, value in said.items()}


def send(client: Client, data: dict[str, str], **more: Any) -> Any:
    return client.post(reverse(DESK), {"rows": "10", **data}, **more)


def test_the_page_has_ten_rows_with_keys_of_their_own(client: Client) -> None:
    page = client.get(reverse(DESK)).content.decode()
    assert page.count("data-taken-row ") == 10
    keys = {part.split('"')[0] for part in page.split('-row_key" value="')[1:]}
    assert len(keys) == 10


def test_one_bad_row_never_loses_the_others(client: Client) -> None:
    good, also = (
        row(0, "楼道灯坏了", reporter_phone="021-65001234", reporter_name="陈阿姨"),
        row(4, "下水道堵了"),
    )
    answer = send(client, {**good, **row(2, "没有地点的事", place=""), **also})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert set(Matter.objects.values_list("text", flat=True)) == {"楼道灯坏了", "下水道堵了"}
    assert "没有地点的事" in page
    assert "请填写地点。" in page
    assert page.count("data-taken-row ") == 10
    taken = Matter.objects.get(text="楼道灯坏了")
    assert (taken.reporter_name, taken.reporter_phone, taken.channel) == (
        "陈阿姨",
        "02165001234",
        "telephone",
    )
    assert taken.intake_by is not None
    assert taken.number in page


def test_all_good_rows_lead_back_to_an_empty_table(client: Client) -> None:
    answer = send(client, {**row(0, "楼道灯坏了"), **row(1, "下水道堵了")})
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert 'data-draft-clear="phone-desk"' in page
    assert "已登记2件" in page
    assert all(number in page for number in Matter.objects.values_list("number", flat=True))


def test_the_same_table_sent_twice_is_one_matter_a_row(client: Client) -> None:
    data = {**row(0, "楼道灯坏了"), **row(1, "下水道堵了")}
    send(client, data)
    send(client, data)
    assert Matter.objects.count() == 2
    again = send(client, {**data, "r0-text": "改了内容"})
    assert again.status_code == 422
    assert "这份表单已经提交过一次" in again.content.decode()
    assert Matter.objects.count() == 2


def test_an_empty_table_takes_nothing_in(client: Client) -> None:
    answer = send(client, {"r0-channel": "telephone"})
    assert answer.status_code == 302
    assert "done" not in answer.url
    assert not Matter.objects.exists()


def test_one_row_by_itself_leaves_the_others_as_typed(client: Client) -> None:
    answer = send(client, {**row(0, "楼道灯坏了"), **row(1, "下水道堵了", place=""), "only": "0"})
    assert answer.status_code == 200
    assert Matter.objects.get().text == "楼道灯坏了"
    assert "下水道堵了" in answer.content.decode()
    assert "请填写地点" not in answer.content.decode()


def test_one_row_with_script_comes_back_as_that_row(client: Client) -> None:
    good = send(client, {**row(3, "楼道灯坏了"), "only": "3"}, headers=HTMX).content.decode()
    assert 'id="row-3"' in good
    assert Matter.objects.get().number in good
    assert "<html" not in good
    bad = send(client, {**row(3, "楼道灯坏了", place="没有的地方"), "only": "3"}, headers=HTMX)
    assert bad.status_code == 422
    assert "没有找到「没有的地方」" in bad.content.decode()


def test_a_number_of_the_hotline_that_is_here_links_to_the_first(client: Client) -> None:
    first = {"source": "12345热线", "source_number": "SH1", "source_due_at": "2026-03-12T17:00"}
    send(client, row(0, "楼道灯坏了", **first))
    matter = Matter.objects.get()
    assert matter.source_due_at is not None
    page = send(client, row(0, "又来一次", source="12345热线", source_number="SH1")).content.decode()
    assert f"已登记为{matter.number}" in page
    assert reverse("matters:record", args=[matter.public_id]) in page
    record = client.get(reverse("matters:record", args=[matter.public_id])).content.decode()
    assert "SH1" in record
    assert "来件时限" in record
    assert "先到" in record


def test_the_limit_of_the_hotline_that_comes_first_is_marked(client: Client) -> None:
    near = {"source": "12345热线", "source_number": "SH2", "source_due_at": "2026-03-10T11:00"}
    send(client, row(0, "楼道灯坏了", **near))
    record = client.get(reverse("matters:record", args=[Matter.objects.get().public_id])).content.decode()
    assert "早于本平台时限" in record


def test_rows_can_be_added_up_to_a_limit(client: Client) -> None:
    page = send(client, {**row(0, "写了一半"), "more": "1"}).content.decode()
    assert page.count("data-taken-row ") == 11
    assert "写了一半" in page
    part = send(client, {"more": "1"}, headers=HTMX).content.decode()
    assert 'id="row-10"' in part
    assert 'value="11"' in part
    most = client.post(reverse(DESK), {"rows": "9999999", "more": "1"}).content.decode()
    assert most.count("data-taken-row ") == 30
    assert not Matter.objects.exists()


def test_places_and_likely_categories_while_typing(client: Client, cast: Cast) -> None:
    compound_of(Life(cast))
    data = {"rows": "10", "row": "2", **row(2, "楼门口的路灯坏了不亮", place="桂花")}
    part = client.post(reverse(HINTS), data).content.decode()
    assert 'name="r2-place"' in part
    assert "桂花苑" in part
    assert 'data-fill="id_r2-category"' in part


def test_who_calls_is_shown_masked_with_a_name_to_fill_in(client: Client) -> None:
    send(client, row(0, "楼道灯坏了", reporter_phone="13911112222", reporter_name="陈阿姨"))
    matter = Matter.objects.get()
    typed = {"rows": "10", "row": "5", "r5-reporter_phone": "139 1111 2222"}
    part = client.post(reverse(CALLER), typed)
    page = part.content.decode()
    assert "陈**" in page
    assert 'data-fill="id_r5-reporter_name"' in page
    assert matter.number in page
    assert "13911112222" not in page
    assert part["Cache-Control"] == "no-store"
    assert client.post(reverse(CALLER), {"reporter_phone": "1391"}).content.decode().strip() == ""
    plain = send(client, {"r5-reporter_phone": "13911112222", "look": "5"}).content.decode()
    assert matter.number in plain


@pytest.mark.parametrize("who", ["department", "district", "operator"])
def test_who_takes_no_reports_has_no_telephone_desk(client: Client, cast: Cast, who: str) -> None:
    other = cast.client(who)
    assert other.get(reverse(DESK)).status_code == 403
    assert other.post(reverse(CALLER), {"reporter_phone": "13911112222"}).status_code == 403
    assert send(other, row(0, "楼道灯坏了")).status_code == 403
    assert not Matter.objects.exists()


def test_the_interface_takes_and_tells_the_number_of_the_hotline(client: Client, cast: Cast) -> None:
    body = {
        "text": "楼道灯坏了",
        "place": f"committee:{cast.places['committee_a_place'].code}",
        "channel": "telephone",
        "on_behalf": True,
        "source": "12345热线",
        "source_number": "SH9",
        "source_due_at": "2026-03-12T17:00:00+08:00",
    }
    made = client.post("/api/v1/matters", body, content_type="application/json")
    assert made.status_code == 201
    assert (made.json()["source"], made.json()["source_number"]) == ("12345热线", "SH9")
    twice = client.post("/api/v1/matters", body, content_type="application/json")
    assert twice.status_code == 422
    assert "source_number" in twice.json()["details"]
