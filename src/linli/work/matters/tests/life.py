"""A matter's life, lived through the services: ``Life(cast).to("handled")`` returns it in that state."""

import pickle
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from linli.core import clock
from linli.core.actor import Actor, system
from linli.foundation.duties.builtin import builtin_days, builtin_source
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import calendar_load
from linli.foundation.notices.models import Notice
from linli.foundation.places.models import Compound
from linli.foundation.places.selectors import Place
from linli.work.matters import services as do
from linli.work.matters.models import Assignment, Category, CategoryEdition, HandlingRequest, Matter
from tests.people import Cast

TEXT = "三号楼门口的路灯不亮，晚上老人出门看不见路。"


def place_of(cast: Cast, name: str = "committee_a_place") -> Place:
    return Place(cast.places[name], "chosen")


@dataclass
class Life:
    """Who acts by default: the resident reports, worker and worker2 of committee A, the street, 城管."""

    cast: Cast
    reporter: str = "resident"
    other: Matter | None = None

    def who(self, name: str) -> Actor:
        return self.cast.actor(name)

    def report(self, **more: Any) -> Matter:
        said = {"text": TEXT, "place": place_of(self.cast), "address": "三号楼门口", **more}
        return do.matter_report(actor=self.who(self.reporter), **said)

    def on(self, matter: Matter) -> dict[str, Any]:
        matter.refresh_from_db()
        return {"matter_id": matter.pk, "version": matter.version}

    def accept(self, matter: Matter, by: str = "worker") -> Matter:
        return do.matter_accept(actor=self.who(by), **self.on(matter))

    def sort(self, matter: Matter, affair_class: str = "major", by: str = "worker") -> Matter:
        return do.matter_sort(
            actor=self.who(by), **self.on(matter), affair_class=affair_class, reason="属于公共设施"
        )

    def hand_over(
        self, matter: Matter, unit: str = "chengguan", co: tuple[str, ...] = (), by: str = "street"
    ) -> Matter:
        return do.matter_hand_over(
            actor=self.who(by),
            **self.on(matter),
            affair_class="major",
            reason="属于公共设施",
            unit=self.cast.units[unit],
            co_units=[self.cast.units[name] for name in co],
            instruction="请尽快修复",
        )

    def lead(self, matter: Matter) -> Assignment:
        return matter.assignments.get(part="lead", ended_at__isnull=True)

    def part(self, matter: Matter, unit: str) -> Assignment:
        return matter.assignments.get(unit=self.cast.units[unit], ended_at__isnull=True)

    def sign(self, matter: Matter, by: str = "department") -> Matter:
        return do.assignment_sign(actor=self.who(by), assignment_id=self.lead(matter).pk)

    def result(self, matter: Matter, by: str = "department", **more: Any) -> Matter:
        return do.result_report(
            actor=self.who(by), assignment_id=self.lead(matter).pk, result="灯泡已更换", **more
        )

    def verify(self, matter: Matter, by: str = "worker", **more: Any) -> Matter:
        said = {"is_passed": True, "finding": "现场看过，灯亮了", **more}
        return do.matter_verify(actor=self.who(by), **self.on(matter), **said)

    def rate(self, matter: Matter, by: str = "resident", **more: Any) -> Any:
        said = {"was_contacted": True, "was_solved": True, "was_satisfied": True, **more}
        return do.matter_rate(actor=self.who(by), matter_id=matter.pk, **said)

    def request(self, matter: Matter) -> HandlingRequest:
        return matter.requests.get(outcome="")

    # -- a matter in each state -------------------------------------------------
    def to(self, state: str) -> Matter:
        return getattr(self, f"to_{state}")()

    def to_reported(self) -> Matter:
        return self.report()

    def to_accepted(self) -> Matter:
        return self.accept(self.report())

    def to_handling(self) -> Matter:
        return self.hand_over(self.to_accepted())

    def to_signed(self) -> Matter:
        return self.sign(self.to_handling())

    def to_suspended(self) -> Matter:
        matter = self.to_signed()
        do.pause_ask(
            actor=self.who("department"),
            assignment_id=self.lead(matter).pk,
            lawful_reason="hearing",
            reason="需要检测",
            until_on=clock.today() + timedelta(days=10),
        )
        return do.request_decide(
            actor=self.who("street"), request_id=self.request(matter).pk, is_granted=True, decision="同意"
        )

    def to_discussing(self) -> Matter:
        matter = self.sort(self.to_accepted(), "minor")
        return do.matter_discussion_start(
            actor=self.who("worker"), **self.on(matter), topic_link="周五晚七点，居民活动室"
        )

    def to_guided(self) -> Matter:
        return do.matter_guide(
            actor=self.who("worker"),
            **self.on(self.to_accepted()),
            guidance="请联系物业",
            reason="属于家中维修",
        )

    def to_handled(self) -> Matter:
        return self.result(self.to_signed())

    def to_closed(self) -> Matter:
        return self.verify(self.to_handled())

    def to_reopening(self) -> Matter:
        matter = self.to_closed()
        return do.reopen_ask(actor=self.who("resident"), matter_id=matter.pk, reason="又不亮了")

    def to_declined(self) -> Matter:
        return do.matter_decline(
            actor=self.who("worker"),
            **self.on(self.report()),
            reason="不属于本社区",
            where_to_go="请拨打12345",
        )

    def to_withdrawn(self) -> Matter:
        return do.matter_withdraw(actor=self.who("resident"), **self.on(self.report()))

    def to_merged(self) -> Matter:
        target = do.matter_report(actor=self.who("neighbour"), text=TEXT, place=place_of(self.cast))
        return do.matter_merge(actor=self.who("worker"), **self.on(self.report()), target_id=target.pk)


