"""A secret ballot of committee A with twelve voters, a key that the test holds, and acts on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from nacl.public import PrivateKey, SealedBox

from linli.core import clock as time
from linli.core.clock import local_midnight
from linli.registers.residents.models import AccountLink, Resident
from linli.registers.residents.tests.plans import building_make, person_make
from linli.work.deliberation.ballots.models import Ballot, Elector, Question
from linli.work.deliberation.ballots.selectors import questions_asked
from linli.work.deliberation.secret import services as do
from linli.work.deliberation.secret.models import Ceremony, Opening
from linli.work.deliberation.secret.rules import plain_length, receipt_of
from linli.work.deliberation.secret.selectors import ceremony_of
from tests.people import Actors, Cast, copied, resident_make
from tests.watching import watcher

VOTERS = 12
CANDIDATES = [{"key": key, "label": label} for key, label in (("a", "甲"), ("b", "乙"), ("c", "丙"))]
TRUSTEES = {"committee": "worker", "supervision": "supervisor", "street": "street"}
HASHES = [sha256(name.encode()).hexdigest() for name in TRUSTEES]
WATCHED = ("secret_ballots", "ballots", "duties", "notices", "audit")


@dataclass
class Booth:
    """A ballot and what is done about it; the test holds the private key that nobody else has."""

    cast: Cast
    ballot: Ballot
    secret: PrivateKey
    voters: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return bytes(self.secret.public_key).hex()

    @property
    def ceremony(self) -> Ceremony:
        found = ceremony_of(Ballot.objects.get(pk=self.ballot.pk))
        assert found is not None
        return found

    def who(self, name: str) -> Any:
        return self.cast.actor(name)

    def elector(self, voter: str) -> Elector:
        number = self.voters.index(voter) + 1
        return Elector.objects.get(ballot=self.ballot, number=number)

    # -- the key ----------------------------------------------------------------
    def appoint(self, by: str = "worker", **persons: int) -> Ceremony:
        chosen = {side: self.cast.person(name).pk for side, name in TRUSTEES.items()}
        return do.trustees_appoint(
            actor=self.who(by), ballot_id=self.ballot.public_id, persons={**chosen, **persons}
        )

    def register(self, by: str = "worker", **more: Any) -> Ceremony:
        said = {"public_key": self.key, "share_hashes": HASHES, **more}
        return do.key_register(actor=self.who(by), ballot_id=self.ballot.public_id, **said)

    def keep(self, by: str) -> Ceremony:
        return do.share_keep(actor=self.who(by), ballot_id=self.ballot.public_id)

    def ready(self) -> Ceremony:
        self.appoint()
        self.register()
        for name in TRUSTEES.values():
            self.keep(name)
        return self.ceremony

    # -- voting -----------------------------------------------------------------
    def begin(self) -> None:
        """Let the key be ready and the hour come."""
        self.ready()
        time.clock_set(self.ballot.opens_at)

    def padded(self, marks: Any) -> bytes:
        text = json.dumps(marks, separators=(",", ":")).encode() + b"\x80"
        return text + bytes(plain_length(questions_asked(self.ballot)) - len(text))

    def sealed(self, marks: Any) -> bytes:
        return bytes(SealedBox(self.secret.public_key).encrypt(self.padded(marks)))

    def cast_sealed(self, voter: str, sealed: bytes) -> bool:
        return do.choice_seal(
            actor=self.who(voter),
            ballot_id=self.ballot.public_id,
            elector_id=self.elector(voter).public_id,
            sealed=sealed,
        )

    def vote(self, voter: str, *marks: str) -> str:
        """Seal and cast; return the receipt, which only the voter has."""
        sealed = self.sealed([list(marks)])
        self.cast_sealed(voter, sealed)
        return receipt_of(sealed)

    def everybody(self) -> list[str]:
        """Let all vote: seven for a, three for b and c, one for nobody, one for a and b."""
        marks = [("a",)] * 7 + [("b", "c")] * 3 + [(), ("a", "b")]
        return [self.vote(voter, *one) for voter, one in zip(self.voters, marks, strict=True)]

    # -- the end -----------------------------------------------------------------
    def end(self) -> None:
        time.clock_set(self.ballot.closes_at)

    def hand_out(self, by: str = "worker") -> Any:
        return do.sealed_hand_out(actor=self.who(by), ballot_id=self.ballot.public_id)

    def opened(self, groups: Any) -> list[dict[str, Any]]:
        """Open what was handed out, as the trustees' browser does."""
        import base64

        result = []
        for group in groups:
            counts: dict[str, int] = {}
            for text in group["sealed"]:
                plain = SealedBox(self.secret).decrypt(base64.b64decode(text))
                marks = json.loads(plain[: plain.rindex(b"\x80")])[0]
                combination = json.dumps(marks, separators=(",", ":"))
                counts[combination] = counts.get(combination, 0) + 1
            counted = dict(sorted(counts.items()))
            ballots = len(group["sealed"])
            result.append({"key": group["key"], "ballots": ballots, "questions": [counted], "unopened": []})
        return result

    def bring_back(self, result: Any, by: str = "worker", seats: tuple[int, ...] = (1, 2)) -> Opening:
        return do.opening_return(
            actor=self.who(by), ballot_id=self.ballot.public_id, seats=seats, result=result
        )

    def counted(self) -> Opening:
        """Let everybody vote and two trustees open it."""
        self.begin()
        self.everybody()
        self.end()
        return self.bring_back(self.opened(self.hand_out().groups))

    def settle(self) -> None:
        """Let the result become final, as ballots do at the end of the objection period."""
        Ballot.objects.filter(pk=self.ballot.pk).update(state="settled", counted_at=time.now())


