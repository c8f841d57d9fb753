"""What a city lays down for the three rates: from a day on, for all; a refusal changes nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linli.core import clock as core_clock
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.models import Unit
from linli.work.matters.rollup import tasks
from linli.work.matters.rollup.models import Exclusion, RatesRule
from linli.work.matters.rollup.reasons import exclusion_reasons, reason_names
from linli.work.matters.rollup.selectors import Span, sums
from linli.work.matters.rollup.services import (
    exclusion_ask,
    exclusion_reason_add,
    exclusion_reason_use,
    rates_rule_set,
    rates_rule_withdraw,
)
from linli.work.matters.rollup.weighing import weights_on, weights_shipped
from linli.work.matters.selectors import figures
from linli.work.matters.tests.life import Life

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]
TODAY, TOMORROW = date(2026, 3, 10), date(2026, 3, 11)
SAID = {"contacted": 30, "solved": 50, "satisfied": 20, "source": "市考核办法〔2026〕3号"}


def lay_down(life: Life, who: str = "city", **more: Any) -> RatesRule:
    return rates_rule_set(actor=life.who(who), **{"from_on": TOMORROW, **SAID, **more})


def test_weights_hold_from_their_day_and_earlier_days_keep_theirs(life: Life) -> None:
    lay_down(life)
    assert weights_on(TODAY) == weights_shipped()
    assert weights_on(TOMORROW).parts == (30, 50, 20)
    assert weights_on(date(2027, 1, 1)).source == "市考核办法〔2026〕3号"
    lay_down(life, from_on=date(2026, 6, 1), contacted=0, solved=0, satisfied=100)
    assert weights_on(date(2026, 5, 31)).parts == (30, 50, 20)
    assert weights_on(date(2026, 6, 1)).parts == (0, 0, 100)


def test_the_rates_of_a_period_are_weighed_as_its_last_day_is(life: Life) -> None:
    tasks.rebuild()
    life.rate(life.to_closed(), was_satisfied=False)
    tasks.follow()
    lay_down(life)
    area, city = life.cast.places["street_place"].path, life.who("city")
    was = sums(city, Span(area, date(2026, 3, 1), TODAY)).rates.weighted
    now = sums(city, Span(area, date(2026, 3, 1), TOMORROW)).rates.weighted
    assert (was, now) == (60.0, 80.0)
    assert figures(city, area, date(2026, 3, 1), TODAY).rates.weighted == was
    assert figures(city, area, date(2026, 3, 1), TOMORROW).rates.weighted == now


@pytest.mark.parametrize("who", ["street", "district", "worker"])
def test_only_the_city_lays_down(life: Life, unchanged: Unchanged, who: str) -> None:
    unchanged()
    with pytest.raises(NotAllowed, match="市级"):
        lay_down(life, who)
    with pytest.raises(NotAllowed):
        exclusion_reason_add(actor=life.who(who), name="本地情形", source="街道通知")
    with pytest.raises(NotAllowed):
        exclusion_reason_use(actor=life.who(who), code="repeated", is_used=False)


def test_without_a_city_the_district_does(life: Life) -> None:
    Unit.objects.filter(function="city").update(function="supervisor")
    assert lay_down(life, "district").set_unit_id == life.who("district").unit_id


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"contacted": 31}, "contacted", "合计必须是100，现在是101"),
        ({"contacted": -10, "solved": 90}, "contacted", "合计必须是100"),
        ({"from_on": TODAY}, "from_on", "明天"),
        ({"source": "  "}, "source", "文号"),
    ],
)
def test_what_does_not_hold_together_is_refused(
    life: Life, unchanged: Unchanged, more: dict[str, Any], field: str, words: str
) -> None:
    unchanged()
    with pytest.raises(InvalidInput) as refusal:
        lay_down(life, **more)
    assert words in refusal.value.details[field]


def test_one_day_has_one_set_of_weights(life: Life, unchanged: Unchanged) -> None:
    rule = lay_down(life)
    unchanged()
    with pytest.raises(Conflict, match="撤回"):
        lay_down(life, source="另一份文件")
    with pytest.raises(IntegrityError), transaction.atomic():
        RatesRule.objects.filter(pk=rule.pk).update(contacted=31)


def test_weights_are_withdrawn_only_before_their_day(life: Life, unchanged: Unchanged) -> None:
    rule = lay_down(life)
    rates_rule_withdraw(actor=life.who("city"), public_id=rule.public_id)
    assert weights_on(TOMORROW) == weights_shipped()
    again = lay_down(life)
    unchanged()
    with pytest.raises(NotFound):
        rates_rule_withdraw(actor=life.who("city"), public_id="0" * 32)
    with (
        core_clock.clock_at(core_clock.now() + timedelta(days=1)),
        pytest.raises(Conflict, match="施行"),
    ):
        rates_rule_withdraw(actor=life.who("city"), public_id=again.public_id)


def test_a_reason_of_ones_own_can_be_given_and_one_of_the_list_put_aside(life: Life) -> None:
    life.rate(matter := life.to_closed(), was_satisfied=False)
    own = exclusion_reason_add(actor=life.who("city"), name="历史遗留问题", source="市考核办法第9条")
    exclusion_reason_use(actor=life.who("city"), code="repeated", is_used=False)
    assert "repeated" not in exclusion_reasons()
    assert reason_names()["repeated"] == "同一人就同一事项重复反映且已答复"
    said = {"number": matter.number, "note": "1998年建成"}
    with pytest.raises(InvalidInput):
        exclusion_ask(actor=life.who("worker"), reason="repeated", **said)
    exclusion_ask(actor=life.who("worker"), reason=own.code, **said)
    assert Exclusion.objects.get().reason == own.code
    exclusion_reason_use(actor=life.who("city"), code=own.code, is_used=False)
    assert reason_names()[own.code] == "历史遗留问题"
    exclusion_reason_use(actor=life.who("city"), code="repeated", is_used=True)
    assert "repeated" in exclusion_reasons()


def test_reasons_are_not_twice_and_never_none(life: Life, unchanged: Unchanged) -> None:
    city = life.who("city")
    first, *others = exclusion_reasons()
    for code in others:
        exclusion_reason_use(actor=city, code=code, is_used=False)
    unchanged()
    with pytest.raises(Conflict, match="至少"):
        exclusion_reason_use(actor=city, code=first, is_used=False)
    with pytest.raises(InvalidInput) as refusal:
        exclusion_reason_add(actor=city, name="不可抗力，暂不具备办理条件", source="文件")
    assert "恢复使用" in refusal.value.details["name"]
    with pytest.raises(NotFound):
        exclusion_reason_use(actor=city, code="nothing", is_used=True)
