"""The interface as another system meets it: let in or not, refusals of one form, ETags, limits."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock as core_clock
from linli.core.actor import Scope
from linli.foundation.accounts.services import unit_close
from linli.foundation.clients import services
from linli.foundation.clients.tests.factories import Machine, machine
from linli.foundation.places.tests.homes import homes_build
from tests.people import SETUP, Cast

READ, REPORT, PLACES = Scope.MATTERS_READ, Scope.MATTERS_REPORT, Scope.PLACES_READ
SHAPE = {"code", "message", "hint", "details", "request_id"}


@pytest.fixture
def hotline(cast: Cast) -> Machine:
    """The hotline's system: it reads and reports in the street."""
    return machine(cast, "street_unit", "street_place", READ, REPORT, PLACES, name="12345热线平台")


def refusal(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content.decode()
    assert set(answer.json()) == SHAPE
    assert answer.json()["message"] and answer.json()["hint"] and answer.json()["request_id"]
    assert answer["Content-Type"] == "application/json"
    return answer.json()  # type: ignore[no-any-return]


# -- who comes in -----------------------------------------------------------------
def test_a_token_says_who_it_is(hotline: Machine, cast: Cast) -> None:
    said = hotline.get("/me").json()
    assert (said["name"], said["unit"]) == ("12345热线平台", "桂花街道办事处")
    assert said["scopes"] == ["matters.read", "matters.report", "places.read"]
    assert said["areas"] == [{"code": "990101001", "name": "桂花街道"}]


def test_a_token_needs_no_session_and_leaves_no_cookie(hotline: Machine) -> None:
    answer = hotline.get("/matters")
    assert answer.status_code == 200
    assert not answer.cookies


def test_reading_asks_the_database_little(hotline: Machine) -> None:
    hotline.get("/matters")  # the first request of a minute makes its row
    with CaptureQueriesContext(connection) as queries:
        hotline.get("/matters")
    assert len(queries) <= 7, [query["sql"] for query in queries]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Bearer linli_x y", "bearer 令牌"])
def test_a_wrong_token_is_refused_even_beside_a_session(cast: Cast, hotline: Machine, header: str) -> None:
    client = cast.client("worker")
    refusal(client.get("/api/v1/matters", headers={"Authorization": header}), 401, "client.token_refused")


def test_another_way_of_authorizing_is_no_token(hotline: Machine) -> None:
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": hotline.secret}):
        answer = Client().get("/api/v1/matters", headers=headers)
        refusal(answer, 401, "actor.not_signed_in")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_no_page(hotline: Machine) -> None:
    for page in ("/desk/", "/desk/matters/", "/desk/settings/clients/", "/me/"):
        assert hotline.caller.get(page).status_code == 302
    assert hotline.caller.post("/me/data/take/json/").status_code in (401, 403)


def test_a_revoked_token_is_over_and_its_sister_goes_on(cast: Cast, hotline: Machine) -> None:
    actor = cast.actor("street")
    fresh = services.token_issue(actor=actor, client=hotline.client)
    services.token_revoke(actor=actor, token=hotline.token)
    assert "吊销" in refusal(hotline.get("/me"), 401, "client.token_refused")["message"]
    assert Machine(hotline.client, fresh.token, fresh.secret).get("/me").status_code == 200


def test_a_client_ends_with_its_last_day_its_unit_and_its_closing(
    cast: Cast, hotline: Machine, clock: Any
) -> None:
    shop = machine(cast, "wuye", "committee_a_place", Scope.MATTERS_ACT)
    assert shop.get("/me").status_code == 200
    unit_close(actor=SETUP, unit=cast.units["wuye"])
    assert "停用" in refusal(shop.get("/me"), 401, "client.token_refused")["message"]
    with core_clock.clock_at(core_clock.now() + timedelta(days=400)):
        assert "到期" in refusal(hotline.get("/me"), 401, "client.token_refused")["message"]
    services.client_close(actor=cast.actor("street"), client=hotline.client)
    refusal(hotline.get("/me"), 401, "client.token_refused")


@pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("10.2.0.1", 403)])
def test_a_client_comes_from_its_own_addresses(cast: Cast, address: str, status: int) -> None:
    found = machine(cast, "street_unit", "street_place", READ, addresses="10.1.0.0/16")
    assert found.caller.get("/api/v1/me", REMOTE_ADDR=address).status_code == status


