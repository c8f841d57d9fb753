"""Calling and coming; and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.foundation.accounts.models import Unit
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.duties.tasks import mark_overdue
from linli.foundation.notices.models import Notice
from linli.work.matters import services as matters
from linli.work.matters.selectors import actions_for
from linli.work.matters.whistles import services as do
from linli.work.matters.whistles.models import Call, Whistle
from linli.work.matters.whistles.selectors import calls_of, whistle_list

from .conftest import Spot, duties, joint, told

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


# -- calling ------------------------------------------------------------------
def test_units_are_called_each_with_its_limit_and_one_leads(spot: Spot) -> None:
    matter = spot.life.to_accepted()
    whistle = spot.blow(matter)
    due = whistle.gather_at + timedelta(minutes=15)
    assert [(c.unit.name, c.is_lead, c.due_at) for c in calls_of(whistle)] == [
        ("桂花街道城管中队", True, due),
        ("桂花街道房管所", False, due),
    ]
    assert duties(whistle) == {
        ("attend", "桂花街道城管中队"),
        ("attend", "桂花街道房管所"),
        ("finish", "桂花街道办事处"),
    }
    assert told(whistle, spot.cast.person("department")) == ["call"]
    assert told(whistle, spot.cast.person("department_b")) == ["call"]
    assert told(whistle, spot.cast.person("street")) == []
    matter.refresh_from_db()
    assert matter.state == "accepted"
    assert [part.part for part in matter.assignments.all()] == ["whistled", "whistled"]
    assert not Duty.objects.filter(subject_id=str(matter.public_id), action="attend").exists()
    assert matter.events.last().facts["link"] == f"/desk/matters/whistles/{whistle.public_id}/"
    assert AuditRecord.objects.filter(verb="whistle.call").count() == 1


def test_a_notice_says_when_and_neither_where_nor_why(spot: Spot) -> None:
    whistle = spot.blow()
    note = Notice.objects.filter(kind="whistle.call").latest("id")
    assert whistle.number in note.title
    assert "3月10日" in note.body
    for hidden in (whistle.place, whistle.reason, whistle.code, whistle.title):
        assert hidden not in f"{note.title}{note.body}{note.url}"


def test_a_committee_calls_departments_too(spot: Spot) -> None:
    assert spot.blow(by="worker").unit == spot.cast.units["committee_a"]


def test_the_unit_that_leads_the_matter_is_called_without_a_second_part(spot: Spot) -> None:
    matter = spot.life.to_handling()
    whistle = spot.blow(matter)
    assert spot.call(whistle).assignment is None
    assert spot.call(whistle, "fangguan").assignment is not None
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle)
    spot.finish(whistle)
    assert spot.life.lead(matter).state == "sent"  # its own order is still to be signed


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"units": [], "lead": None}, "units", "至少选择一个单位"),
        ({"at": timedelta(0)}, "at", "晚于现在"),
        ({"at": timedelta(hours=-2)}, "at", "晚于现在"),
        ({"at": timedelta(days=31)}, "at", "最多提前30天"),
        ({"cause": "party"}, "cause", "哪种哨"),
        ({"reason": "  "}, "reason", "请写明"),
        ({"reason": "长" * 501}, "reason", "最多500个字"),
        ({"place": ""}, "place", "集合地点"),
        ({"lead": None}, "lead", "选一个牵头"),
        ({"lng": 0.0, "lat": 91.0}, "lat", "."),
    ],
)
def test_a_whistle_to_nobody_or_never_is_refused(
    spot: Spot, unchanged: Unchanged, more: dict[str, Any], field: str, words: str
) -> None:
    matter = spot.life.to_accepted()
    if isinstance(more.get("at"), timedelta):
        more = {**more, "at": time.now() + more["at"]}
    unchanged()
    with pytest.raises(InvalidInput, match=words) as refused:
        spot.blow(matter, **more)
    assert field in refused.value.details or field == "lat"
    unchanged()


def test_the_same_unit_twice_is_refused(spot: Spot, unchanged: Unchanged) -> None:
    matter, units = spot.life.to_accepted(), spot.units("chengguan", "chengguan")
    unchanged()
    with pytest.raises(InvalidInput, match="一次"):
        spot.blow(matter, units=units, lead=units[0])
    unchanged()


def test_a_closed_unit_is_refused(spot: Spot, unchanged: Unchanged) -> None:
    matter = spot.life.to_accepted()
    Unit.objects.filter(pk=spot.cast.units["fangguan"].pk).update(closed_on=time.today())
    units = list(Unit.objects.filter(Q(name__contains="城管") | Q(name__contains="房管")).order_by("name"))
    unchanged()
    with pytest.raises(InvalidInput, match="房管所已停用"):
        spot.blow(matter, units=units, lead=units[0])
    unchanged()


@pytest.mark.parametrize("name", ["other_committee", "district_unit", "supervision"])
def test_a_unit_of_elsewhere_or_that_handles_nothing_is_refused(
    spot: Spot, unchanged: Unchanged, name: str
) -> None:
    matter = spot.life.to_accepted()
    unchanged()
    with pytest.raises(InvalidInput, match="请另选"):
        spot.blow(matter, units=spot.units(name), lead=None)
    unchanged()


def test_nobody_calls_themselves(spot: Spot) -> None:
    with pytest.raises(InvalidInput, match="不用请自己"):
        spot.blow(units=spot.units("street_unit"), lead=None)


@pytest.mark.parametrize("by", ["worker_b", "other_street", "resident", "visitor"])
def test_who_does_not_see_the_matter_calls_nobody_to_it(spot: Spot, unchanged: Unchanged, by: str) -> None:
    matter = spot.life.to_accepted()
    if by == "resident":
        matter = spot.life.accept(spot.life.report())
    unchanged()
    with pytest.raises((NotFound, NotAllowed)):
        spot.blow(matter, by=by)
    unchanged()


@pytest.mark.parametrize("by", ["district", "department"])
def test_other_functions_call_nobody(spot: Spot, unchanged: Unchanged, by: str) -> None:
    matter = spot.life.to_handling()
    unchanged()
    with pytest.raises(NotAllowed):
        spot.blow(matter, by=by)
    unchanged()


def test_a_matter_that_changed_meanwhile_is_refused(spot: Spot, unchanged: Unchanged) -> None:
    matter = spot.life.to_accepted()
    version = matter.version
    spot.life.sort(matter)
    unchanged()
    with pytest.raises(StaleVersion):
        do.whistle_blow(
            actor=spot.who("street"),
            matter_id=matter.pk,
            version=version,
            cause="concern",
            reason="x",
            units=spot.units("chengguan"),
            place="三号楼",
            at=time.now() + timedelta(hours=3),
        )
    unchanged()


def test_a_unit_is_not_called_twice_to_one_matter_while_the_first_runs(spot: Spot) -> None:
    matter = spot.life.to_accepted()
    first = spot.blow(matter)
    with pytest.raises(Conflict, match="已请过"):
        spot.blow(matter)
    do.whistle_cancel(actor=spot.who("street"), whistle_id=first.pk, reason="改期")
    assert spot.blow(matter).pk != first.pk


def test_a_double_press_calls_once(spot: Spot) -> None:
    matter = spot.life.to_accepted()
    said = {**spot.life.on(matter), "units": spot.units("chengguan"), "place": "门口", "reason": "请来"}
    said |= {"cause": "concern", "at": time.now() + timedelta(hours=3)}
    first = do.whistle_blow(actor=spot.who("street"), request_key="k1", **said)
    again = do.whistle_blow(actor=spot.who("street"), request_key="k1", **said)
    assert first.pk == again.pk
    assert Whistle.objects.count() == 1


# -- without a matter -----------------------------------------------------------
def test_joint_enforcement_stands_by_itself(spot: Spot) -> None:
    whistle = joint(spot)
    assert (whistle.title, whistle.matter, whistle.lat) == ("夜间联合检查", None, None)
    assert duties(whistle) == {("attend", "桂花街道城管中队"), ("finish", "桂花街道办事处")}
    assert [row.pk for row in whistle_list(spot.who("department"))] == [whistle.pk]
    assert not whistle_list(spot.who("department_b")).exists()


def test_a_concern_of_residents_begins_with_a_matter(spot: Spot, unchanged: Unchanged) -> None:
    unchanged()
    with pytest.raises(InvalidInput, match="从一件事项吹起"):
        joint(spot, cause="concern")
    with pytest.raises(InvalidInput, match="哪个居委会"):
        joint(spot, where=None)
    with pytest.raises(NotAllowed, match="不能在这个地方"):
        joint(spot, by="worker_b")
    unchanged()


# -- coming ---------------------------------------------------------------------
def test_the_code_of_the_spot_checks_a_unit_in(spot: Spot) -> None:
    whistle = spot.gathered()
    call = spot.call(whistle)
    assert (call.state, call.way, call.metres, call.is_late(time.now())) == ("came", "code", None, False)
    assert call.came_by_id == spot.cast.person("department").pk
    assert duties(whistle) == {
        ("answer", "桂花街道城管中队"),
        ("attend", "桂花街道房管所"),
        ("finish", "桂花街道办事处"),
    }
    assert call.assignment is not None
    assert call.assignment.state == "signed"
    assert told(whistle, spot.cast.person("street")) == ["check_in"]
    assert whistle.matter is not None
    assert whistle.matter.events.filter(verb="attend").exists()


def test_a_position_near_by_checks_in_and_is_not_kept(spot: Spot) -> None:
    whistle = spot.blow()
    time.clock_forward(timedelta(hours=2))
    spot.check_in(whistle, way="position", code="", lng=121.4512, lat=31.2)
    call = spot.call(whistle)
    assert (call.way, call.metres) == ("position", 114)
    kept = [*Call.objects.values_list(), *whistle.events.values_list("facts", flat=True)]
    assert "121.4512" not in repr(kept)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"code": "AAAA-AAAA"}, "现场码不对"),
        ({"code": ""}, "现场码不对"),
        ({"way": "position", "lng": 121.5, "lat": 31.2}, "约4.8公里"),
        ({"way": "position"}, "没有取到您的位置"),
        ({"way": "position", "lng": 400.0, "lat": 31.2}, "."),
        ({"way": "online"}, "不能线上报到"),
        ({"way": "pigeon"}, "怎样报到"),
    ],
)
def test_what_does_not_show_that_somebody_came(
    spot: Spot, unchanged: Unchanged, said: dict[str, Any], words: str
) -> None:
    whistle = spot.blow()
    time.clock_forward(timedelta(hours=3))
    unchanged()
    with pytest.raises(InvalidInput, match=words):
        spot.check_in(whistle, **said)
    unchanged()


def test_online_where_it_is_open(spot: Spot) -> None:
    whistle = spot.blow(online="会议 600 100 200")
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle, way="online", code="")
    assert spot.call(whistle).way == "online"


def test_by_position_only_where_a_spot_is_known(spot: Spot) -> None:
    whistle = spot.blow(lng=None, lat=None)
    time.clock_forward(timedelta(hours=3))
    with pytest.raises(InvalidInput, match="没有标出位置"):
        spot.check_in(whistle, way="position", lng=121.45, lat=31.2)


def test_too_early_twice_and_by_others_is_refused(spot: Spot, unchanged: Unchanged) -> None:
    whistle = spot.blow()
    unchanged()
    with pytest.raises(Conflict, match="还没到报到的时候"):
        spot.check_in(whistle)
    for stranger in ("street", "worker"):
        with pytest.raises(NotAllowed, match="没有请您的单位"):
            spot.check_in(whistle, by=stranger)
    with pytest.raises(NotFound):
        spot.check_in(whistle, by="property")
    unchanged()
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle)
    with pytest.raises(Conflict, match="不用再报"):
        spot.check_in(whistle, by="department2")


def test_late_is_late_climbs_and_is_taken_all_the_same(spot: Spot) -> None:
    whistle = spot.blow()
    time.clock_forward(timedelta(hours=3, minutes=16))
    call = spot.call(whistle)
    assert call.is_late(time.now())
    assert [row.pk for row in whistle_list(spot.who("street")) if row.is_late] == [whistle.pk]
    mark_overdue()
    late = Duty.objects.get(action="attend", unit=call.unit)
    assert late.escalation_step >= 2
    assert Notice.objects.filter(kind="duty.overdue", person=spot.cast.person("department")).exists()
    spot.check_in(whistle)
    call.refresh_from_db()
    assert call.is_late(time.now() + timedelta(days=9))
    assert whistle.events.filter(verb="check_in").get().facts["late"] is True


def test_matters_own_buttons_leave_called_units_to_the_whistle(spot: Spot, unchanged: Unchanged) -> None:
    matter = spot.life.to_accepted()
    whistle = spot.blow(matter)
    matter.refresh_from_db()
    part = spot.call(whistle).assignment
    assert part is not None
    offered = {action.code for action in actions_for(spot.who("department"), matter)}
    assert not offered & {"sign", "answer", "ask_return"}
    assert "waive" not in {action.code for action in actions_for(spot.who("street"), matter)}
    unchanged()
    with pytest.raises(Conflict, match="吹哨的页面"):
        matters.assignment_sign(actor=spot.who("department"), assignment_id=part.pk)
    unchanged()
