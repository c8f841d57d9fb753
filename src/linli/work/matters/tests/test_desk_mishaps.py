"""What may go wrong between a form of the desk and its service: two people, an ended session, forged ids."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from linli.work.matters import services
from linli.work.matters.models import Matter
from tests.people import Cast

from .desk_stages import Stages, stages_build

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(cast: Cast, clock: Any) -> Stages:
    return stages_build(cast)


def values(given: dict[str, Any], matter: Matter) -> dict[str, Any]:
    """Return what the browser would send."""
    return {**given, "version": str(matter.version), "request_key": uuid4().hex}


def test_merge_by_candidate_and_by_number(stages: Stages) -> None:
    target, matter = stages.reported(), stages.reported(by="neighbour")
    client = stages.cast.client("worker")
    url = reverse("matters:action", args=[matter.public_id, "merge"])
    assert target.number in client.get(url).content.decode()
    missing = client.post(url, values({"number": "123"}, matter))
    assert missing.status_code == 422
    assert "没有找到编号为「123」的事项" in missing.content.decode()
    assert client.post(url, values({"number": target.number}, matter)).status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.merged_into_id) == ("merged", target.pk)


def test_merge_cannot_name_a_matter_of_another_street(stages: Stages) -> None:
    elsewhere, matter = stages.reported(), stages.reported()
    path = stages.cast.places["other_committee_place"].path
    Matter.objects.filter(pk=elsewhere.pk).update(area_path=path)
    url = reverse("matters:action", args=[matter.public_id, "merge"])
    answer = stages.cast.client("worker").post(url, values({"number": elsewhere.number}, matter))
    assert answer.status_code == 422
    matter.refresh_from_db()
    assert matter.state == "reported"


def test_documents_are_received_and_handed_back(stages: Stages) -> None:
    matter = stages.accepted()
    client = stages.cast.client("worker")
    record = reverse("matters:record", args=[matter.public_id])
    client.post(
        reverse("matters:action", args=[matter.public_id, "document_receive"]),
        values({"name": "房产证复印件"}, matter),
    )
    page = client.get(record).content.decode()
    assert "房产证复印件" in page
    assert "未交还" in page
    document = matter.documents.get()
    back = reverse("matters:action_on", args=[matter.public_id, "document_return", document.pk])
    assert back in page
    assert client.post(back, values({"note": "本人签收"}, matter)).status_code == 302
    document.refresh_from_db()
    assert document.returned_at is not None


def test_stale_version_says_who_did_what_and_keeps_the_text(stages: Stages) -> None:
    matter = stages.accepted()
    sent = values({"category": "facility", "affair_class": "minor", "reason": "我写了很久的理由"}, matter)
    services.matter_sort(
        actor=stages.cast.actor("worker2"),
        matter_id=matter.pk,
        version=matter.version,
        affair_class="major",
        reason="先分一下",
        category=stages.category,
    )
    client = stages.cast.client("worker")
    url = reverse("matters:action", args=[matter.public_id, "sort"])
    answer = client.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别人已经办理过这件事" in page
    assert "钱佳" in page, "who"
    assert "初步分类" in page, "what"
    assert "我写了很久的理由" in page, "the text is kept"
    matter.refresh_from_db()
    assert matter.affair_class == "major"
    assert f'name="version" value="{matter.version}"' in page
    again = client.post(url, {**sent, "version": str(matter.version), "request_key": uuid4().hex})
    assert again.status_code == 302
    matter.refresh_from_db()
    assert matter.class_reason == "我写了很久的理由"


def test_double_click_is_one_act(stages: Stages) -> None:
    matter = stages.reported()
    client = stages.cast.client("worker")
    url = reverse("matters:action", args=[matter.public_id, "accept"])
    sent = values({"note": "看"}, matter)
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    assert matter.events.filter(verb="accept").count() == 1


def test_expired_session_keeps_the_text_for_the_same_person_only(stages: Stages) -> None:
    matter = stages.accepted()
    client = stages.cast.client("worker")
    url = reverse("matters:action", args=[matter.public_id, "note"])
    whose = client.get(url).context["whose"]
    client.session.flush()
    client.cookies.pop("sessionid", None)
    sent = {**values({"note": "写到一半的补记"}, matter), "whose": whose}
    answer = client.post(url, sent)
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
    assert matter.events.filter(verb="note").count() == 0
    client.force_login(stages.cast.accounts["worker"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(url).content.decode()
    assert "写到一半的补记" in page
    assert "登录前填写的内容已恢复" in page
    assert "写到一半的补记" not in client.get(url).content.decode(), "once"


def test_kept_text_is_not_shown_to_the_next_person(stages: Stages) -> None:
    matter = stages.accepted()
    client = stages.cast.client("worker")
    url = reverse("matters:action", args=[matter.public_id, "note"])
    whose = client.get(url).context["whose"]
    client.session.flush()
    client.cookies.pop("sessionid", None)
    client.post(url, {**values({"note": "只给自己看"}, matter), "whose": whose})
    client.force_login(stages.cast.accounts["street"], backend="django.contrib.auth.backends.ModelBackend")
    assert "只给自己看" not in client.get(url).content.decode()


@pytest.mark.parametrize("key", ["not-a-key", "00000000-0000-7000-8000-000000000000"])
def test_forged_key_is_not_found(key: str, stages: Stages) -> None:
    matter = stages.sent()
    url = reverse("matters:action_on", args=[matter.public_id, "sign", key])
    assert stages.cast.client("department").post(url, values({}, matter)).status_code == 404


def test_assignment_of_another_matter_is_not_found(stages: Stages) -> None:
    first, second = stages.sent(), stages.sent()
    url = reverse("matters:action_on", args=[first.public_id, "sign", stages.lead(second).public_id])
    client = stages.cast.client("department")
    assert client.post(url, values({}, first)).status_code == 404
    assert stages.lead(second).state == "sent"


def test_unknown_action_is_not_found(stages: Stages) -> None:
    matter = stages.reported()
    url = reverse("matters:action", args=[matter.public_id, "delete"])
    assert stages.cast.client("worker").get(url).status_code == 404


def test_action_out_of_turn_says_why(stages: Stages) -> None:
    matter = stages.reported()
    url = reverse("matters:action", args=[matter.public_id, "verify"])
    client = stages.cast.client("worker")
    assert client.get(url).status_code == 409
    sent = values({"outcome": "passed", "finding": "看过了"}, matter)
    answer = client.post(url, sent)
    assert answer.status_code == 409
    assert "看过了" in answer.content.decode()
    matter.refresh_from_db()
    assert matter.state == "reported"


def test_html_in_text_is_shown_as_written(stages: Stages) -> None:
    text = "<script>alert(1)</script><b>漏水</b>"
    matter = stages.reported(text)
    client = stages.cast.client("worker")
    services.note_add(actor=stages.cast.actor("worker"), matter_id=matter.pk, note='"><img src=x onerror=1>')
    for url in (
        reverse("matters:record", args=[matter.public_id]),
        reverse("matters:list") + "?stage=all",
        reverse("matters:action", args=[matter.public_id, "accept"]),
        reverse("matters:slip", args=[matter.public_id]),
    ):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page
