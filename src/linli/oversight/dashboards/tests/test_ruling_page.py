"""The page of weights and reasons: everybody who reads rates reads it, the city writes."""

from typing import Any

import pytest
from django.urls import reverse

from linli.work.matters.rollup.models import RatesRule
from linli.work.matters.rollup.reasons import exclusion_reasons
from linli.work.matters.tests.life import Life

pytestmark = pytest.mark.django_db
URL = reverse("dashboards:rates_rules")
WEIGHTS = {"from_on": "2026-03-11", "contacted": 10, "solved": 60, "satisfied": 30, "source": "市考核办法"}


def post(life: Life, who: str, address: str = URL, **said: Any) -> Any:
    return life.cast.client(who).post(address, {"request_key": "k1", **said}, follow=True)


def test_what_is_proposed_says_so_and_the_street_only_reads(life: Life) -> None:
    page = life.cast.client("street").get(URL).content.decode()
    assert "建议值" in page
    assert "规定新的权重" not in page
    assert "请向市级提出" in page
    rates = life.cast.client("street").get(reverse("dashboards:rates")).content.decode()
    assert URL in rates


def test_the_city_lays_weights_down_and_takes_them_back(life: Life) -> None:
    page = post(life, "city", **WEIGHTS).content.decode()
    assert "待生效" in page
    assert "市考核办法" in page
    rule = RatesRule.objects.get()
    again = post(life, "city", reverse("dashboards:rule_withdraw", args=[rule.public_id]))
    assert "已撤回" in again.content.decode()


def test_a_wrong_sum_keeps_what_was_typed(life: Life) -> None:
    answer = post(life, "city", **{**WEIGHTS, "solved": 61})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "合计必须是100，现在是101" in page
    assert 'value="61"' in page
    assert not RatesRule.objects.exists()


def test_the_same_day_twice_says_what_to_do(life: Life) -> None:
    post(life, "city", **WEIGHTS)
    answer = post(life, "city", **{**WEIGHTS, "request_key": "k2"})
    assert answer.status_code == 422
    assert "请先撤回" in answer.content.decode()


def test_reasons_are_added_put_aside_and_used_again(life: Life) -> None:
    add = reverse("dashboards:reason_add")
    assert (
        "历史遗留问题" in post(life, "city", add, name="历史遗留问题", source="市考核办法").content.decode()
    )
    twice = post(life, "city", add, request_key="k2", name="历史遗留问题", source="市考核办法")
    assert twice.status_code == 422
    use = reverse("dashboards:reason_use", args=["repeated"])
    assert "已停用" in post(life, "city", use, is_used="no").content.decode()
    assert "repeated" not in exclusion_reasons()
    post(life, "city", use, is_used="yes")
    assert "repeated" in exclusion_reasons()
