"""The policies that ship over a made-up city: snapshot, run, figures, preview; broken off, too old."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linli.work.benefits.engine.answers import HouseholdFacts, Judged, PersonFacts
from linli.work.benefits.engine.columnar import ELIGIBLE, NOT, UNKNOWN, WORTH
from linli.work.benefits.engine.matching import Matched, RunBroken, match_make, match_open, tallies
from linli.work.benefits.engine.order import facts_of
from linli.work.benefits.engine.plain import judged
from linli.work.benefits.engine.previewing import HIGHEST, previewed
from linli.work.benefits.engine.snapshot import (
    Snapshot,
    SnapshotBroken,
    SnapshotLacks,
    SnapshotTooOld,
    snapshot_make,
    snapshot_open,
)
from linli.work.benefits.engine.sources import SyntheticCity
from linli.work.benefits.language.columns import columns
from linli.work.benefits.language.tree import (
    Column,
    Compare,
    Constant,
    Every,
    Members,
    Of,
    OneOf,
    Op,
    Over,
    Rule,
    Some,
)

from .city import DAY, city, shipped_rules

PERSONS = 10_000
MOST = 1_000  # of one part
RULES, STANDARDS = shipped_rules(DAY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return city(tmp_path_factory.mktemp("synth") / "city", PERSONS)


@pytest.fixture(scope="module")
def snapshot(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return snapshot_make(
        tmp_path_factory.mktemp("snap") / "s", SyntheticCity(made, MOST), DAY, RULES, STANDARDS
    )


@pytest.fixture(scope="module")
def matched(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Matched:
    return match_make(tmp_path_factory.mktemp("run") / "r", snapshot, RULES, DAY, STANDARDS)


def everybody(snapshot: Snapshot) -> list[dict[str, Any]]:
    tables = [pq.read_table(snapshot.people(part)) for part in snapshot.parts]
    return [row for table in tables for row in table.to_pylist()]


def in_households(rows: list[dict[str, Any]]) -> Iterator[tuple[list[dict[str, Any]], HouseholdFacts]]:
    homes: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        homes.setdefault(row["household"], []).append(row)
    lines = columns()
    of_person = [key for key in rows[0] if key in lines and lines[key].of is Of.PERSON]
    for home in homes.values():
        people = tuple(PersonFacts(row["person"], {key: row[key] for key in of_person}) for row in home)
        values = {key: home[0][key] for key in home[0] if key in lines and lines[key].of is Of.HOUSEHOLD}
        yield home, HouseholdFacts(values, people)


def said(answer: Judged) -> tuple[int, tuple[str, ...], int | None]:
    unknown = WORTH if answer.is_worth_asking else UNKNOWN
    verdict = unknown if answer.verdict is None else ELIGIBLE if answer.verdict else NOT
    return verdict, answer.missing, answer.amount


def test_both_evaluators_agree_on_every_person_of_the_city(snapshot: Snapshot, matched: Matched) -> None:
    verdicts = pa.concat_tables([pq.read_table(matched.verdicts(part)) for part in matched.parts])
    by_person = {row["person"]: row for row in verdicts.to_pylist()}
    assert len(by_person) == PERSONS
    seen: Counter[tuple[str, int]] = Counter()
    for home, facts in in_households(everybody(snapshot)):
        for policy, answers in judged(RULES, facts, DAY, STANDARDS, with_trace=False).items():
            for at, row in enumerate(home):
                answer = said(answers[0] if answers[0].person is None else answers[at])
                found = by_person[row["person"]]
                missing = matched.legend.named(found[f"missing:{policy}"])
                assert (found[f"verdict:{policy}"], missing, found.get(f"amount:{policy}")) == answer
                seen[policy, answer[0]] += 1
    assert {verdict for _, verdict in seen} == {NOT, ELIGIBLE, UNKNOWN, WORTH}


def test_the_figures_are_those_of_the_verdicts(matched: Matched) -> None:
    figures = tallies(matched)
    verdicts = pa.concat_tables([pq.read_table(matched.verdicts(part)) for part in matched.parts]).to_pylist()
    for policy, of in matched.policies.items():
        rows = [row for row in verdicts if of is Of.PERSON or row["is_first"]]
        mine = [tally for tally in figures if tally.policy == policy]
        found = Counter(row[f"verdict:{policy}"] for row in rows)
        assert sum(tally.eligible for tally in mine) == found[ELIGIBLE]
        assert sum(tally.refused for tally in mine) == found[NOT]
        assert sum(tally.unknown for tally in mine) == found[UNKNOWN] + found[WORTH]
        assert sum(tally.worth for tally in mine) == found[WORTH]
    elders = [tally for tally in figures if tally.policy == "elder_allowance"]
    assert len(elders) == 16
    assert all(tally.eligible for tally in elders)


def test_a_snapshot_holds_nothing_that_names_anybody(snapshot: Snapshot) -> None:
    kinds = pq.read_schema(snapshot.people(snapshot.parts[0]))
    assert not {"name", "number", "phone"} & set(kinds.names)
    assert all(pa.types.is_integer(kind) or pa.types.is_boolean(kind) for kind in kinds.types)
    assert snapshot.folder.stat().st_mode & 0o777 == 0o700
    assert snapshot.people(snapshot.parts[0]).stat().st_mode & 0o777 == 0o600
    rows = pq.read_table(snapshot.people(snapshot.parts[0]), columns=["household"])["household"].to_pylist()
    assert rows == sorted(rows)


def test_a_snapshot_holds_what_rules_look_at_and_refuses_others(snapshot: Snapshot, tmp_path: Path) -> None:
    assert set(snapshot.legend.facts) == {*facts_of(RULES), "presence", "district"} < set(columns())
    held = set(pq.read_schema(snapshot.people(snapshot.parts[0])).names) & set(columns())
    assert held == set(snapshot.legend.facts)
    beyond = next(name for name, line in columns().items() if name not in held and line.of is Of.PERSON)
    draft = Rule("draft", "1", Of.PERSON, OneOf(Column(beyond, Of.PERSON), (1,)))
    for refused in (
        lambda: match_make(tmp_path / "r", snapshot, [*RULES, draft], DAY, STANDARDS),
        lambda: previewed(snapshot, draft, RULES, DAY, STANDARDS),
    ):
        with pytest.raises(SnapshotLacks) as lacking:
            refused()
        assert columns()[beyond].label in lacking.value.message
    assert not (tmp_path / "r").exists()


def test_a_snapshot_that_was_broken_off_goes_on(made: Path, snapshot: Snapshot, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, all_: int) -> None:
        if done == 3:
            raise Enough

    with pytest.raises(Enough):
        snapshot_make(tmp_path / "s", SyntheticCity(made, MOST), DAY, RULES, STANDARDS, stop)
    with pytest.raises(SnapshotBroken):
        snapshot_open(tmp_path / "s")
    first = (tmp_path / "s" / "people" / f"{snapshot.parts[0]}.parquet").stat().st_mtime_ns
    again = snapshot_make(tmp_path / "s", SyntheticCity(made, MOST), DAY, RULES, STANDARDS)
    assert again.people(again.parts[0]).stat().st_mtime_ns == first
    assert everybody(again) == everybody(snapshot)
    with pytest.raises(SnapshotBroken):
        snapshot_make(tmp_path / "s", SyntheticCity(made, MOST), DAY + timedelta(days=1))


def test_people_in_no_order_are_put_in_order(made: Path, snapshot: Snapshot, tmp_path: Path) -> None:
    for kind, by in (("persons", "person_id"), ("households", "household_id")):
        (tmp_path / "city" / kind).mkdir(parents=True)
        for path in (made / kind).glob("*.parquet"):
            backwards = pq.read_table(path).sort_by([(by, "descending")])
            pq.write_table(backwards, tmp_path / "city" / kind / path.name)
    source = SyntheticCity(tmp_path / "city", MOST)
    again = snapshot_make(tmp_path / "s", source, DAY, RULES, STANDARDS)
    assert everybody(again) == everybody(snapshot)
    assert {path.suffix for path in (again.folder / "people").iterdir()} == {".parquet"}


def test_a_snapshot_that_is_too_old_is_refused(snapshot: Snapshot) -> None:
    assert snapshot_open(snapshot.folder, DAY + timedelta(days=7)).day == DAY
    with pytest.raises(SnapshotTooOld) as refused:
        snapshot_open(snapshot.folder, DAY + timedelta(days=8))
    assert "2026-11-01" in refused.value.message


def test_a_run_that_was_broken_off_goes_on_and_leaves_no_half_part(
    snapshot: Snapshot, matched: Matched, tmp_path: Path
) -> None:
    def stop(done: int, all_: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        match_make(tmp_path / "r", snapshot, RULES, DAY, STANDARDS, progress=stop)
    half = tmp_path / "r" / "verdicts" / f"{snapshot.parts[2]}.parquet.unfinished"
    half.write_bytes(b"half")
    with pytest.raises(RunBroken):
        match_open(tmp_path / "r")
    assert match_make(tmp_path / "r", snapshot, RULES, DAY, STANDARDS).parts_done == len(snapshot.parts)
    again = match_open(tmp_path / "r")
    assert not list((tmp_path / "r" / "verdicts").glob("*.unfinished"))
    for part in again.parts:
        assert pq.read_table(again.verdicts(part)).equals(pq.read_table(matched.verdicts(part)))
    with pytest.raises(RunBroken):
        match_make(tmp_path / "r", snapshot, RULES[:1], DAY, STANDARDS)


def test_only_what_was_asked_is_judged_again(snapshot: Snapshot, matched: Matched, tmp_path: Path) -> None:
    one = match_make(tmp_path / "r", snapshot, RULES, DAY, STANDARDS, ["disabled_living"])
    assert list(one.policies) == ["disabled_living"]
    for part in one.parts:
        names = pq.read_schema(one.verdicts(part)).names
        whole = pq.read_table(matched.verdicts(part), columns=names)
        assert pq.read_table(one.verdicts(part)).equals(whole)
    assert len(json.loads((one.folder / "run.json").read_text())["policies"]) == 1


def test_a_preview_and_a_run_say_the_same_of_every_policy(snapshot: Snapshot, matched: Matched) -> None:
    ran = {policy: [one for one in tallies(matched) if one.policy == policy] for policy in matched.policies}
    for rule in RULES:
        assert list(previewed(snapshot, rule, RULES, DAY, STANDARDS).tallies) == ran[rule.policy], rule.policy


def test_a_preview_says_what_is_paid_and_the_highest_of_it(snapshot: Snapshot, matched: Matched) -> None:
    verdicts = pa.concat_tables([pq.read_table(matched.verdicts(part)) for part in matched.parts]).to_pylist()
    paying = 0
    for rule in (rule for rule in RULES if rule.amount is not None):
        found = previewed(snapshot, rule, RULES, DAY, STANDARDS, rule)
        given: dict[int | None, list[int]] = defaultdict(list)
        for row in verdicts:
            if rule.of is Of.PERSON or row["is_first"]:
                given[row["district"]].append(row[f"amount:{rule.policy}"] or 0)
        for district, paid in found.paid.items():
            positive = sorted(filter(None, given[district]), reverse=True)
            assert (paid.total, paid.highest) == (sum(positive), positive[:HIGHEST]), rule.policy
        everyone = sorted(filter(None, chain(*given.values())), reverse=True)
        paying += bool(everyone)
        assert (found.was.total, found.was.highest) == (sum(everyone), everyone[:HIGHEST]), rule.policy
    assert paying > 5


def test_a_draft_may_ask_of_households_what_no_snapshot_keeps(snapshot: Snapshot, tmp_path: Path) -> None:
    oldest = Members(Over.LEAST, Column("birth", Of.PERSON))
    when = Every((OneOf(Column("hukou", Of.PERSON), (1,)), Compare(Op.AT_MOST, oldest, Constant(1961_01_01))))
    draft = Rule("draft", "1", Of.PERSON, when)
    run = match_make(tmp_path / "r", snapshot, [draft], DAY, STANDARDS)
    found = previewed(snapshot, draft, RULES, DAY, STANDARDS)
    assert list(found.tallies) == tallies(run)
    assert sum(tally.eligible for tally in found.tallies) > 0


def test_a_preview_says_who_gains_and_loses(snapshot: Snapshot, matched: Matched) -> None:
    [now] = [rule for rule in RULES if rule.policy == "elder_allowance"]
    same = previewed(snapshot, now, RULES, DAY, STANDARDS, now)
    figures = [tally for tally in tallies(matched) if tally.policy == "elder_allowance"]
    assert list(same.tallies) == figures
    assert (same.gain, same.lose, same.more, same.less) == (0, 0, 0, 0)
    eligible = sum(one.eligible for one in figures)
    nobody = previewed(snapshot, replace(now, when=Some(())), RULES, DAY, STANDARDS, now)
    assert (nobody.gain, nobody.lose) == (0, eligible)
    everybody_ = previewed(snapshot, replace(now, when=Every(())), RULES, DAY, STANDARDS, now)
    assert (everybody_.gain, everybody_.lose) == (PERSONS - eligible, 0)
    little = previewed(snapshot, replace(now, amount=Constant(1)), RULES, DAY, STANDARDS, now)
    assert (little.gain, little.lose, little.more, little.less) == (0, 0, 0, eligible)
