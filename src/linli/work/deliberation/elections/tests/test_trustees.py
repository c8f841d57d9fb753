"""No candidate holds a share of the election's key: not by naming them, not by finding out later."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput
from linli.registers.residents.models import AccountLink
from linli.work.deliberation.ballots.models import Ballot
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate
from linli.work.deliberation.elections.tests.conftest import Polls
from linli.work.deliberation.secret import services as keys
from linli.work.deliberation.secret.models import Ceremony
from tests.watching import watcher

pytestmark = pytest.mark.django_db
SIDES = {"committee": "worker", "supervision": "supervisor", "street": "street"}
HASHES = [sha256(side.encode()).hexdigest() for side in SIDES]
KEY = "ba28b18d7e36b45ebbf60e5ecfcd9040b446011a182fd3fcd2bfe23731abcc09"
STANDS, VOTES = 2, 12  # one of the people is a candidate, another is not


@pytest.fixture
def ballot(polls: Polls) -> Ballot:
    """The first round, an hour before it opens."""
    ballot = polls.round(polls.listed()).ballot
    polls.frozen(ballot)
    ballot.refresh_from_db()
    return ballot


@pytest.fixture
def unchanged() -> Callable[[], None]:
    return watcher("secret_ballots", "ballots", "duties", "notices", "audit")


def tied(polls: Polls, name: str, person: int) -> None:
    """Tie an account of the staff to the register."""
    resident = polls.people[person]
    AccountLink.objects.create(
        person=polls.cast.person(name),
        resident=resident,
        area_path=resident.area_path,
        how="worker",
        state="standing",
        asked_at=time.now(),
        decided_at=time.now(),
    )


def appoint(polls: Polls, ballot: Ballot, **sides: str) -> Ceremony:
    persons = {side: polls.cast.person(name).pk for side, name in {**SIDES, **sides}.items()}
    return keys.trustees_appoint(actor=polls.who("worker"), ballot_id=ballot.public_id, persons=persons)


def register(polls: Polls, ballot: Ballot) -> Ceremony:
    said = {"public_key": KEY, "share_hashes": HASHES}
    return keys.key_register(actor=polls.who("worker"), ballot_id=ballot.public_id, **said)


def keep(polls: Polls, ballot: Ballot, *names: str) -> None:
    for name in names:
        keys.share_keep(actor=polls.who(name), ballot_id=ballot.public_id)


def renamed(polls: Polls, candidate: int, name: str) -> None:
    row = Candidate.objects.get(resident=polls.people[candidate])
    row.name = name
    row.save(update_fields=["name"])


def test_a_candidate_is_not_named_and_another_is(
    polls: Polls, ballot: Ballot, unchanged: Callable[[], None]
) -> None:
    tied(polls, "worker", STANDS)
    unchanged()
    with pytest.raises(InvalidInput, match="候选人，不能保管密钥，请另选一位") as refused:
        appoint(polls, ballot)
    assert set(refused.value.details) == {"committee"}
    unchanged()
    assert appoint(polls, ballot, committee="worker2").trustees.count() == 3


def test_the_page_says_who_stands_and_what_to_do(polls: Polls, ballot: Ballot) -> None:
    tied(polls, "worker", STANDS)
    client, page = polls.cast.client("worker"), reverse("secret_ballots:trustees", args=[ballot.public_id])
    assert "赵敏（候选人，不能保管）" in client.get(page).content.decode()
    said = {side: polls.cast.person(name).pk for side, name in SIDES.items()}
    answer = client.post(page, said)
    assert answer.status_code == 422
    assert "请另选一位" in answer.content.decode()
    assert not Ceremony.objects.exists()


def test_the_register_decides_before_the_name_does(polls: Polls, ballot: Ballot) -> None:
    renamed(polls, STANDS, "赵敏")
    with pytest.raises(InvalidInput, match="请另选一位"):
        appoint(polls, ballot)  # the account is tied to nobody: who has the same name counts as the same
    tied(polls, "worker", VOTES)
    assert appoint(polls, ballot).trustees.count() == 3  # known to be somebody else


def test_who_no_longer_stands_may_hold_a_share(polls: Polls, ballot: Ballot) -> None:
    tied(polls, "worker", STANDS)
    Candidate.objects.filter(resident=polls.people[STANDS]).update(state="withdrawn")
    assert appoint(polls, ballot).trustees.count() == 3


def test_no_key_is_made_with_a_trustee_who_turns_out_to_stand(
    polls: Polls, ballot: Ballot, unchanged: Callable[[], None]
) -> None:
    appoint(polls, ballot)
    tied(polls, "worker", STANDS)
    unchanged()
    with pytest.raises(Conflict, match="保管人里有这次投票的候选人") as refused:
        register(polls, ballot)
    assert "更换这位保管人" in refused.value.hint
    unchanged()


def test_a_key_that_exists_is_made_anew_with_another_before_voting(
    polls: Polls, ballot: Ballot, unchanged: Callable[[], None]
) -> None:
    appoint(polls, ballot)
    register(polls, ballot)
    tied(polls, "worker", STANDS)
    unchanged()
    with pytest.raises(Conflict, match="您是这次投票的候选人"):
        keep(polls, ballot, "worker")
    unchanged()
    page = reverse("secret_ballots:ceremony", args=[ballot.public_id])
    assert "请在投票开始前更换保管人" in polls.cast.client("street").get(page).content.decode()
    ceremony = appoint(polls, ballot, committee="worker2")
    assert (ceremony.state, ceremony.public_key) == ("appointed", "")
    register(polls, ballot)
    keep(polls, ballot, "worker2", "supervisor", "street")
    assert Ceremony.objects.get().state == "ready"
    assert "保管人里有候选人" not in polls.cast.client("street").get(page).content.decode()


def test_after_voting_began_the_other_two_open(
    polls: Polls, ballot: Ballot, unchanged: Callable[[], None]
) -> None:
    appoint(polls, ballot)
    register(polls, ballot)
    keep(polls, ballot, *SIDES.values())
    tied(polls, "worker", STANDS)
    polls.closed(ballot)
    page = reverse("secret_ballots:ceremony", args=[ballot.public_id])
    assert "由另外两位保管人开票" in polls.cast.client("street").get(page).content.decode()
    said: dict[str, Any] = {"ballot_id": ballot.public_id}
    unchanged()
    with pytest.raises(Conflict, match="不能参加开票") as refused:
        keys.sealed_hand_out(actor=polls.who("worker"), **said)
    assert "另外两位保管人" in refused.value.hint
    unchanged()
    handed = keys.sealed_hand_out(actor=polls.who("street"), **said)
    assert handed.groups == []
    still = watcher("secret_ballots", "ballots", "audit")
    still()
    for who, seats in (("worker", [2, 3]), ("street", [1, 3])):
        with pytest.raises(Conflict, match="不能参加开票"):
            keys.opening_return(actor=polls.who(who), seats=seats, result=[], **said)
    still()
    opening = keys.opening_return(actor=polls.who("street"), seats=[2, 3], result=[], **said)
    assert opening.seats == [2, 3]


def test_whom_a_recall_concerns_holds_no_share(polls: Polls, unchanged: Callable[[], None]) -> None:
    recall = polls.recall(name="赵敏")
    unchanged()
    with pytest.raises(InvalidInput, match="请另选一位"):
        appoint(polls, recall.ballot)
    unchanged()
    do.recall_support(
        actor=polls.who("worker"),
        recall_id=recall.public_id,
        resident_ids=[polls.people[5].public_id, polls.people[6].public_id],
    )
    assert appoint(polls, recall.ballot, committee="worker2").trustees.count() == 3
