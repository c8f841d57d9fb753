"""What is posted: taken in once by the same service as every report, or refused with its reason."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from linli.core import clock, outbound
from linli.core.actor import Scope
from linli.core.errors import Refusal
from linli.foundation.audit.models import AuditRecord
from linli.foundation.clients.services import client_close, token_revoke
from linli.foundation.clients.tests.factories import Machine, machine
from linli.foundation.files.models import StoredFile
from linli.foundation.files.tests.test_redaction import as_jpeg, patterned
from linli.foundation.places.models import Division
from linli.foundation.places.tests.factories import boundary_make
from linli.work.matters import services as do
from linli.work.matters.catalog.rules import QuestionRow
from linli.work.matters.models import Category, Matter
from linli.work.matters.tests.life import Life, compound_of

from .conftest import WORDS
from .georeport import COMMITTEE, STREET, Caller, faults, words_of

TEXT = "桂花路路灯不亮"
ASKED = {"service_code": "asked", "attribute[where]": "院子"}
QUESTIONS = (
    QuestionRow("where", "搭在哪里？", "choice", ("屋顶", "院子"), is_required=True),
    QuestionRow("load", "敲了承重墙吗？", "choice", ("有", "没有"), True, "where", ("屋顶",)),
    QuestionRow("harm", "影响什么？", "several", ("采光", "漏水")),
    QuestionRow("count", "几处？", "number"),
    QuestionRow("since", "从哪天起？", "date"),
    QuestionRow("note", "还有什么？", "text"),
)


@pytest.fixture(autouse=True)
def asked(life: Life) -> Category:
    """A category with a question of every kind, one of them only after an answer."""
    usual = Category.objects.get(code="facility")
    return Category.objects.create(
        code="asked",
        name="正在搭建",
        path="市容/正在搭建",
        version=usual.version,
        questions=[asdict(row) for row in QUESTIONS],
    )


@pytest.fixture
def app(life: Life) -> Machine:
    return machine(life.cast, "street_unit", "street_place", Scope.MATTERS_REPORT, name="随手拍")


@pytest.fixture
def caller(app: Machine) -> Caller:
    return Caller(app.secret)


def taken(answer: Any) -> Matter:
    """Return the matter whose token an answer gives."""
    assert answer.status_code == 200, answer.content.decode()
    (row,) = answer.json()
    assert set(row) == {"token", "service_notice", "account_id"}
    return Matter.objects.get(public_id=row["token"])


# -- taken in ------------------------------------------------------------------------
def test_a_report_is_a_matter_like_every_other(caller: Caller, app: Machine) -> None:
    answer = caller.post(
        description=TEXT,
        service_code="facility",
        address_string="桂花路3号",
        last_name="王",
        first_name="小明",
        phone="13900000009",
        email="a@example.cn",
    )
    matter = taken(answer)
    assert (matter.text, matter.address, matter.channel) == (TEXT, "桂花路3号", "interface")
    assert (matter.category.code, matter.place_code) == ("facility", STREET)
    assert (matter.reporter_name, matter.reporter_phone) == ("王小明", "13900000009")
    assert matter.intake_unit_id == app.client.unit_id
    assert matter.number in answer.json()[0]["service_notice"]
    assert AuditRecord.objects.filter(verb="matter.report", subject_id=str(matter.public_id)).exists()
    assert answer["RateLimit-Remaining"] == "119" and answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer
    assert "a@example.cn" not in str(Matter.objects.filter(pk=matter.pk).values())


def test_the_answer_in_xml(caller: Caller) -> None:
    root = ElementTree.fromstring(caller.post("xml", description=TEXT).content)
    assert root.tag == "service_requests" and root.findtext("request/token")


@pytest.mark.parametrize("kind", ["application/json", "text/xml"])
def test_other_bodies(caller: Caller, kind: str) -> None:
    said = {"jurisdiction_id": STREET, "service_code": "facility", "description": f"{TEXT} & <b>"}
    root = ElementTree.Element("request")
    for name, value in said.items():
        ElementTree.SubElement(root, name).text = value
    body = json.dumps(said).encode() if kind == "application/json" else ElementTree.tostring(root, "utf-8")
    assert taken(caller.send(body, kind)).text == f"{TEXT} & <b>"


def test_places(caller: Caller, life: Life) -> None:
    compound = compound_of(life)
    for said, code in (
        ({}, STREET),
        ({"jurisdiction_id": COMMITTEE}, COMMITTEE),
        ({"address_id": COMMITTEE}, COMMITTEE),
        ({"address_id": str(compound.public_id), "jurisdiction_id": "990101"}, COMMITTEE),
        ({"lat": "31.2", "long": "121.45"}, STREET),  # no map is loaded: the jurisdiction is believed
    ):
        matter = taken(caller.post(description=f"{TEXT}{said}", **said))
        assert matter.place_code == code
    assert (matter.lat, matter.lng) == (31.2, 121.45)


def test_an_emergency_is_told_whom_to_call(caller: Caller) -> None:
    answer = caller.post(description="三号楼着火了，有人被困")
    assert taken(answer).is_emergency and "119" in answer.json()[0]["service_notice"]


def test_the_token_leads_to_the_request_once_it_is_public(caller: Caller, life: Life) -> None:
    matter = taken(caller.post(description=TEXT))
    path = f"tokens/{matter.public_id}"
    assert caller.read(path) == [{"service_request_id": "", "token": str(matter.public_id)}]
    life.accept(matter, by="street")
    version = do.matter_publish(actor=life.who("street"), matter_id=matter.pk, **WORDS)
    (found,) = caller.read(path)
    assert found["service_request_id"] == str(version.public_id)
    assert caller.read(f"requests/{version.public_id}")[0]["description"].startswith(WORDS["title"])
    do.matter_unpublish(actor=life.who("street"), matter_id=matter.pk, reason="有误")
    assert caller.read(path)[0]["service_request_id"] == ""
    assert Caller(area="990101002").get(path).status_code == 404


def test_only_what_came_over_an_interface_has_a_token(caller: Caller, life: Life) -> None:
    assert caller.get(f"tokens/{life.report().public_id}").status_code == 404


# -- the questions of a service ------------------------------------------------------------
def test_questions_are_attributes(caller: Caller, shared_data: Path) -> None:
    found = caller.read("services/asked")
    assert not faults(shared_data, "service-definition", found)
    kinds = {row["code"]: (row["datatype"], row["required"]) for row in found["attributes"]}
    assert kinds == {
        "where": ("singlevaluelist", True),
        "load": ("singlevaluelist", False),
        "harm": ("multivaluelist", False),
        "count": ("number", False),
        "since": ("datetime", False),
        "note": ("text", False),
    }
    assert [row["order"] for row in found["attributes"]] == [1, 2, 3, 4, 5, 6]
    assert "只在 where 的回答是“屋顶”时要问" in found["attributes"][1]["description"]
    assert found["attributes"][0]["values"][0] == {"key": "屋顶", "name": "屋顶"}
    (service,) = [row for row in caller.read("services") if row["service_code"] == "asked"]
    assert service["metadata"] is True


ANSWERED = {"where": "屋顶", "load": "没有", "harm": ["采光", "漏水"], "since": "2026-03-01", "count": "2"}


def test_answers_come_with_the_report_and_stand_on_the_record(caller: Caller, life: Life) -> None:
    said = {f"attribute[{key}]": value for key, value in ANSWERED.items() if key != "harm"}
    said |= {"attribute[harm][]": ANSWERED["harm"], "attribute[since]": "2026-03-01T08:00:00+08:00"}
    matter = taken(caller.post(service_code="asked", description=TEXT, **said))
    assert matter.answers == ANSWERED
    page = life.cast.client("street").get(reverse("matters:record", args=[matter.public_id]))
    assert "影响什么？" in page.content.decode() and "采光、漏水" in page.content.decode()


@pytest.mark.parametrize("kind", ["application/json", "text/xml"])
def test_answers_in_other_bodies(caller: Caller, kind: str) -> None:
    said = {"jurisdiction_id": STREET, "service_code": "asked", "description": TEXT}
    if kind == "application/json":
        body = json.dumps({**said, "attributes": {**ANSWERED, "count": 2}}).encode()
    else:
        root = ElementTree.Element("request")
        for name, value in said.items():
            ElementTree.SubElement(root, name).text = value
        entries = ElementTree.SubElement(root, "attributes")
        for code, values in ANSWERED.items():
            entry = ElementTree.SubElement(entries, "attribute", code=code)
            for value in values if isinstance(values, list) else [values]:
                ElementTree.SubElement(entry, "value").text = value
        body = ElementTree.tostring(root, "utf-8")
    assert taken(caller.send(body, kind)).answers == ANSWERED


# -- once ----------------------------------------------------------------------------
def test_the_same_request_again_gets_the_first_token(caller: Caller) -> None:
    first = taken(caller.post(description=TEXT, phone="13900000009"))
    assert taken(caller.post(description=TEXT, phone="13900000009")) == first
    assert taken(caller.post(description=TEXT, phone="13900000008")) != first
    clock.clock_forward(timedelta(days=1))
    assert taken(caller.post(description=TEXT, phone="13900000009")) != first
    assert Matter.objects.count() == 3


def test_an_own_key_decides_where_one_is_sent(caller: Caller) -> None:
    headers = {"Idempotency-Key": "a-1"}
    said = {"jurisdiction_id": STREET, "service_code": "unsorted", "api_key": caller.key, "description": TEXT}
    address = "/open311/v2/requests.json"
    first = taken(caller.client.post(address, said, headers=headers))
    clock.clock_forward(timedelta(days=2))
    assert taken(caller.client.post(address, said, headers=headers)) == first
    other = caller.client.post(address, {**said, "description": "别的"}, headers=headers)
    assert other.status_code == 409 and "与上次不同" in words_of(other)
    assert taken(caller.client.post(address, said, headers={"Idempotency-Key": "a-2"})) != first


# -- refused: nothing is kept -----------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"api_key": ""}, 403, "没有 api_key"),
        ({"api_key": "linli_wrong"}, 403, "接口令牌无效"),
        ({"jurisdiction_id": ""}, 400, "jurisdiction_id：请写明是哪个地区"),
        ({"jurisdiction_id": "123"}, 404, "123"),
        ({"jurisdiction_id": "990101"}, 400, "请给出 lat 和 long"),
        ({"jurisdiction_id": "990101002"}, 400, "不在您的服务范围内"),
        ({"service_code": ""}, 400, "service_code：请写明是哪一类服务"),
        ({"service_code": "nothing"}, 404, "没有 service_code 为“nothing”的服务"),
        ({"description": ""}, 400, "description：请写几个字"),
        ({"description": "字" * 5001}, 400, "最多5000个字"),
        ({"description": "路灯\x00"}, 400, "含有不能保存的字符"),
        ({"lat": "31"}, 400, "要一起给出"),
        ({"lat": "91", "long": "0"}, 400, "lat 应是-90到90之间的数字"),
        ({"lat": "NaN", "long": "0"}, 400, "lat"),
        ({"address_id": "990101002001"}, 400, "不在所写的地区里"),
        ({"address_id": "000000-0"}, 400, "没有找到这个小区"),
        ({"address_string": "路" * 161}, 400, "address_string：最多160个字"),
        ({"phone": "call me"}, 400, "phone：请填写11位手机号"),
        ({"requested_datetime": "昨天"}, 400, "requested_datetime：“昨天”不是日期"),
        (
            {"requested_datetime": "2026-03-11T10:00:00+08:00"},
            400,
            "requested_datetime：发生时间不能晚于现在",
        ),
        ({"media_url": "https://photos.example.cn/1.jpg"}, 400, "media_url：本站不从这个网址取照片"),
        ({"attribute[size]": "9"}, 400, "attribute[size]：这类服务没有这个问题"),
        ({"service_code": "asked"}, 400, "attribute[where]：请回答"),
        ({**ASKED, "attribute[where]": "月亮"}, 400, "attribute[where]：请从选项里选"),
        ({**ASKED, "attribute[count]": "许多"}, 400, "attribute[count]：请填数字"),
        ({**ASKED, "attribute[since]": "昨天"}, 400, "attribute[since]：请填日期"),
        ({**ASKED, "attribute[harm]": ["采光", "月光"]}, 400, "attribute[harm]：请从选项里选"),
        ({**ASKED, "attribute[note]": "字" * 301}, 400, "attribute[note]：最多300个字"),
        ({**ASKED, "attribute[count]": ["1", "2"]}, 400, "attribute[count]：只能回答一个"),
        ({**ASKED, "attribute[where]": "屋顶"}, 400, "attribute[load]：请回答"),
    ],
)
def test_refusals(caller: Caller, said: dict[str, Any], status: int, words: str) -> None:
    answer = caller.post(**{"description": TEXT, **said})
    assert answer.status_code == status and words in words_of(answer)
    assert not Matter.objects.exists()
    as_xml = ElementTree.fromstring(caller.post("xml", **{"description": TEXT, **said}).content)
    assert as_xml.findtext("error/code") == str(status)


def test_keys_that_are_over_or_may_not_report(life: Life, app: Machine, caller: Caller) -> None:
    reader = machine(life.cast, "street_unit", "street_place", Scope.MATTERS_READ, name="只读")
    answer = Caller(reader.secret).post(description=TEXT)
    assert answer.status_code == 403 and "没有上报的授权" in words_of(answer)
    token_revoke(actor=life.who("street"), token=app.token)
    assert "已经吊销" in words_of(caller.post(description=TEXT))
    client_close(actor=life.who("street"), client=reader.client)
    assert "令牌已经吊销" in words_of(Caller(reader.secret).post(description=TEXT))
    assert not Matter.objects.exists()


def test_too_many_are_told_how_long_to_wait(life: Life) -> None:
    slow = machine(
        life.cast, "street_unit", "street_place", Scope.MATTERS_REPORT, name="慢", requests_a_minute=1
    )
    caller = Caller(slow.secret)
    assert caller.post(description="一").status_code == 200
    answer = caller.post(description="二")
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert answer.json()[0]["code"] == 429 and "每分钟最多1次" in words_of(answer)
    assert Matter.objects.count() == 1


def test_a_position_outside_the_city_is_refused(caller: Caller, life: Life) -> None:
    boundary_make(Division.objects.get(code=STREET), 121.4, 31.1)
    answer = caller.post(description=TEXT, lat="40.74", long="-74.00")
    assert answer.status_code == 400 and "不在本市范围内" in words_of(answer)


# -- hostile bodies -----------------------------------------------------------------------
def bomb() -> bytes:
    """A document whose entities unfold to gigabytes."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">{lines}]>'
    return f"{head}<request><description>&l9;</description></request>".encode()


