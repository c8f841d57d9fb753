"""The bodies of the demo: two communities, their owners, and the street's; some meet in time, some do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import cycle

from linli.core.clock import today
from linli.foundation.places.selectors import place_resolve
from linli.registers.residents.models import Resident
from linli.work.deliberation.assessments.models import Assessment
from linli.work.deliberation.assessments.rules import Marks
from linli.work.deliberation.assessments.services import assessment_confirm, assessment_enter
from linli.work.deliberation.assessments.tasks import dates_watch as assessments_watch
from linli.work.deliberation.bodies import services as do
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.selectors import members_on
from linli.work.deliberation.bodies.services import Declaration, MemberEntry
from linli.work.deliberation.bodies.tasks import dates_watch

from .cast import COMMITTEES, STREET
from .life import Plot, Stage, at_hour

NAMES = (
    *("顾建国", "沈秀英", "陆志明", "周惠芳", "徐伟民", "朱丽萍", "胡国强", "何美华", "施文斌", "曹玉兰"),
    *("金卫东", "严小妹", "葛振华", "柳婷", "华国平", "姚慧", "钟亮", "戴芬", "秦川", "吴玉珍"),
)
WOMEN = frozenset("英芳萍华兰妹婷慧芬珍")
ADULT = timedelta(days=365 * 30)
GROUPS = 6


def bodies_build(stage: Stage) -> None:
    """Enter the bodies of two communities and of the street, with their terms and members."""
    begun = today() - timedelta(days=120)
    _community(stage, "dunhua", begun)
    _community(stage, "kongjiang", _runs_out_soon())
    _owners(stage, begun)
    _street(stage, begun)


def _runs_out_soon() -> date:
    """Return when a term began that ends some months after the demo's last day."""
    return today().replace(day=1, year=today().year - 5) + timedelta(days=200)


def _entry(post: str, name: str, speaks_for: str = "", resident_id: int | None = None) -> MemberEntry:
    woman = None if resident_id else name[-1] in WOMEN
    none = Declaration(has=False, is_checked=True)  # kept only where the kind asks for it
    return MemberEntry(post, "" if resident_id else name, resident_id, None, woman, speaks_for, None, none)


def _found(stage: Stage, who: str, kind: str, name: str, since: date, **where: object) -> Body:
    parent = where.pop("parent_id", None)
    place = place_resolve(**where)  # type: ignore[arg-type]
    return do.body_found(
        actor=stage.cast[who], kind=kind, name=name, where=place, founded_on=since, parent_id=parent
    )  # fmt: skip


def _begun(stage: Stage, who: str, body: Body, begins_on: date, members: list[MemberEntry]) -> None:
    do.term_begin(actor=stage.cast[who], body_id=body.pk, begins_on=begins_on, members=members)


def _community(stage: Stage, key: str, begins_on: date) -> None:
    who, code = f"{key}.head", COMMITTEES[key]
    since, names = begins_on - timedelta(days=400), cycle(NAMES)
    _found(stage, who, "residents_meeting", "居民会议", since, committee=code)
    representatives = _found(stage, who, "residents_representatives", "居民代表会议", since, committee=code)
    committee = _found(stage, who, "residents_committee", "居民委员会", since, committee=code)
    seated = [_entry(post, next(names)) for post in ("chair", "deputy", *["member"] * 5)]
    _begun(stage, who, committee, begins_on, seated)
    chosen = [_entry("committee", entry.name) for entry in seated[:4]]
    speaking = [
        _entry("group_head" if number < GROUPS else "representative", name, _group(number), resident)
        for number, (name, resident) in enumerate(_representatives(code, names))
    ]
    _begun(stage, who, representatives, begins_on, [*speaking, *chosen])
    mediators = _found(
        stage, who, "sub_committee", "人民调解委员会", since, committee=code, parent_id=committee.pk
    )
    _begun(stage, who, mediators, begins_on, [_entry("chair", next(names)), _entry("member", next(names))])
    watching = _found(stage, who, "supervision_committee", "居务监督委员会", since, committee=code)
    _begun(stage, who, watching, begins_on, [_entry("chair", "范志刚"), _entry("member", "唐月琴")])
    council = _found(stage, who, "council_community", "社区议事会", since, committee=code)
    for number in range(9):
        entry = _entry("member" if number else "chair", next(names), "居民、物业、驻区单位")
        do.member_join(actor=stage.cast[who], body_id=council.pk, entry=entry, from_on=begins_on)


