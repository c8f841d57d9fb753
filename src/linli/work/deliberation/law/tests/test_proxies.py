"""Whose proxy one may be: at the limit and one beyond, candidates, paper, rules that know none."""

from datetime import date
from typing import Any

import pytest

from linli.work.deliberation.law import Proxies, ProxyFacts, proxy_refusal, rule_of

ON = date(2026, 3, 10)
LAW = rule_of("committee_election_voters", ON)


def facts(**more: Any) -> ProxyFacts:
    given = {"held": 0, "holder_stands": False, "giver_on_roll": True, "holder_on_roll": True}
    return ProxyFacts(**{**given, "has_document": True, **more})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, ""),
        ({"held": 2}, ""),
        ({"held": 3}, "不能超过3人"),
        ({"holder_stands": True}, "候选人和被提出罢免的人不能接受委托"),
        ({"giver_on_roll": False}, "名册上"),
        ({"holder_on_roll": False}, "名册上"),
        ({"has_document": False}, "书面"),
        ({"is_same": True}, "自己"),
    ],
)
def test_whose_proxy_one_may_be(more: dict[str, Any], words: str) -> None:
    said = proxy_refusal(LAW.proxies, facts(**more))
    assert words in said
    assert bool(said) is bool(words)


def test_representatives_send_nobody() -> None:
    assert rule_of("committee_election_representatives", ON).proxies is None
    assert "不能委托" in proxy_refusal(None, facts())


def test_a_rule_may_let_candidates_hold_and_leave_the_paper() -> None:
    loose = Proxies(limit=1, candidate_may=True, written=False, who="", article="")
    assert proxy_refusal(loose, facts(holder_stands=True, has_document=False)) == ""