def test_a_minute_holds_so_many_requests_and_says_so(cast: Cast, clock: Any) -> None:
    found = machine(cast, "street_unit", "street_place", READ, requests_a_minute=2)
    first, second, third = (found.get("/me") for _ in range(3))
    assert [first["RateLimit-Limit"], first["RateLimit-Remaining"]] == ["2", "1"]
    assert second["RateLimit-Remaining"] == "0"
    assert refusal(third, 429, "rate.exceeded")["details"]["retry_after"] == 60
    assert third["Retry-After"] == "60"
    sister = services.token_issue(actor=SETUP, client=found.client)  # the limit is the client's
    refusal(Machine(found.client, sister.token, sister.secret).get("/me"), 429, "rate.exceeded")
    core_clock.clock_forward(timedelta(minutes=1))
    assert found.get("/me").status_code == 200


# -- one form of refusal --------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("get", "/nothing", {}, 404, "address.not_found"),
        ("get", "/matters/not-a-uuid", {}, 404, "address.not_found"),
        ("get", "/matters/00000000-0000-7000-8000-000000000000", {}, 404, "record.not_found"),
        ("delete", "/matters", {}, 405, "request.wrong_method"),
        ("put", "/me", {}, 405, "request.wrong_method"),
        ("post", "/matters", {"data": "{", "content_type": "application/json"}, 400, "request.malformed"),
        (
            "post",
            "/matters",
            {"data": b"\xff\xfe", "content_type": "application/json"},
            400,
            "request.malformed",
        ),
        ("post", "/matters", {"data": "[]", "content_type": "application/json"}, 422, "input.invalid"),
        ("post", "/matters", {"data": "null", "content_type": "application/json"}, 422, "input.invalid"),
        ("post", "/matters", {"data": "", "content_type": "application/json"}, 422, "input.invalid"),
        ("post", "/matters", {"data": "a=b", "content_type": "text/plain"}, 415, "request.wrong_type"),
        ("post", "/matters", {"data": {"text": "x"}}, 415, "request.wrong_type"),
        (
            "post",
            "/matters",
            {"data": " " * (2 * 1024 * 1024 + 1), "content_type": "application/json"},
            413,
            "request.too_large",
        ),
        ("get", "/matters?limit=1000000", {}, 422, "input.invalid"),
        ("get", "/matters?limit=0", {}, 422, "input.invalid"),
        ("get", "/matters?limit=x", {}, 422, "input.invalid"),
        ("get", "/matters?lmit=5", {}, 422, "input.invalid"),
        ("get", "/matters?q=灯", {}, 422, "input.invalid"),
        ("get", "/matters?q=%00%00", {}, 422, "input.invalid"),
        ("get", "/matters?state=gone", {}, 422, "input.invalid"),
        ("get", "/matters?area=1", {}, 422, "input.invalid"),
        ("get", "/matters?cursor=abc", {}, 422, "input.invalid"),
        ("get", "/matters?updated_since=yesterday", {}, 422, "input.invalid"),
        ("get", "/places/locate?lng=999&lat=0", {}, 422, "input.invalid"),
        ("get", "/places/locate?lng=nan&lat=0", {}, 422, "input.invalid"),
        ("get", "/places/divisions/1", {}, 404, "record.not_found"),
    ],
)
def test_every_fault_is_answered_in_one_form(
    hotline: Machine, method: str, path: str, more: dict[str, Any], status: int, code: str
) -> None:
    refusal(getattr(hotline.caller, method)(f"/api/v1{path}", **more), status, code)


