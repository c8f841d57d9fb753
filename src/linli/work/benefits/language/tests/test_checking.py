"""What the checker finds, and where; what it must not say."""

from datetime import date

import pytest

from linli.work.benefits.language.checking import (
    Around,
    Finding,
    KnownPolicy,
    KnownStandard,
    Severity,
    circle,
    has_errors,
    looked_at,
    version_check,
)
from linli.work.benefits.language.columns import Kind
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import policies_shipped, standards_shipped
from linli.work.benefits.language.tree import Of

from .texts import with_when

ON = date(2025, 7, 1)
AROUND = Around(
    standards={
        "dibao": KnownStandard(Kind.MONEY, date(2021, 7, 1)),
        "late": KnownStandard(Kind.MONEY, date(2026, 1, 1)),
    },
    policies={
        "dibao": KnownPolicy(Of.HOUSEHOLD, date(2021, 7, 1)),
        "person": KnownPolicy(Of.PERSON, date(2021, 7, 1)),
        "draft": KnownPolicy(Of.PERSON, None),
        "late": KnownPolicy(Of.PERSON, date(2026, 1, 1)),
        "a": KnownPolicy(Of.PERSON, date(2021, 1, 1), frozenset({"b"}), "老年津贴"),
        "b": KnownPolicy(Of.PERSON, date(2021, 1, 1), frozenset({"me", "dibao"})),
    },
)


def check(text: str, cases: str = "", on: date | None = ON) -> tuple[Finding, ...]:
    return version_check("me", text, cases, on, AROUND)


def serious(text: str, cases: str = "") -> list[tuple[str, str]]:
    found = check(text, cases)
    assert all(one.hint for one in found)
    return [(one.code, one.place) for one in found if one.severity is not Severity.HINT]


@pytest.mark.parametrize(
    ("conditions", "place"),
    [
        (("{age: {from: 65}}", "{age: {under: 60}}"), "when[1]"),
        (("{age: {from: 65, under: 65}}",), "when[0]"),
        (("{age: {from: 3}}", "{months: {since: birth, under: 36}}"), "when[1]"),
        (("{age: {under: 0}}",), "when[0]"),
        (("{age: {from: 650}}",), "when[0]"),
        (("{fact: hukou, in: [local]}", "{fact: hukou, in: [elsewhere, hmt]}"), "when[1]"),
        (("{fact: hukou, is: local}", "{not: {fact: hukou, in: [local, absent]}}"), "when[1]"),
        (("{fact: homes, over: 2}", "{fact: homes, at_most: 2}"), "when[1]"),
        (("{fact: vehicles, under: 0}",), "when[0]"),
        (
            (
                "{value: {per_head: income}, under: {standard: dibao}}",
                "{value: {per_head: income}, from: {standard: dibao}}",
            ),
            "when[1]",
        ),
        (("{policy: dibao}", "{not: {policy: dibao}}"), "when[1]"),
        (("{any: [{age: {from: 200}}, {fact: homes, under: 0}]}",), "when[0]"),
        (("{age: {from: 65}}", "{any: [{age: {under: 18}}, {age: {under: 60}}]}"), "when[1]"),
        (("{members: {any: {all: [{age: {under: 3}}, {age: {from: 16}}]}}}",), "when[0]"),
        (("{members: {count: all, under: 0}}",), "when[0]"),
        (("{at_least: {count: 2, of: [{age: {from: 200}}, {policy: dibao}]}}",), "when[0]"),
        (("{not: {any: [{age: {from: 60}}, {age: {under: 60}}]}}",), "when[0].not.any[1]"),
        (("{fact: birth, from: 2025-01-01}", "{fact: birth, under: 2024-01-01}"), "when[1]"),
    ],
)
def test_conditions_that_never_hold(conditions: tuple[str, ...], place: str) -> None:
    found = [one for one in check(with_when(*conditions)) if one.code == "condition.never"]
    assert [one.place for one in found] == [place]
    assert found[0].line >= 4
    assert "没有人会符合" in found[0].words
    assert has_errors(found)


