"""Ballots of the adults of committee A at every stage, made through the services on days that have passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from linli.core import clock as time
from linli.core.clock import clock_at
from linli.registers.residents.linking.selectors import resident_linked
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.ballots.services import casting, counting, making, rolls
from linli.work.deliberation.ballots.services.making import Draft, QuestionEntry
from tests.people import Cast

ALL = ["web", "paper", "phone", "door"]


@dataclass
class Assembly:
    """Somebody's registry must hold the person to whom the account ``resident`` is linked."""

    cast: Cast

    def made(self, way: str = "named", opens: int = 20, closes: float = 30) -> Ballot:
        now = time.now()
        draft = Draft(
            title="修订居民公约",
            rule_key="residents_meeting",
            questions=[QuestionEntry("同意修订居民公约")],
            opens_at=now + timedelta(days=opens),
            closes_at=now + timedelta(days=closes),
            channels=ALL if way == "named" else ["web", "paper", "box"],
            way=way,
        )
        return making.ballot_make(actor=self.cast.actor("worker"), draft=draft)

    def announced(self, way: str = "named", opens: int = 20, closes: float = 30) -> Ballot:
        worker = self.cast.actor("worker")
        ballot = self.made(way, opens, closes)
        ballot = rolls.roll_build(actor=worker, ballot_id=ballot.public_id)
        return making.ballot_announce(actor=worker, ballot_id=ballot.public_id, version=ballot.version)

    def running(self, way: str = "named", closes: float = 30) -> Ballot:
        """Return a ballot that opened ten days ago; the account ``resident`` has voted if it is named."""
        now, worker = time.now(), self.cast.actor("worker")
        with clock_at(now - timedelta(days=25)):
            ballot = self.announced(way, 15, 25 + closes)
            ballot = rolls.roll_freeze(actor=worker, ballot_id=ballot.public_id)
        if way == "named":
            with clock_at(now - timedelta(days=2)):
                casting.vote_cast(
                    actor=self.cast.actor("resident"),
                    ballot_id=ballot.public_id,
                    elector_id=self.electors(ballot)[0].public_id,
                    choices={"1": ["yes"]},
                )
        return ballot

    def counted(self) -> Ballot:
        ballot = self.running(closes=-1)
        return counting.ballot_count(actor=self.cast.actor("worker"), ballot_id=ballot.public_id)

    def electors(self, ballot: Ballot) -> tuple[Elector, Elector]:
        """Return the row of the account ``resident``, and another."""
        resident = resident_linked(self.cast.person("resident").pk)
        own = Elector.objects.get(ballot=ballot, resident=resident)
        other = Elector.objects.filter(ballot=ballot, state="in").exclude(pk=own.pk)[0]
        return own, other
