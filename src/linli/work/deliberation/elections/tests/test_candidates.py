"""Naming, standing, relatives and the list; and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.duties.models import Duty
from linli.registers.residents.models import Membership
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate, Election
from linli.work.deliberation.elections.selectors import related_pairs
from linli.work.deliberation.elections.tests.conftest import Polls

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def states(election: Election) -> dict[int, str]:
    return dict(election.candidates.values_list("number", "state"))


def test_an_election_begins_with_its_posts_and_a_day_for_naming(polls: Polls) -> None:
    election = polls.made()
    assert [(post.title, post.seats) for post in election.posts.all()] == [("主任", 1), ("委员", 2)]
    assert Duty.objects.get(room="elections").action == "list"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"rule_key": "owners_general"}, "rule_key"),
        ({"rule_key": "owners_committee_election"}, "compound"),
        ({"posts": []}, "posts"),
        ({"posts": [do.PostEntry("", 1)]}, "posts"),
        ({"posts": [do.PostEntry("主任", 0)]}, "posts"),
        ({"posts": [do.PostEntry("主任", 31)]}, "posts"),
    ],
)
def test_an_election_of_nothing_is_refused(
    polls: Polls, unchanged: Unchanged, more: dict[str, Any], field: str
) -> None:
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        polls.made(**more)
    assert field in refused.value.details
    with pytest.raises(InvalidInput):
        polls.made(nominations_until=time.today() - timedelta(days=1))
    unchanged()


@pytest.mark.parametrize("by", ["resident", "supervisor", "district", "grid_worker", "property"])
def test_others_begin_none(polls: Polls, unchanged: Unchanged, by: str) -> None:
    unchanged()
    with pytest.raises(NotAllowed):
        polls.made(by=by)
    unchanged()


def test_the_list_holds_who_has_names_and_consent(polls: Polls) -> None:
    election = polls.named()
    offered = do.candidate_offer(
        actor=polls.who("resident"), election_id=election.public_id, post=2, about="退休教师"
    )
    polls.names(offered, *range(7, 16))
    polls.declared(offered)
    do.candidate_support(actor=polls.who("neighbour"), candidate_id=offered.public_id)
    silent = polls.party(election, 17, 2, agrees=False)
    few = polls.party(election, 18, 2)
    Candidate.objects.filter(pk=few.pk).update(how="voters")
    time.clock_forward(timedelta(days=6))
    listed = do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    assert listed.state == "listed"
    found = states(election)
    assert found[offered.number] == "standing"
    assert (found[silent.number], found[few.number]) == ("struck", "struck")
    assert "联名" in Candidate.objects.get(pk=few.pk).reason
    assert "同意" in Candidate.objects.get(pk=silent.pk).reason
    assert not Duty.objects.filter(room="elections", action="list", state="open").exists()


def test_nine_names_are_one_too_few(polls: Polls) -> None:
    election = polls.named()
    offered = do.candidate_offer(actor=polls.who("resident"), election_id=election.public_id, post=2)
    polls.names(offered, *range(7, 16))
    time.clock_forward(timedelta(days=6))
    do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    assert states(election)[offered.number] == "struck"


def test_nobody_names_twice_or_themselves_or_stands_twice(polls: Polls, unchanged: Unchanged) -> None:
    election = polls.named()
    offered = do.candidate_offer(actor=polls.who("resident"), election_id=election.public_id, post=2)
    polls.names(offered, 7)
    unchanged()
    with pytest.raises(Conflict, match="只能提名一次"):
        polls.names(offered, 7, 8)
    with pytest.raises(InvalidInput, match="不能提名自己"):
        do.candidate_support(actor=polls.who("resident"), candidate_id=offered.public_id)
    with pytest.raises(Conflict, match="已经是候选人"):
        do.candidate_offer(actor=polls.who("resident"), election_id=election.public_id, post=1)
    with pytest.raises(Conflict, match="已经是候选人"):
        polls.party(election, 2, 2)
    with pytest.raises(InvalidInput, match="请选择职务"):
        polls.party(election, 9, 7)
    unchanged()


def test_naming_ends_on_its_day_and_the_list_waits_for_it(polls: Polls, unchanged: Unchanged) -> None:
    election = polls.named()
    unchanged()
    with pytest.raises(Conflict, match="期满以后才能公布"):
        do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    time.clock_forward(timedelta(days=6))
    with pytest.raises(Conflict, match="提名已经截止"):
        polls.party(election, 9, 2)
    with pytest.raises(Conflict, match="提名已经截止"):
        do.candidate_offer(actor=polls.who("resident"), election_id=election.public_id, post=2)
    unchanged()


def test_as_many_candidates_as_seats_are_too_few(polls: Polls, unchanged: Unchanged) -> None:
    election = polls.made()
    for person, post in ((2, 1), (3, 1), (4, 2), (5, 2)):
        polls.party(election, person, post)
    time.clock_forward(timedelta(days=6))
    unchanged()
    with pytest.raises(Conflict, match="多于应选名额"):
        do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    unchanged()


def test_relatives_of_one_household_are_flagged_and_settled_first(polls: Polls, unchanged: Unchanged) -> None:
    election = polls.named()
    home = Membership.objects.get(resident=polls.people[4]).household
    Membership.objects.filter(resident=polls.people[5]).update(household=home, relation="spouse")
    [pair] = related_pairs(election)
    assert pair.why == "登记在同一户：户主、配偶"
    time.clock_forward(timedelta(days=6))
    unchanged()
    with pytest.raises(Conflict, match="近亲属关系还没有处理：王东明与王西明"):
        do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    with pytest.raises(InvalidInput, match="没有登记为近亲属"):
        do.relation_settle(
            actor=polls.who("worker"), election_id=election.public_id, first=1, second=2, note="无"
        )
    unchanged()
    do.relation_settle(
        actor=polls.who("worker"),
        election_id=election.public_id,
        first=pair.second.number,
        second=pair.first.number,
        note="夫妻，只保留一人当选，已书面告知",
    )
    assert do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id).state == "listed"


def test_lodgers_of_one_flat_are_no_relatives(polls: Polls) -> None:
    election = polls.named()
    home = Membership.objects.get(resident=polls.people[4]).household
    Membership.objects.filter(resident=polls.people[5]).update(household=home, relation="not_kin")
    assert related_pairs(election) == []


def test_a_candidate_withdraws_and_an_organiser_strikes_with_a_reason(polls: Polls) -> None:
    election = polls.named()
    own = do.candidate_offer(actor=polls.who("resident"), election_id=election.public_id, post=2)
    with pytest.raises(NotAllowed, match="只有本人"):
        do.candidate_end(actor=polls.who("neighbour"), candidate_id=own.public_id, reason="不好")
    with pytest.raises(InvalidInput, match="请写明原因"):
        do.candidate_end(actor=polls.who("resident"), candidate_id=own.public_id, reason="")
    assert (
        do.candidate_end(actor=polls.who("resident"), candidate_id=own.public_id, reason="身体原因").state
        == "withdrawn"
    )
    other = election.candidates.get(number=1)
    struck = do.candidate_end(actor=polls.who("worker"), candidate_id=other.public_id, reason="不符合条件")
    assert struck.state == "struck"
    with pytest.raises(Conflict, match="未列入"):
        do.candidate_end(actor=polls.who("worker"), candidate_id=other.public_id, reason="再来")


def test_a_stranger_names_nobody_and_elsewhere_is_not_there(polls: Polls) -> None:
    election = polls.named()
    candidate = election.candidates.get(number=1)
    with pytest.raises(NotFound):
        do.candidate_propose(
            actor=polls.who("worker_b"),
            election_id=election.public_id,
            post=1,
            resident_id=polls.people[9].public_id,
            document="x",
        )
    with pytest.raises(NotAllowed, match="哪一位居民"):
        do.candidate_support(actor=polls.who("worker2"), candidate_id=candidate.public_id)
