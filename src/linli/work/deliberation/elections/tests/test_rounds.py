"""Rounds, proxies, the hand-over; and what is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed
from linli.foundation.duties.models import Duty
from linli.work.deliberation.ballots.models import Ballot
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate, Election
from linli.work.deliberation.elections.selectors import open_posts
from linli.work.deliberation.elections.tests.conftest import Polls

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]
# chair: c1 has 11 of 20; members: c3 has 12, c4 has 9, c5 8: only c3 is over half
FIRST = {"1": {"c1": 11, "c2": 9}, "2": {"c3": 12, "c4": 9, "c5": 8}}


def elected(election: Election) -> dict[str, int | None]:
    rows = election.candidates.filter(state=Candidate.State.ELECTED)
    return {row.key: row.round for row in rows}


def test_the_first_round_asks_for_every_post(polls: Polls) -> None:
    election = polls.listed()
    ballot = polls.round(election).ballot
    assert (ballot.kind, ballot.way, ballot.state) == ("election", "secret", "draft")
    assert [(q.text, q.seats, [c["key"] for c in q.choices]) for q in ballot.questions.all()] == [
        ("主任", 1, ["c1", "c2"]),
        ("委员", 2, ["c3", "c4", "c5"]),
    ]
    assert ballot.electors.count() == 20
    assert Election.objects.get().state == "voting"


def test_two_rounds_and_the_hand_over(polls: Polls) -> None:
    election = polls.listed()
    first = polls.round(election)
    polls.counted(first.ballot, FIRST)
    outcome = polls.outcome(election).outcome
    assert elected(election) == {"c1": 1, "c3": 1}
    assert outcome["2"]["seats"] == 1
    assert [(p.title, p.seats, [c.key for c in p.candidates]) for p in open_posts(election)] == [
        ("委员", 1, ["c4", "c5"])
    ]
    polls.settled(first.ballot)
    with pytest.raises(InvalidInput, match="没有选出"):
        do.election_conclude(actor=polls.who("worker"), election_id=election.public_id)
    second = polls.round(election, days=12)
    assert second.ballot.title.endswith("（第2轮）")
    assert second.ballot.rule["passing"][0]["share"] == ">=1/3"
    polls.counted(second.ballot, {"1": {"c4": 7, "c5": 6}})
    polls.outcome(election)
    assert elected(election) == {"c1": 1, "c3": 1, "c4": 2}
    assert open_posts(election) == []
    polls.settled(second.ballot)
    held = do.election_conclude(actor=polls.who("worker"), election_id=election.public_id)
    assert held.state == "held"
    duty = Duty.objects.get(room="elections", action="hand_over")
    assert duty.due_at is not None
    assert (time.local_date(duty.due_at) - time.today()).days >= 11
    done = do.handover_record(
        actor=polls.who("worker"),
        election_id=election.public_id,
        items="公章1枚、账册12本",
        handed_on=time.today(),
    )
    assert done.state == "handed"
    assert not Duty.objects.filter(room="elections", state="open").exists()


@pytest.mark.parametrize(("votes", "wins"), [(6, False), (7, True)])
def test_a_third_of_twenty_is_seven(polls: Polls, votes: int, wins: bool) -> None:
    election = polls.listed()
    first = polls.round(election)
    polls.counted(first.ballot, FIRST)
    polls.outcome(election)
    second = polls.round(election, days=12)
    polls.counted(second.ballot, {"1": {"c4": votes, "c5": 5}})
    polls.outcome(election)
    assert ("c4" in elected(election)) is wins


def test_a_tie_at_the_last_seat_is_voted_on_again(polls: Polls) -> None:
    election = polls.listed()
    first = polls.round(election)
    polls.counted(first.ballot, {"1": {"c1": 11, "c2": 9}, "2": {"c3": 15, "c4": 12, "c5": 12}})
    polls.outcome(election)
    assert elected(election) == {"c1": 1, "c3": 1}
    assert [c.key for c in open_posts(election)[0].candidates] == ["c4", "c5"]


def test_a_vote_without_its_turnout_is_held_anew_by_the_first_rule(polls: Polls) -> None:
    election = polls.listed()
    first = polls.round(election)
    polls.counted(first.ballot, {"1": {"c1": 10}, "2": {"c3": 10, "c4": 10}}, ballots=10)
    assert polls.outcome(election).outcome["1"]["is_valid"] is False
    assert elected(election) == {}
    assert [len(post.candidates) for post in open_posts(election)] == [2, 3]
    anew = polls.round(election, days=12)
    assert anew.ballot.rule["passing"][0]["share"] == ">1/2"


def test_nothing_is_taken_over_before_the_count_or_twice(polls: Polls, unchanged: Unchanged) -> None:
    election = polls.listed()
    first = polls.round(election)
    unchanged()
    with pytest.raises(Conflict, match="还没有计票"):
        polls.outcome(election)
    with pytest.raises(Conflict, match="上一轮的结果还没有登记"):
        polls.round(election)
    with pytest.raises(Conflict, match="还没有登记"):
        do.election_conclude(actor=polls.who("worker"), election_id=election.public_id)
    unchanged()
    polls.counted(first.ballot, FIRST)
    polls.outcome(election)
    with pytest.raises(Conflict, match="已经登记"):
        polls.outcome(election)
    with pytest.raises(Conflict, match="还在公示"):
        do.election_conclude(actor=polls.who("worker"), election_id=election.public_id, vacancies="补选")


def test_seats_left_open_need_a_word(polls: Polls) -> None:
    election = polls.listed()
    first = polls.round(election)
    polls.counted(first.ballot, FIRST)
    polls.outcome(election)
    polls.settled(first.ballot)
    held = do.election_conclude(
        actor=polls.who("worker"), election_id=election.public_id, vacancies="缺额一名，半年内补选"
    )
    assert held.vacancies.startswith("缺额一名")


def test_a_hand_over_has_content_and_a_day(polls: Polls, unchanged: Unchanged) -> None:
    election = polls.listed()
    first = polls.round(election)
    polls.counted(first.ballot, FIRST)
    polls.outcome(election)
    polls.settled(first.ballot)
    do.election_conclude(actor=polls.who("worker"), election_id=election.public_id, vacancies="补选")
    unchanged()
    for items, day in (("", 0), ("公章", 1), ("公章", -1)):
        with pytest.raises(InvalidInput):
            do.handover_record(
                actor=polls.who("worker"),
                election_id=election.public_id,
                items=items,
                handed_on=time.today() + timedelta(days=day),
            )
    unchanged()


def test_a_running_vote_is_cancelled_first(polls: Polls) -> None:
    election = polls.listed()
    ballot = polls.round(election).ballot
    with pytest.raises(Conflict, match="投票还在进行"):
        do.election_cancel(actor=polls.who("worker"), election_id=election.public_id, reason="名册有误")
    Ballot.objects.filter(pk=ballot.pk).update(state="cancelled", cancelled_reason="名册有误")
    assert polls.round(election).number == 2
    Ballot.objects.update(state="cancelled", cancelled_reason="名册有误")
    done = do.election_cancel(actor=polls.who("worker"), election_id=election.public_id, reason="名册有误")
    assert done.state == "cancelled"
    with pytest.raises(MoveNotAllowed):
        polls.round(election)
