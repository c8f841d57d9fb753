"""Duties climb the ladder: who is told, who has it, which clock runs; own ladders; a clock set back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linli.core.actor import Actor, Function, system
from linli.core.clock import BEIJING, clock_at
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.accounts.models import Role
from linli.foundation.accounts.selectors import Holders, person_ids_for
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties import services
from linli.foundation.duties.models import Duty, DutyStep, LadderClock, LadderRule
from linli.foundation.duties.rungs import Rung
from linli.foundation.duties.selectors import duty_handed_list, duty_list, duty_summary, ladder_story
from linli.foundation.duties.services import ladder_set
from linli.foundation.duties.tasks import mark_overdue
from linli.foundation.notices.models import Notice
from tests.people import Cast

from .factories import MACHINE, duty_make, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LONG_AFTER = datetime(2026, 6, 30, 10, tzinfo=BEIJING)


def at(day: int, hour: int = 10, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


def climb_at(*moments: datetime) -> None:
    for moment in moments:
        with clock_at(moment):
            mark_overdue()


def climb_through(last: datetime, first: datetime | None = None) -> None:
    """Run the job every three hours."""
    moment = first or at(10)
    while moment <= last:
        climb_at(moment)
        moment += timedelta(hours=3)


def committee_duty(cast: Cast, **given: Any) -> Duty:
    return duty_make(**{"area_path": cast.places["committee_a_place"].path} | given)


def way(duty: Duty) -> list[tuple[str, str]]:
    return [(Rung(step.rung).name, step.level) for step in duty.steps.filter(void=0)]


def lists(cast: Cast, duty: Duty) -> dict[str, str]:
    found = {}
    for name in cast.names:
        actor = cast.actor(name)
        if duty_list(actor).filter(pk=duty.pk).exists():
            found[name] = "to do"
        if duty_handed_list(actor).filter(pk=duty.pk).exists():
            found[name] = "reading"
    return found


def test_the_whole_ladder_over_four_levels(cast: Cast) -> None:
    duty = committee_duty(cast)  # due on the 17th at 17:30
    climb_through(LONG_AFTER)
    duty.refresh_from_db()
    assert way(duty) == [
        *(("REMINDED", ""), ("AMBER", ""), ("RED", "")),
        *[(name, level) for level in ("street", "district", "city") for name in ("HANDED", "SUPERVISED")],
    ]
    assert duty.due_at == at(17, 17, 30)  # the business clock went on
    assert (duty.held_by, duty.is_supervised, duty.next_at) == ("city", True, None)


def test_the_stage_clock_restarts_at_the_hand_up_over_weekends(cast: Cast) -> None:
    duty = committee_duty(cast)
    climb_at(at(17, 18), at(18, 18))  # red on Tuesday evening; handed up after one working day
    duty.refresh_from_db()
    assert (duty.held_by, duty.handed_at, duty.stage_due_at) == ("street", at(18, 18), at(19, 17, 30))
    assert duty.due_at == at(17, 17, 30)
    climb_at(at(19, 18), at(20, 18))  # 督办 on Thursday; to the district on Friday evening
    duty.refresh_from_db()
    assert (duty.held_by, duty.stage_due_at) == ("district", at(24, 17, 30))  # Monday, Tuesday


def test_holidays_count(cast: Cast) -> None:
    duty = committee_duty(cast, due_at=at(30, 17, 30, month=4))  # the day before 1 to 5 May
    climb_at(at(30, 18, month=4), at(5, 20, month=5))
    duty.refresh_from_db()
    assert (duty.escalation_step, duty.next_at) == (Rung.RED, at(6, 17, 30, month=5))


def test_the_superior_has_it_and_the_subordinate_keeps_reading(cast: Cast) -> None:
    duty = committee_duty(cast)
    assert lists(cast, duty) == dict.fromkeys(("worker", "worker2"), "to do")
    climb_at(at(17, 18), at(18, 18))
    reading, doing = (
        dict.fromkeys(("worker", "worker2"), "reading"),
        dict.fromkeys(("street", "street2"), "to do"),
    )
    assert lists(cast, duty) == reading | doing
    assert (
        duty_summary(cast.actor("worker")).counts | {"all": 0, "handed": 1}
        == duty_summary(cast.actor("worker")).counts
    )
    assert duty_summary(cast.actor("street")).counts["taken"] == 1
    step(actor=MACHINE, call=services.duty_close, room="matters", subject_id="m1")
    assert lists(cast, duty) == {}


def told(cast: Cast, name: str) -> list[str]:
    return list(Notice.objects.filter(person=cast.person(name)).order_by("id").values_list("kind", flat=True))


def test_each_is_told_once(cast: Cast) -> None:
    committee_duty(cast)
    for moment in (at(17, 18), at(18, 18), at(19, 18)):
        climb_at(moment, moment, moment + timedelta(minutes=1))
    below = ["duty.overdue", "duty.hand_up", "duty.supervise"]
    assert told(cast, "worker") == below and told(cast, "street") == below[1:]
    assert not told(cast, "worker_b") and not told(cast, "district")
    assert Notice.objects.filter(person=cast.person("street"), title__contains="下级超时").exists()


def test_a_named_person_and_a_unit_climb_too(cast: Cast) -> None:
    person = committee_duty(cast, person_id=cast.person("worker").pk)
    unit = committee_duty(
        cast, subject_id="m2", unit_id=cast.units["chengguan"].pk, function=Function.DEPARTMENT
    )
    climb_at(at(17, 18), at(18, 18))
    assert lists(cast, person) == {"worker": "reading", "street": "to do", "street2": "to do"}
    assert lists(cast, unit) == {
        "department": "reading",
        "department2": "reading",
        "street": "to do",
        "street2": "to do",
    }


def test_where_nobody_is_in_office_it_does_not_wait(cast: Cast) -> None:
    Role.objects.filter(function=Function.STREET).update(valid_to=date(2026, 3, 1))
    duty = committee_duty(cast)
    climb_at(at(17, 18), at(18, 18), at(18, 18, 1), at(18, 18, 2))
    assert way(duty)[1:] == [("HANDED", "street"), ("SUPERVISED", "street"), ("HANDED", "district")]
    assert [step.is_vacant for step in duty.steps.all()] == [False, True, True, False]
    assert told(cast, "district") == ["duty.hand_up"]


def test_what_has_nobody_above_is_told_late_and_stays(cast: Cast) -> None:
    duty = committee_duty(cast, function=Function.OPERATOR)
    climb_through(LONG_AFTER)
    assert way(duty)[-1] == ("RED", "") and lists(cast, duty) == {}


def test_hours_climb_in_hours(cast: Cast) -> None:
    duty = committee_duty(cast, limit=Limit(2, LimitUnit.HOUR))
    climb_at(at(10, 12, 1), at(10, 12, 32))
    duty.refresh_from_db()
    assert (duty.held_by, duty.stage_due_at) == ("street", at(10, 13, 32))


def test_a_paused_duty_stands_still_and_goes_on_with_what_was_left(cast: Cast) -> None:
    duty = committee_duty(cast)
    climb_at(at(17, 18), at(18, 18))  # with the street until the 19th, 17:30
    with clock_at(at(19, 9)):
        step(actor=MACHINE, call=services.duty_pause, room="matters", subject_id="m1")
    climb_at(at(25))
    with clock_at(at(26, 9)):
        step(actor=MACHINE, call=services.duty_resume, room="matters", subject_id="m1")
    duty.refresh_from_db()
    assert (duty.escalation_step, duty.stage_due_at) == (Rung.HANDED, at(26, 17, 30))
    climb_at(at(26, 17), at(26, 18))
    assert way(duty)[-1] == ("SUPERVISED", "street")


def test_a_pause_before_red_moves_the_reminders(cast: Cast) -> None:
    duty = committee_duty(cast)
    with clock_at(at(11)):
        step(actor=MACHINE, call=services.duty_pause, room="matters", subject_id="m1")
    with clock_at(at(18)):
        step(actor=MACHINE, call=services.duty_resume, room="matters", subject_id="m1")
    climb_at(at(18, 10, 5))
    assert way(duty) in ([], [("REMINDED", "")]) and not told(cast, "street")
    climb_at(at(25, 18))
    assert way(duty)[-1] == ("RED", "")


def test_an_extension_brings_it_back_and_the_ladder_begins_anew(cast: Cast) -> None:
    duty = committee_duty(cast)
    climb_at(at(17, 18), at(18, 18))
    with clock_at(at(19)):
        step(
            actor=MACHINE,
            call=services.duty_reschedule,
            room="matters",
            subject_id="m1",
            action="accept",
            due_at=at(30),
        )
    assert lists(cast, duty) == dict.fromkeys(("worker", "worker2"), "to do")
    climb_at(at(31), at(31, 18, month=3) + timedelta(days=1))
    assert way(duty) == [("RED", ""), ("HANDED", "street")] * 2


def test_history_that_comes_in_climbs_nothing(cast: Cast) -> None:
    duty = committee_duty(cast, start=at(1), due_at=at(5), is_quiet=True)
    climb_through(at(30))
    assert way(duty) == [] and not Notice.objects.exists()


def test_the_database_keeps_a_rung_from_being_climbed_twice(cast: Cast) -> None:
    duty = committee_duty(cast)
    climb_at(at(18))
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyStep.objects.create(duty=duty, round=0, rung=Rung.RED, at=at(18), ladder="x")


def test_a_batch_that_fails_leaves_everything_due(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = committee_duty(cast)
    with clock_at(at(18)), monkeypatch.context() as patched:
        patched.setattr(services.climbing, "notice_queue", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mark_overdue()
    duty.refresh_from_db()
    assert duty.escalation_step == 0 and way(duty) == [] and not Notice.objects.exists()
    climb_at(at(18))
    assert way(duty) == [("RED", "")]


# --- a clock that is set back ---------------------------------------------------
def test_a_clock_set_back_takes_back_what_the_future_did(cast: Cast) -> None:
    real, ahead = committee_duty(cast), committee_duty(cast, subject_id="m2", due_at=at(28, 17, 30))
    climb_at(at(17, 18))  # the first is late, truly
    climb_at(datetime(2027, 3, 1, 10, tzinfo=BEIJING))  # a wrong clock, for one run
    ahead.refresh_from_db()
    assert ahead.escalation_step == Rung.RED
    climb_at(at(18, 9))
    real.refresh_from_db()
    ahead.refresh_from_db()
    assert way(real) == [("RED", "")] and real.held_by == "" and real.next_at == at(18, 17, 30)
    assert ahead.escalation_step < Rung.RED and real.steps.filter(void=1).count() == 1
    notice = Notice.objects.get(kind="duty.clock_back")
    assert notice.person == cast.person("operator") and "倒退" in notice.title
    climb_at(at(18, 9, 1), at(18, 18))
    real.refresh_from_db()
    assert way(real) == [("RED", ""), ("HANDED", "street")]
    assert (real.handed_at, real.stage_due_at) == (at(18, 18), at(19, 17, 30))
    assert Notice.objects.filter(kind="duty.clock_back").count() == 1


def test_a_reminder_that_stays_true_goes_on_to_red(cast: Cast) -> None:
    duty = committee_duty(cast)
    climb_at(at(14), at(16, 17), at(25), at(16, 18))  # truly amber; red by a wrong clock; put right
    assert way(duty) == [("REMINDED", ""), ("AMBER", "")]
    climb_at(at(16, 18, 1), at(17, 18))
    assert way(duty) == [("REMINDED", ""), ("AMBER", ""), ("RED", "")]


def test_a_clock_that_corrects_itself_by_seconds_changes_nothing(cast: Cast) -> None:
    duty = committee_duty(cast)
    climb_at(at(17, 18), at(17, 17, 58))
    assert way(duty) == [("RED", "")] and told(cast, "worker") == ["duty.overdue"]
    assert LadderClock.objects.get().seen_at == at(17, 18)


# --- who holds which function ----------------------------------------------------
def test_holders_answer_as_the_single_question_does(cast: Cast) -> None:
    holders = Holders()
    for function in Function:
        for unit in [None, *cast.units.values()]:
            for place in ("committee_a_place", "committee_b_place", "street_place", "district_place"):
                path = "" if unit else cast.places[place].path
                unit_id = unit.pk if unit else None
                assert holders.of(function, unit_id, path) == person_ids_for(
                    function=function, unit_id=unit_id, area_path=path
                ), (function, unit, place)


# --- own ladders ------------------------------------------------------------------
FIGURES = {"remind": 40, "amber": 80, "hand_up": 3, "street": 2, "district": 2, "city": 3, "supervise": 1}


def set_ladder(actor: Actor, area_path: str, **changes: Any) -> LadderRule:
    given = {
        "kind": "day",
        "valid_from": date(2026, 3, 11),
        "reason": "街道办〔2026〕3号",
        **FIGURES,
    } | changes
    return ladder_set(actor=actor, area_path=area_path, **given)


def test_a_street_sets_its_own_ladder_for_what_is_opened_later(cast: Cast) -> None:
    street = cast.places["street_place"].path
    before = committee_duty(cast, subject_id="before")
    rule = set_ladder(cast.actor("street"), street)
    assert AuditRecord.objects.filter(verb="ladder.set").count() == 1
    with clock_at(at(11)):
        after = committee_duty(cast, subject_id="after", due_at=at(17, 17, 30))
        elsewhere = committee_duty(
            cast,
            subject_id="else",
            function=Function.DISTRICT,
            area_path=cast.places["district_place"].path,
            due_at=at(17, 17, 30),
        )
    climb_at(at(17, 18))
    for duty, next_at in ((before, at(18, 17, 30)), (after, at(20, 17, 30)), (elsewhere, at(18, 17, 30))):
        duty.refresh_from_db()
        assert duty.next_at == next_at, duty.subject_id
    assert [duty.steps.get().ladder for duty in (before, after)] == ["2026-01", f"2026-03-11#{rule.pk}"]


def test_the_street_goes_before_its_district_and_the_later_before_the_earlier(cast: Cast) -> None:
    from linli.foundation.duties.ladder import ladder_for
    from linli.foundation.duties.rungs import Kind

    street, district = cast.places["street_place"].path, cast.places["district_place"].path
    for path, day, waits in ((street, 11, 3), (street, 20, 4), (district, 15, 9)):
        LadderRule.objects.create(
            area_path=path, kind="day", valid_from=date(2026, 3, day), reason="文", made_at=at(10),
            made_by=cast.person("street"), **FIGURES | {"hand_up": waits},
        )  # fmt: skip
    place = cast.places["committee_a_place"].path
    found = {day: ladder_for(place, Kind.DAY, date(2026, 3, day)).hand_up.amount for day in (10, 11, 19, 20)}
    assert found == {10: 1, 11: 3, 19: 3, 20: 4}
    assert ladder_for(district, Kind.DAY, date(2026, 3, 20)).hand_up.amount == 9
    assert ladder_for(place, Kind.HOUR, date(2026, 3, 20)).version == "2026-01"


@pytest.mark.parametrize(
    "name", ["worker", "street2", "department", "city", "operator", "resident", "visitor"]
)
def test_only_the_administrators_of_streets_and_districts_set_one(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        set_ladder(cast.actor(name), cast.places["street_place"].path)
    assert not LadderRule.objects.exists() and not AuditRecord.objects.filter(verb="ladder.set").exists()


def test_nobody_sets_anothers(cast: Cast) -> None:
    for path in (cast.places["committee_a_place"].path, cast.places["district_place"].path, ""):
        with pytest.raises(NotAllowed):
            set_ladder(cast.actor("street"), path)
    with pytest.raises(NotAllowed):
        set_ladder(system("x"), cast.places["street_place"].path)


@pytest.mark.parametrize(
    "changes",
    [{"valid_from": date(2026, 3, 10)}, {"reason": " "}, {"amber": 30}, {"street": 0}, {"city": 999}],
)
def test_bad_figures_change_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_ladder(cast.actor("street"), cast.places["street_place"].path, **changes)
    assert list(refusal.value.details) == list(changes)
    assert not LadderRule.objects.exists()


def test_one_version_a_day(cast: Cast) -> None:
    set_ladder(cast.actor("street"), cast.places["street_place"].path)
    with pytest.raises(InvalidInput):
        set_ladder(cast.actor("street"), cast.places["street_place"].path)
    assert LadderRule.objects.count() == 1


# --- pages -------------------------------------------------------------------------
def test_the_page_shows_and_sets_the_ladder(cast: Cast) -> None:
    page = cast.client("worker").get("/desk/settings/ladder/").content.decode()
    assert "变红后1个工作日" in page and "另作规定" not in page
    client, street = cast.client("street"), cast.places["street_place"].path
    given = {
        "area": street,
        "kind": "day",
        "valid_from": "2026-03-20",
        "reason": "街道办〔2026〕3号",
        **FIGURES,
    }
    assert client.post("/desk/settings/ladder/", given | {"amber": 30}).status_code == 422
    assert not LadderRule.objects.exists()
    assert client.post("/desk/settings/ladder/", given).status_code == 302
    page = cast.client("worker").get("/desk/settings/ladder/").content.decode()
    assert "街道办〔2026〕3号" in page and "待生效" in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("visitor", 302), ("resident", 403), ("department", 403), ("operator", 200), ("city", 200)],
)
def test_who_sees_the_page(cast: Cast, name: str, status: int) -> None:
    assert cast.client(name).get("/desk/settings/ladder/").status_code == status


def test_the_lists_show_what_was_handed_up(cast: Cast) -> None:
    committee_duty(cast)
    climb_at(at(17, 18), at(18, 18), at(19, 18))
    with clock_at(at(19, 18)):
        below = cast.client("worker").get("/desk/", {"due": "handed"}).content.decode()
        above = cast.client("street").get("/desk/", {"due": "taken"}).content.decode()
        plain = cast.client("worker").get("/desk/").content.decode()
    assert "已上交街镇" in below and "路灯不亮" in below and "督办" in below
    assert "下级上交" in above and "本级期限3月19日(周四) 17:30" in above
    assert "路灯不亮" not in plain and "已上交" in plain


def test_the_story_says_what_comes_next(cast: Cast) -> None:
    committee_duty(cast)
    committee_duty(cast, action="rate", function=Function.RESIDENT, person_id=cast.person("resident").pk)
    words = []
    for moment in (at(10), at(14), at(16, 17), at(17, 18), at(18, 18), at(19, 18)):
        climb_at(moment)
        (story,) = ladder_story("matters", "m1")
        words.append(story.next_words)
    assert words == ["提醒", "临近时限", "超过时限", "上交街镇", "街镇督办", "上交区"]
    assert [step.words for step in story.steps][-2:] == ["上交街镇", "街镇督办"]
