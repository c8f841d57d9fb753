"""A neighbourhood of committee A that elects its committee: twenty voters at home, two with accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.actor import system
from linli.registers.residents.models import AccountLink, Resident
from linli.registers.residents.tests.plans import (
    Plan,
    building_make,
    household_make,
    people_findable,
    person_make,
)
from linli.work.deliberation.ballots.models import Ballot
from linli.work.deliberation.ballots.services import counting, making, rolls
from linli.work.deliberation.bodies.kinds import Declaration
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate, Election, Recall, Round
from linli.work.deliberation.elections.selectors import asks_relatives
from linli.work.matters.tests.life import year_load
from tests.people import Actors, Cast, copied
from tests.watching import watcher

MACHINE = system("ballots")
VOTERS = 20
GIVEN = "伯仲叔季东西南北春夏秋冬梅兰竹菊松柏桃李"
WATCHED = ("elections", "ballots", "duties", "audit")


@dataclass
class Polls:
    """Who elects and who is elected; ``people`` are in the order of their numbers."""

    cast: Cast
    plan: Plan
    people: list[Resident] = field(default_factory=list)

    def who(self, name: str) -> Any:
        return self.cast.actor(name)

    # -- candidates ---------------------------------------------------------------
    def made(self, by: str = "worker", **more: Any) -> Election:
        given = {
            "title": "居民委员会换届选举",
            "rule_key": "committee_election_voters",
            "posts": [do.PostEntry("主任", 1), do.PostEntry("委员", 2)],
            "nominations_until": time.today() + timedelta(days=5),
            **more,
        }
        return do.election_make(actor=self.who(by), draft=do.ElectionDraft(**given))

    def party(self, election: Election, person: int, post: int, *, agrees: bool = True) -> Candidate:
        candidate = do.candidate_propose(
            actor=self.who("worker"),
            election_id=election.public_id,
            post=post,
            resident_id=self.people[person].public_id,
            document="社区党总支会议纪要3号",
        )
        if agrees:
            do.candidate_agree(actor=self.who("worker"), candidate_id=candidate.public_id)
            if asks_relatives(election):
                self.declared(candidate)
        return candidate

    def declared(self, candidate: Candidate, *, has: bool = False, **more: Any) -> Candidate:
        """Write down that somebody declares to have no near relatives in office, or some."""
        said = Declaration(**{"has": has, "is_checked": True, **more})
        return do.candidate_declare(
            actor=self.who("worker"), candidate_id=candidate.public_id, declaration=said
        )

    def names(self, candidate: Candidate, *people: int) -> Candidate:
        return do.candidate_support(
            actor=self.who("worker"),
            candidate_id=candidate.public_id,
            resident_ids=[self.people[one].public_id for one in people],
        )

    def named(self, **more: Any) -> Election:
        """Return an election for which the party has named two for chair and three as members."""
        election = self.made(**more)
        for person, post in ((2, 1), (3, 1), (4, 2), (5, 2), (6, 2)):
            self.party(election, person, post)
        return election

    def listed(self, **more: Any) -> Election:
        election = self.named(**more)
        time.clock_forward(timedelta(days=6))
        return do.candidates_publish(actor=self.who("worker"), election_id=election.public_id)

    # -- rounds -------------------------------------------------------------------
    def round(self, election: Election, days: int = 25) -> Round:
        opens_at = time.now() + timedelta(days=days)
        return do.round_open(
            actor=self.who("worker"),
            election_id=election.public_id,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=10),
            channels=["paper", "web"],
        )

    def counted(self, ballot: Ballot, counts: dict[str, dict[str, int]], ballots: int = VOTERS) -> Ballot:
        """Announce, freeze, close and count a ballot whose web votes were opened as ``counts`` says."""
        self.frozen(ballot)
        self.closed(ballot)
        Ballot.objects.filter(pk=ballot.pk).update(sealed_counts={"ballots": ballots, **counts})
        return counting.ballot_count(actor=self.who("worker"), ballot_id=ballot.public_id)

    def frozen(self, ballot: Ballot) -> None:
        """Announce a ballot, and freeze its roll an hour before it opens."""
        worker = self.who("worker")
        ballot.refresh_from_db()
        making.ballot_announce(actor=worker, ballot_id=ballot.public_id, version=ballot.version)
        ballot.refresh_from_db()
        time.clock_set(ballot.opens_at - timedelta(hours=1))
        rolls.roll_freeze(actor=worker, ballot_id=ballot.public_id)

    def closed(self, ballot: Ballot) -> None:
        """Let the time be up."""
        time.clock_set(ballot.closes_at)
        counting.ballot_close(actor=MACHINE, ballot_id=ballot.public_id)

    def settled(self, ballot: Ballot) -> Ballot:
        ballot.refresh_from_db()
        assert ballot.result_objections_until is not None
        time.clock_set(time.local_midnight(ballot.result_objections_until + timedelta(days=2)))
        return counting.ballot_settle(actor=self.who("worker"), ballot_id=ballot.public_id)

    def outcome(self, election: Election) -> Round:
        return do.outcome_take(actor=self.who("worker"), election_id=election.public_id)

    def recall(self, **more: Any) -> Recall:
        opens_at = time.now() + timedelta(days=30)
        given = {
            "name": "王某",
            "office": "居委会副主任",
            "reason": "半年没有到岗，居民反映强烈。",
            "rule_key": "committee_recall_voters",
            "opens_at": opens_at,
            "closes_at": opens_at + timedelta(hours=10),
            "channels": ["paper", "web"],
            **more,
        }
        return do.recall_make(actor=self.who("worker"), draft=do.RecallDraft(**given))


def name_of(number: int) -> str:
    """Return what a person is called; 18 and 19 share a name."""
    return f"王{GIVEN[min(number, VOTERS - 2)]}明"


@pytest.fixture(scope="module")
def polls_of_module(pickled: Callable[..., bytes]) -> bytes:
    """The neighbourhood, made once for a module."""
    return pickled(polls_make)


@pytest.fixture
def polls(polls_of_module: bytes, actors_of_test: Actors, clock: Any) -> Polls:
    """Return the neighbourhood; ``resident`` and ``neighbour`` are its first two people."""
    own: Polls = copied(polls_of_module, actors_of_test)
    return own


def polls_make(cast: Cast) -> Polls:
    """Make the neighbourhood at the time that it is."""
    year_load()
    plan = building_make(cast, floors=10)
    polls = Polls(cast, plan)
    for number, room in zip(range(VOTERS), plan.parts, strict=False):
        sex = "m" if number % 2 else "f"
        person = person_make(plan, date(1970, 1, 1), sex, name=name_of(number))
        household_make(plan, room, person)
        polls.people.append(person)
    people_findable(actor=system("setup"), people=polls.people)
    for name, person in zip(("resident", "neighbour"), polls.people, strict=False):
        AccountLink.objects.create(
            person=cast.person(name),
            resident=person,
            area_path=person.area_path,
            how="worker",
            state="standing",
            asked_at=time.now(),
            decided_at=time.now(),
        )
    return polls


@pytest.fixture
def unchanged() -> Callable[[], None]:
    """Return a check to be called before and after a refusal."""
    return watcher(*WATCHED)
