"""The anonymous check: only the next useful question, exact sums, nothing asked twice."""

from __future__ import annotations

import functools
from datetime import date

import pytest

from linli.work.benefits.catalogue.asking import Answers, Asked, is_question
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import (
    policies_shipped,
    standard_kinds,
    standards_on,
    standards_shipped,
)

DAY = date(2026, 11, 26)


@functools.cache
def about(*wanted: str) -> Asked:
    kinds = standard_kinds(standards_shipped())
    there = [(policy.code, policy.version_on(DAY)) for policy in policies_shipped()]
    rules = [policy_read(version.text, kinds).rule(code) for code, version in there if version is not None]
    return Asked.about(wanted, rules, DAY, standards_on(standards_shipped(), DAY))


def asked(known: dict[str, int | None], wanted: Asked, people: int = 1) -> tuple[list[str], Answers]:
    """Answer what is asked from what is known (else pass over); return the questions in order."""
    answers, names = Answers(people), list[tuple[str, str]]()
    while (question := wanted.next_question(answers)) is not None:
        at = (question.fact, str(question.person or ""))
        assert at not in names and is_question(*at, people)
        names.append(at)
        answers = answers.with_one(*at, known.get(question.fact))
    return [fact for fact, _whose in names], answers


def test_what_is_settled_is_not_asked_on() -> None:
    elder = about("elder_allowance")
    names, answers = asked({"birth": 19500101, "hukou": 2}, elder)
    assert names == ["hukou"] and elder.outcome(answers)["elder_allowance"][0].verdict is False
    names, answers = asked({"birth": 19500101, "hukou": 1}, elder)
    assert sorted(names) == ["birth", "hukou"]
    assert elder.outcome(answers)["elder_allowance"][0].amount == 15_000


def test_a_question_passed_over_leaves_the_policy_open_and_is_not_asked_again() -> None:
    elder = about("elder_allowance")
    names, answers = asked({"birth": 19500101}, elder)
    assert sorted(names) == ["birth", "hukou"]
    (said,) = elder.outcome(answers)["elder_allowance"]
    assert said.verdict is None and said.missing == ("hukou",)


@pytest.mark.parametrize(("income", "verdict"), [(100_000, True), (900_000, False)])
def test_everybody_of_the_household_is_asked_where_it_matters(income: int, verdict: bool) -> None:
    known: dict[str, int | None] = {
        **{"hukou": 1, "income": income, "employment": 6, "birth": 19800101},
        **{"money_per_head": 0, "homes": 1, "other_buildings": 0, "vehicles": 0},
    }
    dibao = about("dibao")
    names, answers = asked(known, dibao, people=2)
    assert names.count("income") == 2
    assert dibao.outcome(answers)["dibao"][0].verdict is verdict


def test_a_policy_that_is_not_in_force_is_left_out() -> None:
    nothing = about("nothing_such")
    assert nothing.next_question(Answers()) is None and nothing.outcome(Answers()) == {}


@pytest.mark.parametrize(
    ("fact", "person", "is_one"),
    [
        ("birth", "1", True),
        ("birth", "3", False),
        ("birth", "", False),
        ("homes", "", True),
        ("x", "1", False),
    ],
)
def test_a_form_asks_only_what_there_is(fact: str, person: str, is_one: bool) -> None:
    assert is_question(fact, person, 2) is is_one


def test_the_last_answer_is_taken_back() -> None:
    answers = Answers(2).with_one("birth", "1", 19500101).with_one("hukou", "1", 1)
    assert answers.without_last().given == (("birth", "1", 19500101),)
    assert Answers().without_last() == Answers()
