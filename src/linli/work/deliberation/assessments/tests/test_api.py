"""Assessments for machines: who reads what, entering and comparing; refusals change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from linli.core import clock as time
from linli.work.deliberation.assessments.models import Assessment
from linli.work.deliberation.assessments.tests.test_assessments import BAD, GOOD, enter, published
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.tests.conftest import Hall

pytestmark = pytest.mark.django_db
BASE = "/api/v1/council/assessments"


def get(hall: Hall, who: str, path: str = "") -> Any:
    return hall.cast.client(who).get(f"{BASE}{path}")


def post(hall: Hall, who: str, path: str = "", key: str = "", **said: Any) -> Any:
    more = {"headers": {"Idempotency-Key": key}} if key else {}
    return hall.cast.client(who).post(f"{BASE}{path}", json.dumps(said), "application/json", **more)


def sums(body: Body) -> dict[str, Any]:
    papers = {"competent": 30, "basic": 5, "incompetent": 3, "abstain": 1, "invalid": 1}
    return {
        "body": str(body.public_id),
        "held_on": f"{time.today()}",
        "composition": 60,
        "attendees": 40,
        "marks": [{"member": str(member.public_id), **papers} for member in body.members.order_by("pk")],
    }


def test_sums_are_entered_by_one_and_published_by_another(hall: Hall, committee: Body) -> None:
    made = post(hall, "worker", key="count-1", **sums(committee))
    assert made.status_code == 200, made.content
    assert post(hall, "worker", key="count-1", **sums(committee)).json() == made.json()
    path = f"/{made.json()['public_id']}"
    assert made.json()["state"] == "entered"
    assert [(row["name"], row["competent"], row["invalid"]) for row in made.json()["lines"]] == [
        ("赵主任", 30, 1),
        ("钱委员", 30, 1),
    ]
    assert get(hall, "resident", path).status_code == 404
    assert post(hall, "worker", f"{path}/confirm").status_code == 403
    assert post(hall, "worker2", f"{path}/confirm").json()["state"] == "published"
    assert get(hall, "resident", path).json()["is_valid"] is True
    assert post(hall, "street", f"{path}/reject", reason="不符").status_code == 409


def test_what_cannot_be_changes_nothing(hall: Hall, committee: Body, unchanged: Callable[[], None]) -> None:
    right = sums(committee)
    one, other = right["marks"]
    unchanged()
    wrong = [
        {"marks": [one]},
        {"marks": [one, one]},
        {"marks": [one, other, other]},
        {"marks": [one, {**other, "competent": 29}]},
        {"marks": [one, {**other, "competent": -1}]},
        {"attendees": 61},
        {"held_on": "2027-01-01"},
    ]
    for said in wrong:
        answer = post(hall, "worker", **{**right, **said})
        assert answer.status_code == 422, (said, answer.content)
    assert post(hall, "district", **right).status_code == 403
    assert post(hall, "worker_b", **right).status_code == 404
    assert post(hall, "resident", **right).status_code == 404
    unchanged()


def test_sent_back_with_a_reason(hall: Hall, committee: Body, unchanged: Callable[[], None]) -> None:
    path = f"/{enter(hall, committee).public_id}"
    unchanged()
    assert post(hall, "street", f"{path}/reject", reason=" ").status_code == 422
    assert post(hall, "district", f"{path}/reject", reason="不符").status_code == 403
    unchanged()
    assert post(hall, "street", f"{path}/reject", reason="与纸面不符").json()["state"] == "rejected"


def test_the_list_is_narrowed_and_paged(hall: Hall, committee: Body) -> None:
    enter(hall, committee, held_on=time.today())
    Assessment.objects.update(state="rejected")
    found = published(hall, committee, BAD, GOOD)
    page = get(hall, "worker", "?limit=1").json()
    assert [row["public_id"] for row in page["items"]] == [str(found.public_id)]
    rest = get(hall, "worker", f"?limit=1&cursor={page['next_cursor']}").json()
    assert [row["state"] for row in rest["items"]] == ["rejected"]
    assert rest["next_cursor"] == ""
    assert len(get(hall, "street", "?state=published&year=2026&q=桂花").json()["items"]) == 1
    assert get(hall, "street", "?year=2025").json()["items"] == []
    assert get(hall, "street", "?state=open").status_code == 422
    assert get(hall, "worker_b").json()["items"] == []
    assert (get(hall, "resident").status_code, get(hall, "visitor").status_code) == (403, 401)
