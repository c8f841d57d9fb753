"""Which messages are about one cause; on real messages, too."""

import csv
import gzip
import re
import time as machine
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linli.work.matters.clusters.rules import Message, groups_of, heat_of

NOW = datetime(2026, 3, 10, tzinfo=UTC)
# known issues of the file: a pattern that tells their titles, and how well the group must fit
KNOWN = {
    "伊景园滨河苑捆绑销售车位": (r"伊景园|滨河苑|伊景苑", 0.85, 0.9),
    "丽发新城搅拌站": (r"丽发新城", 0.75, 0.8),
    "58车贷": (r"58车贷", 0.8, 0.9),
    "人才购房补贴": (r"人才.*(购房|补贴)", 0.8, 0.85),
    "五矿万境": (r"五矿万境", 0.75, 0.8),
}


def test_likes_stand_together_and_others_apart() -> None:
    titles = [
        "三号楼门口的路灯不亮",
        "小区东门占道摆摊油烟大",
        "三号楼门口路灯坏了",
        "电梯困人",
        "三号楼门口的路灯一直不亮",
    ]
    groups = groups_of(titles)
    assert sorted(groups[0]) == [0, 2, 4]
    assert sorted(map(len, groups[1:])) == [1, 1]


@pytest.mark.parametrize("titles", [[], [""], ["", "", "a"], ["。"] * 3, ["路灯不亮"]])
def test_nothing_to_compare_is_no_fault(titles: list[str]) -> None:
    assert sorted(place for group in groups_of(titles) for place in group) == list(range(len(titles)))


def test_every_message_is_in_one_group_and_again_in_the_same() -> None:
    titles = [f"{'东西南北'[n % 4]}门{n % 7}号楼{'漏水断电停气堵塞'[n % 8]}" for n in range(200)]
    groups = groups_of(titles)
    assert sorted(place for group in groups for place in group) == list(range(200))
    assert groups == groups_of(titles)


def test_a_long_chain_of_half_alike_ones_is_no_group() -> None:
    """Each shares half with the next; the first and the last share nothing."""
    words = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    titles = [words[start : start + 6] for start in range(0, len(words) - 6, 2)]
    assert max(map(len, groups_of(titles))) < len(titles)


def test_heat_counts_people_once_and_the_period_before_apart() -> None:
    since = NOW - timedelta(days=7)
    rows = [
        Message(NOW, "a", 3),
        Message(NOW - timedelta(days=1), "a"),
        Message(since, "b", 1),
        Message(since - timedelta(seconds=1), "c", 50),
    ]
    heat = heat_of(rows, since)
    assert (heat.messages, heat.before, heat.people, heat.likes) == (3, 1, 2, 4)
    assert (heat.affected, heat.growth) == (6, 2)


def test_known_hot_issues_are_found_in_real_messages(shared_data: Path) -> None:
    path = shared_data / "messages" / "hot_issue_messages.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
        titles = [row["subject"] for row in csv.DictReader(lines)]
    begun = machine.process_time()
    groups = groups_of(titles)
    assert machine.process_time() - begun < 20
    assert sorted(place for group in groups for place in group) == list(range(len(titles)))
    for name, (pattern, recall, precision) in KNOWN.items():
        truth = {place for place, title in enumerate(titles) if re.search(pattern, title)}
        best = max(groups, key=lambda group: len(truth & set(group)))
        hits = len(truth & set(best))
        assert hits / len(truth) >= recall, (name, hits, len(truth))
        assert hits / len(best) >= precision, (name, hits, len(best))
