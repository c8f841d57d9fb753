"""Elections of the demo: one committee votes in secret, another takes names, a recall is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from nacl.public import PublicKey, SealedBox

from linli.core.actor import Actor, system
from linli.registers.residents.models import Resident
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.ballots.selectors import electors_of, questions_asked
from linli.work.deliberation.ballots.services import boxes, counting, making, paper, rolls
from linli.work.deliberation.bodies.services import Declaration
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate, Election
from linli.work.deliberation.elections.selectors import asks_relatives
from linli.work.deliberation.secret import services as secret
from linli.work.deliberation.secret.models import Ceremony
from linli.work.deliberation.secret.rules import plain_length

from .life import Plot, Stage, at_hour

CLOCK = system("ballots")
TRUSTEES = {"committee": "dunhua.head", "supervision": "supervisor", "street": "street.duty"}
# Where nobody can open anything: the key's other half was never kept.
PUBLIC_KEY = "ba28b18d7e36b45ebbf60e5ecfcd9040b446011a182fd3fcd2bfe23731abcc09"
ABOUT = "在本社区住了十多年，常年担任楼组长，愿意为大家跑腿办事。"


def elections_held(stage: Stage, end: datetime) -> Iterator[Plot]:
    """Three stories: voting in secret, naming, asking for a recall."""
    yield committee(stage, end)
    yield naming(stage, end)
    yield recall(stage, end)


def _adults(actor: Actor, most: int) -> list[Resident]:
    """Return people of full age in the actor's neighbourhood, in a fixed order, one of each household."""
    rows = Resident.objects.visible_to(actor).filter(state="here", birth_month__lt=date(1990, 1, 1))
    heads = rows.filter(memberships__relation="head", memberships__to_on=None).exclude(name_sealed="")
    return list(heads.order_by("pk")[:most])


def _named(actor: Actor, election: Election, people: list[Resident], posts: tuple[int, ...]) -> None:
    for person, post in zip(people, posts, strict=False):
        said = {"document": "社区党总支2026年第9次会议纪要", "about": ABOUT}
        candidate = do.candidate_propose(
            actor=actor, election_id=election.public_id, post=post, resident_id=person.public_id, **said
        )
        do.candidate_agree(actor=actor, candidate_id=candidate.public_id)
        if asks_relatives(election):
            none = Declaration(has=False, is_checked=True)
            do.candidate_declare(actor=actor, candidate_id=candidate.public_id, declaration=none)


def committee(stage: Stage, end: datetime) -> Plot:
    """The committee is elected anew: the party names, the list is published, people vote on web and paper."""
    head, worker = stage.cast["dunhua.head"], stage.cast["dunhua.worker"]
    yield (at := at_hour(end - timedelta(days=38), 10))
    draft = do.ElectionDraft(
        title="敦化居民委员会补选",
        rule_key="committee_election_voters",
        posts=[do.PostEntry("副主任", 1), do.PostEntry("委员", 2)],
        nominations_until=(at + timedelta(days=6)).date(),
    )
    election = do.election_make(actor=head, draft=draft)
    _named(head, election, _adults(head, 40)[20:26], (1, 1, 2, 2, 2))
    yield at + timedelta(days=8)
    do.candidates_publish(actor=head, election_id=election.public_id)
    yield (announced := at_hour(at + timedelta(days=8), 15))
    ballot = _announced(head, election, announced, end)
    yield announced + timedelta(days=12)
    rolls.roll_freeze(actor=head, ballot_id=ballot.public_id)
    _ceremony(stage, ballot)
    yield ballot.opens_at
    counting.ballot_open(actor=CLOCK, ballot_id=ballot.public_id)
    box = boxes.box_make(actor=head, ballot_id=ballot.public_id, kind="station", place="居委会一楼会议室")
    yield ballot.opens_at + timedelta(days=1)
    _votes(stage.cast["resident.00"], ballot)
    others = Elector.objects.filter(ballot=ballot, state="in", sealed_choice=None).order_by("number")
    said = {"actor": worker, "ballot_id": ballot.public_id}
    for sheet in paper.sheets_issue(**said, elector_ids=[row.public_id for row in others[30:36]])[:4]:
        paper.sheet_return(**said, code=sheet.code, box=box)


