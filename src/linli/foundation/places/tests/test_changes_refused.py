"""Acts that cannot be are refused in words, with numbers, and change nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.changeplan import ChangePlan
from linli.foundation.places.models import Compound, Division, DivisionChange
from linli.foundation.places.services import compound_add, division_change_cancel, division_change_plan
from linli.foundation.places.workflow import ChangeState
from linli.work.matters.tests.life import Life
from tests.people import Cast

from .test_changes import (
    DAY,
    DOCUMENT,
    MERGER,
    OTHER,
    OTHER_STREET,
    STREET,
    A,
    B,
    Kind,
    at,
    carry_out,
    decide,
    life,
    plan,
)

__all__ = ["life"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SPLIT = (("990101001011", "东居委会"), ("990101001012", "西居委会"))
REFUSED = {
    "no_document": (MERGER, "请填写批准文号", {"document": " "}),
    "no_day": (MERGER, "请填写生效日期", {"effective_on": None}),
    "far_day": (MERGER, "请填写生效日期", {"effective_on": date(2099, 1, 1)}),
    "before_it_stood": (MERGER, "生效日期不能早于", {"effective_on": date(2019, 12, 31)}),
    "unknown": (plan(Kind.RENAME, "990101001999", ("990101001999", "新名")), "没有代码为", {}),
    "province": (plan(Kind.RENAME, "99", ("99", "新市")), "省市级区划", {}),
    "code_too_short": (plan(Kind.RENUMBER, A, ("990101001", "")), "12位数字", {}),
    "code_words": (plan(Kind.RENUMBER, A, ("99010100100x", "")), "12位数字", {}),
    "code_elsewhere": (plan(Kind.RENUMBER, A, ("990101002009", "")), "开头", {}),
    "code_in_use": (plan(Kind.RENUMBER, A, (B, "")), "已由“桂花第二居委会”使用", {}),
    "name_empty": (plan(Kind.RENAME, A, (A, " ")), "2到60个字", {}),
    "name_same": (plan(Kind.RENAME, A, (A, "桂花第一居委会")), "一样", {}),
    "name_taken": (plan(Kind.RENAME, A, (A, "桂花第二居委会")), "下面已有", {}),
    "merge_one": (plan(Kind.MERGE, f"{A} {A}", (A, "新居委会")), "至少要选两个", {}),
    "merge_levels": (plan(Kind.MERGE, f"{A} {STREET}", (A, "新居委会")), "同一级", {}),
    "merge_streets": (plan(Kind.MERGE, f"{A} {OTHER}", (A, "新居委会")), "不在同一个上级", {}),
    "merge_nothing": (plan(Kind.MERGE, f"{A} {B}"), "请填写变更后", {}),
    "split_one": (plan(Kind.SPLIT, A, SPLIT[0], rest=SPLIT[0][0]), "至少要有两个", {}),
    "split_rest": (plan(Kind.SPLIT, A, *SPLIT), "没有分到", {}),
    "split_child": (
        plan(
            Kind.SPLIT,
            STREET,
            ("990101007", "东街道"),
            ("990101008", "西街道"),
            rest="990101007",
            children={A: "990101007"},
        ),
        "还有1个没有分到新区划：桂花第二居委会",
        {},
    ),
    "split_stranger": (
        plan(Kind.SPLIT, A, *SPLIT, rest=SPLIT[0][0], children={OTHER: SPLIT[0][0]}),
        "不属于要拆分的区划",
        {},
    ),
    "cycle": (ChangePlan(Kind.BOUNDARY, children={STREET: A}), "不能划到", {}),
    "wrong_level": (ChangePlan(Kind.BOUNDARY, children={A: B}), "不能划到", {}),
    "same_street": (ChangePlan(Kind.BOUNDARY, children={A: STREET}), "不能划到", {}),
    "boundary_nothing": (ChangePlan(Kind.BOUNDARY), "请选择要调整", {}),
    "abolish_itself": (plan(Kind.ABOLISH, A, rest=A), "另一个同级", {}),
    "abolish_level": (plan(Kind.ABOLISH, A, rest=STREET), "另一个同级", {}),
    "parent_unknown": (plan(Kind.SET_UP, "", ("990101001011", "新居委会"), parent="1"), "请选择上级", {}),
    "parent_grid": (plan(Kind.SET_UP, "", ("990101001011", "新居委会"), parent="99"), "请选择上级", {}),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(cast: Cast, case: str) -> None:
    what, words, more = REFUSED[case]
    before = list(Division.objects.order_by("pk").values())
    records = AuditRecord.objects.count()
    given: dict[str, Any] = {"document": DOCUMENT, "effective_on": DAY, **more}
    with pytest.raises(InvalidInput) as refused:
        division_change_plan(actor=cast.actor("operator"), plan=what, **given)
    assert words in refused.value.message
    assert list(Division.objects.order_by("pk").values()) == before
    assert not DivisionChange.objects.exists() and AuditRecord.objects.count() == records


def test_abolishing_what_is_still_used_names_the_numbers(life: Life) -> None:
    life.to_reported()
    life.to_closed()
    with pytest.raises(InvalidInput) as refused:
        decide(life.cast, plan(Kind.ABOLISH, A))
    assert "2条事项（其中1条在办）" in refused.value.message and "单位" in refused.value.message
    assert "承接" in refused.value.hint


def test_two_compounds_of_one_name_may_not_meet(life: Life) -> None:
    for street, committee, who in ((STREET, A, "street"), (OTHER_STREET, OTHER, "other_street")):
        compound_add(actor=life.who(who), name="光明小区", street=at(street), committee=at(committee))
    with pytest.raises(InvalidInput, match="两个同名小区：光明小区"):
        decide(life.cast, ChangePlan(Kind.BOUNDARY, children={A: OTHER_STREET}))
    assert Compound.objects.filter(street__code=STREET).count() == 1


def test_a_later_change_stands_in_the_way_of_an_earlier_date(life: Life) -> None:
    carry_out(life.cast, plan(Kind.RENAME, A, (A, "丹桂居委会")))
    with pytest.raises(InvalidInput, match="已有更晚的变更"):
        decide(life.cast, plan(Kind.RENUMBER, STREET, ("990101007", "")), on=DAY - timedelta(days=1))


def test_twice_the_same_request_is_one_change(cast: Cast) -> None:
    said = {"plan": MERGER, "document": DOCUMENT, "effective_on": DAY, "request_key": "k1"}
    first, again = (division_change_plan(actor=cast.actor("operator"), **said) for _ in range(2))
    assert first.pk == again.pk and DivisionChange.objects.count() == 1


def test_outsiders_find_no_change(cast: Cast) -> None:
    change = decide(cast, MERGER)
    for name in ("resident", "department", "grid_worker"):
        actor: Actor = cast.actor(name)
        with pytest.raises(NotFound):
            division_change_cancel(actor=actor, change_id=change.public_id)
    with pytest.raises(NotAllowed):
        division_change_cancel(actor=cast.actor("worker"), change_id=change.public_id)
    change.refresh_from_db()
    assert change.state == ChangeState.CONFIRMED
