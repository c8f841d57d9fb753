"""Policies as JSON: what is in force for every system, a draft's text for those who write it."""

from __future__ import annotations

from typing import Any

import pytest

from linli.core.actor import system
from linli.work.benefits.authoring.services.shipping import policies_ship
from tests.people import Cast

from .conftest import CASES, TEXT, PolicyMaker, draft_of

pytestmark = pytest.mark.django_db
POLICIES, DRAFTS = "/api/v1/benefits/policies", "/api/v1/benefits/drafts"


def test_what_is_in_force_on_a_day_is_told_with_its_rule(seconds: Cast) -> None:
    policies_ship(actor=system("policies"), place=seconds.places["province"])
    client = seconds.client("street")
    before = {row["code"]: row for row in client.get(POLICIES, {"on": "2025-06-30"}).json()["items"]}
    after = {row["code"]: row for row in client.get(POLICIES, {"on": "2025-07-01"}).json()["items"]}
    assert before["disabled_nursing"]["version"] + 1 == after["disabled_nursing"]["version"]
    one = client.get(f"{POLICIES}/disabled_nursing").json()
    assert one["in_force"] == 2 and len(one["versions"]) == 2 and "金额:" in one["versions"][0]["text"]
    assert client.get(f"{POLICIES}/nothing").status_code == 404
    assert client.get(POLICIES, {"on": "昨天"}).status_code == 422
    rows = client.get("/api/v1/benefits/standards", {"on": "2024-07-01"}).json()["items"]
    assert {"dibao": 159_500}.items() <= {row["code"]: row["amount"] for row in rows}.items()


def put(client: Any, address: str, said: dict[str, Any]) -> Any:
    return client.put(address, said, content_type="application/json")


def test_a_draft_is_written_as_text_and_answers_what_is_wrong(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client = policy_of(), seconds.client("district")
    address = f"{DRAFTS}/{policy.public_id}"
    read = client.get(address).json()
    assert read["text"] == TEXT and all(case["is_right"] for case in read["cases"])
    wrong = put(client, address, {"lock": read["lock"], "text": TEXT.replace("hukou", "hukoo")}).json()
    assert wrong["findings"][0]["kind"] == "fault" and wrong["lock"] == read["lock"] + 1
    stale = put(client, address, {"lock": read["lock"], "text": TEXT, "cases": CASES})
    assert stale.status_code == 409
    assert put(client, address, {"lock": wrong["lock"], "text": "- [", "cases": ""}).status_code == 422
    assert draft_of(policy).lock == wrong["lock"]


@pytest.mark.parametrize(
    ("who", "read", "write"), [("city", 200, 403), ("street", 404, 404), ("other_district", 404, 404)]
)
def test_drafts_are_for_whom_they_are(
    policy_of: PolicyMaker, seconds: Cast, who: str, read: int, write: int
) -> None:
    address, client = f"{DRAFTS}/{policy_of().public_id}", seconds.client(who)
    assert client.get(address).status_code == read
    assert put(client, address, {"lock": 2, "text": TEXT}).status_code == write