@pytest.mark.parametrize(
    "conditions",
    [
        ("{age: {from: 65}}", "{age: {under: 66}}"),
        ("{age: {under: 3}}", "{months: {since: birth, from: 35}}"),
        ("{age: {under: 3}}", "{months: {since: birth, calendar: yes, from: 40}}"),
        ("{fact: hukou, in: [local, hmt]}", "{fact: hukou, in: [hmt]}"),
        ("{fact: income, under: 0}",),
        ("{any: [{age: {from: 65}}, {age: {under: 18}}]}", "{age: {under: 20}}"),
        ("{age: {from: 65}}", "{members: {any: {age: {under: 3}}}}"),
        ("{members: {any: {age: {under: 3}}}}", "{members: {any: {age: {from: 65}}}}"),
        ("{value: income, under: {standard: dibao}}", "{value: income, from: 5}"),
        ("{not: {all: [{age: {from: 65}}, {fact: hukou, in: [local]}]}}", "{age: {from: 65}}"),
        ("{at_least: {count: 1, of: [{age: {from: 200}}, {policy: dibao}]}}",),
    ],
)
def test_conditions_that_may_hold(conditions: tuple[str, ...]) -> None:
    assert not [one for one in check(with_when(*conditions)) if one.code == "condition.never"]


def test_a_branch_that_never_holds() -> None:
    text = with_when("{age: {from: 65}}", "{any: [{age: {under: 18}}, {fact: hukou, in: [local]}]}")
    assert serious(text) == [("branch.never", "when[1].any[0]")]
    assert not has_errors(check(text))


def test_an_exclusion_of_what_is_demanded() -> None:
    text = with_when("{policy: dibao}") + "excludes: [{policy: dibao}]\n"
    assert "condition.never" in {one.code for one in check(text)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("{from: 65, to: 70, pay: 1}, {from: 71, pay: 2}", [("bands.gap", "amount.bands")]),
        ("{from: 65, to: 70, pay: 1}, {from: 69, pay: 2}", [("bands.overlap", "amount.bands")]),
        ("{from: 65, pay: 1}, {from: 70, pay: 2}", [("bands.overlap", "amount.bands")]),
        ("{from: 70, pay: 2}, {from: 65, to: 70, pay: 1}", []),
        ("{from: 66, pay: 2}", [("bands.outside", "amount.bands")]),
        ("{from: 65, to: 100, pay: 2}", [("bands.outside", "amount.bands")]),
        ("{to: 100, pay: 2}, {from: 100, pay: 3}", []),
    ],
)
def test_tables(rows: str, expected: list[tuple[str, str]]) -> None:
    assert (
        serious(with_when("{age: {from: 65}}", amount=f"{{bands: {{of: age, rows: [{rows}]}}}}")) == expected
    )


def test_a_table_says_where_its_gap_is() -> None:
    text = with_when(
        "{age: {from: 65}}",
        amount="{bands: {of: age, rows: [{from: 65, to: 70, pay: 1}, {from: 71, pay: 2}]}}",
    )
    (gap,) = (one for one in check(text) if one.code == "bands.gap")
    assert (gap.words, gap.line, gap.severity) == ("70到71之间没有档。", 3, Severity.ERROR)


def test_gaps_of_money_and_dates_are_said_in_their_measure() -> None:
    def words(of: str, rows: str) -> str:
        text = with_when("{age: {from: 0}}", amount=f"{{bands: {{of: {of}, rows: [{rows}]}}}}")
        return next(one.words for one in check(text) if one.code == "bands.gap")

    assert words("income", "{to: 10.50, pay: 1}, {from: 20, pay: 2}") == "10.50 元到20 元之间没有档。"
    assert "2025-01-01到2025-02-01" in words("birth", "{to: 2025-01, pay: 1}, {from: 2025-02, pay: 2}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            with_when("{value: income, under: {standard: nope}}"),
            [("standard.unknown", "when[0].under.standard")],
        ),
        (
            with_when("{value: income, under: {standard: late}}"),
            [("standard.later", "when[0].under.standard")],
        ),
        (with_when("{value: income, under: {standard: dibao}}"), []),
        (with_when("{policy: nope}"), [("policy.unknown", "when[0]")]),
        (with_when("{policy: draft}"), [("policy.later", "when[0]")]),
        (with_when("{policy: late}"), [("policy.later", "when[0]")]),
        (with_when("{not: {policy: nope}}"), [("policy.unknown", "when[0].not")]),
        (
            with_when("{age: {from: 1}}") + "excludes: [{policy: nope}]\n",
            [("policy.unknown", "excludes[0].policy")],
        ),
        (with_when("{policy: me}"), [("policy.circle", "when[0]")]),
        (with_when("{policy: a}"), [("policy.circle", "when[0]")]),
        (
            with_when("{age: {from: 1}}") + "excludes: [{policy: b}]\n",
            [("policy.circle", "excludes[0].policy")],
        ),
        (with_when("{policy: person}", unit="household"), [("unit.policy", "when[0]")]),
        (with_when("{members: {any: {policy: person}}}", unit="household"), []),
        (with_when("{policy: dibao}", unit="household"), []),
        (
            with_when("{policy: dibao}", unit="household") + "excludes: [{policy: person}]\n",
            [("unit.policy", "excludes[0].policy")],
        ),
        (
            with_when(
                "{age: {from: 65}}",
                amount="{choose: {cases: [{when: {age: {under: 60}}, pay: 1}], otherwise: 2}}",
            ),
            [("case.never", "amount.choose.cases[0].when")],
        ),
        (with_when("{fact: hukou, in: [local]}", unit="child"), [("unit.child", "when")]),
        (with_when("{age: {under: 16}}", unit="child"), []),
        (with_when("{age: {from: 1}}", amount="-5"), [("amount.negative", "amount")]),
        (
            with_when("{age: {from: 1}}") + "worth_asking: {missing: [homes]}\n",
            [("asking.unused", "worth_asking")],
        ),
        (with_when("{policy: dibao}") + "worth_asking: {missing: [homes]}\n", []),
    ],
)
def test_names_and_units(text: str, expected: list[tuple[str, str]]) -> None:
    assert serious(text) == expected


