"""Lists and figures: scope, filters, denominators, and how many queries they take."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import InvalidInput, NotFound
from linli.foundation.places.selectors import Place
from linli.foundation.ui.templatetags.linli import day
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.models import Category, Matter
from linli.work.matters.selectors import MatterFilters, suggestions

from .life import Life, category, days_later, place_of

DAYS = (date(2026, 3, 1), date(2026, 3, 31))


def numbers(life: Life, role: str = "worker", **filters: Any) -> set[str]:
    rows = selectors.matter_list(life.who(role), filters=MatterFilters(**filters))
    return set(rows.values_list("number", flat=True))


# -- lists -------------------------------------------------------------------------
def test_words_number_and_address_find_a_matter(life: Life) -> None:
    matter = life.report(text="花坛里的自动喷头一直喷水", address="北门花坛")
    for query in (
        "喷头",
        "花坛 喷水",
        "北门",
        matter.number,
        matter.number[:6],
        f"{matter.number[:4]} {matter.number[4:8]}",
    ):
        assert matter.number in numbers(life, q=query), query
    assert matter.number not in numbers(life, q="电梯故障")


def test_one_character_is_too_short_to_look_for(life: Life) -> None:
    with pytest.raises(InvalidInput, match="太少"):
        numbers(life, q="灯")


def test_filters_narrow(life: Life) -> None:
    matter = life.report(category=category("supply"), channel="poster")
    life.accept(matter)
    filed = life.to_handled()
    assert matter.number in numbers(life, category="supply", state="accepted", channel="poster", stage="open")
    assert matter.number not in numbers(life, category="facility")
    assert filed.number in numbers(
        life, unit=str(life.cast.units["chengguan"].public_id), affair_class="major"
    )
    assert matter.number not in numbers(life, unit=str(life.cast.units["chengguan"].public_id))
    assert matter.number in numbers(life, stage="mine")
    assert matter.number not in numbers(life, from_on=date(2026, 3, 11))
    assert matter.number in numbers(life, from_on=date(2026, 3, 10), to_on=date(2026, 3, 10))
    assert numbers(life, area=life.cast.places["committee_b_place"].path) == set()
    days_later(3)
    assert matter.number in numbers(life, stage="overdue")
    assert matter.number not in numbers(life, stage="closed")


def test_orders(life: Life) -> None:
    rows = list(selectors.matter_list(life.who("street"), filters=MatterFilters(order="-reported")))
    assert rows == sorted(rows, key=lambda m: (m.reported_at, m.pk), reverse=True)
    due = [m.due_at for m in selectors.matter_list(life.who("street"))]
    known = [at for at in due if at]
    assert due == sorted(known) + [None] * (len(due) - len(known))


def test_a_list_takes_one_query_however_long(life: Life) -> None:
    for number in range(10):
        life.report(text=f"第{number}盏路灯不亮", category=category("facility"))
    street = life.who("street")
    with CaptureQueriesContext(connection) as queries:
        rows = list(selectors.matter_list(street)[:50])
        [(row.title, row.category and row.category.name, row.compound and row.compound.name) for row in rows]
    assert (len(queries), len(rows) > 20) == (1, True)


def test_a_record_takes_a_fixed_number_of_queries(life: Life) -> None:
    matter, actor = life.to_handled(), life.who("worker")
    with CaptureQueriesContext(connection) as queries:
        seen = selectors.matter_get(actor, matter.public_id)
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        selectors.actions_for(actor, seen)
    assert len(queries) <= 11
    with CaptureQueriesContext(connection) as queries:
        selectors.story_list(actor, seen)
    assert len(queries) == 3
    resident = life.who("resident")
    with CaptureQueriesContext(connection) as queries:
        selectors.journey(seen, resident)
    assert len(queries) == 2


@pytest.mark.parametrize("public_id", ["0" * 32, "not an id", "00000000-0000-7000-8000-000000000000"])
def test_missing_and_malformed_ids_are_not_found(life: Life, public_id: str) -> None:
    with pytest.raises(NotFound):
        selectors.matter_get(life.who("worker"), public_id)


def test_own_matters_say_what_waits(life: Life) -> None:
    asked, closed, merged = life.to_accepted(), life.to_closed(), life.to_merged()
    do.question_ask(actor=life.who("worker"), matter_id=asked.pk, text="哪一盏？")
    rows = {m.pk: (m.open_questions, m.waits_for_rating) for m in selectors.matters_of(life.who("resident"))}
    assert (rows[asked.pk], rows[closed.pk], rows[merged.pk]) == (
        (True, False),
        (False, True),
        (False, False),
    )
    life.rate(closed)
    life.verify(life.result(life.sign(life.hand_over(life.accept(merged.merged_into)))))
    rows = {m.pk: (m.open_questions, m.waits_for_rating) for m in selectors.matters_of(life.who("resident"))}
    assert (rows[closed.pk], rows[merged.pk]) == ((False, False), (False, True))
    assert not selectors.matters_of(life.who("visitor"))


# -- the next step --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "role", "code"),
    [
        ("reported", "worker", "accept"),
        ("accepted", "worker", "sort"),
        ("handling", "department", "sign"),
        ("signed", "department", "report_result"),
        ("suspended", "street", "resume"),
        ("discussing", "worker", "finish_discussion"),
        ("guided", "resident", "confirm_guidance"),
        ("handled", "worker", "verify"),
        ("handled", "department", None),
        ("closed", "resident", "rate"),
        ("reopening", "street", "decide_reopen"),
        ("reopening", "worker", None),
    ],
)
def test_the_one_coloured_button(life: Life, state: str, role: str, code: str | None) -> None:
    actor = life.who(role)
    offered = selectors.actions_for(actor, selectors.matter_get(actor, life.to(state).public_id))
    assert next((action.code for action in offered if action.is_primary), None) == code
    assert sum(action.is_primary for action in offered) <= 1


@pytest.mark.parametrize(
    ("affair_class", "code"), [("major", "hand_over"), ("minor", "hand_over"), ("private", "guide")]
)
def test_after_sorting_the_next_step_follows_the_class(life: Life, affair_class: str, code: str) -> None:
    matter = life.sort(life.to_accepted(), affair_class)
    matter.refresh_from_db()
    offered = selectors.actions_for(life.who("worker"), matter)
    assert next(action.code for action in offered if action.is_primary) == code


def test_a_unit_that_has_asked_is_not_offered_to_ask_again(life: Life) -> None:
    matter = life.to_signed()
    do.extension_ask(
        actor=life.who("department"),
        assignment_id=life.lead(matter).pk,
        reason="等材料",
        new_due_on=date(2026, 3, 25),
    )
    codes = [a.code for a in selectors.actions_for(life.who("department"), matter)]
    assert "ask_extension" not in codes
    assert "ask_pause" in codes
    street = next(a for a in selectors.actions_for(life.who("street"), matter) if a.is_primary)
    assert (street.code, street.subject_key) == ("decide_extension", str(life.request(matter).public_id))


def test_a_child_in_danger_is_reported_first(life: Life) -> None:
    matter = life.report(text="孩子被打得身上有伤")
    assert selectors.actions_for(life.who("worker"), matter)[0].code == "mandatory_report"
    assert selectors.actions_for(life.who("worker"), matter)[0].is_primary


# -- journey ----------------------------------------------------------------------------
def test_the_journey_speaks_plainly(life: Life) -> None:
    steps = selectors.journey(life.to_handling(), life.who("resident"))
    assert steps[0].title == "桂花街道办事处已派给桂花街道城管中队"
    assert steps[0].text == "5个工作日内答复，最迟3月17日(周二) 17:30。"


def test_a_merged_journey_goes_on_with_the_other_matter(life: Life) -> None:
    merged = life.to_merged()
    days_later(0, hours=1)
    life.accept(merged.merged_into)
    steps = [
        step.verb
        for step in selectors.journey(
            selectors.matter_get(life.who("resident"), merged.public_id), life.who("resident")
        )
    ]
    assert steps == ["accept", "merge", "report"]


# -- suggestions ----------------------------------------------------------------------------
def test_a_category_is_suggested_with_its_words(life: Life) -> None:
    found, words = selectors.category_suggest("小区路灯不亮，路面坑洼")[0]
    assert (found.code, set(words)) == ("facility", {"路灯", "不亮", "路面", "坑洼"})
    assert selectors.category_suggest("你好") == []


def test_the_promise_is_the_clock_of_accepting(life: Life) -> None:
    due = selectors.promise_for(category("facility"), place_of(life.cast))
    assert (due.at.isoformat(), due.is_provisional) == ("2026-03-11T17:30:00+08:00", False)


def test_units_are_offered_by_kind_then_nearness(life: Life) -> None:
    units = [unit.name for unit in selectors.units_for(life.report(), category("illegal_build"))]
    assert units[0] == "桂花街道城管中队"
    assert "安居物业公司" in units
    assert "梧桐街道办事处" not in units


def test_what_looks_alike_nearby(life: Life) -> None:
    alike = life.report(text="三号楼门口的路灯坏了不亮")
    life.report(text="三号楼门口的路灯坏了不亮", place=place_of(life.cast, "other_committee_place"))
    found = selectors.duplicates_near(life.who("worker"), "三号楼门口路灯不亮", place_of(life.cast))
    assert alike in found
    assert all(matter.place_code == "990101001001" for matter in found)
    assert selectors.duplicates_near(life.who("worker"), "狗叫", place_of(life.cast)) == []


def test_residents_are_shown_public_versions_only(life: Life) -> None:
    matter = life.to_handling()
    place = place_of(life.cast)
    assert selectors.duplicates_near(life.who("neighbour"), matter.text, place) == []
    version = do.matter_publish(
        actor=life.who("worker"), matter_id=matter.pk, title="三号楼门口的路灯不亮", text="已派单"
    )
    assert selectors.duplicates_near(life.who("neighbour"), "三号楼门口的路灯不亮", place) == [version]
    assert selectors.duplicates_near(life.who("visitor"), "", place) == []
    assert selectors.duplicates_near(life.who("visitor"), "路灯", None) == []


def test_the_list_of_affairs_counts_confirmed_classes_only(life: Life) -> None:
    area = life.cast.places["committee_a_place"].path
    for confirmed in (True, False):
        matter = life.report(category=category("facility"))
        life.sort(life.accept(matter), "minor")
        if confirmed:
            do.matter_class_confirm(
                actor=life.who("worker2"), **life.on(matter), council_on=clock.today(), minutes="同意"
            )
    groups = {group.affair_class: group for group in selectors.affairs_list(area)}
    rows = {row.name: row for row in groups["minor"].rows}
    assert rows["道路与公共设施"].confirmed == 1
    assert rows["道路与公共设施"].note == f"已议定1件，最近{day(clock.today())}"
    assert [row for row in groups["major"].rows if row.name == "道路与公共设施"]  # what it usually is


@pytest.mark.parametrize(
    ("path", "shown"),
    [("市容/违建/既存", "违建 › 既存"), ("市容/其他/既存", "既存"), ("既存", "既存"), ("", "既存")],
)
def test_a_kind_in_the_list_of_affairs_is_understood_alone(path: str, shown: str) -> None:
    assert suggestions._with_parent(Category(name="既存", path=path)) == shown


# -- figures ---------------------------------------------------------------------------------
def test_figures_count_with_denominators_and_name_what_they_left_out(life: Life) -> None:
    Matter.objects.update(reported_at=clock.local_midnight(date(2026, 1, 1)))  # the gallery's
    rated, unrated = life.to_closed(), life.to_closed()
    life.rate(rated, was_solved=False)
    silent = life.to_guided()
    days_later(10)
    do.guidance_lapse(actor=system("lapse"), matter_id=silent.pk)
    life.rate(silent)  # rated, yet left out of the rates
    Matter.objects.filter(pk=unrated.pk).update(is_imported=True, is_counted=False)
    figures = selectors.figures(life.who("district"), "", *DAYS)
    assert (figures.received, figures.closed, figures.imported) == (3, 3, 1)
    assert dict((c, n) for c, _, n in figures.by_class) == {"major": 2, "minor": 0, "private": 1}
    assert (figures.rates.solved.part, figures.rates.solved.whole) == (0, 1)
    assert figures.rates.left_out == (("引导后未回应", 1), ("导入", 1))
    assert (figures.on_time.part, figures.on_time.whole) == (1, 1)


def test_late_work_is_not_on_time(life: Life) -> None:
    Matter.objects.update(reported_at=clock.local_midnight(date(2026, 1, 1)))
    done_late, still_late = life.to_signed(), life.to_signed()
    days_later(14)
    life.result(done_late)
    figures = selectors.figures(life.who("street"), "", *DAYS)
    assert (figures.on_time.part, figures.on_time.whole) == (0, 2)
    assert figures.overdue >= 1
    assert still_late.pk


def test_figures_stay_within_the_readers_area(life: Life) -> None:
    assert selectors.figures(life.who("other_district"), "", *DAYS).received == 0
    assert selectors.figures(life.who("district"), "", *DAYS).received > 0


def test_figures_take_a_fixed_number_of_queries(life: Life) -> None:
    district = life.who("district")
    with CaptureQueriesContext(connection) as queries:
        selectors.figures(district, "", *DAYS)
    assert len(queries) == 12


def test_figures_below_an_area(life: Life) -> None:
    life.report(place=Place(life.cast.places["other_committee_place"], "chosen"))
    paths = [life.cast.places[name].path for name in ("street_place", "other_street_place")]
    rows = selectors.figures_by_area(life.who("district"), paths, *DAYS)
    assert rows[paths[1]].received == 1
    assert rows[paths[0]].received > 10
    assert rows[paths[0]].on_time.part <= rows[paths[0]].on_time.whole
    assert selectors.figures_by_area(life.who("district"), [], *DAYS) == {}
