"""Proxies of elections and recalls: who holds one; the roll, the pages and the bundle know of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed
from linli.work.deliberation.ballots.models import Ballot, Elector, Proxy
from linli.work.deliberation.ballots.services import boxes, counting, paper, proxies
from linli.work.deliberation.ballots.tallies import ballot_bundle
from linli.work.deliberation.ballots.tests.test_bundle import recount
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate, Election
from linli.work.deliberation.elections.tests.conftest import Polls, name_of

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def row_of(polls: Polls, ballot: Ballot, person: int) -> Elector:
    return Elector.objects.get(ballot=ballot, resident=polls.people[person])


def give(polls: Polls, ballot: Ballot, giver: int, holder: int, document: str = "委托书1号") -> Proxy:
    return proxies.proxy_give(
        actor=polls.who("worker"),
        ballot_id=ballot.public_id,
        elector_id=row_of(polls, ballot, giver).public_id,
        holder_id=polls.people[holder].public_id,
        how="signed",
        document=document,
    )


@pytest.fixture
def ballot(polls: Polls) -> Ballot:
    """The first round, an hour before it opens."""
    ballot = polls.round(polls.listed()).ballot
    polls.frozen(ballot)
    ballot.refresh_from_db()
    return ballot


def test_three_proxies_and_no_fourth(polls: Polls, ballot: Ballot, unchanged: Unchanged) -> None:
    for giver in (7, 8, 9):
        given = give(polls, ballot, giver, 10)
    unchanged()
    with pytest.raises(InvalidInput, match="不能超过3人"):
        give(polls, ballot, 11, 10)
    with pytest.raises(Conflict, match="已经委托了别人"):
        give(polls, ballot, 7, 12)
    with pytest.raises(Conflict, match="自己已经委托了别人"):
        give(polls, ballot, 12, 7)
    unchanged()
    said = {"ballot_id": ballot.public_id, "proxy_id": given.public_id}
    proxies.proxy_end(actor=polls.who("worker"), reason="本人来了", **said)
    assert give(polls, ballot, 11, 10).ended_at is None


def test_a_candidate_holds_none_and_all_is_in_writing(
    polls: Polls, ballot: Ballot, unchanged: Unchanged
) -> None:
    unchanged()
    with pytest.raises(InvalidInput, match="候选人和被提出罢免的人不能接受委托"):
        give(polls, ballot, 7, 2)
    with pytest.raises(InvalidInput, match="书面"):
        give(polls, ballot, 7, 8, document=" ")
    with pytest.raises(InvalidInput, match="自己"):
        give(polls, ballot, 7, 7)
    unchanged()
    given = give(polls, ballot, 2, 7)  # a candidate votes, so may send another
    assert given.giver == row_of(polls, ballot, 2)


def test_who_no_longer_stands_may_hold_one(polls: Polls, ballot: Ballot) -> None:
    Candidate.objects.filter(resident=polls.people[6]).update(state="withdrawn")
    assert give(polls, ballot, 7, 6).holder == polls.people[6]


def test_not_before_the_roll_is_published(polls: Polls, unchanged: Unchanged) -> None:
    ballot = polls.round(polls.listed()).ballot
    unchanged()
    with pytest.raises(MoveNotAllowed):
        give(polls, ballot, 7, 8)
    unchanged()


def test_representatives_send_nobody(polls: Polls, ballot: Ballot) -> None:
    Ballot.objects.update(rule={**ballot.rule, "proxies": None})
    with pytest.raises(InvalidInput, match="不能委托投票"):
        give(polls, ballot, 7, 8)


def test_whom_a_recall_concerns_holds_none(polls: Polls, unchanged: Unchanged) -> None:
    recall = polls.recall(name=name_of(9))
    for person in (5, 6):
        ids = [polls.people[person].public_id]
        do.recall_support(actor=polls.who("worker"), recall_id=recall.public_id, resident_ids=ids)
    do.recall_vote(actor=polls.who("worker"), recall_id=recall.public_id)
    polls.frozen(recall.ballot)
    unchanged()
    with pytest.raises(InvalidInput, match="被提出罢免的人不能接受委托"):
        give(polls, recall.ballot, 7, 9)
    unchanged()
    assert give(polls, recall.ballot, 7, 10).label == "王**"


def test_a_further_round_asks_for_papers_of_its_own(polls: Polls, ballot: Ballot) -> None:
    give(polls, ballot, 7, 10)
    polls.closed(ballot)
    sealed = {"ballots": 20, "1": {"c1": 11, "c2": 9}, "2": {"c3": 12, "c4": 9, "c5": 8}}
    Ballot.objects.filter(pk=ballot.pk).update(sealed_counts=sealed)
    counting.ballot_count(actor=polls.who("worker"), ballot_id=ballot.public_id)
    polls.outcome(Election.objects.get())
    second = polls.round(Election.objects.get()).ballot
    assert not Proxy.objects.filter(ballot=second).exists()


def test_roll_pages_bundle_and_recount_know_them(polls: Polls, ballot: Ballot, tmp_path: Path) -> None:
    for giver in (7, 8):
        give(polls, ballot, giver, 10)
    election = Election.objects.get()
    worker, seen = polls.who("worker"), polls.cast.client("worker")
    roll = seen.get(reverse("ballots:roll", args=[ballot.public_id])).content.decode()
    assert roll.count("委托 王**") == 2
    record = seen.get(reverse("elections:record", args=[election.public_id])).content.decode()
    assert "已登记 2 份" in record
    public = seen.get(reverse("elections:public", args=[election.public_id])).content.decode()
    assert "委托投票名单" in public
    assert name_of(10) not in public
    time.clock_set(ballot.opens_at)
    box = boxes.box_make(actor=worker, ballot_id=ballot.public_id, kind="station", place="居委会")
    for person in (7, 8, 10):  # the givers' sheets and the holder's own
        keys = [row_of(polls, ballot, person).public_id]
        [sheet] = paper.sheets_issue(actor=worker, ballot_id=ballot.public_id, elector_ids=keys)
        paper.sheet_return(actor=worker, ballot_id=ballot.public_id, code=sheet.code, box=box)
    polls.closed(ballot)
    counts = {"sheets": 3, "1": {"c1": 3}, "2": {"c3": 3}}
    for by in ("worker", "worker2"):
        said = {"ballot_id": ballot.public_id, "box_id": box.public_id, "counts": counts}
        boxes.box_count(actor=polls.who(by), **said)
    counted = counting.ballot_count(actor=worker, ballot_id=ballot.public_id)
    bundle = ballot_bundle(counted)
    assert bundle["proxies"] == [2]
    code, words = recount(tmp_path, bundle, counted.tally_digest)
    assert code == 0, words
    assert recount(tmp_path, {**bundle, "proxies": [4]}, counted.tally_digest)[0] == 1