OUTSIDE = (
    b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><request><description>&x;</description></request>'
)
REMOTE = b'<!DOCTYPE r SYSTEM "http://192.0.2.1/x.dtd"><request><description>1</description></request>'
DEEP = b"<request>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</request>"


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (bomb(), "text/xml", 400, "不能有文档类型声明"),
        (OUTSIDE, "text/xml", 400, "不能有文档类型声明"),
        (REMOTE, "application/xml", 400, "不能有文档类型声明"),
        (DEEP, "text/xml", 400, "只能是文字"),
        (b"<request><description>", "text/xml", 400, "不是正确的 XML"),
        (b"<request>&nbsp;</request>", "text/xml", 400, "不是正确的 XML"),
        (b'<?xml version="1.0" encoding="x-none"?><request/>', "text/xml", 400, "不是正确的 XML"),
        (b"\xff\xfe<", "text/xml", 400, "不是正确的 XML"),
        (b"{", "application/json", 400, "读不懂请求正文"),
        (b"[1]", "application/json", 400, "JSON 对象"),
        (b"[" * 100_000, "application/json", 400, "读不懂请求正文"),
        (b'{"description": {"a": 1}}', "application/json", 400, "应是文字或数字"),
        (b'{"description": true}', "application/json", 400, "应是文字或数字"),
        (b'{"description": "\\ud800"}', "application/json", 400, "不能保存"),
        (b'{"attributes": [1]}', "application/json", 400, "attributes"),
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded", 400, "参数太多"),
        (b"&".join(b"a%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded", 400, "读不懂"),
        (b"--x\r\n", "multipart/form-data", 400, "读不懂请求正文"),
        (b"x" * (2 * 1024 * 1024 + 1), "application/json", 413, "最大2MB"),
        (b"hello", "text/plain", 415, "不接受这种正文"),
    ],
)
def test_hostile_bodies_are_refused_before_anything_is_read(
    caller: Caller, body: bytes, kind: str, status: int, words: str
) -> None:
    answer = caller.send(body, kind)
    assert answer.status_code == status and words in words_of(answer)
    assert not Matter.objects.exists()


