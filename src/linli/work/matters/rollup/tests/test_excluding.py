"""Leaving a matter out of the three rates: a reason, another person, and back; a refusal changes nothing."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.work.matters.models import Matter
from linli.work.matters.rollup import tasks
from linli.work.matters.rollup.excluded import excluded_by_reason, exclusion_list, exclusion_rows
from linli.work.matters.rollup.models import Exclusion
from linli.work.matters.rollup.selectors import Span, sums
from linli.work.matters.rollup.services import exclusion_ask, exclusion_decide, exclusion_end
from linli.work.matters.selectors import figures
from linli.work.matters.tests.life import Life

from .sameness import same_as_rebuilt

pytestmark = pytest.mark.django_db
DAYS = (date(2026, 3, 1), date(2026, 4, 30))
Unchanged = Callable[[], None]


def rated(life: Life) -> Matter:
    matter = life.to_closed()
    life.rate(matter, was_satisfied=False)
    return matter


def ask(life: Life, matter: Matter, by: str = "worker", **more: str) -> Exclusion:
    said = {"number": matter.number, "reason": "lawful_way", "note": "法院已经受理", **more}
    return exclusion_ask(actor=life.who(by), **said)


def decide(life: Life, asked: Exclusion, by: str = "street", *, yes: bool = True) -> Exclusion:
    return exclusion_decide(actor=life.who(by), public_id=asked.public_id, is_granted=yes, decision="已核对")


def test_it_leaves_the_rates_when_another_person_agrees_and_comes_back(life: Life) -> None:
    tasks.rebuild()
    matter, city = rated(life), life.who("city")
    span = Span(life.cast.places["street_place"].path, *DAYS)
    tasks.follow()
    before = sums(city, span).rates
    asked = ask(life, matter)
    tasks.follow()
    assert sums(city, span).rates == before
    decide(life, asked)
    tasks.follow()
    after = sums(city, span)
    assert after.rates.satisfied.whole == before.satisfied.whole - 1
    assert ("经审批剔除", 1) in after.rates.left_out
    assert after.rates == figures(city, span.area, *DAYS).rates
    assert excluded_by_reason(city, span.area, *DAYS) == [
        ("已进入诉讼、仲裁、行政复议或信访程序", 1, "桂花街道办事处")
    ]
    same_as_rebuilt()
    exclusion_end(actor=life.who("street"), public_id=asked.public_id)
    tasks.follow()
    assert sums(city, span).rates == before
    ask(life, matter)  # it may be asked for again


def test_nobody_approves_their_own(life: Life, unchanged: Unchanged) -> None:
    asked = ask(life, rated(life), by="street")
    unchanged()
    with pytest.raises(NotAllowed, match="另一人"):
        decide(life, asked)
    assert Exclusion.objects.get().outcome == ""
    unchanged()
    decide(life, asked, by="district")
    assert Exclusion.objects.get().outcome == "granted"


def test_the_database_refuses_it_too(life: Life) -> None:
    asked = ask(life, rated(life))
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.filter(pk=asked.pk).update(decided_by_id=asked.asked_by_id, outcome="granted")


@pytest.mark.parametrize("by", ["worker", "department", "operator"])
def test_who_does_not_decide(by: str, life: Life) -> None:
    asked = ask(life, rated(life), by="street")
    with pytest.raises((NotAllowed, NotFound)):
        decide(life, asked, by)
    assert Exclusion.objects.get().outcome == ""


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reason": "because"}, "reason"),
        ({"note": "  "}, "note"),
        ({"note": "长" * 301}, "note"),
        ({"number": "00"}, "number"),
    ],
)
def test_bad_input_says_what_to_do(more: dict[str, str], field: str, life: Life) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(life, rated(life), **more)
    assert field in refused.value.details
    assert not Exclusion.objects.exists()


def test_only_in_ones_own_area(life: Life) -> None:
    matter = rated(life)
    with pytest.raises(InvalidInput):
        ask(life, matter, by="other_street")
    asked = ask(life, matter)
    for act in (exclusion_end, decide_as):
        with pytest.raises(NotFound):
            act(actor=life.who("other_street"), public_id=asked.public_id)
    assert not exclusion_list(life.who("other_street"), "open").exists()


def decide_as(**given: object) -> None:
    exclusion_decide(is_granted=True, decision="好", **given)  # type: ignore[arg-type]


def test_once_a_matter_and_once_decided(life: Life) -> None:
    matter = rated(life)
    asked = ask(life, matter)
    with pytest.raises(Conflict):
        ask(life, matter, by="street")
    decide(life, asked, yes=False)
    for act in (exclusion_end, decide_as):
        with pytest.raises(Conflict):
            act(actor=life.who("street"), public_id=asked.public_id)
    again = ask(life, matter)
    assert [row.pk for row in exclusion_list(life.who("street"), "open")] == [again.pk]
    rows = exclusion_rows(life.who("worker"), exclusion_list(life.who("worker"), "open"))
    assert [(row.may_decide, row.may_end) for row in rows] == [(False, True)]
