"""One household in plain Python: answers, what is missing, amounts, the order of policies, the trace."""

from datetime import date
from typing import Any

import pytest

from linli.work.benefits.engine.answers import Absent, HouseholdFacts, Judged, PersonFacts
from linli.work.benefits.engine.order import BadRule, depending_on, needed_for, not_in_force
from linli.work.benefits.engine.plain import judged
from linli.work.benefits.language.tree import (
    NEVER,
    AtLeast,
    Band,
    Bands,
    Choose,
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Holds,
    Labelled,
    Members,
    Months,
    No,
    Of,
    OneOf,
    Op,
    Other,
    Over,
    Reckoned,
    Rule,
    Some,
    Standard,
    Sum,
    Term,
    Today,
    Worth,
    Years,
)

DAY = date(2025, 3, 1)
HUKOU = Column("hukou", Of.PERSON)
BIRTH = Column("birth", Of.PERSON)
INCOME = Column("income", Of.PERSON)
HELP = Column("assistance", Of.HOUSEHOLD)
YES, NO = Every(()), Some(())
AGE = Years(BIRTH)


def asks(name: str) -> Condition:
    """A condition that is unknown unless the person has this column."""
    return OneOf(Column(name, Of.PERSON), (1,))


def one(when: Condition, amount: Term | None = None, on: date = DAY, **values: int | None) -> Judged:
    """What a rule says of somebody who lives alone."""
    household = HouseholdFacts({}, (PersonFacts("a", values),))
    rule = Rule("p", "1", Of.PERSON, when, amount)
    return judged([rule], household, on, {"dibao": 159500})["p"][0]


def number(term: Term, *members: dict[str, int | None], **household: int | None) -> int | None:
    """A number over a household, as the amount of a rule that is for everybody."""
    people = tuple(PersonFacts(at, values) for at, values in enumerate(members))
    rule = Rule("p", "1", Of.HOUSEHOLD, YES, term)
    return judged([rule], HouseholdFacts(household, people), DAY, {"dibao": 159500})["p"][0].amount


@pytest.mark.parametrize(
    ("parts", "all_", "any_", "two"),
    [
        ([YES, YES], True, True, True),
        ([YES, NO], False, True, False),
        ([NO, NO], False, False, False),
        ([YES, asks("x")], None, True, None),
        ([NO, asks("x")], False, None, False),
        ([asks("x"), asks("y")], None, None, None),
        ([YES, YES, asks("x")], None, True, True),
        ([], True, False, False),
    ],
)
def test_three_answers(
    parts: list[Condition], all_: bool | None, any_: bool | None, two: bool | None
) -> None:
    whole = tuple(parts)
    assert one(Every(whole)).verdict is all_
    assert one(Some(whole)).verdict is any_
    assert one(AtLeast(2, whole)).verdict is two
    assert one(No(Every(whole))).verdict is (None if all_ is None else not all_)


def test_missing_is_what_leaves_it_open_and_nothing_else() -> None:
    open_ = Every((asks("x"), asks("y"), Some((YES, asks("z")))))
    assert one(open_).missing == ("x", "y")
    assert one(Every((open_, NO))).missing == ()
    assert one(No(asks("x"))).missing == ("x",)
    assert one(AtLeast(2, (NO, asks("x"), asks("y")))).missing == ("x", "y")
    assert one(Compare(Op.LESS, INCOME, Standard("unheard"))).missing == ("income", "standard:unheard")


@pytest.mark.parametrize(
    ("birth", "years", "months", "calendar"),
    [
        (19600301, 64, 779, 780),  # the birthday itself: not yet
        (19600228, 65, 780, 781),
        (20250301, 0, 0, 0),  # born today
        (20250302, None, None, None),  # born tomorrow
        (20240229, 1, 12, 13),
        (NEVER, None, None, None),
    ],
)
def test_ages_are_complete_on_the_day_after(
    birth: int, years: int | None, months: int | None, calendar: int | None
) -> None:
    assert one(YES, AGE, birth=birth).amount == years
    assert one(YES, Months(BIRTH), birth=birth).amount == months
    assert one(YES, Months(BIRTH, is_calendar=True), birth=birth).amount == calendar
    assert one(Compare(Op.AT_LEAST, AGE, Constant(0)), birth=birth).missing == (
        () if years is not None else ("birth",)
    )