# -- photos ----------------------------------------------------------------------------------
@pytest.fixture
def photos(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A host whose photos the operator lets in; returns what was asked of it."""
    settings.OPEN311_MEDIA = ["photos.example.cn"]
    asked: list[str] = []
    answers = {
        "1.jpg": (200, as_jpeg(patterned())),
        "page": (200, b"<html>no photo</html>"),
        "gone": (404, b""),
    }

    def request(method: str, url: str, **limits: Any) -> outbound.Answer:
        asked.append(url)
        status, body = answers[url.rpartition("/")[2]]
        return outbound.Answer(status, {}, body)

    monkeypatch.setattr(outbound, "request", request)
    return asked


def test_a_photo_from_a_listed_host_comes_with_the_report(caller: Caller, photos: list[str]) -> None:
    said = {"description": TEXT, "media_url": "https://photos.example.cn/1.jpg"}
    matter = taken(caller.post(**said))
    stored = matter.photos.get()
    assert stored.is_photo and stored.uploaded_by.startswith("client:")
    assert taken(caller.post(**said)) == matter and StoredFile.objects.count() == 1


@pytest.mark.parametrize(("name", "words"), [("page", "media_url"), ("gone", "对方回答404")])
def test_what_is_no_photo_is_refused(caller: Caller, photos: list[str], name: str, words: str) -> None:
    answer = caller.post(description=TEXT, media_url=f"https://photos.example.cn/{name}")
    assert answer.status_code == 400 and words in words_of(answer)
    assert not Matter.objects.exists()


def test_nothing_is_fetched_for_who_may_not_report(caller: Caller, photos: list[str]) -> None:
    for said in ({"api_key": "linli_wrong"}, {"service_code": "nothing"}, {"lat": "31"}):
        caller.post(**{"description": TEXT, "media_url": "https://photos.example.cn/1.jpg", **said})
    assert photos == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "file:///etc/passwd", "https://photos.example.cn@192.0.2.1/x", "::", "https://["],
)
def test_addresses_of_the_own_network_are_refused(caller: Caller, settings: Any, url: str) -> None:
    settings.OPEN311_MEDIA = ["photos.example.cn"]
    answer = caller.post(description=TEXT, media_url=url)
    assert answer.status_code == 400 and "media_url" in words_of(answer)


def test_a_listed_host_must_be_one_that_linli_calls(caller: Caller, settings: Any) -> None:
    settings.OPEN311_MEDIA = ["photos.example.cn"]
    answer = caller.post(description=TEXT, media_url="https://photos.example.cn/1.jpg")
    assert answer.status_code == 400 and "不在允许外联的名单里" in words_of(answer)
    assert issubclass(outbound.OutboundRefused, Refusal)


# -- beside the interface ------------------------------------------------------------------
def test_a_session_of_a_person_opens_nothing(life: Life, client: Client) -> None:
    client = life.cast.client("street")
    said = {"jurisdiction_id": STREET, "service_code": "unsorted", "description": TEXT}
    answer = client.post(reverse("open311:requests", args=["json"]), said)
    assert answer.status_code == 403 and not Matter.objects.exists()