def ballot_row(cast: Cast, **more: Any) -> Ballot:
    """Make a secret ballot of committee A whose roll is frozen, a week before it opens."""
    now = time.now()
    given = {
        "number": "26000077",
        "title": "居委会换届选举",
        "kind": "election",
        "rule_key": "committee_election_voters",
        "rule_on": now.date(),
        "electorate": "residents",
        "way": "secret",
        "channels": ["web", "paper"],
        "may_change": True,
        "unit": cast.units["committee_a"],
        "area_path": cast.places["committee_a_place"].path,
        "place_code": cast.places["committee_a_place"].code,
        "opens_at": now + timedelta(days=7),
        "closes_at": now + timedelta(days=8),
        "created_at": now,
        "announced_at": now,
        "frozen_at": now,
        "state": "frozen",
        "roll_digest": "0" * 64,
        **more,
    }
    ballot = Ballot.objects.create(**given)
    Question.objects.create(ballot=ballot, order=1, text="选举委员", choices=CANDIDATES, seats=2)
    return ballot


def linked(cast: Cast, name: str, resident: Resident) -> None:
    """Tie an account to a person of the registry (assurance 2)."""
    AccountLink.objects.create(
        person=cast.person(name),
        resident=resident,
        area_path=resident.area_path,
        how="worker",
        state="standing",
        asked_at=time.now(),
        decided_at=local_midnight(date(2026, 1, 2)),
    )


@pytest.fixture(scope="module")
def booth_of_module(pickled: Callable[..., bytes]) -> bytes:
    """The ballot with its voters, made once for a module."""
    return pickled(booth_make)


@pytest.fixture
def booth(booth_of_module: bytes, actors_of_test: Actors, clock: Any) -> Booth:
    """Return the ballot with its voters, all with linked accounts."""
    own: Booth = copied(booth_of_module, actors_of_test)
    return own


def booth_make(cast: Cast) -> Booth:
    """Make the ballot, and whoever is missing among its voters."""
    plan = building_make(cast)
    booth = Booth(cast, ballot_row(cast), PrivateKey.generate())
    for number in range(1, VOTERS + 1):
        name = "resident" if number == 1 else "neighbour" if number == 2 else f"voter{number}"
        if name not in cast.accounts:
            resident_make(cast, name, f"选民{number}", f"139000010{number:02}")
        resident = person_make(plan, date(1960, 1, 1), name=f"王{number}")
        linked(cast, name, resident)
        Elector.objects.create(
            ballot=booth.ballot, number=number, subject=f"r{resident.pk}", resident=resident, label="王*"
        )
        booth.voters.append(name)
    return booth


@pytest.fixture
def unchanged() -> Callable[[], None]:
    """Return a check to be called before and after a refusal: nothing may have been written between."""
    return watcher(*WATCHED)
