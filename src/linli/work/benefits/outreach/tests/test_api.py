"""Visits, leads, waves, progress and runs as JSON: the same scope, masks and refusals as the pages."""

from __future__ import annotations

from typing import Any

import pytest

from linli.work.benefits.models import Lead, Policy
from linli.work.benefits.running.services import run_ask, run_stop
from tests.people import Cast

from .world import doors_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
API = "/api/v1/benefits"


def post(client: Any, address: str, **said: Any) -> Any:
    return client.post(address, said, content_type="application/json")


def test_from_the_list_to_granted(cast: Cast) -> None:
    visit, lead = doors_make(cast).visited()
    client = cast.client("worker")
    [line] = client.get(f"{API}/visits").json()["items"]
    assert (line["public_id"], line["head"], line["state"]) == (str(visit.public_id), "顾**", "open")
    assert [one["policy"] for one in line["leads"]] == ["test_elder"]
    whole = client.get(f"{API}/visits/{visit.public_id}").json()
    [one] = whole["leads"]
    assert one["reasons"][0]["clause"] == "第三条" and one["amount"] == 7_500
    assert "tell" in one["moves"] and whole["bring"] == ["身份证"]
    assert "顾阿婆" not in str(whole)
    told = post(client, f"{API}/visits/{visit.public_id}/tell", version=visit.version).json()
    assert (told["visit"]["state"], told["leads"][0]["state"]) == ("done", "told")
    address = f"{API}/leads/{lead.public_id}"
    for move in ("apply", "grant"):
        version = client.get(address).json()["version"]
        assert post(client, f"{address}/settle", version=version, move=move).status_code == 200
    read = client.get(address).json()
    assert [step["state"] for step in read["steps"]] == ["open", "told", "applied", "granted"]
    assert (read["who"], read["visit"], read["moves"]) == ("顾**", str(visit.public_id), [])


def test_what_is_refused(cast: Cast) -> None:
    _visit, lead = doors_make(cast).visited()
    address, client = f"{API}/leads/{lead.public_id}", cast.client("worker")
    assert post(client, f"{address}/settle", version=9, move="tell").status_code == 409
    assert post(client, f"{address}/settle", version=lead.version, move="refuse").status_code == 422
    assert post(client, f"{address}/settle", version=lead.version, move="approve").status_code == 422
    assert post(client, f"{address}/settle", version=lead.version, move="tell", by="me").status_code == 422
    assert post(client, f"{address}/doubt", version=lead.version, reason=" ").status_code == 422
    assert client.get(f"{API}/visits", {"tab": "all"}).status_code == 422
    assert client.get(f"{API}/leads", {"stat": "open"}).status_code == 422
    for name in ("worker_b", "district", "department"):
        assert (
            post(cast.client(name), f"{address}/settle", version=lead.version, move="tell").status_code == 404
        )
    lead.refresh_from_db()
    assert lead.state == "open"
    assert post(client, f"{address}/doubt", version=lead.version, reason="不对").json()["state"] == "wrong"


def test_leads_come_in_pages_and_by_state(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(*(doors.found(at) for at in range(3)))
    client = cast.client("street")
    first = client.get(f"{API}/leads", {"limit": 2}).json()
    rest = client.get(f"{API}/leads", {"limit": 2, "cursor": first["next_cursor"]}).json()
    seen = [one["public_id"] for page in (first, rest) for one in page["items"]]
    assert (len(seen), len(set(seen)), rest["next_cursor"]) == (3, 3, "")
    assert client.get(f"{API}/leads", {"state": "told"}).json()["items"] == []
    waiting = client.get(f"{API}/leads/{Lead.objects.first().public_id}").json()  # type: ignore[union-attr]
    assert (waiting["visit"], waiting["reasons"]) == (None, [])


def test_numbers_are_rounded_for_whoever_reads_no_rows(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(*(doors.found(at) for at in range(3)))
    wave = doors.release(per_worker_week=1)
    doors.deal(wave)
    said = {name: cast.client(name).get(f"{API}/waves").json()["items"][0] for name in ("street", "district")}
    assert (said["street"]["given"], said["district"]["given"]) == (3, None)
    assert said["street"] == cast.client("street").get(f"{API}/waves/{wave.public_id}").json()
    code = cast.places["street_place"].code
    exact = cast.client("street").get(f"{API}/progress", {"area": code}).json()
    assert (exact["area"], exact["whole"]["never"], exact["policies"][0]["found"]) == (code, 3, 3)
    assert cast.client("district").get(f"{API}/progress", {"area": code}).json()["whole"]["never"] is None
    far = cast.places["other_street_place"].code
    assert cast.client("street").get(f"{API}/progress", {"area": far}).status_code == 404
    run = run_ask(actor=cast.actor("city"))
    [line] = cast.client("district").get(f"{API}/runs").json()["items"]
    assert (line["public_id"], line["state"]) == (str(run.public_id), "waiting")
    district = cast.client("district")
    assert post(cast.client("city"), f"{API}/runs").status_code == 409
    assert post(district, f"{API}/runs", policies=["test_elder"]).status_code == 403
    run_stop(actor=cast.actor("city"), run_id=run.public_id)
    Policy.objects.filter(code="test_elder").update(area_path=cast.places["district_place"].path)
    asked = post(district, f"{API}/runs", policies=["test_elder"])
    assert asked.json()["policies"] == ["test_elder"]
    assert cast.client("operator").get(f"{API}/runs/{run.public_id}").json()["counts"] == []
