"""A refusal says what happened, what to do and which number to quote, in the form that was asked for."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from linli.core.errors import NotSignedIn

from .pages import KINDS

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
PAGES = [name for name, kind in KINDS.items() if kind is not NotSignedIn]


@pytest.mark.parametrize("name", PAGES)
def test_page_of_refusal(client: Client, name: str) -> None:
    answer = client.get(f"/test/refuse/{name}/")
    text = answer.content.decode()
    assert answer.status_code == KINDS[name].status
    assert str(KINDS[name].message) in text and str(KINDS[name].hint) in text
    assert NUMBER.fullmatch(answer["X-Request-Id"]) and answer["X-Request-Id"] in text
    assert "<main" in text


@pytest.mark.parametrize("name", PAGES)
def test_fragment_for_htmx(client: Client, name: str) -> None:
    answer = client.post(f"/test/refuse/{name}/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == KINDS[name].status
    assert answer["HX-Retarget"] == "#messages"
    assert "<main" not in text and 'role="alert"' in text
    assert answer["X-Request-Id"] in text


@pytest.mark.parametrize(
    ("address", "headers"),
    [("/api/refuse/{}/", {}), ("/test/refuse/{}/", {"Accept": "application/json"})],
)
@pytest.mark.parametrize("name", list(KINDS))
def test_json_for_programs(client: Client, name: str, address: str, headers: dict[str, str]) -> None:
    answer = client.get(address.format(name), headers=headers)
    said = json.loads(answer.content)
    assert answer.status_code == KINDS[name].status
    assert said["code"] == KINDS[name].code
    assert said["message"] and said["hint"]
    assert said["request_id"] == answer["X-Request-Id"]


def test_looking_without_signing_in_leads_to_signing_in_and_back(client: Client) -> None:
    answer = client.get("/test/refuse/NotSignedIn/?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Ftest%2Frefuse%2FNotSignedIn%2F%3Fpage%3D2"


def test_sending_without_signing_in_keeps_the_page_and_leads_back_to_the_form(client: Client) -> None:
    answer = client.post(
        "/test/refuse/NotSignedIn/", headers={"Referer": "http://testserver/test/report/?a=1"}
    )
    assert answer.status_code == 401
    assert "/sign-in/?next=%2Ftest%2Freport%2F%3Fa%3D1" in answer.content.decode()


def test_htmx_without_signing_in_is_led_by_header(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/test/report/"}
    answer = client.get("/test/refuse/NotSignedIn/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/?next=%2Ftest%2Freport%2F")


@pytest.mark.parametrize(
    "before", ["http://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_way_back_never_leaves_the_site(client: Client, before: str) -> None:
    answer = client.get("/test/refuse/NotFound/", headers={"Referer": before})
    assert "elsewhere" not in answer.content.decode() and "javascript:" not in answer.content.decode()


def test_both_versions_are_shown(client: Client) -> None:
    text = client.get("/test/refuse/StaleVersion/").content.decode()
    assert "道路破损" in text and "楼道照明" in text


def test_details_are_escaped(client: Client) -> None:
    text = client.get("/test/refuse/InvalidInput/").content.decode()
    assert "&lt;b&gt;请写明地点。" in text and "<b>请写明地点" not in text


def test_too_many_says_when_to_come_back(client: Client) -> None:
    assert client.get("/test/refuse/TooMany/")["Retry-After"] == "60"


def test_missing_page(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_fault_shows_a_number_and_nothing_of_the_inside(client: Client, caplog: Any) -> None:
    client.raise_request_exception = False
    answer = client.get("/test/fault/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert answer["X-Request-Id"] in text and answer["X-Request-Id"] in caplog.text
    assert "RuntimeError" not in text and "broken" not in text


def test_fault_in_an_interface_is_json(client: Client, settings: Any) -> None:
    client.raise_request_exception = False
    answer = client.get("/test/fault/", headers={"Accept": "application/json"})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (500, "server.fault")


def test_old_form_token_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/test/report/", {"text": "灯坏了"})
    assert answer.status_code == 403
    assert "页面打开太久" in answer.content.decode()


def test_every_answer_carries_its_own_number_and_never_the_client_s(client: Client) -> None:
    first = client.get("/test/report/", headers={"X-Request-Id": "AAAA-AAAA"})["X-Request-Id"]
    second = client.get("/test/report/")["X-Request-Id"]
    assert "AAAA-AAAA" != first != second


def test_number_reaches_the_services(rf: Any) -> None:
    from django.http import HttpResponse

    from linli.core.service import request_id
    from linli.foundation.ui.middleware import RefusalMiddleware

    seen = []

    def view(request: Any) -> HttpResponse:
        seen.append(request_id.get())
        return HttpResponse()

    answer = RefusalMiddleware(view)(rf.get("/"))
    assert seen == [answer["X-Request-Id"]]
    assert request_id.get() == ""
