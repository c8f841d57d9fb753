"""Recalls: a tenth ask, the one concerned answers, all vote; and what is refused."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.work.deliberation.ballots.models import Ballot
from linli.work.deliberation.ballots.table import acts_for
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Recall
from linli.work.deliberation.elections.tests.conftest import Polls

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def ask(polls: Polls, recall: Recall, *people: int) -> Recall:
    ids = [polls.people[one].public_id for one in people]
    return do.recall_support(actor=polls.who("worker"), recall_id=recall.public_id, resident_ids=ids)


def vote(polls: Polls, recall: Recall) -> Recall:
    return do.recall_vote(actor=polls.who("worker"), recall_id=recall.public_id)


def test_a_tenth_of_twenty_are_two(polls: Polls, unchanged: Unchanged) -> None:
    recall = polls.recall()
    assert (recall.needed, recall.ballot.kind, recall.ballot.electors.count()) == (2, "recall", 20)
    ask(polls, recall, 5)
    unchanged()
    with pytest.raises(Conflict, match="还差1人"):
        vote(polls, recall)
    with pytest.raises(Conflict, match="已经附议"):
        ask(polls, recall, 5)
    unchanged()
    do.recall_support(actor=polls.who("resident"), recall_id=recall.public_id)
    assert vote(polls, recall).state == "voting"


def test_nothing_is_announced_before_enough_ask_nor_after_the_end(polls: Polls, unchanged: Unchanged) -> None:
    recall = polls.recall()
    unchanged()
    with pytest.raises(Conflict, match="附议还没有达到法定人数"):
        polls.frozen(recall.ballot)
    unchanged()
    assert "announce" not in acts_for(polls.who("worker"), recall.ballot)
    do.recall_drop(actor=polls.who("worker"), recall_id=recall.public_id, reason="本人已辞职")
    with pytest.raises(Conflict, match="已经终止"):
        polls.frozen(recall.ballot)


def test_the_desk_offers_the_vote_only_when_enough_ask(polls: Polls) -> None:
    recall = polls.recall()
    where = reverse("elections:recall", args=[recall.public_id])
    page = polls.cast.client("worker").get(where).content.decode()
    assert "还差 2 人" in page
    assert "组织罢免投票" not in page
    ask(polls, recall, 5, 6)
    page = polls.cast.client("worker").get(where).content.decode()
    assert "组织罢免投票" in page
    assert "登记结果" not in page


@pytest.mark.parametrize(("yes", "state"), [(10, "kept"), (11, "recalled")])
def test_more_than_half_of_those_who_took_part(polls: Polls, yes: int, state: str) -> None:
    recall = polls.recall()
    ask(polls, recall, 5, 6)
    do.recall_defend(actor=polls.who("worker"), recall_id=recall.public_id, defence="因病请假，有假条。")
    vote(polls, recall)
    with pytest.raises(Conflict, match="还没有计票"):
        do.recall_conclude(actor=polls.who("worker"), recall_id=recall.public_id)
    polls.counted(recall.ballot, {"1": {"yes": yes, "no": 20 - yes}})
    assert do.recall_conclude(actor=polls.who("worker"), recall_id=recall.public_id).state == state


@pytest.mark.parametrize(
    "more", [{"reason": ""}, {"name": ""}, {"office": ""}, {"rule_key": "committee_election_voters"}]
)
def test_a_recall_of_nobody_for_nothing_is_refused(
    polls: Polls, unchanged: Unchanged, more: dict[str, str]
) -> None:
    unchanged()
    with pytest.raises(InvalidInput):
        polls.recall(**more)
    unchanged()


def test_who_is_not_on_the_roll_does_not_ask(polls: Polls, unchanged: Unchanged) -> None:
    recall = polls.recall()
    recall.ballot.electors.filter(resident=polls.people[5]).update(state="struck")
    unchanged()
    with pytest.raises(InvalidInput, match="选民名册"):
        ask(polls, recall, 5)
    with pytest.raises(NotAllowed):
        do.recall_support(actor=polls.who("worker2"), recall_id=recall.public_id)
    unchanged()


def test_a_recall_ends_without_a_vote(polls: Polls) -> None:
    recall = polls.recall()
    Ballot.objects.filter(pk=recall.ballot_id).update(state="announced")
    with pytest.raises(Conflict, match="已经公告"):
        do.recall_drop(actor=polls.who("worker"), recall_id=recall.public_id, reason="本人辞职")
    Ballot.objects.filter(pk=recall.ballot_id).update(state="draft")
    dropped = do.recall_drop(actor=polls.who("worker"), recall_id=recall.public_id, reason="本人辞职")
    assert (dropped.state, dropped.ended_reason) == ("dropped", "本人辞职")
