"""The cases that stand beside the shipped policies, judged as they say; a clerk can read and add to them."""

import functools
from datetime import date

import pytest

from linli.work.benefits.engine.trying import tried
from linli.work.benefits.language.cases import Case, cases_read
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import (
    ShippedPolicy,
    ShippedVersion,
    policies_shipped,
    standard_kinds,
    standards_on,
    standards_shipped,
)
from linli.work.benefits.language.tree import Rule

STANDARDS = standards_shipped()
KINDS = standard_kinds(STANDARDS)
POLICIES = policies_shipped()
CASES = [
    pytest.param(policy, version, case, id=f"{policy.name} {version.from_on}: {case.name}")
    for policy in POLICIES
    for version in policy.versions
    for case in cases_read(version.cases, KINDS)
]


@functools.cache
def rule_of(code: str, text: str) -> Rule:
    return policy_read(text, KINDS).rule(code)


def others(policy: ShippedPolicy, on: date) -> list[Rule]:
    in_force = ((other.code, other.version_on(on)) for other in POLICIES if other.code != policy.code)
    return [rule_of(code, version.text) for code, version in in_force if version]


@pytest.mark.parametrize(("policy", "version", "case"), CASES)
def test_case(policy: ShippedPolicy, version: ShippedVersion, case: Case) -> None:
    rule = rule_of(policy.code, version.text)
    found = tried(case, rule, others(policy, case.on), standards_on(STANDARDS, case.on))
    assert found.is_right, found.faults


def amount_on(code: str, on: date, case: str) -> int | None:
    (policy,) = (one for one in POLICIES if one.code == code)
    version = policy.version_on(on)
    assert version
    (one,) = cases_read(f"- name: x\n  on: {on}\n  expect: eligible\n{case}", KINDS)
    rule = rule_of(code, version.text)
    found = tried(one, rule, others(policy, on), standards_on(STANDARDS, on)).found
    assert found
    assert found.verdict
    return found.amount


def test_the_same_person_before_and_after_the_change_of_july_2025() -> None:
    case = "  person: {hukou: local, disability_grade: 1, disability_kind: limbs}\n"
    assert amount_on("disabled_nursing", date(2025, 6, 30), case) == 30000
    assert amount_on("disabled_nursing", date(2025, 7, 1), case) == 35000


def test_a_child_of_july_2024_gets_9000_in_all() -> None:
    case = "  person: {birth: 2024-07-10, lawful_birth: yes}\n"
    years = (date(2025, 1, 1), date(2026, 1, 1), date(2027, 1, 1))
    assert sum(amount_on("childcare", on, case) or 0 for on in years) == 900000


def test_a_child_of_2025_gets_10800_in_all() -> None:
    case = "  person: {birth: 2025-03-10, lawful_birth: yes}\n"
    years = (date(2025, 4, 1), date(2026, 4, 1), date(2027, 4, 1))
    assert sum(amount_on("childcare", on, case) or 0 for on in years) == 1080000
