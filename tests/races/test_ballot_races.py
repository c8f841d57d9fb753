"""Ballots really at once (PostgreSQL): one elector one vote, none lost, none after the count."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.clock import clock_at
from linli.core.errors import Refusal
from linli.foundation.audit.models import AuditRecord
from linli.work.deliberation.ballots.models import Ballot, Sheet, Vote, VoteBefore
from linli.work.deliberation.ballots.services import counting, paper
from linli.work.deliberation.ballots.tests.hall import Hall, hall_make
from tests.people import cast_build

from .test_matter_races import at_once, told_apart

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = range(3)


@pytest.fixture
def hall(clock: Any) -> Hall:
    """The owners, committed, so that other connections see them."""
    return hall_make(cast_build())


def together(*acts: Callable[[], Any], at: datetime | None = None) -> tuple[list[Any], list[Exception]]:
    """Do all at once, each at the hour that it is here; return what succeeded and what was refused."""
    hour = at or time.now()

    def held(act: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            with clock_at(hour):
                return act()

        return run

    won, lost = told_apart(at_once(*map(held, acts)))
    return won, lost


def told_in_words(lost: list[Exception]) -> None:
    for refusal in lost:
        assert isinstance(refusal, Refusal), refusal
        assert any("一" <= sign <= "鿿" for sign in refusal.message)


@pytest.mark.parametrize("_time", TIMES)
def test_web_and_door_at_once_are_one_vote(hall: Hall, _time: int) -> None:
    ballot = hall.opened()
    won, lost = together(lambda: hall.web(ballot, "101", "yes"), lambda: hall.door(ballot, "101", "no"))
    assert (len(won), len(lost)) == (1, 1)
    told_in_words(lost)
    assert Vote.objects.count() == 1
    assert VoteBefore.objects.count() == 0
    assert AuditRecord.objects.filter(verb="vote.cast").count() == 1


@pytest.mark.parametrize("_time", TIMES)
def test_the_same_request_twice_at_once_is_one_vote_and_both_are_told_so(hall: Hall, _time: int) -> None:
    ballot = hall.opened()
    again = lambda: hall.web(ballot, "101", "yes", request_key="k")  # noqa: E731
    won, lost = together(again, again)
    assert not lost, lost
    assert {vote.pk for vote in won} == {Vote.objects.get().pk}


@pytest.mark.parametrize("_time", TIMES)
def test_paper_handed_in_while_the_web_votes_is_never_both(hall: Hall, _time: int) -> None:
    ballot = hall.opened()
    Ballot.objects.filter(pk=ballot.pk).update(may_change=False)
    sheet = hall.sheet(ballot, "101")
    _won, lost = together(lambda: hall.web(ballot, "101"), lambda: hall.bring(ballot, sheet))
    told_in_words(lost)
    is_back = Sheet.objects.get().state == Sheet.State.RETURNED
    assert is_back != Vote.objects.exists()
    assert len(lost) == 1


@pytest.mark.parametrize("_time", TIMES)
def test_two_people_keying_in_at_once_make_one_vote(hall: Hall, _time: int) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "102")
    hall.bring(ballot, sheet)
    _won, lost = together(
        lambda: hall.key(ballot, sheet, "yes"), lambda: hall.key(ballot, sheet, "yes", by="worker2")
    )
    assert not lost, lost
    assert Vote.objects.get().choices == {"1": ["yes"]}


@pytest.mark.parametrize("_time", TIMES)
def test_sheets_issued_at_once_never_share_a_number_or_an_elector(hall: Hall, _time: int) -> None:
    ballot = hall.opened()
    keys = [hall.owner(ballot, room).public_id for room in ("101", "102")]
    said = {"ballot_id": ballot.public_id, "elector_ids": keys}
    won, lost = together(
        lambda: paper.sheets_issue(actor=hall.who("worker"), **said),
        lambda: paper.sheets_issue(actor=hall.who("worker2"), **said),
    )
    assert (len(won), len(lost)) == (1, 1)
    told_in_words(lost)
    assert sorted(Sheet.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize("_time", TIMES)
def test_the_count_waits_for_votes_in_flight_and_lets_none_in_after(hall: Hall, _time: int) -> None:
    ballot = hall.opened()
    said = {"actor": hall.who("worker"), "ballot_id": ballot.public_id}

    def count() -> Ballot:
        with clock_at(ballot.closes_at):
            return counting.ballot_count(**said)

    last = ballot.closes_at - timedelta(microseconds=1)
    _won, lost = together(lambda: hall.web(ballot, "101"), count, at=last)
    told_in_words(lost)
    counted = Ballot.objects.get()
    assert counted.state == "counted"
    assert counted.tally["questions"]["1"]["participants"]["heads"] == Vote.objects.count()
    assert len(lost) == 1 - Vote.objects.count()
