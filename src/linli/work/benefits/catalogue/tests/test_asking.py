"""The anonymous check: only the next useful question, exact sums, nothing asked twice."""

from __future__ import annotations

import functools
from datetime import date

import pytest

from linli.work.benefits.catalogue.asking import PEOPLE, TOGETHER, Answers, next_question, outcome
from linli.work.benefits.language.columns import columns
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import (
    policies_shipped,
    standard_kinds,
    standards_on,
    standards_shipped,
)
from linli.work.benefits.language.tree import Rule

DAY = date(2026, 11, 26)
KINDS = standard_kinds(standards_shipped())
FIGURES = standards_on(standards_shipped(), DAY)


@functools.cache
def rules() -> list[Rule]:
    found = [(policy.code, policy.version_on(DAY)) for policy in policies_shipped()]
    return [policy_read(version.text, KINDS).rule(code) for code, version in found if version is not None]


def asked(known: dict[str, int | None], wanted: list[str]) -> tuple[list[str], Answers]:
    """Answer what is asked from what is known (else pass over); return the questions in order."""
    answers, names = Answers(), list[str]()
    while (name := next_question(answers, outcome(answers, rules(), DAY, FIGURES), wanted)) is not None:
        assert name not in names, "asked twice"
        names.append(name)
        answers = answers.with_one(name, known.get(name))
    return names, answers


def verdict(answers: Answers, code: str) -> bool | None:
    return outcome(answers, rules(), DAY, FIGURES).by_policy[code].verdict


def test_what_is_settled_is_not_asked_on() -> None:
    names, answers = asked({"birth": 19900101}, ["elder_allowance"])
    assert names == ["birth"] and verdict(answers, "elder_allowance") is False
    names, answers = asked({"birth": 19500101, "hukou": 1}, ["elder_allowance"])
    assert names == ["birth", "hukou"]
    assert outcome(answers, rules(), DAY, FIGURES).by_policy["elder_allowance"].amount == 15_000


def test_a_question_passed_over_leaves_the_policy_open() -> None:
    names, answers = asked({"birth": 19500101}, ["elder_allowance"])
    assert names == ["birth", "hukou"] and verdict(answers, "elder_allowance") is None


@pytest.mark.parametrize(("others", "is_poor"), [(100_000, True), (900_000, False)])
def test_the_income_of_a_household_is_summed_exactly(others: int, is_poor: bool) -> None:
    given = {"hukou": 1, PEOPLE: 3, "income": 50_000, TOGETHER: others}
    home = {"money_per_head": 0, "homes": 1, "other_buildings": 0, "vehicles": 0}
    answers = Answers({**given, **home})
    household = answers.household()
    assert sum(who.values.get("income") or 0 for who in household.members) == 50_000 + others
    assert len(household.members) == 3
    said = verdict(answers, "dibao")
    assert said is not (not is_poor) and (is_poor or said is False)


def test_until_it_is_known_how_many_live_there_a_sum_is_open() -> None:
    answers = Answers({"hukou": 1, "income": 0})
    assert verdict(answers, "dibao") is None
    alone = answers.with_one(PEOPLE, 1)
    assert len(alone.household().members) == 1


def test_everything_asked_can_be_answered_and_it_ends() -> None:
    wanted = [rule.policy for rule in rules()]
    names, _answers = asked({}, wanted)
    assert set(names) <= {*columns(), PEOPLE, TOGETHER} and len(names) < 50
    assert names[0] in ("birth", "hukou")


def test_the_last_answer_is_taken_back() -> None:
    answers = Answers({"birth": 19500101}).with_one("hukou", 1)
    assert dict(answers.without_last().given) == {"birth": 19500101}
    assert dict(Answers().without_last().given) == {}
