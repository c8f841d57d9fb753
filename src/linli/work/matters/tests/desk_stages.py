"""Matters brought to each stage through the services, for the tests of the desk's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from linli.core import clock
from linli.foundation.places.models import Building, Compound
from linli.foundation.places.selectors import place_resolve
from linli.work.matters import services
from linli.work.matters.models import Assignment, Category, Matter
from tests.people import Cast

from .life import category as known_category

TEXT = "3号楼门口的路灯坏了，晚上看不清路"


@dataclass
class Stages:
    """The cast with a compound, a category, and one method for each stage a matter can stand in."""

    cast: Cast
    compound: Compound
    building: Building
    category: Category

    def _step(self, matter: Matter) -> dict[str, Any]:
        matter.refresh_from_db()
        return {"matter_id": matter.pk, "version": matter.version}

    def reported(self, text: str = TEXT, by: str = "resident", **more: Any) -> Matter:
        place = place_resolve(compound=self.compound)
        return services.matter_report(
            actor=self.cast.actor(by), text=text, place=place, address="3号楼", **more
        )

    def accepted(self, **more: Any) -> Matter:
        matter = self.reported(**more)
        return services.matter_accept(actor=self.cast.actor("worker"), **self._step(matter))

    def merged(self) -> Matter:
        into, matter = self.accepted(), self.reported(by="neighbour")
        return services.matter_merge(actor=self.cast.actor("worker"), **self._step(matter), target_id=into.pk)

    def sorted_(self, affair_class: str = "major") -> Matter:
        matter = self.accepted()
        return services.matter_sort(
            actor=self.cast.actor("worker"),
            **self._step(matter),
            affair_class=affair_class,
            reason="影响多户",
            category=self.category,
        )

    def sent(self, unit: str = "chengguan", co: tuple[str, ...] = ()) -> Matter:
        matter = self.sorted_()
        return services.matter_hand_over(
            actor=self.cast.actor("street"),
            **self._step(matter),
            affair_class="major",
            reason="职责范围内",
            unit=self.cast.units[unit],
            co_units=[self.cast.units[name] for name in co],
        )

    def signed(self, co: tuple[str, ...] = ()) -> Matter:
        matter = self.sent(co=co)
        services.assignment_sign(actor=self.cast.actor("department"), assignment_id=self.lead(matter).pk)
        matter.refresh_from_db()
        return matter

    def return_asked(self) -> Matter:
        matter = self.signed()
        services.assignment_return_ask(
            actor=self.cast.actor("department"),
            assignment_id=self.lead(matter).pk,
            reason="不属于我单位",
            proposal="房管所",
        )
        matter.refresh_from_db()
        return matter

    def extension_asked(self) -> Matter:
        matter = self.signed()
        services.extension_ask(
            actor=self.cast.actor("department"),
            assignment_id=self.lead(matter).pk,
            reason="等配件",
            new_due_on=clock.today() + timedelta(days=60),
        )
        matter.refresh_from_db()
        return matter

    def pause_asked(self) -> Matter:
        matter = self.signed()
        services.pause_ask(
            actor=self.cast.actor("department"),
            assignment_id=self.lead(matter).pk,
            lawful_reason="weather",
            reason="连续降雨",
            until_on=clock.today() + timedelta(days=10),
        )
        matter.refresh_from_db()
        return matter

    def paused(self) -> Matter:
        matter = self.pause_asked()
        request = matter.requests.get(kind="pause")
        return services.request_decide(
            actor=self.cast.actor("street"), request_id=request.pk, is_granted=True, decision="同意"
        )

    def handled(self) -> Matter:
        matter = self.signed()
        return services.result_report(
            actor=self.cast.actor("department"), assignment_id=self.lead(matter).pk, result="已修好"
        )

    def sent_back(self) -> Matter:
        """Verification was not possible: back to sorting."""
        matter = self.handled()
        return services.matter_send_back(
            actor=self.cast.actor("street"), **self._step(matter), to="accepted", reason="地址不清"
        )

    def countersigning(self) -> Matter:
        """Another department is asked whether it agrees."""
        matter = self.signed()
        return services.countersign_ask(
            actor=self.cast.actor("street"),
            **self._step(matter),
            units=[self.cast.units["fangguan"]],
            question="先修后补",
        )

    def closed(self) -> Matter:
        matter = self.handled()
        return services.matter_verify(
            actor=self.cast.actor("worker"), **self._step(matter), is_passed=True, finding="看过，亮了"
        )

    def reopening(self) -> Matter:
        matter = self.closed()
        return services.reopen_ask(actor=self.cast.actor("resident"), matter_id=matter.pk, reason="又坏了")

    def discussing(self) -> Matter:
        matter = self.sorted_("minor")
        return services.matter_discussion_start(
            actor=self.cast.actor("worker"), **self._step(matter), topic_link="周五19:00，活动室"
        )

    def questioned(self) -> Matter:
        matter = self.accepted()
        services.question_ask(actor=self.cast.actor("worker"), matter_id=matter.pk, text="是哪一盏？")
        matter.refresh_from_db()
        return matter

    def published(self) -> Matter:
        matter = self.accepted()
        services.matter_publish(
            actor=self.cast.actor("worker"), matter_id=matter.pk, title="路灯维修", text="正在联系维修"
        )
        matter.refresh_from_db()
        return matter

    def lead(self, matter: Matter) -> Assignment:
        return matter.assignments.get(part="lead", ended_at=None)


def stages_build(cast: Cast) -> Stages:
    """Add a compound with a building and one category to the cast."""
    committee = cast.places["committee_a_place"]
    compound = Compound.objects.create(
        name="桂花苑",
        address="临江路100弄",
        street=cast.places["street_place"],
        committee=committee,
        is_committee_confirmed=True,
        area_path=committee.path,
        lng=121.45,
        lat=31.21,
        pinyin="guihuayuan",
        initials="ghy",
    )
    building = Building.objects.create(compound=compound, name="3号楼")
    return Stages(cast, compound, building, known_category("facility"))
