"""What ships: fourteen policies (one in two halves) with sources, marks and cases; the city's figures."""

from datetime import date

import pytest

from linli.registers.residents.facts.dictionary import MARKS, dictionary
from linli.work.benefits.language.cases import cases_read
from linli.work.benefits.language.columns import Kind
from linli.work.benefits.language.policy import Pays, PolicyText
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import (
    ShippedPolicy,
    ShippedVersion,
    policies_shipped,
    standard_kinds,
    standards_on,
    standards_shipped,
)
from linli.work.benefits.language.tree import Standard, walk
from linli.work.benefits.language.writing import canonical

KINDS = standard_kinds(standards_shipped())
VERSIONS = [
    pytest.param(policy, version, id=f"{policy.code} {version.from_on}")
    for policy in policies_shipped()
    for version in policy.versions
]


def read(version: ShippedVersion) -> PolicyText:
    return policy_read(version.text, KINDS)


def test_the_fourteen_of_the_dictionary_are_there() -> None:
    services = {service for line in dictionary().values() for service in line.services}
    names = {policy.name for policy in policies_shipped()}
    assert len(policies_shipped()) == 15
    assert names - services == {"独生子女父母年老一次性奖励"}
    assert services - names == {"关爱服务", "居民选举名册"}


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_version(policy: ShippedPolicy, version: ShippedVersion) -> None:
    text = read(version)
    assert text.source
    assert text.document
    assert text.plain
    assert text.where
    assert text.bring
    assert text.mark in MARKS
    assert (text.amount is None) == (text.pays is Pays.STATUS)
    assert policy.unit == text.unit
    assert canonical(version.text) == version.text
    cases = cases_read(version.cases, KINDS)
    assert len(cases) >= 6
    assert {case.expect for case in cases} == {True, False, None}
    for case in cases:
        assert version.from_on <= case.on
        assert version.to_on is None or case.on < version.to_on


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_what_is_not_verified_says_so(policy: ShippedPolicy, version: ShippedVersion) -> None:
    text = read(version)
    assert text.mark == "✔" or any(note.mark in "○✘" for note in text.notes)
    used = {node.code for node in walk(text.when) if isinstance(node, Standard)}
    if text.amount is not None:
        used |= {node.code for node in walk(text.amount) if isinstance(node, Standard)}
    guessed = {one.code for one in standards_shipped() if one.mark == "✘"}
    assert not used & guessed or any(note.mark == "✘" for note in text.notes)


def test_versions_follow_each_other() -> None:
    for policy in policies_shipped():
        for before, after in zip(policy.versions, policy.versions[1:], strict=False):
            assert before.to_on == after.from_on


def test_the_version_of_a_day() -> None:
    (policy,) = (one for one in policies_shipped() if one.code == "disabled_nursing")
    old, new = policy.versions
    assert policy.version_on(date(2025, 6, 30)) is old
    assert policy.version_on(date(2025, 7, 1)) is new
    assert policy.version_on(date(2020, 12, 31)) is None


def test_figures_hold_from_their_day() -> None:
    figures = standards_shipped()
    assert "dibao" not in standards_on(figures, date(2021, 6, 30))
    assert standards_on(figures, date(2024, 6, 30))["dibao"] == 151000
    assert standards_on(figures, date(2024, 7, 1))["dibao"] == 159500
    assert KINDS["dibao"] is Kind.MONEY
    (carried,) = (one for one in figures if one.code == "dibao" and one.from_on == date(2025, 7, 1))
    assert (carried.mark, carried.amount) == ("✘", 159500)
    assert all(one.mark in MARKS and one.source for one in figures)
