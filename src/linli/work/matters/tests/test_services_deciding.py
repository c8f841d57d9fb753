"""What units ask for (return, more time, a pause) and what is decided."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from linli.core.actor import system
from linli.core.clock import BEIJING
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.duties.models import Duty
from linli.work.matters import services as do
from linli.work.matters import tasks
from linli.work.matters.models import Assignment, Matter

from .life import Life, body_of, days_later, duties, told

Unchanged = Callable[[], None]


# -- returns -----------------------------------------------------------------------------------
def _return(life: Life, matter: Matter, by: str) -> None:
    do.assignment_return_ask(
        actor=life.who(by), assignment_id=life.lead(matter).pk, reason="不归我们", proposal="请房管所办"
    )


def _decide(life: Life, matter: Matter, granted: bool, by: str = "street", **more: Any) -> Matter:
    return do.return_decide(
        actor=life.who(by), request_id=life.request(matter).pk, is_granted=granted, decision="已研究", **more
    )


def test_a_return_is_the_streets_to_decide(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    matter.refresh_from_db()
    assert matter.bounces == 1
    assert ("decide_return", "street") in duties(matter)
    with pytest.raises(Conflict, match="已有同类申请"):
        _return(life, matter, "department")
    _decide(life, matter, True, unit=life.cast.units["fangguan"])
    former = matter.assignments.get(unit=life.cast.units["chengguan"])
    assert (former.state, former.ended_at is not None) == ("returned", True)
    assert life.lead(matter).unit == life.cast.units["fangguan"]
    assert not [duty for duty in duties(matter) if duty[0] == "decide_return"]


def test_a_refused_return_stays_where_it_is(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    _decide(life, matter, False)
    assert life.lead(matter).unit == life.cast.units["chengguan"]
    assert not life.lead(matter).is_final
    assert "decide" in told(matter, life.cast.person("department"))


def test_after_two_returns_the_street_names_the_unit_and_it_stays(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    _decide(life, matter, True, unit=life.cast.units["fangguan"])
    _return(life, matter, "department_b")
    _decide(life, matter, True, unit=life.cast.units["chengguan"])
    assert life.lead(matter).is_final
    with pytest.raises(Conflict, match="不得再退"):
        _return(life, matter, "department")


def test_the_committee_decides_on_what_it_handed_over_itself_until_the_limit(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), unit="wuye", by="worker")
    _return(life, matter, "property")
    with pytest.raises(InvalidInput, match="同一单位"):
        _decide(life, matter, True, by="worker", unit=life.cast.units["wuye"])
    _decide(life, matter, True, by="worker", unit=life.cast.units["committee_a"])
    assert life.lead(matter).unit == life.cast.units["committee_a"]
    _return(life, matter, "worker2")
    with pytest.raises(NotAllowed, match="街镇"):
        _decide(life, matter, True, by="worker", unit=life.cast.units["wuye"])


def test_the_committee_does_not_decide_on_what_the_street_handed_over(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    with pytest.raises(NotAllowed):
        _decide(life, matter, False, by="worker")


def test_a_granted_return_names_a_unit_or_nothing_happens(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    unchanged()
    with pytest.raises(InvalidInput, match="选择改派"):
        _decide(life, matter, True)
    unchanged()


def test_a_decided_request_stays_decided(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    request = life.request(matter)
    _decide(life, matter, False)
    with pytest.raises(Conflict, match="已经审批"):
        do.return_decide(
            actor=life.who("street2"), request_id=request.pk, is_granted=False, decision="再说一次"
        )


def test_a_unit_does_not_ask_twice_and_holds_up_no_other(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    _return(life, matter, "department")
    with pytest.raises(Conflict, match="已有同类申请"):
        _return(life, matter, "department")
    do.assignment_return_ask(
        actor=life.who("property"),
        assignment_id=life.part(matter, "wuye").pk,
        reason="不涉及",
        proposal="无需协办",
    )
    assert matter.requests.filter(outcome="").count() == 2


def test_a_merge_leaves_no_request_behind(life: Life) -> None:
    matter, target = life.to_handling(), life.report()
    _return(life, matter, "department")
    do.matter_merge(actor=life.who("street"), **life.on(matter), target_id=target.pk)
    assert not matter.requests.filter(outcome="").exists()


def test_a_co_handlers_return_needs_no_replacement(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    do.assignment_return_ask(
        actor=life.who("property"),
        assignment_id=life.part(matter, "wuye").pk,
        reason="不涉及",
        proposal="无需协办",
    )
    matter.refresh_from_db()
    assert matter.bounces == 0  # the matter itself has not been sent back
    _decide(life, matter, True)
    life.sign(matter)
    assert life.result(matter).state == "handled"


# -- more time, a pause ---------------------------------------------------------------------------
def _ask_more_time(life: Life, matter: Matter, until: date) -> None:
    do.extension_ask(
        actor=life.who("department"), assignment_id=life.lead(matter).pk, reason="等待材料", new_due_on=until
    )


def test_an_extension_moves_the_limit_and_tells_the_reporter(life: Life) -> None:
    matter = life.to_signed()
    _ask_more_time(life, matter, date(2026, 3, 25))
    do.request_decide(
        actor=life.who("street"), request_id=life.request(matter).pk, is_granted=True, decision="同意"
    )
    matter.refresh_from_db()
    until = datetime(2026, 3, 25, 17, 30, tzinfo=BEIJING)
    assert (matter.due_at, life.lead(matter).due_at, life.lead(matter).extensions) == (until, until, 1)
    assert Duty.objects.get(subject_id=str(matter.public_id), action="handle", state="open").due_at == until
    assert "3月25日(周三) 17:30 原因：等待材料" in body_of("extend", matter)


def test_a_refused_extension_changes_no_limit_and_tells_only_the_unit(life: Life) -> None:
    matter = life.to_signed()
    _ask_more_time(life, matter, date(2026, 3, 25))
    before = life.lead(matter).due_at
    do.request_decide(
        actor=life.who("street"), request_id=life.request(matter).pk, is_granted=False, decision="不同意"
    )
    assert life.lead(matter).due_at == before
    assert "extension_refuse" not in told(matter, life.cast.person("resident"))
    assert told(matter, life.cast.person("department"))[-1] == "decide"


def test_no_more_than_two_extensions(life: Life) -> None:
    matter = life.to_signed()
    Assignment.objects.filter(pk=life.lead(matter).pk).update(extensions=2)
    with pytest.raises(Conflict, match="不能再延"):
        _ask_more_time(life, matter, date(2026, 3, 25))


@pytest.mark.parametrize("until", [date(2026, 3, 10), date(2026, 3, 17), date(2028, 1, 1)])
def test_impossible_new_dates(life: Life, unchanged: Unchanged, until: date) -> None:
    matter = life.to_signed()
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        _ask_more_time(life, matter, until)
    unchanged()
    assert "new_due_on" in refused.value.details


def test_a_pause_stops_the_clocks_and_resuming_gives_back_what_was_left(life: Life) -> None:
    matter = life.to_suspended()  # on 3月10日, five working days left until 3月17日
    assert {row.state for row in Duty.objects.filter(subject_id=str(matter.public_id), action="handle")} == {
        "paused"
    }
    assert ("resume", "street") in duties(matter)
    days_later(10)  # 3月20日
    do.matter_resume(actor=life.who("street"), **life.on(matter), reason="检测完成")
    matter.refresh_from_db()
    until = datetime(2026, 3, 27, 17, 30, tzinfo=BEIJING)
    handle = Duty.objects.get(subject_id=str(matter.public_id), action="handle", state="open")
    assert (matter.due_at, life.lead(matter).due_at, handle.due_at) == (until, until, until)
    assert ("resume", "street") not in duties(matter)


def test_a_pause_ends_by_itself_when_its_date_has_come(life: Life) -> None:
    matter = life.to_suspended()
    days_later(5)
    tasks.resume_paused()
    matter.refresh_from_db()
    assert matter.state == "suspended"
    days_later(6)
    tasks.resume_paused()
    matter.refresh_from_db()
    assert matter.state == "handling"


def test_the_machine_does_not_resume_early(life: Life) -> None:
    matter = life.to_suspended()
    with pytest.raises(Conflict, match="还没有到"):
        do.matter_resume(actor=system("resume"), matter_id=matter.pk, version=None, reason="到期")


def test_asking_needs_a_signature(life: Life) -> None:
    with pytest.raises(Conflict, match="签收后"):
        _ask_more_time(life, life.to_handling(), date(2026, 3, 25))
