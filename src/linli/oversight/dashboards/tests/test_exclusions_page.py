"""The page of what is left out of the three rates: asked by one, approved by another, in one's own area."""

from typing import Any

import pytest
from django.urls import reverse

from linli.work.matters.models import Matter
from linli.work.matters.rollup.models import Exclusion
from linli.work.matters.rollup.tasks import follow
from linli.work.matters.tests.life import Life

pytestmark = pytest.mark.django_db
URL = reverse("dashboards:exclusions")
RATES = reverse("dashboards:rates")


def rated(life: Life, **said: bool) -> Matter:
    matter = life.to_closed()
    life.rate(matter, **said)
    return matter


def ask(life: Life, number: str, who: str = "worker", **more: str) -> Any:
    said = {"number": number, "reason": "lawful_way", "note": "法院已经受理", "request_key": "k1", **more}
    return life.cast.client(who).post(URL, said)


def decide(life: Life, who: str, outcome: str = "granted", decision: str = "已核对") -> Any:
    address = reverse("dashboards:exclusion_decide", args=[Exclusion.objects.get().public_id])
    return life.cast.client(who).post(address, {"outcome": outcome, "decision": decision})


def end(life: Life, who: str) -> Any:
    return life.cast.client(who).post(
        reverse("dashboards:exclusion_end", args=[Exclusion.objects.get().public_id])
    )


def solved(life: Life) -> str:
    follow()
    stats = life.cast.client("street").get(RATES).context["stats"]
    return next(stat.of for group in stats for stat in group if stat.label == "解决率")


def test_the_rate_changes_when_another_person_approves_and_goes_back(life: Life) -> None:
    rated(life)
    other = rated(life, was_solved=False)
    assert solved(life) == "2件评价中1件"
    assert ask(life, other.number).status_code == 302
    assert solved(life) == "2件评价中1件"
    page = life.cast.client("street").get(URL).content.decode()
    assert "法院已经受理" in page
    assert "同意剔除" in page
    assert decide(life, "street").status_code == 302
    assert solved(life) == "1件评价中1件"
    granted = life.cast.client("worker").get(URL, {"stands": "granted"}).content.decode()
    assert "已核对" in granted
    assert "桂花街道办事处" in granted
    assert "赵敏" in granted  # who asked
    assert "郑刚" in granted  # who approved
    assert "person " not in granted
    assert "经审批剔除1件" in life.cast.client("street").get(RATES).content.decode()
    assert end(life, "street").status_code == 302
    assert solved(life) == "2件评价中1件"


def test_who_asks_is_offered_no_approval_and_is_refused(life: Life) -> None:
    assert ask(life, rated(life).number, "street").status_code == 302
    assert "同意剔除" not in life.cast.client("street").get(URL).content.decode()
    answer = decide(life, "street")
    assert answer.status_code == 403
    assert "另一人" in answer.content.decode()
    assert Exclusion.objects.get().outcome == ""
    assert "同意剔除" in life.cast.client("street2").get(URL).content.decode()
    assert decide(life, "street2", "refused").status_code == 302
    assert Exclusion.objects.get().outcome == "refused"


@pytest.mark.parametrize(("who", "status"), [("worker2", 403), ("other_street", 404), ("other_worker", 404)])
def test_who_does_not_decide(who: str, status: int, life: Life) -> None:
    ask(life, rated(life).number)
    assert decide(life, who).status_code == status
    assert end(life, "other_street").status_code == 404
    assert Exclusion.objects.get().outcome == ""
    assert Exclusion.objects.get().ended_at is None


def test_another_street_sees_none_of_it_and_asks_for_none(life: Life) -> None:
    matter = rated(life)
    refused = ask(life, matter.number, "other_street")
    assert refused.status_code == 422
    assert "没有这个编号" in refused.content.decode()
    ask(life, matter.number)
    page = life.cast.client("other_street").get(URL).content.decode()
    assert matter.number not in page
    assert "法院已经受理" not in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reason": ""}, "必填"),
        ({"reason": "because"}, "不在可用的选项中"),
        ({"note": " "}, "必填"),
        ({"note": "长" * 301}, "300"),
    ],
)
def test_bad_input_stays_on_the_page_with_what_to_do(more: dict[str, str], words: str, life: Life) -> None:
    answer = ask(life, rated(life).number, **more)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Exclusion.objects.exists()


def test_a_second_request_says_that_there_is_one(life: Life) -> None:
    matter = rated(life)
    ask(life, matter.number)
    answer = ask(life, matter.number, request_key="k2")
    assert answer.status_code == 422
    assert "已有剔除申请" in answer.content.decode()
    assert Exclusion.objects.count() == 1


def test_pressed_twice_it_is_asked_once(life: Life) -> None:
    matter = rated(life)
    assert [ask(life, matter.number).status_code for _press in range(2)] == [302, 302]
    assert Exclusion.objects.count() == 1


def test_an_opinion_is_needed(life: Life) -> None:
    ask(life, rated(life).number)
    assert decide(life, "street", decision=" ").status_code == 422
    assert Exclusion.objects.get().outcome == ""
