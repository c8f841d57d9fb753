"""The file of rules: what it must say of every row, and what is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from linli.work.deliberation.law import NoSuchRule, rule_from_json, rule_of, rule_to_json, rules_in_force
from linli.work.deliberation.law.rules import DATA, BadRules, rules_read

TODAY = date(2026, 11, 26)
CASES = Path(__file__).parent / "cases"
ROW: dict[str, Any] = {
    "key": "a",
    "title": "甲",
    "from": date(2026, 1, 1),
    "source": "第1条",
    "mark": "✔",
    "electorate": "residents",
    "way": "either",
    "passing": [{"basis": "heads", "share": ">1/2", "of": "attendees", "article": "第1条"}],
}


def test_every_rule_in_force_says_where_it_comes_from() -> None:
    for rule in rules_in_force(TODAY):
        articles = [part.article for part in (*rule.turnout, *rule.passing, *rule.callers)]
        assert rule.source and rule.title and rule.about, rule.key
        assert all(articles), rule.key


def test_every_rule_has_cases_that_a_lawyer_can_read() -> None:
    named = {
        case["规则"] for file in CASES.glob("*.yaml") for case in yaml.safe_load(file.read_text("utf-8"))
    }
    assert {rule.key for rule in rules_in_force(TODAY)} <= named


def test_secret_are_elections_recalls_and_assessments_and_nothing_by_area() -> None:
    for rule in rules_in_force(TODAY):
        assert rule.is_secret == (rule.kind != "decision" and not rule.by_area), rule.key


def test_a_rule_is_taken_by_its_day() -> None:
    before, after = (rule_of("residents_meeting", date(*day)) for day in ((2025, 12, 31), (2026, 1, 1)))
    assert str(before.callers[0].share) == ">=1/5"
    assert str(after.callers[0].share) == ">=1/10"
    assert before.notice_days is None and after.notice_days == 10


def test_no_rule_on_that_day_is_said() -> None:
    with pytest.raises(NoSuchRule, match="2020-12-31"):
        rule_of("owners_general", date(2020, 12, 31))
    with pytest.raises(NoSuchRule):
        rule_of("unknown", TODAY)


def test_a_rule_comes_back_from_what_a_ballot_keeps() -> None:
    for rule in rules_in_force(TODAY):
        assert rule_from_json(rule_to_json(rule)) == rule


def test_the_file_is_read_without_faults() -> None:
    assert len(rules_read(yaml.safe_load(DATA.read_text("utf-8")))) > 20


@pytest.mark.parametrize(
    "change",
    [
        {"mark": "?"},
        {"way": "open"},
        {"kind": "lottery"},
        {"electorate": "everybody"},
        {"passing": []},
        {"passing": [{"basis": "heads", "share": "0.5", "of": "attendees", "article": "第1条"}]},
        {"passing": [{"basis": "heads", "share": ">3/2", "of": "attendees", "article": "第1条"}]},
        {"passing": [{"basis": "heads", "share": ">1/2", "of": "everybody", "article": "第1条"}]},
        {"passing": [{"basis": "area", "share": ">1/2", "of": "participants", "article": "第1条"}]},
        {"to": date(2025, 1, 1)},
        {"quorum": 3},
        {"suggested": ["quorum"]},
    ],
)
def test_a_bad_row_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRules, match=r"row 1 \(a\)"):
        rules_read({"rules": [ROW | change]})


def test_two_rows_in_force_at_once_are_refused() -> None:
    with pytest.raises(BadRules, match="at once"):
        rules_read({"rules": [ROW | {"to": date(2026, 6, 1)}, ROW | {"from": date(2026, 6, 1)}]})
    rules_read({"rules": [ROW | {"to": date(2026, 5, 31)}, ROW | {"from": date(2026, 6, 1)}]})