def compound_of(life: Life) -> Compound:
    """Make a compound of committee A."""
    places = life.cast.places
    return Compound.objects.create(
        name="桂花苑",
        street=places["street_place"],
        committee=places["committee_a_place"],
        is_committee_confirmed=True,
        area_path=places["committee_a_place"].path,
        lng=121.45,
        lat=31.2,
    )


def days_later(days: int, hours: int = 0) -> None:
    """Move the held clock on."""
    clock.clock_forward(timedelta(days=days, hours=hours))


def year_load(year: int = 2026) -> None:
    """Load a year's holidays, so that limits are not provisional."""
    calendar_load(actor=system("test"), year=year, source=builtin_source(year), days=builtin_days(year))


def category(code: str) -> Category:
    """Return a category of the shipped tree."""
    if not Category.objects.exists():
        _tree_load()
    return Category.objects.get(code=code)


_trees: dict[date, bytes] = {}


def _tree_load() -> None:
    """Load the shipped tree by its service; the same rows again where this process did that day before."""
    if CategoryEdition.objects.exists():
        do.categories_load(actor=system("test"))
        return
    if clock.today() not in _trees:
        do.categories_load(actor=system("test"))
        rows = CategoryEdition.objects.get(), list(Category.objects.order_by("depth", "pk"))
        _trees[clock.today()] = pickle.dumps(rows)
        return
    edition, nodes = pickle.loads(_trees[clock.today()])
    edition.made_at = edition.published_at = clock.now()
    edition.save(force_insert=True)
    Category.objects.bulk_create(nodes)


def day(text: str) -> date:
    return date.fromisoformat(text)


def duties(matter: Matter) -> set[tuple[str, str]]:
    """Return what stands on lists about a matter, as (action, function)."""
    rows = Duty.objects.filter(subject_id=str(matter.public_id), state__in=("open", "paused"))
    return set(rows.values_list("action", "function"))


def told(matter: Matter, person: Any) -> list[str]:
    """Return the kinds of notices a person got about a matter, in order."""
    rows = Notice.objects.filter(person=person, url__contains=str(matter.public_id)).order_by("id")
    return [kind.removeprefix("matter.") for kind in rows.values_list("kind", flat=True)]


def body_of(kind: str, matter: Matter) -> str:
    """Return the last notice of a kind about a matter."""
    rows = Notice.objects.filter(kind=f"matter.{kind}", url__contains=str(matter.public_id))
    note = rows.latest("id")
    return f"{note.title} {note.body}"
