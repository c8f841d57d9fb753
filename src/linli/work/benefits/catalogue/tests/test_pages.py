"""The public pages: everybody reads what is published; the check asks, answers and keeps nothing."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import reverse

from linli.core.actor import system
from linli.work.benefits.authoring.services.shipping import policies_ship
from linli.work.benefits.models import Policy
from tests.people import Cast

pytestmark = pytest.mark.django_db
CHECK = "benefits:check"


@pytest.fixture
def shipped(cast: Cast) -> Cast:
    """The cast's city with the policies that come with the software."""
    policies_ship(actor=system("policies"), place=cast.places["province"])
    return cast


def text(answer: Any) -> str:
    return str(answer.content.decode())


def token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def question(page: str) -> str:
    found = re.search(r'name="question" value="([^"]+)"', page)
    return found[1] if found else ""


def test_everybody_reads_the_policies_and_how_sure_they_are(shipped: Cast) -> None:
    client = shipped.client("visitor")
    page = text(client.get(reverse("benefits:public_list")))
    assert "老年综合津贴" in page and "还没有核对原文" in page
    found = text(client.get(reverse("benefits:public_list"), {"q": "残疾"}))
    assert "重度残疾人护理补贴" in found and "老年综合津贴" not in found
    assert "没有找到这样的政策" in text(client.get(reverse("benefits:public_list"), {"q": "火星"}))


def test_a_policy_says_who_how_much_and_what_changed(shipped: Cast) -> None:
    client = shipped.client("visitor")
    page = text(client.get(reverse("benefits:public", args=["elder_allowance"])))
    for words in ("年满65周岁", "满70、不满80", "150元", "社会保障卡", "还没有核对原文"):
        assert words in page
    assert "444元 — 1110元，分8种情形" in text(client.get(reverse("benefits:public", args=["care_subsidy"])))
    history = text(client.get(reverse("benefits:public", args=["disabled_nursing"])))
    assert (
        history.count("沪民残福发〔2025〕5号") and "2025年7月1日" in history and "至 2025年7月1日" in history
    )


def test_what_one_district_gives_says_for_whose_people_it_is(shipped: Cast) -> None:
    client, words = shipped.client("visitor"), "只限临江区居民"
    listed = reverse("benefits:public_list")
    assert words not in text(client.get(listed))
    district = shipped.places["district_place"]
    Policy.objects.filter(code="elder_allowance").update(area_path=district.path, place_code=district.code)
    assert text(client.get(listed)).count(words) == 1
    assert words in text(client.get(reverse("benefits:public", args=["elder_allowance"])))
    begun = token(text(client.post(reverse(CHECK), {"people": "1", "policy": "elder_allowance"})))
    page = text(client.post(reverse(CHECK), {"token": begun, "policy": "elder_allowance"}))
    for _more in SAID:
        fact = question(page)
        sent = {"token": token(page), "question": fact, "person": "1", "answer": SAID[fact], "act": "answer"}
        page = text(client.post(reverse(CHECK), {**sent, "policy": "elder_allowance"}))
    assert "看来可以享受" in page and words in page


def test_what_is_not_published_is_not_there(shipped: Cast) -> None:
    assert shipped.client("visitor").get(reverse("benefits:public", args=["nothing"])).status_code == 404
    assert shipped.client("visitor").get(reverse(CHECK), {"policy": "nothing"}).status_code == 404


SAID = {"birth": "1950-01-01", "hukou": "local"}


def answer_to(page: str, answer: str = "", act: str = "answer") -> dict[str, str]:
    """What a form sends: the question that it shows, answered."""
    sent = {"policy": "elder_allowance", "token": token(page), "question": question(page), "person": "1"}
    return {**sent, "act": act, "answer": answer or SAID[question(page)]}


def begun(client: Any) -> str:
    """The page with the first question of one policy."""
    return text(client.post(reverse(CHECK), {"policy": "elder_allowance", "people": "1"}))


def test_one_policy_is_checked_by_two_questions(shipped: Cast) -> None:
    client = shipped.client("visitor")
    assert "不保存" in text(client.get(reverse(CHECK), {"policy": "elder_allowance"}))
    page = begun(client)
    first = question(page)
    page = text(client.post(reverse(CHECK), answer_to(page)))
    assert {first, question(page)} == {"birth", "hukou"}
    last = question(page)
    page = text(client.post(reverse(CHECK), answer_to(page)))
    assert "看来可以享受（1）" in page and "150.00" in page and "年满65周岁" in page
    sent = {"policy": "elder_allowance", "token": token(page), "act": "back"}
    assert question(text(client.post(reverse(CHECK), sent))) == last


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("", "请填写"),
        ("昨天", "日期"),
        ("2999-01-01", "不能晚于今天"),
        ("1700-01-01", "请核对日期"),
        ("<script>", "日期"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_beside_it(shipped: Cast, answer: str, words: str) -> None:
    client = shipped.client("visitor")
    page = begun(client)
    while question(page) != "birth":
        page = text(client.post(reverse(CHECK), answer_to(page)))
    sent = {**answer_to(page), "answer": answer}
    refused = client.post(reverse(CHECK), sent)
    assert refused.status_code == 422 and words in text(refused) and question(text(refused)) == "birth"
    assert "<script>" not in text(refused)


def test_what_is_not_known_is_passed_over_and_said(shipped: Cast) -> None:
    client = shipped.client("visitor")
    page = begun(client)
    for _turn in range(2):
        page = text(client.post(reverse(CHECK), answer_to(page, act="pass")))
    assert "还不能定（1）" in page and "出生日期" in page and "户籍" in page


def test_a_forged_form_begins_anew(shipped: Cast) -> None:
    sent = {"token": "forged:token", "question": "hukou", "answer": "local", "act": "answer"}
    page = text(shipped.client("visitor").post(reverse(CHECK), sent))
    assert "几口人" in page and "看来可以享受" not in page
    wrong = shipped.client("visitor").post(reverse(CHECK), {"people": "百"})
    assert wrong.status_code == 422 and "1到10" in text(wrong)


def test_nothing_is_stored_logged_or_put_into_an_address(
    shipped: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    client = shipped.client("visitor")
    client.get(reverse("benefits:public_list"))  # a first visit may begin a session; the check adds nothing
    before = {model: model._default_manager.count() for model in apps.get_models()}
    with caplog.at_level(logging.DEBUG):
        page = text(client.post(reverse(CHECK), {"people": "2"}))
        for _turn in range(3):
            sent = {"token": token(page), "question": question(page), "act": "answer", "person": "1"}
            kind = {"birth": "1943-07-19", "hukou": "local"}.get(question(page), "3")
            answer = client.post(reverse(CHECK), {**sent, "answer": kind})
            page = text(answer)
            assert answer["Cache-Control"] and "no-store" in answer["Cache-Control"]
    after = {model: model._default_manager.count() for model in apps.get_models()}
    assert after == before
    assert not any("1943" in str(row.get_decoded()) for row in Session.objects.all())
    assert "1943" not in "".join(record.getMessage() for record in caplog.records if "SQL" not in record.name)