@pytest.mark.parametrize(
    ("sum_", "left", "right", "result"),
    [
        (Sum.ADD, 3, -5, -2),
        (Sum.LESS, 3, 5, -2),
        (Sum.TIMES, 3, 5, 15),
        (Sum.TIMES, 0, None, 0),
        (Sum.TIMES, None, 0, 0),
        (Sum.TIMES, None, 2, None),
        (Sum.SHARE, 5, 2, 3),  # half up
        (Sum.SHARE, -5, 2, -2),  # half up below nothing, too
        (Sum.SHARE, 4, 3, 1),
        (Sum.SHARE, 5, 0, None),
        (Sum.LOWER, 3, 5, 3),
        (Sum.HIGHER, 3, 5, 5),
        (Sum.HIGHER, 3, None, None),
    ],
)
def test_sums(sum_: Sum, left: int | None, right: int | None, result: int | None) -> None:
    reckoned = Reckoned(sum_, Column("l", Of.PERSON), Column("r", Of.PERSON))
    assert one(YES, reckoned, l=left, r=right).amount == result


def test_bands_are_closed_below_and_open_above() -> None:
    table = Bands(AGE, (Band(65, 70, Constant(7500)), Band(70, None, Constant(15000))))
    assert [one(YES, table, birth=birth).amount for birth in (19600301, 19600228, 19550228)] == [
        None,
        7500,
        15000,
    ]
    assert one(Compare(Op.MORE, table, Constant(0)), birth=19800101).missing == ("birth",)


def test_choose_stops_at_what_is_not_known() -> None:
    chosen = Choose(((OneOf(HUKOU, (1,)), Constant(1)), (asks("x"), Constant(2))), Constant(3))
    assert one(YES, chosen, hukou=1).amount == 1
    assert one(YES, chosen, hukou=2, x=1).amount == 2
    assert one(YES, chosen, hukou=2, x=0).amount == 3
    assert one(YES, chosen, x=1).amount is None
    assert one(Compare(Op.MORE, chosen, Constant(0)), x=1).missing == ("hukou",)


def test_members_are_those_who_live_there() -> None:
    count, total = Members(Over.COUNT), Members(Over.TOTAL, INCOME)
    home = ({"income": 100, "presence": 1}, {"income": -30}, {"income": None, "presence": 2})
    assert number(count, *home) == 2
    assert number(total, *home) == 70
    assert number(total, *home, {"income": None}) is None
    assert number(Members(Over.MOST, INCOME), *home) == 100
    assert number(Members(Over.LEAST, INCOME), *home) == -30
    local = Members(Over.COUNT, where=OneOf(HUKOU, (1,)))
    assert number(local, {"hukou": 1}, {"hukou": 2}) == 1
    assert number(local, {"hukou": 1}, {}) is None


def test_one_member_may_settle_it() -> None:
    small = Members(Over.ANY, where=Compare(Op.LESS, AGE, Constant(3)))
    every = Members(Over.EVERY, where=OneOf(HUKOU, (1,)))
    assert number(small, {"birth": 20240101}, {}) == 1
    assert number(small, {"birth": 19800101}, {}) is None
    assert number(every, {"hukou": 2}, {}) == 0
    assert number(every, {"hukou": 1}, {}) is None


def test_a_household_of_nobody() -> None:
    gone: dict[str, int | None] = {"presence": 2, "income": 5}
    assert number(Members(Over.COUNT), gone) == 0
    assert number(Members(Over.TOTAL, INCOME), gone) == 0
    assert number(Members(Over.ANY, where=YES), gone) == 0
    assert number(Members(Over.EVERY, where=NO), gone) == 1
    assert number(Members(Over.MOST, INCOME), gone) is None
    per_head = Reckoned(Sum.SHARE, Members(Over.TOTAL, INCOME), Members(Over.COUNT))
    poor = Compare(Op.LESS, per_head, Standard("dibao"))
    home = HouseholdFacts({}, (PersonFacts("a", gone),))
    [found] = judged([Rule("p", "1", Of.HOUSEHOLD, poor)], home, DAY, {"dibao": 159500})["p"]
    assert (found.verdict, found.missing) == (None, ("presence",))


def test_whose_fact_is_missing() -> None:
    poor = Compare(Op.LESS, Members(Over.TOTAL, INCOME), Constant(1))
    home = HouseholdFacts({}, (PersonFacts("a", {"income": 5}), PersonFacts("b", {})))
    found = judged([Rule("p", "1", Of.PERSON, Every((poor, OneOf(HELP, (1,)))))], home, DAY, {})["p"]
    assert [each.absent for each in found] == [(Absent("assistance"), Absent("income", "b"))] * 2


