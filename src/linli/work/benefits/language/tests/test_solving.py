"""Sound: whoever is eligible lies in what is left, and nobody is where nothing is."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from linli.work.benefits.engine.answers import HouseholdFacts, PersonFacts
from linli.work.benefits.engine.plain import judged
from linli.work.benefits.language.solving import left_of, solve
from linli.work.benefits.language.tree import (
    AtLeast,
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Holds,
    Members,
    Months,
    No,
    Of,
    OneOf,
    Op,
    Over,
    Rule,
    Some,
    Term,
    Years,
)

BIRTH = Column("birth", Of.PERSON)
HOMES = Column("homes", Of.HOUSEHOLD)
HUKOU = Column("hukou", Of.PERSON)
AGE, MONTHS = Years(BIRTH), Months(BIRTH)


def compares(term: Term, most: int) -> st.SearchStrategy[Condition]:
    return st.builds(
        Compare, st.sampled_from(Op), st.just(term), st.builds(Constant, st.integers(-1, most))
    ) | st.builds(Compare, st.sampled_from(Op), st.builds(Constant, st.integers(-1, most)), st.just(term))


CHOSEN = st.builds(OneOf, st.just(HUKOU), st.lists(st.integers(0, 5), max_size=4).map(tuple))
LEAVES = compares(AGE, 4) | compares(MONTHS, 50) | compares(HOMES, 3) | CHOSEN
LEAVES |= LEAVES.map(lambda inner: Holds(Members(Over.ANY, where=inner)))


def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    counted = parts.flatmap(lambda some: st.builds(AtLeast, st.integers(1, len(some)), st.just(some)))
    return st.builds(Every, parts) | st.builds(Some, parts) | st.builds(No, inner) | counted


CONDITIONS = st.recursive(LEAVES, grown, max_leaves=8)
PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "birth": st.dates(date(2020, 1, 1), date(2025, 7, 2)).map(lambda on: int(f"{on:%Y%m%d}")),
        "hukou": st.integers(0, 5),
    },
)


@settings(max_examples=400, deadline=None)
@given(CONDITIONS, PEOPLE, st.none() | st.integers(0, 3))
def test_sound(condition: Condition, person: dict[str, int], homes: int | None) -> None:
    household = HouseholdFacts({"homes": homes}, (PersonFacts(0, person),))
    (found,) = judged([Rule("p", "", Of.PERSON, condition)], household, date(2025, 7, 1), {})["p"]
    solved = solve(condition)
    if found.verdict is not True:
        return
    assert solved.left is not None
    if "hukou" in person:
        stretch = left_of(solved.left, HUKOU)
        assert stretch.among is None or person["hukou"] in stretch.among
    if homes is not None:
        stretch = left_of(solved.left, HOMES)
        assert (stretch.low or 0) <= homes
        assert stretch.high is None or homes <= stretch.high
