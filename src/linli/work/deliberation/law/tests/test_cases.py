"""The cases that a lawyer can read, decided as they say; in Chinese, in ``cases/*.yaml``."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from linli.work.deliberation.law import Tally, Weights, decide, elect, rule_of, second_round_rule

ON = date(2026, 11, 26)
CASES = [
    pytest.param(group, case, id=f"{group['规则']}: {case['说明']}")
    for file in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for group in yaml.safe_load(file.read_text("utf-8"))
    for case in group["情形"]
]
CHOICES = {"同意": "yes", "反对": "no", "弃权": "abstain"}
MEETING = (*CHOICES, "应到", "到会", "户数", "到户")


def weights(text: str) -> Weights:
    """Read “90人 9000.01”: heads and square metres."""
    found = re.fullmatch(r"(\d+)[人户](?: (\d+)\.(\d\d))?", text)
    assert found, text
    return Weights(int(found[1]), int(found[2] or 0) * 100 + int(found[3] or 0))


def meeting(case: dict[str, Any]) -> Tally:
    heads = {
        name: weights(case[name]).heads for name in (*CHOICES, "应到", "到会", "户数", "到户") if name in case
    }
    return Tally.of_meeting(
        heads["应到"],
        heads["到会"],
        {CHOICES[name]: heads[name] for name in CHOICES if name in heads},
        households=heads.get("户数", 0),
        households_present=heads.get("到户", 0),
    )


def ballot(case: dict[str, Any]) -> Tally:
    given = {CHOICES[name]: weights(case[name]) for name in CHOICES if name in case}
    given |= {name: weights(votes) for name, votes in case.get("得票", {}).items()}
    return Tally.of_ballot(
        weights(case["全体"]), weights(case["参加"]), given, invalid=weights(case.get("废票", "0人"))
    )


@pytest.mark.parametrize(("group", "case"), CASES)
def test_case(group: dict[str, Any], case: dict[str, Any]) -> None:
    rule = rule_of(group["规则"], ON)
    if group.get("选举"):
        _elected(second_round_rule(rule) if case.get("第二轮") else rule, case)
        return
    verdict = decide(rule, meeting(case) if group.get("会议") else ballot(case))
    said = "通过" if verdict.is_passed else "未通过" if verdict.is_valid else "无效"
    assert said == case["结果"], [step.words for step in verdict.steps]


def _elected(rule: Any, case: dict[str, Any]) -> None:
    verdict = elect(rule, ballot(case), case["名额"])
    assert verdict.is_valid == (case["当选"] != "无效")
    if not verdict.is_valid:
        assert (verdict.elected, verdict.tied, verdict.second_round) == ((), (), None)
        return
    assert set(verdict.elected) == set(case["当选"]), [step.words for step in verdict.steps]
    assert set(verdict.tied) == set(case.get("并列", []))
    again, expected = verdict.second_round, case.get("另选")
    plan = (again.seats, set(again.candidates)) if again else None
    assert plan == (expected and (expected["名额"], set(expected["候选人"])))