def test_the_way_of_a_circle_is_shown() -> None:
    (found,) = (one for one in check(with_when("{policy: a}")) if one.code == "policy.circle")
    assert "这项政策 → 老年津贴 → b → 这项政策" in found.words
    assert circle("x", ["a"], AROUND.policies) == ()


def test_what_cannot_be_read_is_found_in_text_and_cases() -> None:
    found = check("unit: nobody\n", "- {name: x, on: 昨天, expect: not}\n")
    assert {one.code for one in found} == {"text.unreadable"}
    assert {"unit", "案例 [0].on"} <= {one.place for one in found}
    assert has_errors(found)


def test_a_case_before_the_version() -> None:
    text = with_when("{age: {from: 65}}")
    case = "- {name: 前一天, on: 2025-06-30, person: {birth: 1950-01-01}, expect: eligible}\n"
    assert serious(text, case) == [("case.before_version", "案例 前一天")]
    assert serious(text, case.replace("2025-06-30", "2025-07-01")) == []


def test_what_people_are_told_is_asked_for() -> None:
    hints = {one.code for one in check(with_when("{age: {from: 65}}")) if one.severity is Severity.HINT}
    assert hints == {
        *("cases.few", "source.missing", "document.missing", "plain.missing", "where.missing"),
        *("bring.missing", "mark.unverified"),
    }


def test_errors_come_first_and_are_kept_as_plain_values() -> None:
    found = check(with_when("{policy: nope}", "{any: [{age: {from: 200}}, {age: {from: 1}}]}"))
    weights = [one.severity for one in found]
    assert weights == sorted(weights, key=list(Severity).index)
    assert found[0].as_dict() == {
        "severity": "error",
        "code": "policy.unknown",
        "words": "没有“nope”这项政策。",
        "hint": "请核对政策的代号。",
        "place": "when[0]",
        "line": 4,
    }


def shipped_around() -> Around:
    first = {}
    for one in standards_shipped():
        kind = Kind.MONEY if one.is_money else Kind.NUMBER
        first.setdefault(one.code, KnownStandard(kind, one.from_on))
    policies = {}
    for policy in policies_shipped():
        read = [policy_read(version.text) for version in policy.versions]
        looks_at = frozenset().union(*map(looked_at, read))
        policies[policy.code] = KnownPolicy(read[0].rule("x").of, policy.versions[0].from_on, looks_at)
    return Around(first, policies)


def test_nothing_serious_is_found_in_what_ships() -> None:
    around = shipped_around()
    for policy in policies_shipped():
        for version in policy.versions:
            found = version_check(policy.code, version.text, version.cases, version.from_on, around)
            serious = [one for one in found if one.severity is not Severity.HINT]
            # The old amounts of 残疾人两项补贴 are older than what Linli knows of the policies they look at.
            assert {one.code for one in serious} <= {"policy.later"}, (policy.code, serious)
