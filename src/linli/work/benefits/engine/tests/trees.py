"""Random trees and random households for the test that both evaluators agree."""

from typing import Any

from hypothesis import strategies as st

from linli.work.benefits.engine.answers import HouseholdFacts, PersonFacts
from linli.work.benefits.language.tree import (
    NEVER,
    AtLeast,
    Band,
    Bands,
    Choose,
    Column,
    Compare,
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
    Today,
    Worth,
    Years,
)

TODAY = 20250301
STANDARDS = {"known": 3}
DAYS = [20250301, 20250302, 20250228, 20240229, 20240301, 20240302, 20220301, 20210131, 19600301, NEVER]
PERSON = ("hukou", "income", "grade")
PERSON_DAYS = ("birth", "retired_on")
HOUSEHOLD = ("assistance", "homes")
COLUMNS = (*PERSON, *PERSON_DAYS, *HOUSEHOLD)
small = st.integers(-3, 4)


def terms(of: Of, depth: int) -> st.SearchStrategy[Any]:
    """Numbers of a person or a household."""
    names = HOUSEHOLD + (PERSON if of is Of.PERSON else ())
    columns = st.sampled_from([Column(name, Of.HOUSEHOLD if name in HOUSEHOLD else of) for name in names])
    leaf = st.one_of(
        columns,
        st.builds(Constant, small),
        st.sampled_from([Standard("known"), Standard("unheard")]),
        ages() if of is Of.PERSON else columns,
    )
    if depth == 0:
        return leaf
    below, test = terms(of, depth - 1), conditions(of, depth - 1)
    bound = st.none() | small
    return st.one_of(
        leaf,
        st.builds(Reckoned, st.sampled_from(Sum), below, below),
        st.builds(
            Bands, below | ages_of(of), st.lists(st.builds(Band, bound, bound, below), max_size=3).map(tuple)
        ),
        st.builds(Choose, st.lists(st.tuples(test, below), max_size=2).map(tuple), below),
        members(depth - 1),
    )


def ages() -> st.SearchStrategy[Any]:
    """Ages in years or months, of a column or of a day that has been reckoned."""
    day = st.sampled_from([Column(name, Of.PERSON) for name in PERSON_DAYS])
    since = day | st.builds(Reckoned, st.sampled_from([Sum.LOWER, Sum.HIGHER]), day, st.just(Today()) | day)
    return st.one_of(st.builds(Years, since), st.builds(Months, since, st.booleans()))


def ages_of(of: Of) -> st.SearchStrategy[Any]:
    """Ages where there is a person."""
    return ages() if of is Of.PERSON else st.builds(Constant, small)


def members(depth: int) -> st.SearchStrategy[Any]:
    """Something over the members of a household."""
    value, where = terms(Of.PERSON, depth), st.none() | conditions(Of.PERSON, depth)
    totals = st.builds(Members, st.sampled_from([Over.TOTAL, Over.MOST, Over.LEAST]), value, where)
    return totals | tests_of_members(depth) | st.builds(Members, st.just(Over.COUNT), st.none(), where)


def tests_of_members(depth: int) -> st.SearchStrategy[Any]:
    """Whether any or every member is so."""
    where = st.none() | conditions(Of.PERSON, depth)
    return st.builds(Members, st.sampled_from([Over.ANY, Over.EVERY]), st.none(), where)


def conditions(of: Of, depth: int) -> st.SearchStrategy[Any]:
    """Conditions of a person or a household."""
    age = ages_of(of)
    bound = st.builds(Constant, st.sampled_from([-1, 0, 1, 2, 3, 4, 12, 36, 64, 65]))
    number = terms(of, 0)
    leaf = st.one_of(
        st.builds(Compare, st.sampled_from(Op), number, number),
        st.builds(Compare, st.sampled_from(Op), age, bound),
        st.builds(Compare, st.sampled_from(Op), bound, age),
        st.builds(OneOf, number, st.lists(small, max_size=2).map(tuple)),
    )
    if depth == 0:
        return leaf
    below = conditions(of, depth - 1)
    parts = st.lists(below, max_size=3).map(tuple)
    return st.one_of(
        leaf,
        st.builds(Compare, st.sampled_from(Op), terms(of, depth - 1), terms(of, depth - 1)),
        st.builds(Every, parts),
        st.builds(Some, parts),
        st.builds(AtLeast, st.integers(0, 3), parts),
        st.builds(No, below),
        st.builds(Labelled, st.just("a"), st.just("b"), below),
        st.builds(Holds, tests_of_members(depth - 1)),
        st.builds(Other, st.sampled_from(["all", "home", "unheard"])),
    )


def _later(of: Of, name: str, others: tuple[str, ...]) -> st.SearchStrategy[Rule]:
    worth = st.none() | st.builds(
        Worth, st.lists(st.sampled_from(COLUMNS), max_size=4).map(tuple), conditions(of, 1)
    )
    found = st.builds(
        Rule, st.just(name), st.just("1"), st.just(of), conditions(of, 2), st.none() | terms(of, 2), worth
    )
    return found.map(lambda rule: _looking_at(rule, others))


def _looking_at(node: Any, others: tuple[str, ...]) -> Any:
    """Let a tree look only at these policies: a circle is another test's matter."""
    if isinstance(node, Other):
        return node if node.policy in others or node.policy == "unheard" else Some(())
    if isinstance(node, tuple):
        return tuple(_looking_at(part, others) for part in node)
    if hasattr(node, "__dataclass_fields__"):
        values = {name: _looking_at(getattr(node, name), others) for name in node.__dataclass_fields__}
        return type(node)(**values)
    return node


rules = st.tuples(
    _later(Of.HOUSEHOLD, "home", ()),
    _later(Of.PERSON, "all", ("home",)),
    _later(Of.PERSON, "last", ("home", "all")),
)


def _values(names: tuple[str, ...], values: st.SearchStrategy[int]) -> dict[str, st.SearchStrategy[Any]]:
    return {name: st.none() | values for name in names}


people = st.fixed_dictionaries(
    {
        **_values(PERSON, small),
        **_values(PERSON_DAYS, st.sampled_from(DAYS)),
        "presence": st.sampled_from([None, 1, 1, 1, 2]),
    }
)
households = st.builds(
    lambda values, members: HouseholdFacts(
        values, tuple(PersonFacts(at, member) for at, member in enumerate(members))
    ),
    st.fixed_dictionaries(_values(HOUSEHOLD, small)),
    st.lists(people, min_size=1, max_size=4),
)
