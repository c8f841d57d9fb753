"""Numbers from outside, and who calls: what is kept, what is refused, what is shown to whom and recorded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.errors import InvalidInput, NotAllowed, TooMany
from linli.foundation.audit.models import AuditRecord
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.models import Matter
from linli.work.matters.rules import Origin, caller_number, name_masked, origin_cleaned
from linli.work.matters.services import callers
from tests.people import Cast

from .life import Life, place_of

HOTLINE = Origin("12345热线", "SH-2026-0001")


def take(life: Life, who: str = "worker", **more: Any) -> Matter:
    said = {"text": "路灯不亮", "place": place_of(life.cast), "channel": "telephone", **more}
    return do.matter_report(actor=life.who(who), on_behalf=True, **said)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("021-65001234", "02165001234"),
        ("65001234", "65001234"),
        ("138001380", ""),
        ("12345", ""),
        ("电话", ""),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, digits: str) -> None:
    assert caller_number(typed) == digits


@pytest.mark.parametrize(
    ("name", "shown"), [("王秀英", "王**"), ("王", "王*"), ("欧阳明月", "欧**"), ("", "")]
)
def test_a_name_is_masked(name: str, shown: str) -> None:
    assert name_masked(name) == shown


def test_an_origin_is_kept_plain() -> None:
    assert origin_cleaned(Origin(" １２３４５ ", " sh 001 ")) == Origin("12345", "sh001")


# -- the number of the hotline ----------------------------------------------------
def test_the_number_and_limit_of_the_hotline_are_kept_and_found(life: Life) -> None:
    due_at = clock.now() + timedelta(days=2)
    matter = take(life, origin=Origin("12345热线", "SH-2026-0001", due_at))
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.source, stored.source_number, stored.source_due_at) == (
        "12345热线",
        "SH-2026-0001",
        due_at,
    )
    found = selectors.matter_list(life.who("worker"), filters=selectors.MatterFilters(q="SH-2026-0001"))
    assert list(found) == [matter]


def test_a_number_that_is_here_already_is_refused_and_named(
    life: Life, unchanged: Callable[[], None]
) -> None:
    first = take(life, origin=HOTLINE)
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        take(life, origin=Origin(" 12345热线", "SH-2026-0001 "))
    unchanged()
    assert first.number in refused.value.details["source_number"]
    assert selectors.matter_of_source(life.who("worker2"), HOTLINE) == first
    assert selectors.matter_of_source(life.who("worker_b"), HOTLINE) is None


def test_a_number_elsewhere_is_refused_without_telling_which(life: Life) -> None:
    first = take(life, origin=HOTLINE)
    with pytest.raises(InvalidInput) as refused:
        take(life, who="worker_b", place=place_of(life.cast, "committee_b_place"), origin=HOTLINE)
    assert first.number not in refused.value.details["source_number"]


def test_matters_without_a_number_do_not_stand_in_each_others_way(life: Life) -> None:
    assert take(life, origin=Origin("12345热线")).pk != take(life, origin=Origin("12345热线")).pk


@pytest.mark.parametrize(
    ("origin", "field"),
    [
        (Origin("", "SH-1"), "source"),
        (Origin("", "", clock.now()), "source"),
        (Origin("长" * 41, "SH-1"), "source"),
        (Origin("12345", "9" * 61), "source_number"),
    ],
)
def test_an_origin_that_cannot_be(
    life: Life, origin: Origin, field: str, unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        take(life, origin=origin)
    unchanged()
    assert list(refused.value.details) == [field]


def test_a_resident_cannot_give_a_number_of_the_hotline(life: Life, unchanged: Callable[[], None]) -> None:
    unchanged()
    with pytest.raises(NotAllowed):
        life.report(origin=HOTLINE)
    unchanged()


def test_a_caller_may_have_a_fixed_number_a_resident_may_not(life: Life) -> None:
    assert take(life, reporter_phone="021-65001234").reporter_phone == "02165001234"
    with pytest.raises(InvalidInput) as refused:
        take(life, reporter_phone="123")
    assert "reporter_phone" in refused.value.details
    with pytest.raises(InvalidInput):
        life.report(reporter_phone="021-65001234")


# -- who calls ------------------------------------------------------------------
PHONE = "13911112222"


def test_the_earlier_matters_of_a_number_and_each_look_is_recorded(life: Life) -> None:
    older = take(life, reporter_phone=PHONE, reporter_name="陈阿姨")
    newer = take(life, reporter_phone=PHONE)
    take(life, reporter_phone="13911113333", reporter_name="别人")
    caller = do.caller_look(actor=life.who("worker"), phone="139 1111 2222")
    assert caller.matters == (newer, older)
    assert (caller.name, caller.masked) == ("陈阿姨", "陈**")
    looks = AuditRecord.objects.filter(verb="matter.caller_look")
    assert {row.subject_id for row in looks} == {str(older.public_id), str(newer.public_id)}
    assert {row.purpose for row in looks} == {"来电识别"}


def test_a_residents_own_matters_are_found_and_they_see_the_look(life: Life, people: Cast) -> None:
    matter = take(life, reporter_phone="13900000001")
    do.caller_look(actor=life.who("worker"), phone="13900000001")
    look = AuditRecord.objects.filter(verb="matter.caller_look").latest("id")
    assert look.subject_id == str(matter.public_id)
    assert look.about_id == people.person("resident").pk


def test_other_areas_and_protected_reporters_are_left_out(life: Life) -> None:
    elsewhere = take(
        life, who="worker_b", place=place_of(life.cast, "committee_b_place"), reporter_phone=PHONE
    )
    hidden = take(life, who="worker2", reporter_phone=PHONE, is_complaint=True)
    assert do.caller_look(actor=life.who("worker"), phone=PHONE).matters == ()
    assert set(do.caller_look(actor=life.who("street"), phone=PHONE).matters) == {elsewhere, hidden}
    assert do.caller_look(actor=life.who("other_street"), phone=PHONE).matters == ()


@pytest.mark.parametrize("who", ["resident", "visitor", "department", "district", "operator", "supervisor"])
def test_who_takes_no_calls_looks_up_nobody(life: Life, who: str, unchanged: Callable[[], None]) -> None:
    take(life, reporter_phone=PHONE)
    unchanged()
    with pytest.raises(NotAllowed):
        do.caller_look(actor=life.who(who), phone=PHONE)
    unchanged()


def test_part_of_a_number_finds_nothing(life: Life, unchanged: Callable[[], None]) -> None:
    unchanged()
    with pytest.raises(InvalidInput):
        do.caller_look(actor=life.who("worker"), phone="1391111")
    unchanged()


def test_trying_numbers_in_a_row_is_stopped(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = callers.LOOKS[0].__class__("matters.caller.hour", 2, timedelta(hours=1))
    monkeypatch.setattr(callers, "LOOKS", (narrow,))
    for phone in (PHONE, "13911113333"):
        do.caller_look(actor=life.who("worker"), phone=phone)
    with pytest.raises(TooMany):
        do.caller_look(actor=life.who("worker"), phone="13911114444")
    do.caller_look(actor=life.who("worker2"), phone=PHONE)
    clock.clock_forward(timedelta(minutes=61))
    do.caller_look(actor=life.who("worker"), phone=PHONE)
