"""Policies and households for the tests of outreach: made directly, the acts are the services'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.actor import Actor, system
from linli.foundation.accounts.selectors import Holders
from linli.registers.residents.models import Household, Resident
from linli.registers.residents.tests.facts_world import compound_at, household_at, parts_of
from linli.registers.residents.tests.houses import resident_row
from linli.work.benefits.models import Lead, Outreach, Policy, PolicyVersion, Wave
from linli.work.benefits.outreach.found import Found, Taken
from linli.work.benefits.outreach.services import batch_propose, leads_take, wave_deal, wave_release
from linli.work.benefits.outreach.services.dealing import Dealt
from linli.work.benefits.running.services import run_ask
from tests.people import Cast

MACHINE = system("benefits")
RULE = """\
unit: person
pays: month
document: 测试文号
source: 测试
mark: ✘
when: {label: 年满65周岁, clause: 第三条, age: {from: 65}}
amount: 75.00
bring: [身份证]
where: 社区事务受理服务中心
plain: 年满65周岁可以申请。
"""

FAMILY = """\
unit: household
pays: month
document: 测试文号
source: 测试
mark: ✘
when: {label: 家里有65周岁以上的人, clause: 第四条, members: {any: {age: {from: 65}}}}
amount: 50.00
"""
CARE = """\
unit: person
pays: month
document: 测试文号
source: 测试
mark: ✘
when:
  all:
    - {label: 年满60周岁, clause: 第三条, age: {from: 60}}
    - {label: 本市户籍, clause: 第二条, fact: hukou, in: [local]}
    - {label: 照护等级一级以上, clause: 第五条, fact: care_level, in: ["1", "2", "3", "4", "5", "6"]}
amount: 300.00
worth_asking: {missing: [care_level, hukou], when: {age: {from: 60}}}
"""


def policy_make(cast: Cast, code: str, name: str, *, unit: str = "person", text: str = RULE) -> PolicyVersion:
    """Make a published policy of the city and return its version."""
    now = clock.now()
    policy = Policy.objects.create(
        code=code,
        name=name,
        authority="民政局",
        unit=unit,
        area_path=cast.places["province"].path,
        created_at=now,
    )
    return PolicyVersion.objects.create(
        policy=policy,
        number=1,
        state="published",
        text=text,
        from_on=date(2025, 1, 1),
        made_at=now,
        changed_at=now,
        published_at=now,
    )


@dataclass
class Doors:
    """Households of two in committee a, one in committee b; two policies."""

    cast: Cast
    homes: list[Household]
    people: list[Resident]
    other: Household
    other_person: Resident
    elder: PolicyVersion
    care: PolicyVersion
    family: PolicyVersion

    def take(self, *found: Found, version: PolicyVersion | None = None) -> Taken:
        """Let leads be taken today."""
        return leads_take(actor=MACHINE, version=version or self.elder, found=found, on=clock.today())

    def found(self, place: int, **more: object) -> Found:
        """Say that the head of a household was found."""
        return Found(self.homes[place].pk, self.people[place].pk, **more)  # type: ignore[arg-type]

    def release(
        self,
        per_worker_week: int = 10,
        actor: str = "district",
        version: PolicyVersion | None = None,
        **more: Any,
    ) -> Wave:
        """Let a wave of a policy (the first) begin in the street."""
        return wave_release(
            actor=self.actor(actor),
            policy_id=(version or self.elder).policy.public_id,
            area_path=self.cast.places["street_place"].path,
            per_worker_week=per_worker_week,
            **({"even_if_nobody": True} | more),
        )

    def deal(self, wave: Wave, place: str = "committee_a_place") -> Dealt:
        """Hand out in one committee."""
        path = self.cast.places[place].path
        return wave_deal(actor=MACHINE, wave=wave, committee=path, holders=Holders())

    def actor(self, name: str) -> Actor:
        """Return somebody of the cast."""
        return self.cast.actor(name)

    def visited(self) -> tuple[Outreach, Lead]:
        """Take, release and deal one lead; return its visit and itself."""
        self.take(self.found(0))
        self.deal(self.release())
        lead = Lead.objects.get()
        assert lead.outreach is not None
        return lead.outreach, lead


def doors_make(cast: Cast, homes: int = 3) -> Doors:
    """Make the world."""
    here, there = cast.places["committee_a_place"].path, cast.places["committee_b_place"].path
    parts = parts_of(compound_at(cast, name="香樟苑"), *(f"{101 + n}" for n in range(homes)))
    people = [resident_row(part, "顾阿婆", birth=date(1950, 1, 1)) for part in parts]
    made = [household_at(here, one, part=part) for one, part in zip(people, parts, strict=True)]
    [far] = parts_of(compound_at(cast, "committee_b_place", "银杏里"), "201")
    other_person = resident_row(far, "陆阿公", birth=date(1948, 2, 2))
    return Doors(
        cast=cast,
        homes=made,
        people=people,
        other=household_at(there, other_person, part=far),
        other_person=other_person,
        elder=policy_make(cast, "test_elder", "老年综合津贴"),
        care=policy_make(cast, "test_care", "养老服务补贴", text=CARE),
        family=policy_make(cast, "test_family", "老人家庭补贴", unit="household", text=FAMILY),
    )


def subjects(cast: Cast) -> dict[str, object]:
    """Return what the access table speaks of: a visit for one benefit that waits for a word."""
    doors = doors_make(cast)
    visit, lead = doors.visited()
    wave, run = Wave.objects.get(), run_ask(actor=cast.actor("city"))
    free = policy_make(cast, "test_free", "免申津贴", text=f"{RULE}automatic: true\n")
    doors.take(doors.found(1), version=free)
    street, area = cast.actor("street2"), cast.places["committee_a_place"].path
    batch = batch_propose(actor=street, policy_id=free.policy.public_id, area_path=area)
    return {
        "benefit_batch": batch.public_id,
        "benefit_wave": wave.public_id,
        "benefit_run": run.public_id,
        "benefit_visit": visit.public_id,
        "benefit_lead": lead.public_id,
        "visited_person": str(doors.people[0].public_id),
    }