def _group(number: int) -> str:
    return f"第{number % GROUPS + 1}居民小组"


def _representatives(code: str, names: Iterator[str]) -> Iterator[tuple[str, int | None]]:
    """Yield thirty representatives, registered residents first."""
    people = Resident.objects.filter(
        place_code=code, state=Resident.State.HERE, birth_month__lt=today() - ADULT
    )
    known = list(people.order_by("pk").values_list("pk", flat=True)[:24])
    for resident in known:
        yield "", resident
    for number in range(30 - len(known)):
        yield f"{next(names)}{'' if number < len(NAMES) else number}", None


def _owners(stage: Stage, begins_on: date) -> None:
    place = stage.places[0]
    who, where = f"{place.committee}.head", {"compound": place.compound}
    since = begins_on - timedelta(days=900)
    assembly = _found(stage, who, "owners_assembly", f"{place.compound.name}业主大会", since, **where)
    committee = _found(
        stage,
        who,
        "owners_committee",
        f"{place.compound.name}业主委员会",
        since,
        parent_id=assembly.pk,
        **where,
    )
    seated = [
        _entry(post, name)
        for post, name in zip(("chair", "deputy", *["member"] * 5), NAMES[8:], strict=False)
    ]
    _begun(stage, who, committee, begins_on, seated)
    stair = _found(stage, who, "council_building", f"{place.compound.name}1号楼议事会", since, **where)
    for name in NAMES[:3]:
        entry = _entry("member" if name != NAMES[0] else "chair", name)
        do.member_join(actor=stage.cast[who], body_id=stair.pk, entry=entry, from_on=begins_on)


def _street(stage: Stage, begins_on: date) -> None:
    who = "street.duty"
    since = begins_on - timedelta(days=60)
    assembly = _found(stage, who, "street_assembly", "延吉新村街道社区代表会议", since, street=STREET)
    speaking = [_entry("representative", name, "居民区") for name in NAMES]
    _begun(stage, who, assembly, begins_on, speaking)
    council = _found(
        stage, who, "community_council", "社区委员会", since, street=STREET, parent_id=assembly.pk
    )
    _begun(
        stage,
        who,
        council,
        begins_on,
        [_entry("chair", NAMES[0]), *(_entry("member", n) for n in NAMES[1:9])],
    )


def bodies_meet(stage: Stage, end: datetime) -> Plot:
    """One community meets in time, the owners' committee is late; then the dates are looked at."""
    for days, kinds in (
        (80, ("owners_committee",)),
        (40, ("residents_representatives", "council_community")),
    ):
        yield at_hour(end - timedelta(days=days), 10)
        for body in Body.objects.filter(kind__in=kinds, place_code=COMMITTEES["dunhua"]):
            actor = stage.cast["dunhua.head"]
            do.body_met(actor=actor, body_id=body.pk, on=today(), note="记录在居委会档案室")
    yield at_hour(end - timedelta(days=30), 10)
    _assessed(stage)
    yield at_hour(end - timedelta(days=2), 16)
    for body in Body.objects.filter(kind="residents_committee"):
        who = "dunhua.head" if body.place_code == COMMITTEES["dunhua"] else "kongjiang.head"
        do.body_met(actor=stage.cast[who], body_id=body.pk, on=today(), note="月度例会")
    yield end - timedelta(minutes=30)
    dates_watch()
    assessments_watch()


def _assessed(stage: Stage) -> None:
    """The year's assessments: one published by the street, one that waits for a second person."""
    entered = _assess(stage, "dunhua", 0)
    assessment_confirm(actor=stage.cast["street.duty"], assessment_id=entered.pk)
    _assess(stage, "kongjiang", 18)


def _assess(stage: Stage, key: str, worst: int) -> Assessment:
    """Enter the sums of one committee; ``worst`` papers more find its last member incompetent."""
    committee = Body.objects.get(kind="residents_committee", place_code=COMMITTEES[key])
    members = members_on(committee, today())
    marks = {member.pk: Marks(24 - number, 4 + number, 2) for number, member in enumerate(members)}
    last, papers = members[-1].pk, marks[members[-1].pk]
    marks[last] = Marks(papers.competent - worst, papers.basic, papers.incompetent + worst)
    return assessment_enter(
        actor=stage.cast[f"{key}.head"],
        body_id=committee.pk,
        held_on=today(),
        composition=34,
        attendees=30,
        marks=marks,
    )
