"""Whom a rule proposes: three answers, never a guess; no database."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linli.core.actor import Function
from linli.registers.residents.care.rules import (
    BadCareRules,
    CareGroup,
    Situation,
    Truth,
    care_group,
    care_rules,
    care_rules_read,
    evaluated,
    reason_words,
)
from linli.registers.residents.consents.purposes import consent_purposes
from linli.registers.residents.facts.rules import Answer, FactValue

FILE = Path(__file__).parent.parent / "data" / "care_groups.yaml"
YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def known(**values: str) -> dict[str, FactValue]:
    return {key: FactValue(Answer(value) if value in ("none", "unknown", "expired") else Answer.KNOWN, value)
            for key, value in values.items()}  # fmt: skip


def group(code: str) -> CareGroup:
    found = care_group(code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "age", "others", "facts", "answer"),
    [
        ("alone_80", 80, (), {}, YES),
        ("alone_80", 79, (), {}, NO),
        ("alone_80", 80, (50,), {}, NO),
        ("alone_80", 80, None, {}, UNKNOWN),
        ("alone_80", None, (), {}, UNKNOWN),
        ("alone_80", 79, None, {}, NO),  # too young whoever lives there
        ("alone_60_disabled", 60, (), {"disability_grade": "4"}, YES),
        ("alone_60_disabled", 60, (), {"disability_grade": "none"}, NO),
        ("alone_60_disabled", 60, (), {"disability_grade": "expired"}, UNKNOWN),
        ("alone_60_disabled", 60, (), {}, UNKNOWN),
        ("alone_60_disabled", 80, (), {"disability_grade": "4"}, NO),  # that is alone_80
        ("couple_80", 82, (81,), {}, YES),
        ("couple_80", 82, (79,), {}, NO),
        ("couple_80", 82, (), {}, NO),
        ("couple_80", 82, (None,), {}, UNKNOWN),
        ("heavy_disability", 30, None, {"disability_grade": "2"}, YES),
        ("heavy_disability", 30, None, {"disability_grade": "3", "disability_kind": "mental"}, YES),
        ("heavy_disability", 30, None, {"disability_grade": "3", "disability_kind": "sight"}, NO),
        ("heavy_disability", 30, None, {"disability_grade": "3"}, UNKNOWN),
        ("heavy_disability", 30, None, {"disability_grade": "unknown"}, UNKNOWN),
        ("needs_care", 85, (50,), {"care_level": "4"}, YES),
        ("needs_care", 85, (50,), {"care_level": "3", "capability": "light", "dementia": "none"}, NO),
        ("needs_care", 85, (50,), {"care_level": "3"}, UNKNOWN),
        ("needs_care", 85, (50,), {"dementia": "yes"}, YES),
        ("child_unsupported", 17, (70,), {"child_status": "orphan"}, YES),
        ("child_unsupported", 18, (70,), {"child_status": "orphan"}, NO),
        ("child_hardship", 8, (30,), {"child_status": "left_behind"}, YES),
        ("child_alone", 15, (), {}, YES),
        ("child_alone", 15, (17,), {}, YES),
        ("child_alone", 15, (18,), {}, NO),
        ("child_alone", 15, (17, None), {}, UNKNOWN),
        ("child_alone", 15, None, {}, UNKNOWN),
        ("child_alone", 16, (), {}, NO),
        ("tekun", 70, None, {"tekun": "yes"}, YES),
        ("tekun", 70, None, {"tekun": "no"}, NO),
        ("lost_only_child", 49, None, {"only_child_lost": "dead"}, YES),
    ],
)
def test_cases(code: str, age: Any, others: Any, facts: dict[str, str], answer: Truth) -> None:
    found = evaluated(group(code), Situation(age, others, known(**facts)))
    assert found.answer is answer
    assert bool(found.missing) == (answer is UNKNOWN)


def test_reasons_name_conditions_never_values() -> None:
    found = evaluated(group("alone_60_disabled"), Situation(61, (), known(disability_grade="2")))
    assert found.reasons == ("age_from:60", "age_under:80", "alone", "fact:disability_grade")
    words = [reason_words(code) for code in found.reasons]
    assert words == ["年满60周岁", "未满80周岁", "独自居住", "残疾等级符合条件"]
    missing = evaluated(group("alone_80"), Situation(None, None)).missing
    assert [reason_words(code) for code in missing] == ["出生年月", "同住情况"]


def test_every_rule_is_dated_sourced_for_a_named_service_and_expires() -> None:
    for rule in care_rules().groups:
        assert rule.source and rule.service and rule.months > 0 and rule.mark in "✔○✘"
        assert rule.function == Function.COMMITTEE or rule.consent in consent_purposes()
    assert care_rules().on(date(2025, 12, 31)) == []
    assert len(care_rules().on(date(2026, 1, 1))) == len(care_rules().groups) == 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"when": [{"zodiac": "ox"}]}, "unknown condition"),
        ({"when": []}, "needs conditions"),
        ({"when": [{"fact": "shoe_size", "in": ["43"]}]}, "no such fact"),
        ({"when": [{"fact": "vehicles", "in": ["1"]}]}, "no such fact"),
        ({"when": [{"any": [{"fact": "tekun", "in": ["maybe"]}]}]}, "no such fact"),
        ({"given_by": {"function": "provider"}}, "needs a consent"),
        ({"given_by": {"function": "wizard"}}, "wizard"),
        ({"months": 0}, "needs conditions"),
        ({"mark": "?"}, "mark"),
    ],
)
def test_a_faulty_rule_is_named(change: dict[str, Any], words: str) -> None:
    content = yaml.safe_load(FILE.read_text())
    content["groups"] = [content["groups"][0] | change]
    with pytest.raises(BadCareRules, match=words):
        care_rules_read(content)
    content["groups"] = [yaml.safe_load(FILE.read_text())["groups"][0]] * 2
    with pytest.raises(BadCareRules, match="twice"):
        care_rules_read(content)


ages = st.one_of(st.none(), st.integers(0, 110))
answers = st.sampled_from(["none", "unknown", "expired", "1", "2", "3", "4", "yes", "mental", "orphan"])
people = st.builds(
    lambda age, others, facts: Situation(age, others, known(**facts)),
    ages,
    st.one_of(st.none(), st.lists(ages, max_size=3).map(tuple)),
    st.dictionaries(
        st.sampled_from(["disability_grade", "disability_kind", "tekun", "child_status"]), answers
    ),
)


@given(people, st.sampled_from(care_rules().groups), st.integers(0, 110))
def test_learning_more_never_turns_a_yes_or_a_no(person: Situation, rule: CareGroup, age: int) -> None:
    """What is not known may settle either way, but what was settled without it stays."""
    before = evaluated(rule, person).answer
    learned = [Situation(age if person.age is None else person.age, person.others, person.facts)]
    if person.others is None:
        learned.append(Situation(person.age, (age,), person.facts))
    asked = {key: value for key, value in person.facts.items() if value.is_settled}
    learned.append(Situation(person.age, person.others, {**known(tekun="no", child_status="none"), **asked}))
    if before is not UNKNOWN:
        assert {evaluated(rule, more).answer for more in learned} == {before}
