"""The questions of a category: asked when they are due, of residents, at the desk and over the interface."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.actor import system
from linli.core.errors import InvalidInput
from linli.foundation.places.models import Compound
from linli.work.matters import services as do
from linli.work.matters.catalog.reading import edition_content
from linli.work.matters.models import Category, Matter, ReportDraft

from .life import Life, category, compound_of
from .resident_life import report_form
from .test_api import post
from .test_resident_pages import code_on_page

Unchanged = Callable[[], None]
TEXT = "楼上有人在屋顶搭阳光房"
LEAF = "building_going_on"  # working (needed), where_built, load_wall (where working = 正在施工)
SHOWN = [f"{LEAF}.working", f"{LEAF}.where_built"]
ALL_SHOWN = [*SHOWN, f"{LEAF}.load_wall"]
ANSWERED = {"working": "正在施工", "where_built": "屋顶或露台", "load_wall": "没有"}


def typed(answers: dict[str, Any]) -> dict[str, Any]:
    return {f"answers.{key}": value for key, value in answers.items()}


@pytest.fixture
def loaded(life: Life) -> Life:
    category("facility")
    return life


@pytest.fixture
def compound(loaded: Life) -> Compound:
    return compound_of(loaded)


def page(answer: Any) -> str:
    return answer.content.decode()


def newest() -> Matter:
    return Matter.objects.latest("pk")


# -- a resident ------------------------------------------------------------------
def test_while_typing_the_likely_kinds_are_offered_and_what_a_kind_asks(loaded: Life) -> None:
    client = loaded.cast.client("resident")
    url = reverse("matters:report_help")
    offered = page(client.post(url, {"text": "楼上正在搭建违建，连夜搭"}))
    assert f'value="{LEAF}"' in offered and "现在还在施工吗" not in offered
    asked = page(client.post(url, {"text": TEXT, "category": LEAF}))
    assert "现在还在施工吗" in asked and "搭在哪里" in asked and "承重墙" not in asked
    more = page(client.post(url, {"text": TEXT, "category": LEAF, **typed({"working": "正在施工"})}))
    assert "承重墙" in more
    other = page(client.post(url, {"text": TEXT, "category": LEAF, **typed({"working": "已经停工"})}))
    assert "承重墙" not in other
    found = page(client.post(url, {"text": TEXT, "kind_words": "狗叫"}))
    assert "犬吠、无证" in found
    assert "没有找到这一类" in page(client.post(url, {"text": TEXT, "kind_words": "查无此类"}))


def test_answers_of_a_resident_stand_on_the_record(loaded: Life, compound: Compound) -> None:
    form = report_form(compound, text=TEXT, category=LEAF, asked=ALL_SHOWN, **typed(ANSWERED))
    assert loaded.cast.client("resident").post("/report/", form).status_code == 302
    assert newest().answers == ANSWERED
    record = page(loaded.cast.client("worker").get(f"/desk/matters/{newest().public_id}/"))
    assert "现在还在施工吗" in record and "正在施工" in record and "有没有敲承重墙" in record


def test_without_script_the_questions_come_as_a_second_step(
    loaded: Life, compound: Compound, unchanged: Unchanged
) -> None:
    client = loaded.cast.client("resident")
    unchanged()
    found = client.post("/report/", report_form(compound, text=TEXT, kinds="1", kind_find="正在搭建"))
    assert found.status_code == 200 and f'value="{LEAF}"' in page(found)
    form = report_form(compound, text=TEXT, category=LEAF)
    asked = client.post("/report/", form)
    assert asked.status_code == 422
    assert "这一类还要问几句" in page(asked) and "现在还在施工吗" in page(asked) and TEXT in page(asked)
    # the answer makes one more question due, which was not shown yet
    more = client.post("/report/", {**form, "asked": SHOWN, **typed({"working": "正在施工"})})
    assert more.status_code == 422 and "有没有敲承重墙" in page(more)
    unchanged()
    said = typed({"working": "正在施工", "load_wall": ""})
    done = client.post("/report/", {**form, "asked": ALL_SHOWN, **said})
    assert done.status_code == 302 and newest().answers == {"working": "正在施工"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"where_built": "屋顶或露台"}, "请回答：现在还在施工吗"),
        ({"working": "也许"}, "请从选项里选"),
        ({"working": ["正在施工", "已经停工"]}, "只能回答一个"),
    ],
)
def test_a_wrong_answer_is_refused_beside_its_question(
    answers: dict[str, Any], words: str, loaded: Life, compound: Compound, unchanged: Unchanged
) -> None:
    unchanged()
    form = report_form(compound, text=TEXT, category=LEAF, asked=ALL_SHOWN, **typed(answers))
    refused = loaded.cast.client("resident").post("/report/", form)
    unchanged()
    assert refused.status_code == 422
    assert words in page(refused) and f'id="id_{LEAF}.working_error"' in page(refused)


def test_answers_to_another_kind_are_left_aside(loaded: Life, compound: Compound) -> None:
    """Whoever changes their mind about the kind need not clear what they said to the first."""
    form = report_form(compound, text=TEXT, **typed(ANSWERED))
    assert loaded.cast.client("resident").post("/report/", form).status_code == 302
    assert (newest().category, newest().answers) == (None, {})


def test_an_emergency_waits_for_no_answer(loaded: Life, compound: Compound) -> None:
    form = report_form(
        compound,
        text="楼上着火了，有人被困",
        category=LEAF,
        **typed({"working": "也许", "where_built": "其他"}),
    )
    assert loaded.cast.client("resident").post("/report/", form).status_code == 302
    assert newest().is_emergency and newest().answers == {"where_built": "其他"}


def test_a_draft_keeps_the_answers_until_the_phone_is_proven(
    client: Client, loaded: Life, compound: Compound
) -> None:
    client.get("/report/")
    form = report_form(compound, text=TEXT, category=LEAF, asked=ALL_SHOWN, **typed(ANSWERED))
    url = client.post("/report/", form)["Location"]
    code = code_on_page(client, url)
    assert client.post(url, {"code": code}).status_code == 302
    assert (newest().category.code, newest().answers) == (LEAF, ANSWERED)  # type: ignore[union-attr]


def test_a_draft_with_wrong_answers_is_refused_at_once(
    client: Client, loaded: Life, compound: Compound
) -> None:
    client.get("/report/")
    form = report_form(compound, text=TEXT, category=LEAF, asked=SHOWN, **typed({"working": "也许"}))
    assert client.post("/report/", form).status_code == 422
    assert not ReportDraft.objects.exists()


def test_a_draft_whose_questions_have_changed_since_is_still_sent(
    client: Client, loaded: Life, compound: Compound
) -> None:
    client.get("/report/")
    form = report_form(compound, text=TEXT, category=LEAF, asked=ALL_SHOWN, **typed(ANSWERED))
    url = client.post("/report/", form)["Location"]
    other = [{"key": "new", "text": "新的问题", "kind": "text", "choices": [], "is_required": True}]
    more = {"when_key": "", "when_is": []}
    Category.objects.filter(code=LEAF).update(questions=[{**other[0], **more}])
    assert client.post(url, {"code": code_on_page(client, url)}).status_code == 302
    assert newest().answers == {}


# -- at the desk -----------------------------------------------------------------
def intake(compound: Compound, **more: Any) -> dict[str, Any]:
    said = {"channel": "telephone", "text": TEXT, "place": f"compound:{compound.public_id}"}
    return {**said, "request_key": uuid4().hex, **more}


def test_a_worker_asks_and_answers(loaded: Life, compound: Compound, unchanged: Unchanged) -> None:
    client, url = loaded.cast.client("worker"), reverse("matters:intake")
    unchanged()
    asked = client.post(url, intake(compound, category=LEAF))
    unchanged()
    assert asked.status_code == 422 and "现在还在施工吗" in page(asked)
    taken = client.post(url, intake(compound, category=LEAF, asked=ALL_SHOWN, **typed(ANSWERED)))
    assert taken.status_code == 302 and newest().answers == ANSWERED


def test_an_empty_list_beside_what_was_tapped_changes_nothing(loaded: Life, compound: Compound) -> None:
    """Script leaves the list of pages without script in a dialog: two fields of one name are sent."""
    client, url = loaded.cast.client("worker"), reverse("matters:intake")
    said = intake(compound, asked=ALL_SHOWN, **typed(ANSWERED))
    assert client.post(url, {**said, "category": [LEAF, ""]}).status_code == 302
    assert newest().category == category(LEAF)
    listed = intake(compound, category=[LEAF, "stalls"], text="门口占道")
    assert client.post(url, listed).status_code == 302
    assert newest().category == category("stalls")


def test_leaves_are_found_by_words_and_the_chosen_one_keeps_its_place(loaded: Life) -> None:
    client, url = loaded.cast.client("worker"), reverse("matters:category_asked")
    found = page(client.post(url, {"category_words": "违建", "asks": "1"}))
    assert found.index("building_going_on") < found.index("building_standing")
    chosen = page(client.post(url, {"category_words": "违建", "category": "building_standing", "asks": "1"}))
    assert chosen.index("building_going_on") < chosen.index("building_standing")
    assert 'value="building_standing" checked' in chosen and "大约什么时候搭的" in chosen
    outside = page(client.post(url, {"category_words": "狗叫", "category": [LEAF, ""]}))
    assert f'value="{LEAF}" checked' in outside and "犬吠、无证" in outside
    assert "现在还在施工吗" not in outside  # not every page asks
    assert "没有找到这一类" in page(client.post(url, {"category_words": "查无此类"}))
    assert page(client.post(url, {"category": "forged"})).strip() == ""


def test_517_leaves_are_found_and_unfolded(loaded: Life, shared_data: Path) -> None:
    file = shared_data / "messages" / "labels_3level.csv"
    content = edition_content(file.read_bytes(), {"version": "labels", "starts_on": "2026-01-01"})
    do.categories_load(actor=system("test"), content=content)
    leaves = Category.objects.offered()
    assert leaves.count() == 517
    client = loaded.cast.client("worker")
    tree = page(client.get(reverse("matters:category_tree")))
    assert tree.count('name="category"') == 517
    assert (tree.count("<details"), tree.count('role="radiogroup"')) == (15, 118)
    first = leaves.order_by("order")[300]
    found = page(client.post(reverse("matters:category_asked"), {"category_words": first.name}))
    assert f'value="{first.code}"' in found
    assert page(client.get(reverse("matters:intake"))).count('name="category"') <= 1  # not all are sent


def test_sorting_asks_anew_and_what_was_said_before_stays_in_the_story(loaded: Life) -> None:
    leaf = category(LEAF)
    matter = loaded.accept(loaded.report(category=leaf, answers=ANSWERED))
    client = loaded.cast.client("worker")
    url = f"/desk/matters/{matter.public_id}/do/sort/"
    shown = page(client.get(url))
    assert 'value="正在施工" checked' in shown and "有没有敲承重墙" in shown
    form = {
        "version": matter.version,
        "category": "building_standing",
        "affair_class": "major",
        "reason": "已经搭好",
        "asks": "1",
        **typed({"harm": ["采光通风", "漏水"], "working": "正在施工"}),
    }
    assert client.post(url, form).status_code == 302
    matter.refresh_from_db()
    assert matter.answers == {"harm": ["采光通风", "漏水"]}
    event = matter.events.get(verb="sort")
    assert event.facts["answered"][0].startswith("现在还在施工吗") and len(event.facts["answered"]) == 3
    record = page(client.get(f"/desk/matters/{matter.public_id}/"))
    assert "采光通风、漏水" in record and "原来的回答" in record


def test_sorting_without_a_word_about_answers_keeps_them(loaded: Life) -> None:
    matter = loaded.accept(loaded.report(category=category(LEAF), answers=ANSWERED))
    loaded.sort(matter)
    matter.refresh_from_db()
    assert matter.answers == ANSWERED
    assert "answered" not in matter.events.get(verb="sort").facts


def test_a_wrong_answer_stops_a_sorting(loaded: Life, unchanged: Unchanged) -> None:
    matter = loaded.accept(loaded.report(category=category(LEAF)))
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        do.matter_sort(
            actor=loaded.who("worker"),
            **loaded.on(matter),
            affair_class="major",
            reason="公共",
            answers={"working": "也许"},
        )
    unchanged()
    assert refused.value.details == {"answers.working": "请从选项里选。"}


def test_the_record_shows_the_row_of_the_list(loaded: Life) -> None:
    client = loaded.cast.client("worker")
    matter = loaded.report(category=category(LEAF))
    record = page(client.get(f"/desk/matters/{matter.public_id}/"))
    for words in (
        "权责清单",
        "市容 › 违建 › 正在搭建",
        "城管",
        "规资",
        "到场2小时",
        "上海市拆除违法建筑若干规定第7条",
    ):
        assert words in record, words
    doubtful = Category.objects.offered().filter(mark="✘", unit_kind__gt="").first()
    assert doubtful is not None
    matter = loaded.report(category=doubtful)
    record = page(client.get(f"/desk/matters/{matter.public_id}/"))
    assert doubtful.get_mark_display() in record and doubtful.unit_kind in record
    assert "权责清单" not in page(client.get(f"/desk/matters/{loaded.report().public_id}/")).split("<main")[1]


# -- over the interface -----------------------------------------------------------
def report_body(**more: Any) -> dict[str, Any]:
    return {"text": TEXT, "place": "committee:990101001001", "category": LEAF, **more}


def test_the_interface_takes_and_gives_answers(loaded: Life) -> None:
    sent = post(loaded.cast.client("resident"), "", report_body(answers=ANSWERED))
    assert (sent.status_code, sent.json()["answers"]) == (201, ANSWERED)
    path = f"/{sent.json()['public_id']}"
    worker = loaded.cast.client("worker")
    assert post(worker, f"{path}/accept", {"version": 1}).status_code == 200
    said = {"version": 2, "affair_class": "major", "reason": "公共", "category": "building_standing"}
    done = post(worker, f"{path}/sort", {**said, "answers": {"harm": ["漏水", "漏水"], "since": "今年"}})
    assert done.json()["answers"] == {"since": "今年", "harm": ["漏水"]}


@pytest.mark.parametrize(
    ("answers", "where", "words"),
    [
        ({}, "answers.working", "请回答：现在还在施工吗？"),
        ({"working": "也许"}, "answers.working", "请从选项里选。"),
        ({"working": 3}, "answers.working", "请从选项里选。"),
        ({"working": ["正在施工", "不清楚"]}, "answers.working", "只能回答一个。"),
        ({"working": "正在施工", "nobody": "asked"}, "answers.nobody", "这一类没有这个问题。"),
        ({"working": "正在施工", "k" * 500: "x"}, f"answers.{'k' * 40}", "这一类没有这个问题。"),
    ],
)
def test_the_interface_refuses_wrong_answers(
    answers: dict[str, Any], where: str, words: str, loaded: Life, unchanged: Unchanged
) -> None:
    client = loaded.cast.client("resident")
    unchanged()
    refused = post(client, "", report_body(answers=answers))
    unchanged()
    assert refused.status_code == 422
    assert refused.json()["details"] == {where: words}


@pytest.mark.parametrize("value", [True, None, {"a": "b"}, ["正在施工", {"a": 1}], "\x00" * 3, "长" * 3000])
def test_the_interface_refuses_what_is_no_answer(value: Any, loaded: Life, unchanged: Unchanged) -> None:
    client = loaded.cast.client("resident")
    unchanged()
    refused = post(client, "", report_body(answers={"working": value}))
    unchanged()
    assert refused.status_code == 422


def test_answers_without_a_category_are_refused(loaded: Life, unchanged: Unchanged) -> None:
    client = loaded.cast.client("resident")
    unchanged()
    refused = post(client, "", report_body(category=None, answers={"working": "正在施工"}))
    unchanged()
    assert refused.json()["details"] == {"answers.working": "这一类没有这个问题。"}


def test_numbers_and_dates_may_come_as_such(loaded: Life) -> None:
    questions = [
        {"key": "count", "text": "几个？", "kind": "number"},
        {"key": "since", "text": "从哪天起？", "kind": "date"},
        {"key": "note", "text": "还有什么？", "kind": "text"},
    ]
    more = {"choices": [], "is_required": False, "when_key": "", "when_is": []}
    Category.objects.filter(code=LEAF).update(questions=[{**row, **more} for row in questions])
    client = loaded.cast.client("resident")
    said = {"count": 2.5, "since": "2026-03-01", "note": "一\x07二"}
    sent = post(client, "", report_body(answers=said))
    assert sent.json()["answers"] == {"count": "2.5", "since": "2026-03-01", "note": "一二"}
    wrong = post(client, "", report_body(answers={"count": "三", "since": "昨天", "note": "长" * 301}))
    assert wrong.json()["details"] == {
        "answers.count": "请填数字，例如3。",
        "answers.since": "请填日期，例如2026-11-27。",
        "answers.note": "最多300个字。",
    }
