"""Thousands of conditions are refused in words through the page and the interface, and nobody waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse

from tests.people import Cast

from .conftest import CASES, TEXT, PolicyMaker, draft_of

pytestmark = pytest.mark.django_db
SECONDS = 8  # of the processor, on a busy machine too; it takes one


def conditions(many: int) -> str:
    lines = "".join(f"    - {{age: {{from: {n % 100}}}}}\n" for n in range(many))
    return TEXT.replace("    - {clause: 第三条, age: {from: 65}}\n", lines)


@contextmanager
def soon() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def put(client: Any, policy: Any, text: str) -> Any:
    said = {"lock": draft_of(policy).lock, "text": text, "cases": CASES}
    return client.put(f"/api/v1/benefits/drafts/{policy.public_id}", said, content_type="application/json")


def test_ten_thousand_conditions_are_not_kept(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client, text = policy_of(), seconds.client("district"), conditions(10_000)
    address = reverse("benefits:text", args=[policy.public_id])
    with soon():
        answer = client.post(address, {"lock": draft_of(policy).lock, "text": text})
    page = answer.content.decode()
    assert answer.status_code == 422 and "内容太多，最多20000项" in page and "请拆成几项政策" in page
    assert page.count("{age: {from: ") == 10_000  # what was written stands there still
    with soon():
        answer = put(client, policy, text)
    assert answer.status_code == 422 and "内容太多，最多20000项" in answer.json()["message"]
    assert draft_of(policy).text == TEXT


def test_thousands_are_kept_but_cannot_be_proposed(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client = policy_of(), seconds.client("district")
    with soon():
        answer = put(client, policy, conditions(4_000))
    assert answer.status_code == 200
    assert "条件太多，一项政策最多500个条件" in str(answer.json()["findings"])
    with soon():
        page = client.get(reverse("benefits:draft", args=[policy.public_id])).content.decode()
    assert "条件太多，一项政策最多500个条件" in page
    sent = {"lock": draft_of(policy).lock, "from_on": "2026-12-01", "document": "试行1号", "remark": "新设立"}
    with soon():
        answer = client.post(reverse("benefits:propose", args=[policy.public_id]), sent)
    assert answer.status_code in (409, 422) and draft_of(policy).state == "draft"
