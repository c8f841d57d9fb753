"""One elector, one vote: on the web, at the door, by telephone; changed until the close, or refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError

from linli.core import clock as time
from linli.core.errors import Conflict, Expired, InvalidInput, KeyReused, NotAllowed, NotFound, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.models import AccountLink
from linli.work.deliberation.ballots.models import Ballot, Vote, VoteBefore
from linli.work.deliberation.ballots.services.casting import vote_cast
from linli.work.deliberation.ballots.services.making import QuestionEntry

from .hall import Hall

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def test_an_owner_of_two_flats_votes_once_with_both_areas(hall: Hall) -> None:
    ballot = hall.opened()
    vote = hall.web(ballot, "101")
    assert vote.elector == hall.owner(ballot, "201")
    assert (vote.elector.heads, vote.elector.area) == (1, 2 * 6_880)
    assert vote.choices == {"1": ["yes"]}
    assert vote.channel == "web"
    assert AuditRecord.objects.filter(verb="vote.cast", subject_id=str(vote.public_id)).count() == 1


def test_a_vote_is_changed_until_the_close_and_its_past_is_kept(hall: Hall) -> None:
    ballot = hall.opened()
    first = hall.web(ballot, "101", "yes")
    receipt = first.receipt
    changed = hall.web(ballot, "101", "no", seen=0)
    assert changed.pk == first.pk
    assert changed.choices == {"1": ["no"]}
    assert changed.receipt != receipt
    before = VoteBefore.objects.get()
    assert (before.choices, before.receipt) == ({"1": ["yes"]}, receipt)
    assert Vote.objects.count() == 1


def test_where_the_rule_forbids_it_nothing_is_changed(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101")
    Ballot.objects.filter(pk=ballot.pk).update(may_change=False)
    unchanged()
    with pytest.raises(Conflict, match="不能再改"):
        hall.web(ballot, "101", "no", seen=0)
    unchanged()


def test_a_second_late_is_refused_in_words(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    time.clock_set(ballot.closes_at)
    unchanged()
    with pytest.raises(Expired, match="已经截止") as refused:
        hall.web(ballot, "101")
    assert refused.value.status == 410
    with pytest.raises(Expired):
        hall.door(ballot, "102")
    unchanged()
    time.clock_set(ballot.closes_at - timedelta(microseconds=1))
    hall.web(ballot, "101")


def test_nothing_is_taken_before_it_opens(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.frozen()
    unchanged()
    with pytest.raises(Conflict, match="还没有开始"):
        hall.web(ballot, "101")
    unchanged()
    time.clock_set(ballot.opens_at)  # the clock opens it, whether or not the job has come by
    hall.web(ballot, "101")


def test_a_stale_page_never_undoes_what_happened_since(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    hall.door(ballot, "101", "no")
    unchanged()
    with pytest.raises(StaleVersion, match="已经有了变化"):
        hall.web(ballot, "101", "yes")  # the page knew of no vote
    unchanged()
    assert hall.web(ballot, "101", "yes", seen=0).channel == "web"


def test_half_a_ballot_is_not_saved(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened(questions=[QuestionEntry("装电梯"), QuestionEntry("用维修资金")])
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        hall.web(ballot, "101")
    assert set(refused.value.details) == {"q2"}
    unchanged()


@pytest.mark.parametrize("marks", [["yes", "no"], ["maybe"], []])
def test_what_cannot_be_chosen_is_refused(hall: Hall, unchanged: Unchanged, marks: list[str]) -> None:
    ballot = hall.opened()
    unchanged()
    with pytest.raises(InvalidInput):
        vote_cast(
            actor=hall.who("resident"),
            ballot_id=ballot.public_id,
            elector_id=hall.owner(ballot, "101").public_id,
            choices={"1": marks},
        )
    unchanged()


def test_the_same_request_again_is_one_vote_even_after_the_close(hall: Hall) -> None:
    ballot = hall.opened()
    first = hall.web(ballot, "101", request_key="k1")
    assert hall.web(ballot, "101", request_key="k1").pk == first.pk
    time.clock_set(ballot.closes_at + timedelta(minutes=1))
    assert hall.web(ballot, "101", request_key="k1").receipt == first.receipt
    with pytest.raises(KeyReused):
        hall.web(ballot, "101", "no", request_key="k1")
    assert Vote.objects.count() == 1
    assert VoteBefore.objects.count() == 0


def test_nobody_votes_for_another(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    unchanged()
    with pytest.raises(NotFound):
        hall.web(ballot, "301")  # the neighbour's
    for who in ("worker", "property", "visitor"):
        with pytest.raises(NotAllowed):
            hall.web(ballot, "101", by=who)
    unchanged()


def test_without_assurance_two_nobody_votes_on_the_web(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    AccountLink.objects.filter(person=hall.cast.person("resident")).update(state="ended")
    unchanged()
    with pytest.raises(NotAllowed, match="确认您是名册上的哪一位"):
        hall.web(ballot, "101")
    unchanged()


def test_an_owner_without_an_account_votes_at_the_door(hall: Hall) -> None:
    ballot = hall.opened()
    vote = hall.door(ballot, "302", "no")
    assert vote.channel == "door"
    assert vote.taken_by == hall.cast.person("worker")
    assert vote.witness == hall.cast.person("worker2")
    assert hall.door(ballot, "202", channel="phone").channel == "phone"


def test_taking_a_vote_down_takes_two_people_of_the_place(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    unchanged()
    for witness in (None, hall.cast.person("worker").pk):
        with pytest.raises(InvalidInput, match="另一位"):
            hall.door(ballot, "302", witness=witness)
    for who in ("worker_b", "property", "supervisor", "other_street"):
        with pytest.raises((NotAllowed, NotFound)):
            hall.door(ballot, "302", by=who)
    with pytest.raises(InvalidInput):
        hall.door(ballot, "302", channel="web")
    unchanged()


def test_a_way_that_was_not_announced_is_refused(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened(channels=["paper"])
    unchanged()
    with pytest.raises(Conflict, match="不能在网上投票"):
        hall.web(ballot, "101")
    with pytest.raises(InvalidInput, match="不接受"):
        hall.door(ballot, "302")
    unchanged()


def test_the_area_of_a_co_owned_flat_counts_once(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    elector = hall.owner(ballot, "102")
    assert (elector.heads, elector.area, elector.resident) == (1, 8_950, None)
    hall.door(ballot, "102", "yes")
    Ballot.objects.filter(pk=ballot.pk).update(may_change=False)
    unchanged()
    with pytest.raises(Conflict, match="不能再改"):  # the other owner says otherwise
        hall.door(ballot, "102", "no", seen=0)
    unchanged()


def test_a_struck_elector_cannot_vote(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    elector = hall.owner(ballot, "101")
    type(elector).objects.filter(pk=elector.pk).update(state="struck")
    unchanged()
    with pytest.raises(Conflict, match="不在已确定的名册上"):
        hall.web(ballot, "101")
    unchanged()


def test_the_database_alone_keeps_a_second_vote_out(hall: Hall) -> None:
    ballot = hall.opened()
    vote = hall.web(ballot, "101")
    doubled = same_again(vote)
    with pytest.raises(IntegrityError):
        doubled.save(force_insert=True)


def same_again(vote: Vote) -> Vote:
    """Return the same vote as a new row."""
    return Vote(
        ballot=vote.ballot,
        elector=vote.elector,
        choices=vote.choices,
        channel=vote.channel,
        cast_at=vote.cast_at,
        receipt=vote.receipt,
    )
