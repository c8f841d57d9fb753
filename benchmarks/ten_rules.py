"""Ten rules with aggregates of households, in the tree that the engine knows; the oracle says the same."""

from linli.work.benefits.language.tree import (
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Holds,
    Members,
    Of,
    OneOf,
    Op,
    Over,
    Reckoned,
    Rule,
    Some,
    Sum,
    Years,
)

DIBAO = 159_500  # fen
HUKOU, GRADE, KIND, JOB, INCOME, BIRTH = (
    Column(name, Of.PERSON)
    for name in ("hukou", "disability_grade", "disability_kind", "employment", "income", "birth")
)
AGE = Years(BIRTH)
COUNT = Members(Over.COUNT)
TOTAL = Members(Over.TOTAL, INCOME)
PER_HEAD = Reckoned(Sum.SHARE, TOTAL, COUNT)


def _age(from_: int | None = None, under: int | None = None) -> Condition:
    low = [] if from_ is None else [Compare(Op.AT_LEAST, AGE, Constant(from_))]
    high = [] if under is None else [Compare(Op.LESS, AGE, Constant(under))]
    return Every((*low, *high))


LOCAL, SEVERE = OneOf(HUKOU, (1,)), OneOf(GRADE, (1, 2))
JOBLESS = OneOf(JOB, (5, 6))  # 登记失业, 无业
POOR = Compare(Op.LESS, PER_HEAD, Constant(DIBAO))
NEAR = Every(
    (Compare(Op.AT_LEAST, PER_HEAD, Constant(DIBAO)), Compare(Op.LESS, PER_HEAD, Constant(2 * DIBAO)))
)
SMALL_CHILD = Holds(Members(Over.ANY, where=_age(under=3)))
VERY_OLD = Holds(Members(Over.ANY, where=_age(from_=80)))
WHEN: dict[str, Condition] = {
    "elder": Every((LOCAL, _age(from_=65))),
    "poor": POOR,
    "near": NEAR,
    "minor": Every((POOR, _age(under=16))),
    "jobless": Every((LOCAL, SEVERE, JOBLESS)),
    "living": Every((OneOf(GRADE, (1, 2, 3, 4)), Some((POOR, NEAR)))),
    "nursing": Some((SEVERE, Every((OneOf(GRADE, (3,)), OneOf(KIND, (5, 6)))))),
    "child": Every((SMALL_CHILD, Some((POOR, NEAR)))),
    "large": Every((Compare(Op.AT_LEAST, COUNT, Constant(5)), Compare(Op.LESS, TOTAL, Constant(10 * DIBAO)))),
    "old_home": Every((VERY_OLD, Compare(Op.AT_MOST, COUNT, Constant(2)))),
}
RULES = tuple(Rule(name, "1", Of.PERSON, when) for name, when in WHEN.items())
