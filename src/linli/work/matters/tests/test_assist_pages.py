"""Pages and the interface that show suggestions: what a machine recommends, why, and how well it does."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from linli.core.actor import system
from linli.work.matters import services as do
from linli.work.matters.assist.learning import learn
from linli.work.matters.models import AssistThreshold
from linli.work.matters.tests.life import Life, category
from linli.work.matters.tests.test_assist import PAIRS
from tests.people import Cast


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> None:
    """Models of a test stand in its own folder."""
    settings.HOME = tmp_path


def test_the_page_says_that_nothing_was_learnt_yet(life: Life, people: Cast) -> None:
    page = people.client("street").get(reverse("matters:assist")).content.decode()
    assert "还没有训练过" in page and "关键词" in page


def test_the_page_shows_figures_and_acceptance(life: Life, people: Cast) -> None:
    learn(actor=system("assist"), pairs={"category": PAIRS}, source="测试文件")
    matter = life.accept(life.report(text="三号楼门口路灯不亮，请处理"))
    do.matter_sort(
        actor=life.who("worker"),
        **life.on(matter),
        affair_class="minor",
        reason="公共设施",
        category=category("facility"),
    )
    page = people.client("street").get(reverse("matters:assist")).content.decode()
    assert "测试文件" in page and "1/1（100%）" in page and "宏平均 F1" in page


def test_a_street_sets_its_threshold(life: Life, people: Cast) -> None:
    answer = people.client("street").post(reverse("matters:assist"), {"percent": "70"})
    assert answer.status_code == 302
    assert AssistThreshold.objects.get().percent == 70


@pytest.mark.parametrize("percent", ["5", "100", "很高", ""])
def test_a_wrong_threshold_is_refused_beside_the_field(life: Life, people: Cast, percent: str) -> None:
    answer = people.client("street").post(reverse("matters:assist"), {"percent": percent})
    assert answer.status_code == 422
    assert not AssistThreshold.objects.exists()


def test_the_sorting_form_recommends_and_leaves_the_choice(life: Life, people: Cast) -> None:
    matter = life.accept(life.report(text="三号楼门口路灯不亮"))
    page = people.client("worker").get(reverse("matters:action", args=[matter.public_id, "sort"]))
    assert "机器推荐" in page.content.decode() and "由您确定" in page.content.decode()


def test_intake_hints_say_who_recommends(life: Life, people: Cast) -> None:
    client = people.client("worker")
    by_words = client.post(reverse("matters:intake_hints"), {"text": "楼道路灯不亮"}).content.decode()
    assert "按类别清单的关键词推荐" in by_words
    learn(actor=system("assist"), pairs={"category": PAIRS}, source="测试")
    learnt = client.post(reverse("matters:intake_hints"), {"text": "东门路灯不亮，请处理"}).content.decode()
    assert "机器按已确认的事项推荐" in learnt and "把握" in learnt
    silent = client.post(reverse("matters:intake_hints"), {"text": "社保卡怎么补办"}).content.decode()
    assert "没有足够把握" in silent


def test_the_interface_answers_with_reasons_and_stores_nothing(life: Life, people: Cast) -> None:
    answer = people.client("worker").post(
        "/api/v1/matters/suggestions", json.dumps({"text": "路灯不亮"}), content_type="application/json"
    )
    said = answer.json()
    assert (answer.status_code, said["categories"][0]["category"]) == (200, "facility")
    assert said["categories"][0]["words"] and said["model_version"] == ""
