"""Replies: what they say and lack, hints while writing, laws that are quoted, figures by unit."""

import re
from typing import Any

import pytest
from django.urls import reverse

from linli.core.errors import InvalidInput, NotAllowed
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.models import Category, Phrase
from linli.work.matters.replies.rules import ASKED, LABELS, clauses_of, element_said, hints_of
from linli.work.matters.replies.selectors import completeness, hints_for
from tests.people import Cast

from .life import Life, category, year_load

WHOLE = "桂花城管中队6月3日到现场，更换了三号楼门口的灯管，当晚试亮正常。又不亮的话，请拨打64380000。"
LAW = "《中华人民共和国消防法》第二十八条"


@pytest.fixture
def life(cast: Cast, clock: Any) -> Life:
    year_load()
    category("facility")
    return Life(cast)


def lacking(use: str, text: str, **more: Any) -> set[str]:
    return {hint.key for hint in hints_of(use, text, **more) if not hint.is_met}


# -- rules ------------------------------------------------------------------------
def test_a_whole_reply_lacks_nothing_and_shows_the_words() -> None:
    hints = hints_of("result", WHOLE)
    assert [hint.key for hint in hints] == ["done", "who", "when", "next"]
    assert all(hint.is_met and hint.said for hint in hints)


@pytest.mark.parametrize(
    ("use", "text", "missing"),
    [
        ("result", "您好！您反映的问题已收悉，感谢您的支持。", {"done", "who", "when", "next"}),
        ("result", "您反映的情况已转县住建局核实、办理。2018年12月17日", {"done", "when", "next"}),
        ("result", "我单位将尽快处理，请您放心，谢谢理解。", {"done", "when", "next", "vague"}),
        ("result", "已修好", {"who", "when", "next", "short"}),
        ("guide", "这件事属于邻里之间的私事，建议先商量着办吧。", {"who", "next"}),
        ("decline", "您反映的事情不归我们管，我们没有办法。", {"law", "next"}),
        ("decline", f"依据{LAW}，请向区消防救援支队反映，电话64380000。", set()),
        ("reply", "6月3日到现场配合拆除，清运完毕，没有遗留。", set()),
    ],
)
def test_what_is_lacking(use: str, text: str, missing: set[str]) -> None:
    assert lacking(use, text) == missing


def test_an_empty_reply_is_not_scolded_and_an_unknown_use_asks_for_nothing() -> None:
    assert hints_of("result", " \n") == []
    assert lacking("nonsense", WHOLE) == set()


def test_the_writers_own_unit_says_by_whom() -> None:
    text = "6月3日晴彩服务到现场换了灯管，再坏请拨打64380000。"
    assert "who" in lacking("result", text)
    assert "who" not in lacking("result", text, unit="晴彩服务")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"{WHOLE}由【谁】承担费用。", "gaps"),
        (f"{WHOLE}编号{{编号}}", "gaps"),
        (f"{WHOLE}对方电话13812345678。", "private"),
        (f"{WHOLE}当事人310104199001011234。", "private"),
    ],
)
def test_what_should_not_stand_there(text: str, key: str) -> None:
    assert lacking("result", text) == {key}


def test_a_date_makes_a_promise_firm_and_the_foot_of_a_letter_is_no_deed() -> None:
    assert "vague" not in lacking("result", "我局6月10日前尽快修好路面，请拨打64380000。")
    assert element_said("when", clauses_of("我局正在研究。某某街道\n2026年6月3日")) == ""
    assert element_said("when", clauses_of("我局正在研究。二〇一八年四月十九日")) == ""


def test_long_and_hostile_texts_are_read_at_once() -> None:
    assert hints_of("result", "已" * 20_000)
    assert hints_of("result", "，" * 20_000)
    assert hints_of("result", "【" * 5_000)


def test_everything_asked_has_words() -> None:
    assert {name for names in ASKED.values() for name in names} <= LABELS.keys()


def test_the_built_in_texts_say_what_they_should_once_the_gaps_are_filled() -> None:
    for kept in selectors.phrases_built_in():
        text = re.sub("【几月几日】|【哪天前】|{时限}", "6月3日", kept.text)
        assert not lacking(kept.use, text) & {"done", "when"}, kept.title


# -- laws -------------------------------------------------------------------------
def phrase(life: Life, **more: Any) -> Phrase:
    said = {"title": "通道", "text": "已清走。依据：{依据}。", "scope": "unit", "use": "result", **more}
    return do.phrase_add(actor=life.who("worker"), **said)


