"""What the interface shows: every answer in both forms, by the specification's schemas, filter by filter."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from linli.core import clock
from linli.core.clock import clock_forward
from linli.foundation.places.selectors import place_resolve
from linli.work.matters import services as do
from linli.work.matters.models import Category, Matter, PublicVersion
from linli.work.matters.tests.life import Life, compound_of

from .conftest import WORDS
from .georeport import COMMITTEE, STREET, Caller, faults, words_of


def shown(caller: Caller, **asked: Any) -> list[str]:
    """Return the titles of what a list shows."""
    return [row["description"].partition("\n")[0] for row in caller.read("requests", **asked)]


# -- the answers are the specification's -------------------------------------------
def test_every_answer_is_by_the_schemas(caller: Caller, published: PublicVersion, shared_data: Path) -> None:
    services = caller.read("services")
    assert len(services) > 5 and not faults(shared_data, "service", services)
    for service in services:
        found = caller.read(f"services/{service['service_code']}")
        assert not faults(shared_data, "service-definition", found)
        assert bool(found["attributes"]) == service["metadata"]
    assert not faults(shared_data, "request", caller.read("requests"))
    assert not faults(shared_data, "request", caller.read("requests", extensions="true"))
    assert not faults(shared_data, "request", caller.read(f"requests/{published.public_id}"))
    assert faults(shared_data, "request", [{"status": "half"}])


def test_the_xml_is_shaped_as_recorded_answers_are(
    caller: Caller, published: PublicVersion, shared_data: Path
) -> None:
    examples = shared_data / "requests311" / "georeport-v2" / "examples"

    def tags(element: Any) -> set[str]:
        return {child.tag for child in element}

    theirs = ElementTree.parse(examples / "service-requests.xml").getroot()
    ours = ElementTree.fromstring(caller.get("requests", "xml").content)
    assert (ours.tag, ours[0].tag) == (theirs.tag, theirs[0].tag)
    assert tags(theirs[0]) == tags(ours[0])
    theirs = ElementTree.parse(examples / "dc-services.xml").getroot()
    ours = ElementTree.fromstring(caller.get("services", "xml").content)
    assert (ours.tag, tags(ours[0])) == (theirs.tag, tags(theirs[0]))
    theirs = ElementTree.parse(examples / "discovery-dc.xml").getroot()
    ours = ElementTree.fromstring(caller.client.get("/open311/discovery.xml").content)
    assert (ours.tag, tags(ours)) == (theirs.tag, tags(theirs))
    assert tags(ours.find("endpoints/endpoint")) == tags(theirs.find("endpoints/endpoint"))
    theirs = ElementTree.parse(examples / "boston-err-submitrequest-base_is_duplicate.xml").getroot()
    ours = ElementTree.fromstring(caller.get("requests", "xml", status="x").content)
    assert (ours.tag, tags(ours[0])) == (theirs.tag, tags(theirs[0]))


def test_discovery_leads_to_the_interface(client: Client) -> None:
    found = client.get("/open311/discovery.json").json()
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    path = found["endpoints"][0]["url"].partition("//")[2].partition("/")[2]
    assert client.get(f"/{path}/discovery.json").json() == found


# -- only what is public, as the pages show it ----------------------------------------
def test_a_request_is_the_public_version_and_nothing_else(caller: Caller, published: PublicVersion) -> None:
    (row,) = caller.read("requests", extensions="true")
    assert row["service_request_id"] == str(published.public_id)
    assert row["description"] == f"{WORDS['title']}\n{WORDS['text']}"
    assert (row["status"], row["status_notes"], row["service_code"]) == ("open", "正在办", "unsorted")
    assert row["address"] == "临江区桂花街道桂花第一居委会"
    assert row["requested_datetime"] == "2026-03-10T10:00:00+08:00"
    assert row["extended_attributes"]["page_url"].endswith(f"/public/{published.public_id}/")
    said = str(caller.read("requests")) + str(caller.read("servicerequestupdates"))
    matter = published.matter
    for secret in (matter.text, matter.number, str(matter.public_id), "王阿姨", "13900000001", "城管"):
        assert secret not in said


def test_what_is_not_public_or_was_taken_down_is_not_there(
    caller: Caller, life: Life, published: PublicVersion
) -> None:
    life.to_signed()
    assert len(caller.read("requests")) == 1
    path = f"requests/{published.public_id}"
    assert caller.get(path).status_code == 200
    do.matter_unpublish(actor=life.who("worker"), matter_id=published.matter_id, reason="有误")
    assert caller.read("requests") == [] and caller.read("servicerequestupdates") == []
    assert caller.get(path).status_code == 404
    assert "已经撤下" in words_of(caller.get(path))


def test_the_place_is_the_compounds(caller: Caller, life: Life) -> None:
    place = place_resolve(compound=compound_of(life), lng=121.4567, lat=31.2034)
    matter = life.accept(life.report(place=place))
    do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, **WORDS)
    (row,) = caller.read("requests")
    assert (row["lat"], row["long"]) == (31.2, 121.45)
    assert row["address"] == "临江区桂花街道桂花第一居委会桂花苑"
    assert shown(caller, lat=31.2, long=121.451, radius=200) == [WORDS["title"]]
    assert shown(caller, lat=31.2, long=121.451, radius=50) == []
    assert shown(caller, lat=31.21, long=121.45, radius=1200) == [WORDS["title"]]


# -- filters ---------------------------------------------------------------------
@pytest.fixture
def three(caller: Caller, life: Life, published: PublicVersion) -> Caller:
    """Three published matters: 路灯 open today, 井盖 closed 50 days ago, 树 declined 120 days ago."""
    now = clock.now()
    for title, back in (("井盖已修好", 50), ("树已看过", 120)):
        matter = life.to_closed() if back == 50 else life.report()
        version = do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, title=title, text=title)
        at = now - timedelta(days=back)
        PublicVersion.objects.filter(pk=version.pk).update(published_at=at)
        code = "facility" if back == 50 else "green"
        Matter.objects.filter(pk=matter.pk).update(category=Category.objects.get(code=code))
    said = {"reason": "不属于本社区", "where_to_go": "请拨打12345"}
    do.matter_decline(actor=life.who("worker"), **life.on(matter), **said)
    return caller


def day(back: int) -> str:
    return (clock.now() - timedelta(days=back)).isoformat()


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ["路灯已修好", "井盖已修好"]),
        ({"status": "open"}, ["路灯已修好"]),
        ({"status": "closed"}, ["井盖已修好"]),
        ({"status": "closed, open"}, ["路灯已修好", "井盖已修好"]),
        ({"service_code": "facility"}, ["井盖已修好"]),
        ({"service_code": "facility,unsorted"}, ["路灯已修好", "井盖已修好"]),
        ({"service_code": "green"}, []),
        ({"start_date": 130}, ["井盖已修好", "树已看过"]),
        ({"end_date": 100}, ["树已看过"]),
        ({"start_date": 60, "end_date": 40}, ["井盖已修好"]),
        ({"start_date": 125, "service_code": "green", "status": "closed"}, ["树已看过"]),
        ({"updated_after": 1}, ["路灯已修好", "井盖已修好"]),
        ({"updated_before": 100}, ["树已看过"]),
        ({"updated_after": 150}, ["路灯已修好", "井盖已修好", "树已看过"]),
        ({"q": "井盖"}, ["井盖已修好"]),
        ({"page_size": 1}, ["路灯已修好"]),
        ({"page_size": 1, "page": 2}, ["井盖已修好"]),
        ({"page_size": 1, "page": 3}, []),
    ],
)
def test_filters(three: Caller, asked: dict[str, Any], titles: list[str]) -> None:
    dates = {"start_date", "end_date", "updated_after", "updated_before"}
    asked = {name: day(value) if name in dates else value for name, value in asked.items()}
    assert shown(three, **asked) == titles


def test_ids_override_everything_else(three: Caller) -> None:
    ids = {v.title: str(v.public_id) for v in PublicVersion.objects.all()}
    wanted = f"{ids['树已看过']},{ids['路灯已修好']},nonsense"
    assert shown(three, service_request_id=wanted, status="closed", start_date="rubbish") == [
        "路灯已修好",
        "树已看过",
    ]


def test_jurisdictions_are_divisions(three: Caller) -> None:
    for code, count in ((COMMITTEE, 2), ("990101", 2), ("99", 2), ("990101001002", 0), ("990102", 0)):
        assert len(Caller(area=code).read("requests")) == count
    version = PublicVersion.objects.get(title="路灯已修好")
    assert Caller(area="990101002").get(f"requests/{version.public_id}").status_code == 404


# -- updates -----------------------------------------------------------------------
def test_updates_tell_what_the_pages_showed(caller: Caller, life: Life, published: PublicVersion) -> None:
    (first,) = caller.read("servicerequestupdates")
    assert (first["status"], first["description"]) == ("open", "正在办")
    assert first["service_request_id"] == str(published.public_id)
    matter = published.matter
    clock_forward(timedelta(hours=2))
    life.verify(life.result(matter))
    both = caller.read("servicerequestupdates")
    assert [row["status"] for row in both] == ["open", "closed"]
    assert both[0] == first and both[1]["updated_datetime"] == "2026-03-10T12:00:00+08:00"
    (row,) = caller.read("requests")
    assert (row["status"], row["status_notes"]) == ("closed", "已解决")
    assert row["updated_datetime"] == both[1]["updated_datetime"]
    since = caller.read("servicerequestupdates", start_date="2026-03-10T11:00:00+08:00")
    assert since == both[1:]
    assert caller.read("servicerequestupdates", service_request_id="0") == []


# -- what is asked wrongly -----------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "asked", "status", "words"),
    [
        ("requests", {"jurisdiction_id": ""}, 400, "jurisdiction_id：请写明是哪个地区"),
        ("services", {"jurisdiction_id": "123456"}, 404, "没有 jurisdiction_id 为“123456”的地区"),
        ("requests", {"jurisdiction_id": "9901\x00"}, 400, "不能保存"),
        ("services/nothing", {}, 404, "没有 service_code 为“nothing”的服务"),
        ("requests", {"service_code": "facility,nothing"}, 404, "nothing"),
        ("requests", {"status": "half"}, 400, "status 只能是 open 或 closed"),
        ("requests", {"start_date": "yesterday"}, 400, "start_date：“yesterday”不是日期"),
        ("requests", {"start_date": "0001-01-01T00:00:00Z"}, 400, "年份应在2000到2100之间"),
        ("requests", {"end_date": "9999-12-31T23:59:59-12:00"}, 400, "年份"),
        ("requests", {"start_date": "2026-03-02", "end_date": "2026-03-01"}, 400, "不能晚于"),
        ("requests", {"start_date": "2026-01-01", "end_date": "2026-06-01"}, 400, "最多90天"),
        ("requests", {"lat": 31}, 400, "同时给出"),
        ("requests", {"lat": "north", "long": 1, "radius": 5}, 400, "lat 应是-90到90之间的数字"),
        ("requests", {"lat": "nan", "long": 1, "radius": 5}, 400, "lat"),
        ("requests", {"page": "1.5"}, 400, "整数"),
        ("requests", {"page_size": 1001}, 400, "1到1000"),
        ("requests/nothing", {}, 404, "没有编号为“nothing”的公开事项"),
        ("tokens/nothing", {}, 404, "没有 token 为“nothing”的上报"),
        ("servicerequestupdates", {"end_date": "x"}, 400, "end_date"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    caller: Caller, path: str, asked: dict[str, Any], status: int, words: str
) -> None:
    answer = caller.get(path, **asked)
    assert answer.status_code == status
    assert words in words_of(answer)
    assert {error["code"] for error in answer.json()} == {status}
    as_xml = ElementTree.fromstring(caller.get(path, "xml", **asked).content)
    assert as_xml.findtext("error/code") == str(status)
    assert words.replace("\x00", "") in (as_xml.findtext("error/description") or "")


def test_addresses_and_methods_that_are_none(client: Client) -> None:
    answer = client.get("/open311/v2/requests.pdf")
    assert answer.status_code == 404 and "没有这个接口地址" in words_of(answer)
    answer = client.get("/open311/v2/nothing.xml")
    assert ElementTree.fromstring(answer.content).findtext("error/code") == "404"
    answer = client.delete("/open311/v2/requests.json")
    assert answer.status_code == 405 and answer["Allow"] == "GET, HEAD, POST"
    assert "不接受这种请求方法" in words_of(answer)
    assert client.post("/open311/v2/services.json").status_code == 405


def test_reads_need_no_cookie_and_may_be_kept_by_who_asked(caller: Caller, published: PublicVersion) -> None:
    answer = caller.get("requests")
    assert answer["Access-Control-Allow-Origin"] == "*" and not answer.cookies
    again = caller.client.get(
        f"/open311/v2/requests.json?jurisdiction_id={STREET}", headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304


def test_many_are_read_in_few_queries(
    caller: Caller, life: Life, published: PublicVersion, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        matter = life.to_accepted()
        do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, **WORDS)
    with django_assert_max_num_queries(4):
        assert len(caller.get("requests", extensions="true").json()) == 4
