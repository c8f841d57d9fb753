"""A questionnaire reaches the same verdicts as all facts at once, and asks fewer of them."""

import random
from datetime import date

import pytest

from linli.work.benefits.engine.answers import Absent, HouseholdFacts, PersonFacts
from linli.work.benefits.engine.plain import judged
from linli.work.benefits.engine.questions import Question, answered, question_next
from linli.work.benefits.language.columns import Kind, columns
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import policies_shipped, standards_on, standards_shipped
from linli.work.benefits.language.tree import NEVER, Of

ON = date(2026, 11, 26)
STANDARDS = standards_on(standards_shipped(), ON)
RULES = [
    policy_read(version.text).rule(policy.code)
    for policy in policies_shipped()
    if (version := policy.version_on(ON))
]


def some_value(name: str, chance: random.Random) -> int:
    line = columns()[name]
    if line.kind is Kind.CHOICE:
        return chance.randint(0 if line.is_fact else 1, len(line.choices))
    if line.kind is Kind.MONEY:
        return chance.choice([0, 80000, 150000, 400000, 3000000, 5000000])
    if line.kind is Kind.DATE:
        day = chance.randint(1, 28) + 100 * chance.randint(1, 12)
        return day + 10000 * chance.randint(1930, 2025) if name == "birth" else NEVER
    return chance.randint(0, 3)


def whole_household(chance: random.Random) -> HouseholdFacts:
    def facts(of: Of) -> dict[str, int]:
        there = [line.name for line in columns().values() if line.of is of and line.name != "presence"]
        return {name: some_value(name, chance) for name in there}

    members = tuple(PersonFacts(at, facts(Of.PERSON)) for at in range(chance.randint(1, 3)))
    return HouseholdFacts(facts(Of.HOUSEHOLD), members)


def told(whole: HouseholdFacts, question: Question) -> int:
    of = whole.values if question.person is None else whole.members[int(question.person)].values
    value = of[question.fact]
    assert value is not None
    return value


def verdicts(household: HouseholdFacts) -> list[bool | None]:
    found = judged(RULES, household, ON, STANDARDS, with_trace=False)
    return [one.verdict for of_policy in found.values() for one in of_policy]


@pytest.mark.parametrize("seed", range(6))
def test_it_ends_at_the_same_verdicts_with_fewer_questions(seed: int) -> None:
    whole = whole_household(random.Random(seed))
    household = HouseholdFacts({}, tuple(PersonFacts(who.key, {}) for who in whole.members))
    asked = set()
    while question := question_next(RULES, household, ON, STANDARDS):
        assert question.absent not in asked
        assert question.open == verdicts(household).count(None)
        asked.add(question.absent)
        household = answered(household, question, told(whole, question))
    assert verdicts(household) == verdicts(whole)
    everything = len(whole.values) + sum(len(who.values) for who in whole.members)
    assert len(asked) < everything * 0.7


def test_what_settles_most_is_asked_first() -> None:
    household = HouseholdFacts({}, (PersonFacts("me", {}),))
    question = question_next(RULES, household, ON, STANDARDS)
    assert question
    assert question.fact in {"birth", "hukou"}
    assert question.person == "me"
    assert question.settles > 1


def test_only_what_matters_is_asked() -> None:
    rule = [
        policy_read(
            "unit: person\npays: status\nwhen: [{age: {from: 65}}, {fact: hukou, in: [local]}]\n"
        ).rule("p")
    ]
    young = HouseholdFacts({}, (PersonFacts(1, {"birth": 20000101}),))
    assert question_next(rule, young, ON, {}) is None
    old = HouseholdFacts({}, (PersonFacts(1, {"birth": 19400101}),))
    question = question_next(rule, old, ON, {})
    assert question == Question("hukou", 1, 1, 1.0)
    assert question_next(rule, answered(old, question, 1), ON, {}) is None


def test_what_could_not_be_answered_is_not_asked_again() -> None:
    household = HouseholdFacts({}, (PersonFacts("me", {}),))
    unanswered: set[Absent] = set()
    while question := question_next(RULES, household, ON, STANDARDS, unanswered):
        assert question.absent not in unanswered
        unanswered.add(question.absent)
    assert {absent.fact for absent in unanswered} >= {"birth", "hukou", "income", "assistance"}


def test_a_figure_that_is_not_known_is_nobodys_question() -> None:
    rule = [
        policy_read("unit: person\npays: status\nwhen: [{value: 5, under: {standard: none_yet}}]\n").rule("p")
    ]
    assert question_next(rule, HouseholdFacts({}, (PersonFacts(1, {}),)), ON, {}) is None