def offered(life: Life, code: str, title: str, use: str = "result") -> str:
    matter = life.to_reported()
    matter.category = Category.objects.get(code=code)
    found = selectors.phrases_for(life.who("worker"), matter, use)
    return next((offer.text for offer in found if offer.title == title), "")


def test_a_law_that_was_read_is_quoted_and_one_that_was_not_asks_to_be(life: Life) -> None:
    kept = phrase(life, law=LAW, quote="不得占用", is_law_checked=True)
    assert offered(life, "fire_lane", "通道") == f"已清走。依据：{LAW}“不得占用”。"
    words = {"title": "通道", "text": "依据：{依据}。", "law": LAW, "quote": "不得占用"}
    do.phrase_change(actor=life.who("worker"), phrase_id=kept.pk, **words)
    text = offered(life, "fire_lane", "通道")
    assert text == f"依据：{LAW}“不得占用”【请核对原文】。"
    assert lacking("result", text) >= {"gaps"}


def test_without_a_law_of_its_own_the_row_is_cited(life: Life) -> None:
    phrase(life)
    source = Category.objects.get(code="building_going_on").source
    assert source
    assert source in offered(life, "building_going_on", "通道")


def test_a_text_of_a_branch_is_offered_for_all_below_and_nowhere_else(life: Life) -> None:
    branch = Category.objects.get(path="安全/消防", is_active=True)
    phrase(life, category=branch.code)
    assert offered(life, "fire_lane", "通道")
    assert not offered(life, "manhole", "通道")
    assert offered(life, "fire_lane", "消防通道已疏通")
    assert not offered(life, "manhole", "消防通道已疏通")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"quote": "不得占用"}, "law"),
        ({"law": LAW, "text": "已清走。"}, "text"),
        ({"law": "法" * 81}, "law"),
        ({"law": LAW, "quote": "长" * 401}, "quote"),
    ],
)
def test_a_law_that_cannot_be_kept(life: Life, said: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        phrase(life, **said)
    assert list(refused.value.details) == [field]
    assert not Phrase.objects.exists()


# -- while writing ------------------------------------------------------------------
def test_hints_come_while_writing_and_change_nothing(life: Life) -> None:
    matter = life.to_signed()
    url = reverse("matters:action_on", args=[matter.public_id, "report_result", life.lead(matter).public_id])
    client = life.cast.client("department")
    typed = {"check": "1", "result": "已修好"}
    part = client.post(url, typed, headers={"HX-Request": "true"}).content.decode()
    assert "什么时候" in part
    assert "<form" not in part
    whole = client.post(url, {"check": "1", "result": "写了一半"}).content.decode()
    assert "写了一半" in whole
    assert "写上哪天做的" in whole
    matter.refresh_from_db()
    assert matter.state == "handling"


def test_hints_are_for_those_who_answer(life: Life) -> None:
    for who in ("resident", "district", "operator", "visitor"):
        with pytest.raises(NotAllowed):
            hints_for(life.who(who), "result", WHOLE)


def test_a_system_asks_before_it_sends(life: Life) -> None:
    client = life.cast.client("worker")
    address = "/api/v1/matters/reply-hints"
    answer = client.post(address, {"use": "result", "text": WHOLE}, content_type="application/json")
    assert [row["is_met"] for row in answer.json()] == [True] * 4
    for wrong in ({"use": "nonsense", "text": WHOLE}, {"use": "result", "text": ""}, {}):
        assert client.post(address, wrong, content_type="application/json").status_code == 422


# -- figures ------------------------------------------------------------------------
def test_figures_are_of_units_with_what_they_are_of(life: Life) -> None:
    matter = life.to_signed()
    do.result_report(actor=life.who("department"), assignment_id=life.lead(matter).pk, result=WHOLE)
    life.to_handled()
    rows = completeness(life.who("street"))
    assert [(row.replies, dict(row.saying)["done"], dict(row.saying)["when"]) for row in rows] == [(2, 2, 1)]
    assert completeness(life.who("other_street")) == []
    page = life.cast.client("street").get(reverse("matters:replies")).content.decode()
    assert "50%" in page
    assert "1/2" in page


def test_figures_are_not_for_everybody(life: Life) -> None:
    with pytest.raises(NotAllowed):
        completeness(life.who("department"))
    assert "近期没有反馈过" in life.cast.client("street").get(reverse("matters:replies")).content.decode()
