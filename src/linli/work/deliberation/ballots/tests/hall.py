"""A compound whose owners decide on a lift: six flats of two sizes, a couple, a firm, an owner of two."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from linli.core import clock as time
from linli.core.actor import Actor, system
from linli.registers.residents.models import AccountLink, Establishment, Resident
from linli.registers.residents.owning.rules import OwnerEntry
from linli.registers.residents.owning.services import ownership_register
from linli.registers.residents.tests.plans import Plan, building_make, person_make
from linli.work.deliberation.ballots.models import Ballot, Elector, Sheet, Vote
from linli.work.deliberation.ballots.services import casting, counting, making, paper, rolls
from linli.work.deliberation.ballots.services.making import Draft, QuestionEntry
from tests.people import Cast

MACHINE = system("ballots")
LIFT = "同意在1号楼加装电梯"
WATCHED = ("ballots", "duties", "notices", "audit")


@dataclass
class Hall:
    """Who holds ballots and who votes: ``owner("101")`` is the row of the roll that 101 counts with."""

    cast: Cast
    plan: Plan
    people: dict[str, Resident] = field(default_factory=dict)

    def who(self, name: str) -> Actor:
        return self.cast.actor(name)

    def draft(self, **more: Any) -> Draft:
        now = time.now()
        given = {
            "title": "1号楼加装电梯",
            "rule_key": "owners_part_major",
            "questions": [QuestionEntry(LIFT)],
            "opens_at": now + timedelta(days=20),
            "closes_at": now + timedelta(days=30),
            "channels": ["web", "paper", "phone", "door"],
            "compound_id": self.plan.building.compound.public_id,
            "building_ids": [self.plan.building.public_id],
            **more,
        }
        return Draft(**given)

    def made(self, by: str = "worker", **more: Any) -> Ballot:
        return making.ballot_make(actor=self.who(by), draft=self.draft(**more))

    def listed(self, **more: Any) -> Ballot:
        ballot = self.made(**more)
        return rolls.roll_build(actor=self.who("worker"), ballot_id=ballot.public_id)

    def announced(self, **more: Any) -> Ballot:
        ballot = self.listed(**more)
        return making.ballot_announce(
            actor=self.who("worker"), ballot_id=ballot.public_id, version=ballot.version
        )

    def frozen(self, **more: Any) -> Ballot:
        ballot = self.announced(**more)
        time.clock_forward(timedelta(days=10))
        return rolls.roll_freeze(actor=self.who("worker"), ballot_id=ballot.public_id)

    def opened(self, **more: Any) -> Ballot:
        ballot = self.frozen(**more)
        time.clock_set(ballot.opens_at + timedelta(hours=1))
        return counting.ballot_open(actor=MACHINE, ballot_id=ballot.public_id)

    def closed(self, ballot: Ballot) -> Ballot:
        time.clock_set(ballot.closes_at)
        return counting.ballot_close(actor=MACHINE, ballot_id=ballot.public_id)

    def counted(self, ballot: Ballot) -> Ballot:
        self.closed(ballot)
        return counting.ballot_count(actor=self.who("worker"), ballot_id=ballot.public_id)

    def owner(self, ballot: Ballot, room: str) -> Elector:
        return Elector.objects.get(ballot=ballot, parts__part=self.plan.parts[room])

    def link(self, name: str, person: Resident) -> None:
        AccountLink.objects.create(
            person=self.cast.person(name),
            resident=person,
            how="worker",
            state="standing",
            asked_at=time.now(),
            decided_at=time.now(),
            area_path=person.area_path,
        )

    # -- voting ----------------------------------------------------------------
    def web(self, ballot: Ballot, room: str, mark: str = "yes", by: str = "resident", **more: Any) -> Vote:
        return casting.vote_cast(
            actor=self.who(by),
            ballot_id=ballot.public_id,
            elector_id=self.owner(ballot, room).public_id,
            choices={"1": [mark]},
            **more,
        )

    def door(self, ballot: Ballot, room: str, mark: str = "yes", channel: str = "door", **more: Any) -> Vote:
        said = {"witness": self.cast.person("worker2").pk, **more}
        return casting.vote_take(
            actor=self.who(said.pop("by", "worker")),
            ballot_id=ballot.public_id,
            elector_id=self.owner(ballot, room).public_id,
            choices={"1": [mark]},
            channel=channel,
            **said,
        )

    def sheet(self, ballot: Ballot, room: str) -> Sheet:
        keys = [self.owner(ballot, room).public_id]
        [made] = paper.sheets_issue(actor=self.who("worker"), ballot_id=ballot.public_id, elector_ids=keys)
        return made

    def bring(self, ballot: Ballot, sheet: Sheet, **more: Any) -> Sheet:
        return paper.sheet_return(
            actor=self.who("worker"), ballot_id=ballot.public_id, code=sheet.code, **more
        )

    def key(self, ballot: Ballot, sheet: Sheet, *marks: str, by: str = "worker") -> Sheet:
        return paper.sheet_key(
            actor=self.who(by), ballot_id=ballot.public_id, code=sheet.code, marks={"1": list(marks)}
        )

    def on_paper(self, ballot: Ballot, room: str, *marks: str) -> Sheet:
        """Issue, take back and key in twice."""
        sheet = self.sheet(ballot, room)
        self.bring(ballot, sheet)
        self.key(ballot, sheet, *marks)
        return self.key(ballot, sheet, *marks, by="worker2")


def hall_make(cast: Cast) -> Hall:
    """Make the compound: 101 and 201 belong to one woman, 102 to a couple, 202 to a firm, 301 and 302 to men.

    The woman's account is ``resident``, the account of 301's owner is ``neighbour``.
    """
    plan = building_make(cast)
    hall = Hall(cast, plan)
    born = date(1970, 5, 1)
    for key, name in (
        ("woman", "王秀兰"),
        ("husband", "李国强"),
        ("wife", "张美芳"),
        ("third", "赵大海"),
        ("fourth", "孙小山"),
    ):
        hall.people[key] = person_make(plan, born, name=name)
    firm = Establishment.objects.create(
        name="桂花商贸有限公司",
        area_path=plan.building.compound.area_path,
        compound=plan.building.compound,
        created_at=time.now(),
        updated_at=time.now(),
    )
    people = hall.people
    woman = [OwnerEntry(people["woman"].pk)]
    owned = {
        "101": (6_880, woman),
        "102": (8_950, [OwnerEntry(people["husband"].pk), OwnerEntry(people["wife"].pk)]),
        "201": (6_880, woman),
        "202": (8_950, [OwnerEntry(None, firm.pk)]),
        "301": (6_880, [OwnerEntry(people["third"].pk)]),
        "302": (8_950, [OwnerEntry(people["fourth"].pk)]),
    }
    for room, (area, owners) in owned.items():
        part = plan.parts[room]
        ownership_register(actor=cast.actor("worker"), part_id=part.pk, area=area, owners=owners)
    hall.link("resident", people["woman"])
    hall.link("neighbour", people["third"])
    return hall
