"""The roster: who may set it, who is on duty at which instant, who is told, and swapping a shift."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock
from linli.core.clock import BEIJING, clock_set
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.notices.models import Notice
from linli.registers.organizations.models import DutyShift
from linli.registers.organizations.roster import selectors
from linli.registers.organizations.roster import services as do
from linli.registers.organizations.shifts import shift_span, shifts_at, week_of
from tests.people import Cast

pytestmark = pytest.mark.usefixtures("clock")
MONDAY = date(2026, 3, 9)  # the tests' clock stands on the Tuesday of this week
TUESDAY = date(2026, 3, 10)
ROSTER = "organizations:roster"


def fill(cast: Cast, who: str = "worker", unit: str = "committee_a", **more: Any) -> None:
    cells = more.pop("cells", {(TUESDAY, "day"): cast.person("worker2").pk})
    do.roster_week_set(actor=cast.actor(who), unit=cast.units[unit], monday=MONDAY, cells=cells, **more)


def test_hours_of_shifts() -> None:
    def at(day: int, hour: int, minute: int = 0) -> set[tuple[int, str]]:
        instant = datetime(2026, 3, day, hour, minute, tzinfo=BEIJING)
        return {(on.day, kind) for on, kind in shifts_at(instant)}

    assert at(10, 8, 29) == {(10, "lead"), (9, "night")}
    assert at(10, 8, 30) == {(10, "lead"), (10, "day")}
    assert at(10, 17, 30) == {(10, "lead"), (10, "night")}
    assert at(11, 0) == {(11, "lead"), (10, "night")}
    assert shift_span(TUESDAY, "night")[1] == datetime(2026, 3, 11, 8, 30, tzinfo=BEIJING)
    assert week_of(date(2026, 3, 15))[0] == MONDAY


def test_who_is_on_duty_now_and_under_which_number(cast: Cast) -> None:
    fill(cast, phones={"day": "138 0013 8000"})
    fill(cast, "street", "street_unit", cells={(TUESDAY, "lead"): cast.person("street2").pk})
    area = cast.places["committee_a_place"].path
    rows = selectors.on_duty_over(area)
    assert [(row.unit, row.kind, row.name, row.phone) for row in rows] == [
        ("桂花第一居委会", "白班", "钱佳", "13800138000"),
        ("桂花街道办事处", "带班", "冯洁", "021-00000000"),
    ]
    assert selectors.on_duty_over(cast.places["other_committee_place"].path) == []
    assert selectors.on_duty_person_ids(area, ["committee"]) == [cast.person("worker2").pk]
    clock_set(datetime(2026, 3, 10, 20, tzinfo=BEIJING))
    assert selectors.on_duty_of_unit(cast.units["committee_a"].pk) == []


def test_the_people_who_come_on_are_told_once(cast: Cast) -> None:
    cells = {
        (TUESDAY, "day"): cast.person("worker2").pk,
        (date(2026, 3, 12), "night"): cast.person("worker2").pk,
    }
    fill(cast, cells=cells)
    fill(cast, cells=cells)
    note = Notice.objects.get(kind="roster.set")
    assert note.person == cast.person("worker2")
    assert note.title == "您排了班：3月10日白班、3月12日夜班"


@pytest.mark.parametrize("who", ["worker2", "worker_b", "department", "resident", "other_street"])
def test_only_administrators_of_the_unit_or_above_set_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        fill(cast, who)
    assert not DutyShift.objects.exists()


def test_the_street_sets_a_committees_roster(cast: Cast) -> None:
    fill(cast, "street")
    assert DutyShift.objects.get().person == cast.person("worker2")


def test_a_stranger_is_refused_and_nothing_is_half_set(cast: Cast) -> None:
    cells = {(TUESDAY, "day"): cast.person("worker2").pk, (TUESDAY, "night"): cast.person("worker_b").pk}
    with pytest.raises(InvalidInput) as refused:
        fill(cast, cells=cells)
    assert "3月10日" in refused.value.message
    assert not DutyShift.objects.exists()


def test_what_cannot_be_set(cast: Cast) -> None:
    for cells in ({(date(2026, 3, 20), "day"): None}, {(TUESDAY, "noon"): None}):
        with pytest.raises(InvalidInput):
            fill(cast, cells=cells)
    with pytest.raises(InvalidInput):
        fill(cast, phones={"day": "<script>"})
    clock_set(datetime(2026, 3, 16, 9, tzinfo=BEIJING))
    with pytest.raises(Conflict):
        fill(cast)
    assert not DutyShift.objects.exists()


def test_a_cell_is_changed_and_emptied(cast: Cast) -> None:
    fill(cast)
    fill(cast, cells={(TUESDAY, "day"): cast.person("worker").pk})
    assert DutyShift.objects.get().person == cast.person("worker")
    fill(cast, cells={(TUESDAY, "day"): None})
    assert not DutyShift.objects.exists()


def test_last_week_is_copied_into_what_is_empty(cast: Cast) -> None:
    worker, worker2 = cast.person("worker").pk, cast.person("worker2").pk
    fill(cast, cells={(MONDAY, "day"): worker2, (TUESDAY, "day"): worker2})
    following = MONDAY + timedelta(days=7)
    unit, actor = cast.units["committee_a"], cast.actor("worker")
    do.roster_week_set(actor=actor, unit=unit, monday=following, cells={(following, "day"): worker})
    do.roster_week_copy(actor=actor, unit=unit, monday=following)
    week = selectors.roster_week(unit, following)
    assert {key[0].day: shift.person_id for key, shift in week.items()} == {16: worker, 17: worker2}
    with pytest.raises(Conflict):
        do.roster_week_copy(actor=actor, unit=unit, monday=following)


# -- swapping ---------------------------------------------------------------------
def test_a_shift_changes_hands_only_with_consent(cast: Cast) -> None:
    fill(cast)
    shift, worker = DutyShift.objects.get(), cast.person("worker")
    do.shift_swap_ask(actor=cast.actor("worker2"), shift_id=shift.pk, to_person_id=worker.pk)
    assert Notice.objects.get(person=worker).title == "钱佳请您替班：3月10日白班"
    shift.refresh_from_db()
    assert shift.person == cast.person("worker2")
    with pytest.raises(NotAllowed):
        do.shift_swap_answer(actor=cast.actor("worker2"), shift_id=shift.pk, is_granted=True)
    do.shift_swap_answer(actor=cast.actor("worker"), shift_id=shift.pk, is_granted=True)
    shift.refresh_from_db()
    assert (shift.person, shift.swap_to) == (worker, None)
    with pytest.raises(Conflict):
        do.shift_swap_answer(actor=cast.actor("worker"), shift_id=shift.pk, is_granted=True)


def test_a_refusal_leaves_the_shift_and_others_cannot_give_it_away(cast: Cast) -> None:
    fill(cast)
    shift, worker = DutyShift.objects.get(), cast.person("worker")
    with pytest.raises(NotAllowed):
        do.shift_swap_ask(actor=cast.actor("worker"), shift_id=shift.pk, to_person_id=worker.pk)
    for stranger in ("worker_b", "worker2"):
        with pytest.raises(InvalidInput):
            to = cast.person(stranger).pk
            do.shift_swap_ask(actor=cast.actor("worker2"), shift_id=shift.pk, to_person_id=to)
    do.shift_swap_ask(actor=cast.actor("worker2"), shift_id=shift.pk, to_person_id=worker.pk)
    do.shift_swap_answer(actor=cast.actor("worker"), shift_id=shift.pk, is_granted=False)
    shift.refresh_from_db()
    assert (shift.person, shift.swap_to) == (cast.person("worker2"), None)
    clock.clock_forward(timedelta(days=1))
    with pytest.raises(Conflict):
        do.shift_swap_ask(actor=cast.actor("worker2"), shift_id=shift.pk, to_person_id=worker.pk)


# -- pages ---------------------------------------------------------------------------
def test_the_week_as_a_grid_with_holidays(cast: Cast) -> None:
    client, unit = cast.client("worker"), cast.units["committee_a"]
    sent = {
        "unit": str(unit.public_id),
        "week": str(MONDAY),
        f"{TUESDAY}-day": str(cast.person("worker2").pk),
    }
    assert client.post(reverse(ROSTER), {**sent, "phone-day": "13800138000"}).status_code == 302
    page = client.get(reverse(ROSTER)).content.decode()
    assert "现在白班：钱佳" in page
    assert "现在值班：白班 钱佳 13800138000" in client.get("/desk/").content.decode()
    holiday = client.get(f"{reverse(ROSTER)}?week=2026-02-16").content.decode()
    assert "春节" in holiday
    assert "保存这一周" not in holiday
    bad = client.post(reverse(ROSTER), {**sent, f"{TUESDAY}-night": "999999"})
    assert bad.status_code == 422
    assert "值班人要是本单位在岗的人" in bad.content.decode()
    assert "13800138000" in cast.client("worker2").get(reverse(ROSTER)).content.decode()


@pytest.mark.parametrize("query", ["week=nonsense", "week=9999-99-99", "week=0001-01-01", "week=9999-12-31"])
def test_nonsense_in_the_address_is_this_week_or_harmless(cast: Cast, query: str) -> None:
    assert cast.client("worker").get(f"{reverse(ROSTER)}?{query}").status_code == 200


def test_a_unit_out_of_sight_is_not_found(cast: Cast) -> None:
    url = f"{reverse(ROSTER)}?unit={cast.units['other_committee'].public_id}"
    assert cast.client("worker").get(url).status_code == 404
    assert cast.client("worker").get(f"{reverse(ROSTER)}?unit=nonsense").status_code == 404
    assert (
        cast.client("street").get(f"{reverse(ROSTER)}?unit={cast.units['wuye'].public_id}").status_code == 200
    )


def test_swapping_on_the_page(cast: Cast) -> None:
    fill(cast)
    shift = DutyShift.objects.get()
    url = reverse("organizations:shift_swap", args=[shift.public_id])
    assert cast.client("worker_b").post(url, {"answer": "yes"}).status_code == 404
    assert cast.client("worker2").post(url, {"to": str(cast.person("worker").pk)}).status_code == 302
    assert "钱佳请您替班" in cast.client("worker").get(reverse(ROSTER)).content.decode()
    assert cast.client("worker").post(url, {"answer": "yes"}).status_code == 302
    shift.refresh_from_db()
    assert shift.person == cast.person("worker")
