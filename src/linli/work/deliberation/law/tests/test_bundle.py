"""The public bundle is counted again by the published script, which finds what was changed."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.work.deliberation.law import (
    Cast,
    DecisionRule,
    Weights,
    rule_of,
    rules_in_force,
    second_round_rule,
)
from linli.work.deliberation.law.bundle import FEWEST, Paper, bundle_build, bundle_digest, sheets_merged
from linli.work.deliberation.law.results import Asked, Sheets, Voters, results_of

ON = date(2026, 11, 26)
# A busy machine is no fault of a property.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCRIPT = Path(__file__).parents[6] / "docs" / "recount.py"
YES_NO = {"yes": "同意", "no": "反对", "abstain": "弃权"}
HEAD = {"number": "20261126", "title": "加装电梯", "closed_on": "2026-11-26"}
DIGEST = "ab" * 32

_spec = importlib.util.spec_from_file_location("recount", SCRIPT)
assert _spec and _spec.loader
script: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(script)


def bundle_of(
    rule: DecisionRule,
    questions: list[Asked],
    voters: Voters,
    casts: list[Cast],
    sheets: tuple[Sheets, ...] = (),
    receipts: tuple[str, ...] = (),
) -> dict[str, Any]:
    papers = [Paper(cast, f"{number:064x}") for number, cast in enumerate(casts)]
    return bundle_build(
        head=HEAD,
        rule=rule,
        roll_digest=DIGEST,
        voters=voters,
        results=results_of(rule, questions, voters, casts, sheets),
        papers=papers,
        sheets=sheets,
        receipts=receipts,
    )


def lift() -> dict[str, Any]:
    """Twenty-four owners of one house: twelve of sixteen agree, exactly three quarters."""
    votes = [*["yes"] * 12, *["no"] * 3, "abstain"]
    casts = [Cast({"1": [vote]}, 1, 9000 if n < 14 else 9000 - n) for n, vote in enumerate(votes)]
    voters = Voters(Weights(24, 24 * 8990))
    return bundle_of(
        rule_of("owners_part_major", ON), [Asked("1", "是否同意加装电梯", YES_NO)], voters, casts
    )


def election() -> dict[str, Any]:
    """A secret election of three out of five: two are elected, the third seat is voted on again."""
    asked = Asked("1", "居民委员会委员", {key: key for key in "甲乙丙丁戊"}, seats=3)
    web = Sheets(400, {"1": {"甲": 390, "乙": 350, "丙": 200, "丁": 150, "abstain": 5, "invalid": 2}})
    box = Sheets(201, {"1": {"甲": 150, "乙": 120, "丙": 90, "戊": 30, "invalid": 3}})
    receipts = tuple(f"{number:064x}" for number in range(400))
    rule = rule_of("committee_election_voters", ON)
    return bundle_of(rule, [asked], Voters(Weights(1000)), [], (web, box), receipts)


@pytest.mark.parametrize("build", [lift, election])
def test_it_agrees(build: Callable[[], dict[str, Any]]) -> None:
    bundle = build()
    faults, said = script.recount(json.loads(json.dumps(bundle)), bundle["digest"])
    assert faults == []
    assert said


def test_what_was_decided_is_in_the_bundle() -> None:
    assert lift()["result"]["1"]["is_passed"] is True
    found = election()["result"]["1"]
    assert found["elected"] == sorted("甲乙")
    assert found["second_round"] == {"seats": 1, "candidates": sorted("丙丁")}


def _vote_turned(bundle: dict[str, Any]) -> None:
    bundle["papers"][0]["choices"]["1"] = ["no"]


def _vote_dropped(bundle: dict[str, Any]) -> None:
    bundle["papers"].pop()


def _vote_twice(bundle: dict[str, Any]) -> None:
    bundle["papers"].append(bundle["papers"][0])


def _area_grown(bundle: dict[str, Any]) -> None:
    bundle["papers"][0]["area"] += 1


def _sum_grown(bundle: dict[str, Any]) -> None:
    bundle["rest"]["1"]["yes"] += 1


def _result_turned(bundle: dict[str, Any]) -> None:
    bundle["result"]["1"]["is_passed"] = False


def _rule_bent(bundle: dict[str, Any]) -> None:
    bundle["rule"]["passing"][1]["share"] = ">3/4"


def _roll_shrunk(bundle: dict[str, Any]) -> None:
    bundle["roll"]["heads"] = 15


CHANGES = (
    *(_vote_turned, _vote_dropped, _vote_twice, _area_grown),
    *(_sum_grown, _result_turned, _rule_bent, _roll_shrunk),
)


@pytest.mark.parametrize("change", CHANGES)
def test_it_does_not_agree_on_a_changed_bundle(change: Callable[[dict[str, Any]], None]) -> None:
    bundle = lift()
    change(bundle)
    faults, _said = script.recount(bundle)
    assert "数据包的摘要与内容不符：数据包被改动过" in faults


@pytest.mark.parametrize("change", CHANGES)
def test_nor_where_the_digest_was_made_anew(change: Callable[[dict[str, Any]], None]) -> None:
    """The count itself does not fit; and whatever fits, the notice at the door has another digest."""
    bundle = lift()
    printed = bundle["digest"]
    change(bundle)
    bundle["digest"] = script.digest_of(bundle)
    assert script.recount(bundle)[0]
    assert "数据包的摘要与公告上的不同" in script.recount(bundle, printed)[0]


def test_a_consistent_forgery_is_found_by_the_notice() -> None:
    bundle, printed = lift(), lift()["digest"]
    asked = [Asked("1", "是否同意加装电梯", YES_NO)]
    casts = [Cast({"1": ["no"]}, 1, 9000) for _n in range(16)]
    forged = bundle_of(rule_of("owners_part_major", ON), asked, Voters(Weights(24, 24 * 8990)), casts)
    assert script.recount(forged)[0] == []
    assert script.recount(forged, printed)[0] == ["数据包的摘要与公告上的不同"]
    assert forged["digest"] != bundle["digest"]


def test_the_script_is_run_as_it_is_published(tmp_path: Path) -> None:
    bundle = lift()
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(SCRIPT), str(file), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = run(bundle["digest"])
    assert done.returncode == 0, done.stderr
    assert "同意 12 / 16（人，要求 >=3/4，民法典第278条第2款）：达到" in done.stdout
    assert run("00" * 32).returncode == 1


def test_the_script_is_short_and_imports_nothing_of_linli() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert text.count("\n") <= 150
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported == {"hashlib", "json", "pathlib", "re", "sys"}


def test_a_floor_area_that_few_have_stands_beside_no_paper() -> None:
    bundle = lift()
    shown = [paper["area"] for paper in bundle["papers"] if paper["area"] is not None]
    assert shown == [9000] * 14 and len(shown) >= FEWEST
    assert bundle["rest"]["area"] == 8986 + 8985
    assert "8986" not in json.dumps(bundle["papers"])


def test_neither_order_nor_time_of_voting_is_said() -> None:
    asked = [Asked("1", "是否同意", YES_NO)]
    casts = [Cast({"1": ["yes"]}, 1, 9000), Cast({"1": ["no"]}, 1, 9000)]
    rule, voters = rule_of("owners_general", ON), Voters(Weights(2, 18000))
    papers = [Paper(casts[0], "b" * 64), Paper(casts[1], "a" * 64)]

    def built(order: list[Paper]) -> dict[str, Any]:
        results = results_of(rule, asked, voters, [paper.cast for paper in order])
        return bundle_build(
            head=HEAD, rule=rule, roll_digest=DIGEST, voters=voters, results=results, papers=order
        )

    assert built(papers) == built(papers[::-1])


RULES = [*rules_in_force(ON), *(second_round_rule(r) for r in rules_in_force(ON) if r.second_round)]
marks = st.lists(st.sampled_from(["yes", "no", "abstain", "甲", "乙", "invalid"]), max_size=3)
casts = st.lists(
    st.builds(
        Cast, st.fixed_dictionaries({"1": marks, "2": marks}), st.integers(0, 1), st.sampled_from([0, 50, 90])
    ),
    max_size=15,
)


@CALM
@given(st.sampled_from(RULES), casts, st.integers(1, 3), st.integers(0, 20), st.integers(0, 3))
def test_ours_and_the_script_always_agree(
    rule: DecisionRule, cast: list[Cast], seats: int, absent: int, ballots: int
) -> None:
    is_election = rule.kind == "election"
    names = {"甲": "甲", "乙": "乙", "no": "丙"} if is_election else YES_NO
    questions = [Asked("1", "一", names, seats if is_election else 1), Asked("2", "二", names)]
    sheets = () if rule.by_area else (Sheets(ballots, {"1": {"invalid": ballots}, "2": {"no": ballots}}),)
    took = Weights(sum(c.heads for c in cast) + (0 if rule.by_area else ballots), sum(c.area for c in cast))
    came = min(absent, took.heads, 9)
    voters = Voters(took + Weights(absent, absent * 90), households=9, households_present=came)
    if not rule.by_area:
        cast = [one._replace(area=0) for one in cast]
        voters = Voters(Weights(voters.electors.heads), 9, voters.households_present)
    bundle = bundle_of(rule, questions, voters, cast, sheets)
    assert script.recount(json.loads(json.dumps(bundle)))[0] == []
    assert bundle["digest"] == bundle_digest(bundle) == script.digest_of(bundle)


# -- small boxes --------------------------------------------------------------------------------------
def pile(yes: int, no: int = 0) -> Sheets:
    return Sheets(yes + no, {"1": {"yes": yes, "no": no}})


@pytest.mark.parametrize(
    ("boxes", "shown"),
    [
        ([1, 12], [13]),  # a box of one goes with the next
        ([9, 12], [21]),
        ([10, 12], [10, 12]),  # at the boundary nothing is merged
        ([1, 2, 7, 30], [10, 30]),  # the small ones are enough together
        ([1, 2, 30, 40], [33, 40]),
        ([3, 4], [7]),  # all there is
        ([0, 30], [30]),
        ([0, 0], []),
    ],
)
def test_no_small_box_is_published_alone(boxes: list[int], shown: list[int]) -> None:
    assert sorted(one.ballots for one in sheets_merged([pile(n) for n in boxes])) == shown


def test_old_bundles_are_not_merged() -> None:
    assert sheets_merged([pile(1), pile(0), pile(12)], 0) == [pile(1), pile(0), pile(12)]


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=12), st.integers(1, 30))
def test_merging_loses_no_paper_and_no_mark(boxes: list[tuple[int, int]], fewest: int) -> None:
    piles = [pile(*box) for box in boxes]
    found = sheets_merged(piles, fewest)

    def sums(of: list[Sheets]) -> tuple[int, int, int]:
        counts = [one.counts["1"] for one in of]
        marks = (sum(count.get(mark, 0) for count in counts) for mark in ("yes", "no"))
        return (sum(one.ballots for one in of), *marks)

    assert sums(found) == sums(piles)
    small = [one for one in found if one.ballots < fewest]
    assert len(small) <= (len(found) == 1)
    assert len(found) <= len(piles)


def test_the_script_agrees_on_merged_boxes() -> None:
    rule = rule_of("committee_election_voters", ON)
    asked = [Asked("1", "主任", {"甲": "甲", "乙": "乙"})]
    sheets = (
        Sheets(1, {"1": {"甲": 1}}),
        Sheets(12, {"1": {"甲": 7, "乙": 4, "invalid": 1}}),
        Sheets(30, {"1": {"乙": 28, "abstain": 2}}),
    )
    bundle = bundle_of(rule, asked, Voters(Weights(60)), [], sheets)
    assert [one["ballots"] for one in bundle["sheets"]] == [13, 30]
    assert script.recount(json.loads(json.dumps(bundle)), bundle["digest"])[0] == []
