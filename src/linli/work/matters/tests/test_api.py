"""The JSON interface: the same answers as the pages, the same refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from .life import Life

Unchanged = Callable[[], None]
BASE = "/api/v1/matters"


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(f"{BASE}{path}", body, content_type="application/json", headers=headers)


def test_a_whole_life_over_json(life: Life) -> None:
    resident, worker, street, department = map(
        life.cast.client, ("resident", "worker", "street", "department")
    )
    sent = post(
        resident, "", {"text": "路灯不亮", "place": "committee:990101001001"}, **{"Idempotency-Key": "k1"}
    )
    assert sent.status_code == 201
    again = post(
        resident, "", {"text": "路灯不亮", "place": "committee:990101001001"}, **{"Idempotency-Key": "k1"}
    )
    assert again.json()["public_id"] == sent.json()["public_id"]
    path = f"/{sent.json()['public_id']}"
    assert post(worker, f"{path}/accept", {"version": 1}).json()["state"] == "accepted"
    unit = str(life.cast.units["chengguan"].public_id)
    said = {"version": 2, "affair_class": "major", "reason": "公共设施", "unit": unit}
    assert post(street, f"{path}/hand-over", said).json()["state"] == "handling"
    record = department.get(f"{BASE}{path}").json()
    sign = next(action for action in record["actions"] if action["is_primary"])
    assert sign["code"] == "sign"
    on = f"{path}/assignments/{sign['subject_key']}"
    assert post(department, f"{on}/sign", {}).status_code == 200
    assert post(department, f"{on}/result", {"result": "已更换"}).json()["state"] == "handled"
    assert (
        post(worker, f"{path}/verify", {"version": 5, "is_passed": True, "finding": "亮了"}).json()["state"]
        == "closed"
    )
    rated = post(resident, f"{path}/rate", {"was_contacted": True, "was_solved": True, "was_satisfied": True})
    assert rated.status_code == 200
    assert [step["verb"] for step in worker.get(f"{BASE}{path}").json()["story"]][:3] == [
        "report",
        "accept",
        "hand_over",
    ]


def test_refusals_carry_code_words_and_details(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_accepted()
    client = life.cast.client("worker2")
    unchanged()
    stale = post(client, f"/{matter.public_id}/accept", {"version": 1})
    unchanged()
    assert stale.status_code == 409
    body = stale.json()
    assert (body["code"], body["details"]["version"], body["details"]["yours"]) == ("record.stale", 2, 1)
    assert "受理" in body["message"]
    assert body["request_id"]


@pytest.mark.parametrize(
    ("who", "path", "body", "status", "code"),
    [
        ("visitor", "/accept", {"version": 1}, 401, "actor.not_signed_in"),
        ("worker_b", "/accept", {"version": 1}, 404, "record.not_found"),
        ("district", "/accept", {"version": 1}, 403, "actor.not_allowed"),
        ("worker", "/decline", {"version": 1}, 422, "input.invalid"),
        ("worker", "/verify", {"version": 1, "is_passed": True, "finding": "x"}, 409, "move.not_allowed"),
        ("worker", "/assignments/00000000-0000-7000-8000-000000000000/sign", {}, 404, "record.not_found"),
    ],
)
def test_every_refusal_has_its_status(
    life: Life, who: str, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    matter = life.report()
    answer = post(life.cast.client(who), f"/{matter.public_id}{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_somebody_elses_photo_cannot_be_attached(life: Life) -> None:
    body = {
        "text": "x路灯",
        "place": "committee:990101001001",
        "photos": ["00000000-0000-7000-8000-000000000000"],
    }
    answer = post(life.cast.client("resident"), "", body)
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["photos"])


def test_a_write_needs_the_csrf_token(life: Life) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = life.cast.client("worker").cookies
    answer = post(client, f"/{life.report().public_id}/accept", {"version": 1})
    assert answer.status_code in (401, 403)


def test_the_list_is_scoped_and_bounded(life: Life) -> None:
    for _ in range(3):
        life.report()
    asked = {"limit": 2, "q": "路灯", "with_count": "true"}
    page = life.cast.client("worker").get(BASE, asked).json()
    assert len(page["items"]) == 2
    assert page["count"] > 2
    assert life.cast.client("worker_b").get(BASE, {"with_count": "true"}).json()["count"] == 0
    assert "reporter" not in str(page)


def test_the_description_names_every_move(life: Life) -> None:
    paths = life.cast.client("worker").get("/api/v1/openapi.json").json()["paths"]
    assert len([path for path in paths if path.startswith(BASE)]) >= 40