def test_policies_that_look_at_each_other() -> None:
    poor = Rule("poor", "1", Of.HOUSEHOLD, Compare(Op.LESS, Members(Over.TOTAL, INCOME), Constant(100)))
    extra = Rule("extra", "1", Of.PERSON, Every((Other("poor"), OneOf(HUKOU, (1,)))), Constant(5))
    either = Rule("either", "1", Of.HOUSEHOLD, Holds(Members(Over.ANY, where=Other("extra"))))
    home = HouseholdFacts({}, (PersonFacts("a", {"income": 5, "hukou": 1}), PersonFacts("b", {"income": 3})))
    found = judged([either, extra, poor], home, DAY, {})
    assert list(found) == ["poor", "extra", "either"]
    assert [(each.person, each.verdict, each.amount) for each in found["extra"]] == [
        ("a", True, 5),
        ("b", None, None),
    ]
    assert [(each.person, each.verdict) for each in found["either"]] == [(None, True)]
    [alone] = judged([either], home, DAY, {})["either"]
    assert (alone.verdict, alone.missing) == (None, ("policy:extra",))
    [ended] = judged([either, not_in_force("extra", Of.PERSON)], home, DAY, {})["either"]
    assert ended.verdict is False
    assert [rule.policy for rule in needed_for(["extra"], [either, extra, poor])] == ["poor", "extra"]
    assert depending_on(["poor"], [either, extra, poor]) == ("poor", "extra", "either")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([Rule("a", "", Of.PERSON, Other("b")), Rule("b", "", Of.PERSON, Other("a"))], "circle"),
        ([Rule("a", "", Of.PERSON, Other("a"))], "circle"),
        ([Rule("a", "", Of.PERSON, YES), Rule("a", "", Of.PERSON, NO)], "twice"),
        ([Rule("a", "", Of.HOUSEHOLD, OneOf(HUKOU, (1,)))], "hukou of a person"),
        ([Rule("a", "", Of.HOUSEHOLD, Other("b")), Rule("b", "", Of.PERSON, YES)], "for persons"),
    ],
)
def test_what_cannot_be_reckoned_is_refused(rules: list[Rule], said: str) -> None:
    with pytest.raises(BadRule, match=said):
        judged(rules, HouseholdFacts({}, ()), DAY, {})


def test_an_amount_only_where_somebody_is_eligible() -> None:
    assert one(NO, Constant(5)).amount is None
    assert one(asks("x"), Constant(5)).amount is None
    assert one(YES, Today()).amount == 20250301


@pytest.mark.parametrize(
    ("values", "is_worth"),
    [
        ({"hukou": 1}, True),
        ({"hukou": 2}, False),  # what is known speaks against it
        ({}, False),  # more is missing than the policy names
        ({"hukou": 1, "x": 1}, False),  # nothing is missing
    ],
)
def test_asking_is_worth_it_where_the_policy_says_so(values: dict[str, int], is_worth: bool) -> None:
    local = OneOf(HUKOU, (1,))
    rule = Rule("p", "1", Of.PERSON, Every((asks("x"), Some((local, asks("y"))))), None, Worth(("x",), local))
    [found] = judged([rule], HouseholdFacts({}, (PersonFacts("a", values),)), DAY, {})["p"]
    assert found.is_worth_asking is is_worth


def test_the_trace_says_every_condition_its_value_its_clause_and_its_date() -> None:
    old = Labelled("年满65周岁", "第三条", Compare(Op.AT_LEAST, AGE, Constant(65)))
    poor = Labelled("低保家庭", "第四条", Some((OneOf(HELP, (1,)), Other("dibao"))))
    small = Labelled("有孩子", "", Holds(Members(Over.ANY, where=Compare(Op.LESS, AGE, Constant(3)))))
    rule = Rule("p", "1", Of.PERSON, Labelled("全部", "第二条", Every((old, poor, small))))
    person = PersonFacts("a", {"birth": 19600228}, dates={"birth": 20240101})
    home = HouseholdFacts({}, (person,), expired={"assistance": 20250101})
    [found] = judged([rule], home, DAY, {})["p"]
    whole, first, second, third = found.trace
    assert [(line.label, line.clause, line.answer, line.depth) for line in found.trace] == [
        ("全部", "第二条", False, 0),
        ("年满65周岁", "第三条", True, 1),
        ("低保家庭", "第四条", None, 1),
        ("有孩子", "", False, 1),
    ]
    assert whole.measured == ()
    [age] = first.measured
    assert (age.term, age.found, age.against) == (AGE, 65, 65)
    assert [(look.column, look.person, look.value, look.known_on) for look in age.looked] == [
        ("birth", "a", 19600228, 20240101)
    ]
    assert second.policies == ("dibao",)
    assert second.missing == ("assistance", "policy:dibao")
    assert [(look.column, look.person, look.expired_on) for look in second.measured[0].looked] == [
        ("assistance", None, 20250101)
    ]
    assert (third.measured[0].found, third.measured[0].looked[0].person) == (0, "a")


def test_a_wide_rule_is_answered() -> None:
    wide: Any = Every(tuple(Compare(Op.LESS, INCOME, Constant(at)) for at in range(1, 10_001)))
    assert one(wide, income=0).verdict is True
    assert one(wide).missing == ("income",)
