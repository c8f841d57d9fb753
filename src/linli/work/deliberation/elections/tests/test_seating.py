"""Those elected enter their body: as a new term or into the present one; a refusal changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.selectors import Place
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.services import body_found
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Election

from .conftest import Polls

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def held(polls: Polls) -> Election:
    """An election of a chair and two members that is over."""
    election = polls.listed()
    ballot = polls.round(election).ballot
    polls.counted(ballot, {"1": {"c1": 15, "c2": 3}, "2": {"c3": 14, "c4": 13, "c5": 2}})
    polls.outcome(election)
    polls.settled(ballot)
    return do.election_conclude(actor=polls.who("worker"), election_id=election.public_id)


def founded(polls: Polls, kind: str = "residents_committee") -> Body:
    return body_found(
        actor=polls.who("worker"),
        kind=kind,
        name="桂花第一居民委员会",
        where=Place(polls.cast.places["committee_a_place"], "chosen"),
        founded_on=time.today() - timedelta(days=400),
    )


def seat(polls: Polls, election: Election, body: Body, who: str = "worker", **more: Any) -> Election:
    said = {"from_on": time.today(), "begins_term": True, **more}
    return do.elected_seat(
        actor=polls.who(who), election_id=election.public_id, body_id=body.public_id, **said
    )


def test_the_elected_are_the_members_of_a_new_term(polls: Polls) -> None:
    election, body = held(polls), founded(polls)
    done = seat(polls, election, body)
    assert done.state == "held"
    assert done.seated_on == time.today()
    term = body.terms.get()
    assert (term.begins_on, term.number) == (time.today(), 1)
    assert sorted(body.members.values_list("post", flat=True)) == ["chair", "member", "member"]
    round_ = election.rounds.get()
    assert set(body.members.values_list("ballot", flat=True)) == {round_.ballot.public_id}
    elected = set(election.candidates.filter(state="elected").values_list("resident_id", flat=True))
    assert set(body.members.values_list("resident_id", flat=True)) == elected
    assert AuditRecord.objects.filter(verb="election.seat").count() == 1


def test_a_by_election_joins_the_present_term(polls: Polls) -> None:
    election, body = held(polls), founded(polls)
    seat(polls, election, body, begins_term=False)
    assert body.members.filter(to_on__isnull=True).count() == 3
    assert not body.terms.exists()


def test_they_enter_once(polls: Polls, unchanged: Unchanged) -> None:
    election, body = held(polls), founded(polls)
    seat(polls, election, body)
    unchanged()
    with pytest.raises(Conflict, match="登记过"):
        seat(polls, election, body)


def test_a_body_without_such_a_post_says_which_it_has(polls: Polls, unchanged: Unchanged) -> None:
    election, body = held(polls), founded(polls, "residents_representatives")
    unchanged()
    with pytest.raises(InvalidInput) as refusal:
        seat(polls, election, body)
    assert "居民代表" in refusal.value.details["body"]


def test_nobody_takes_office_before_the_election_is_over(polls: Polls, unchanged: Unchanged) -> None:
    election, body = held(polls), founded(polls)
    unchanged()
    with pytest.raises(InvalidInput, match="选举结束"):
        seat(polls, election, body, from_on=time.today() - timedelta(days=3))


@pytest.mark.parametrize("who", ["district", "city"])
def test_who_does_not_hold_it_does_not_seat(polls: Polls, unchanged: Unchanged, who: str) -> None:
    election, body = held(polls), founded(polls)
    unchanged()
    with pytest.raises(NotAllowed):
        seat(polls, election, body, who)


def test_on_the_page(polls: Polls) -> None:
    election, body = held(polls), founded(polls)
    client = polls.cast.client("worker")
    record = client.get(reverse("elections:record", args=[election.public_id])).content.decode()
    assert "登记当选成员" in record
    address = reverse("elections:act", args=[election.public_id, "seat"])
    assert body.name in client.get(address).content.decode()
    said = {"body": str(body.public_id), "term": "new", "from_on": time.today().isoformat()}
    assert client.post(address, said).status_code == 302
    assert body.members.count() == 3
    again = client.get(reverse("elections:record", args=[election.public_id])).content.decode()
    assert address not in again
    assert "当选的人任职" in again