def test_what_is_wrong_is_said_in_chinese_beside_the_field(hotline: Machine) -> None:
    sent = {"plce": "x", "photos": ["x"], "is_complaint": "vielleicht", "text": 3, "source_due_at": "soon"}
    details = refusal(hotline.post("/matters", sent), 422, "input.invalid")["details"]
    assert details == {
        "place": "必须填写。",
        "plce": "没有这个字段，请核对拼写。",
        "photos.0": "应是一个UUID。",
        "is_complaint": "应是 true 或 false。",
        "text": "应是文字。",
        "source_due_at": "应是时刻，例如 2026-11-27T09:00:00+08:00。",
    }
    limit = refusal(hotline.get("/matters", limit=1_000_000), 422, "input.invalid")["details"]
    assert limit == {"limit": "最大是100。"}


def test_the_methods_that_an_address_takes_are_named(hotline: Machine) -> None:
    allowed = hotline.caller.delete("/api/v1/matters")["Allow"]
    assert set(allowed.split(", ")) == {"GET", "POST"}


def test_a_fault_of_ours_is_answered_in_the_same_form(
    hotline: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("linli.work.matters.selectors.matter_list", broken)
    caller = hotline.caller
    caller.raise_request_exception = False
    refusal(caller.get("/api/v1/matters"), 500, "server.fault")


# -- what is known already ---------------------------------------------------------------
def test_what_has_not_changed_is_not_sent_again(hotline: Machine) -> None:
    first = hotline.get("/me")
    assert first["Cache-Control"] == "private, no-cache"
    same = hotline.caller.get("/api/v1/me", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    other = hotline.caller.get("/api/v1/me", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other["ETag"]) == (200, first["ETag"])
    assert hotline.get("/nothing")["Cache-Control"] == "no-store"


# -- places --------------------------------------------------------------------------------
NOBODY = "00000000-0000-7000-8000-000000000000"


def test_divisions_are_read_level_by_level(hotline: Machine) -> None:
    streets = hotline.get("/places/divisions", parent="990101", limit=1).json()
    assert [row["code"] for row in streets["items"]] == ["990101001"]
    rest = hotline.get("/places/divisions", parent="990101", limit=1, cursor=streets["next_cursor"]).json()
    assert ([row["code"] for row in rest["items"]], rest["next_cursor"]) == (["990101002"], "")
    one = hotline.get("/places/divisions/990101001001").json()
    assert one == {
        "code": "990101001001",
        "name": "桂花第一居委会",
        "level": one["level"],
        "parent": "990101001",
    }


def test_places_need_their_scope(cast: Cast) -> None:
    found = machine(cast, "street_unit", "street_place", READ)
    for path in (
        "/places/divisions",
        "/places/compounds",
        "/places/divisions/99",
        "/places/locate?lng=1&lat=1",
        f"/places/compounds/{NOBODY}/buildings",
        f"/places/buildings/{NOBODY}/parts",
    ):
        refusal(found.get(path), 403, "actor.not_allowed")


def test_buildings_and_parts_are_read(cast: Cast, hotline: Machine) -> None:
    homes = homes_build(cast)
    (building,) = hotline.get(f"/places/compounds/{homes.compound.public_id}/buildings").json()["items"]
    assert (building["name"], building["dwellings"], building["stairs"]) == ("3号楼", 24, 2)
    url = f"/places/buildings/{building['id']}/parts"
    first = hotline.get(url, limit=20).json()
    rest = hotline.get(url, limit=20, cursor=first["next_cursor"]).json()
    rooms = [(row["stair"], row["name"], row["floor"]) for row in first["items"] + rest["items"]]
    assert len(set(rooms)) == 24 and ("2单元", "302", 3) in rooms and rest["next_cursor"] == ""
    assert set(first["items"][0]) == {"id", "stair", "name", "floor", "kind", "area"}
    for path in (f"/places/compounds/{NOBODY}/buildings", f"/places/buildings/{NOBODY}/parts"):
        refusal(hotline.get(path), 404, "record.not_found")


def test_people_read_places_with_their_session(cast: Cast) -> None:
    assert cast.client("resident").get("/api/v1/places/divisions").json()["items"][0]["code"] == "99"
    assert cast.client("worker").get("/api/v1/me").json()["function"] == "committee"