def _announced(head: Actor, election: Election, at: datetime, end: datetime) -> Ballot:
    round_ = do.round_open(
        actor=head,
        election_id=election.public_id,
        opens_at=at_hour(at + timedelta(days=27), 9),
        closes_at=at_hour(end + timedelta(days=2), 18),
        channels=["web", "paper", "box"],
    )
    ballot = Ballot.objects.get(pk=round_.ballot_id)
    said = {"actor": head, "ballot_id": ballot.public_id}
    making.ballot_announce(**said, version=ballot.version)
    for doubtful in Elector.objects.filter(ballot=ballot, state="doubt"):
        rolls.elector_strike(**said, elector_id=doubtful.public_id, reason="上门核对，未满十八周岁")
    ballot.refresh_from_db()
    return ballot


def _ceremony(stage: Stage, ballot: Ballot) -> None:
    persons = {side: stage.cast[name].person_id or 0 for side, name in TRUSTEES.items()}
    head = stage.cast["dunhua.head"]
    secret.trustees_appoint(actor=head, ballot_id=ballot.public_id, persons=persons)
    hashes = [sha256(f"demo {side}".encode()).hexdigest() for side in TRUSTEES]
    said = {"public_key": PUBLIC_KEY, "share_hashes": hashes}
    secret.key_register(actor=head, ballot_id=ballot.public_id, **said)
    for name in TRUSTEES.values():
        secret.share_keep(actor=stage.cast[name], ballot_id=ballot.public_id)


def _votes(woman: Actor, ballot: Ballot) -> None:
    """Seal a choice as her browser would."""
    key = PublicKey(bytes.fromhex(Ceremony.objects.get(ballot=ballot).public_key))
    asked = questions_asked(ballot)
    marks = [[sorted(question.choices)[0]] for question in asked]
    text = json.dumps(marks, separators=(",", ":")).encode() + b"\x80"
    padded = text + bytes(plain_length(asked) - len(text))
    for elector in electors_of(woman, ballot):
        sealed = bytes(SealedBox(key).encrypt(padded))
        said = {"ballot_id": ballot.public_id, "elector_id": elector.public_id}
        secret.choice_seal(actor=woman, sealed=sealed, **said)


def naming(stage: Stage, end: datetime) -> Plot:
    """Another committee takes names: two by the party, one by voters who still lack some."""
    head = stage.cast["kongjiang.head"]
    yield (at := at_hour(end - timedelta(days=3), 10))
    draft = do.ElectionDraft(
        title="控江居民小组组长推选",
        rule_key="group_election",
        posts=[do.PostEntry("第一小组组长", 1), do.PostEntry("第二小组组长", 1)],
        nominations_until=(end + timedelta(days=4)).date(),
    )
    election = do.election_make(actor=head, draft=draft)
    people = _adults(head, 12)
    _named(head, election, people[:3], (1, 1, 2))
    yield at + timedelta(days=1)
    candidate = Candidate.objects.filter(election=election).latest("pk")
    supporters = [person.public_id for person in people[4:8]]
    do.candidate_support(actor=head, candidate_id=candidate.public_id, resident_ids=supporters)


def recall(stage: Stage, end: datetime) -> Plot:
    """Some ask for a recall; there are not enough of them yet."""
    head = stage.cast["kongjiang.head"]
    yield at_hour(end - timedelta(days=2), 10)
    opens_at = at_hour(end + timedelta(days=25), 9)
    draft = do.RecallDraft(
        name="本届一位委员",
        office="居委会委员",
        reason="连续三个月没有参加居委会工作，也没有说明原因。",
        rule_key="committee_recall_voters",
        opens_at=opens_at,
        closes_at=at_hour(opens_at, 18),
        channels=["paper", "box"],
    )
    made = do.recall_make(actor=head, draft=draft)
    roll = Elector.objects.filter(ballot=made.ballot, state="in").order_by("number")
    people = [row.resident.public_id for row in roll.select_related("resident")[:3] if row.resident]
    do.recall_support(actor=head, recall_id=made.public_id, resident_ids=people)
