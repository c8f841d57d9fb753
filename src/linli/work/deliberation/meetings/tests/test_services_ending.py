"""The end of a meeting: not held and called again, minutes, signatures, objections, filing."""

from datetime import timedelta

import pytest

from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotFound
from linli.foundation.duties.models import Duty
from linli.work.deliberation.meetings import services as do
from linli.work.deliberation.meetings.models import Invitee, Meeting, Signature
from linli.work.deliberation.meetings.presses import duty_presses

from .conftest import MEETS_AT, NAMES, Hall, duties, refused

pytestmark = pytest.mark.django_db


# -- too few, and again ------------------------------------------------------------------------------
def test_a_meeting_that_lacks_its_quorum_is_called_again(hall: Hall) -> None:
    meeting = hall.lapsed()
    assert (meeting.state, meeting.is_quorate, meeting.present) == ("closed", False, 5)
    assert [item.outcome for item in meeting.items.all()] == ["postponed"]
    assert duties(meeting) == {"write", "again"}
    again = {"actor": hall.who("worker"), "meeting_id": meeting.pk}
    refused(InvalidInput, do.meeting_call_again, starts_at=MEETS_AT, **again)
    new = do.meeting_call_again(starts_at=MEETS_AT + timedelta(days=14), **again)
    assert (new.state, new.previous, new.composition) == ("draft", meeting, 9)
    assert [item.title for item in new.items.all()] == ["修订居民公约"]
    assert [one.name for one in new.invitees.all()] == NAMES[:9]
    assert not {one.code for one in new.invitees.all()} & {one.code for one in meeting.invitees.all()}
    assert duties(meeting) == {"write"}
    refused(Conflict, do.meeting_call_again, starts_at=MEETS_AT + timedelta(days=20), **again)
    hall.call(new)
    hall.hour(new)
    hall.come(new, *range(1, 8))
    hall.begin(new)
    assert hall.decide(new, yes=7, no=0, abstain=0).outcome == "passed"


def test_enough_are_there_then_it_is_held(hall: Hall) -> None:
    meeting = hall.gathered(6)
    assert "可以开会" in refused(
        Conflict, do.meeting_adjourn, actor=hall.who("worker"), meeting_id=meeting.pk
    )


def test_before_the_hour_nobody_lacks(hall: Hall) -> None:
    meeting = hall.called()
    refused(Conflict, do.meeting_adjourn, actor=hall.who("worker"), meeting_id=meeting.pk)


def test_nothing_left_is_not_called_again(hall: Hall) -> None:
    meeting = hall.closed()
    refused(
        Conflict,
        do.meeting_call_again,
        actor=hall.who("worker"),
        meeting_id=meeting.pk,
        starts_at=MEETS_AT + timedelta(days=14),
    )


# -- the minutes ------------------------------------------------------------------------------------
def test_minutes_keep_what_the_meeting_came_to(hall: Hall) -> None:
    meeting = hall.minuted()
    minutes = meeting.minutes.get()
    assert (minutes.content["came"], minutes.content["present"], minutes.content["needed"]) == (6, 6, 6)
    assert minutes.content["items"][0]["outcome"] == "passed"
    point = minutes.points.get()
    assert (point.text, point.who, str(point.due_on)) == ("印公约", "居委会", "2026-04-01")
    assert duties(meeting) == {"file"}


def test_a_new_version_is_signed_anew(hall: Hall) -> None:
    meeting = hall.minuted()
    hall.sign(meeting, 1, "chair")
    refused(Conflict, hall.sign, meeting, 1, "chair")
    refused(InvalidInput, hall.sign, meeting, 3, "chair")
    refused(InvalidInput, hall.sign, meeting, 9, "member")  # was not there
    hall.sign(meeting, 3, "member")
    do.minutes_write(actor=hall.who("worker"), meeting_id=meeting.pk, text="改了一句。")
    file = {"actor": hall.who("worker"), "meeting_id": meeting.pk}
    assert "主持人" in refused(Conflict, do.meeting_file, **file)
    hall.sign(meeting, 1, "chair")
    hall.sign(meeting, 2, "recorder")
    assert Signature.objects.filter(minutes__edition=1).count() == 2
    filed = do.meeting_file(**file)
    assert (filed.state, duties(filed)) == ("filed", set())
    refused(MoveNotAllowed, hall.sign, meeting, 4, "member")


def test_objections_are_answered_before_filing(hall: Hall) -> None:
    meeting = hall.minuted()
    who = {"actor": hall.who("worker"), "meeting_id": meeting.pk}
    refused(InvalidInput, do.objection_make, invitee_id=hall.one(meeting, 9).pk, text="不对", **who)
    objection = do.objection_make(invitee_id=hall.one(meeting, 3).pk, text="计票有误", **who)
    hall.sign(meeting, 1, "chair")
    hall.sign(meeting, 2, "recorder")
    assert "异议" in refused(Conflict, do.meeting_file, **who)
    answer = {"objection_id": objection.pk, "answer": "已复核无误", **who}
    do.objection_answer(**answer)
    refused(Conflict, do.objection_answer, **answer)
    assert do.meeting_file(**who).state == "filed"


def test_the_minutes_of_a_meeting_that_was_not_held_can_be_filed(hall: Hall) -> None:
    meeting = hall.lapsed()
    do.minutes_write(actor=hall.who("worker"), meeting_id=meeting.pk, text="到会5人，未达人数。")
    hall.sign(meeting, 1, "recorder")
    assert do.meeting_file(actor=hall.who("worker"), meeting_id=meeting.pk).state == "filed"


def test_points_with_a_day_that_cannot_be_read(hall: Hall) -> None:
    meeting = hall.closed()
    write = {"actor": hall.who("worker"), "meeting_id": meeting.pk, "text": "谈了"}
    assert "第1条" in refused(InvalidInput, do.minutes_write, points="印公约，居委会，下周", **write)


def test_who_was_there_signs_by_themselves(hall: Hall) -> None:
    meeting = hall.ready(people=8)
    do.staff_invite(actor=hall.who("worker"), meeting_id=meeting.pk, units=[hall.cast.units["chengguan"]])
    meeting = hall.call(Meeting.objects.get(pk=meeting.pk))
    hall.hour(meeting)
    guest = Invitee.objects.get(meeting=meeting, person=hall.cast.person("department"))
    hall.come(meeting, 1, 2, 3, 4, 5, 6, guest.number)
    hall.begin(meeting)
    hall.decide(meeting)
    do.meeting_close(actor=hall.who("worker"), meeting_id=meeting.pk)
    minutes = do.minutes_write(actor=hall.who("worker"), meeting_id=meeting.pk, text="谈了")
    sign = {"meeting": meeting, "digest": minutes.digest}
    refused(NotFound, do.minutes_sign_self, actor=hall.who("department2"), **sign)
    refused(Conflict, do.minutes_sign_self, actor=hall.who("department"), meeting=meeting, digest="x")
    assert not do.minutes_sign_self(actor=hall.who("department"), **sign).is_on_paper
    refused(Conflict, do.minutes_sign_self, actor=hall.who("department"), **sign)


# -- 待办 --------------------------------------------------------------------------------------------
def test_its_forms_are_offered_to_who_may_fill_them_in_and_not_above(hall: Hall) -> None:
    meeting = hall.lapsed()
    waiting = list(Duty.objects.filter(room="meetings", subject_id=str(meeting.public_id), state="open"))
    for who in ("worker", "street"):
        offered = duty_presses(hall.who(who), waiting)
        assert len(offered) == 2
        for (press,) in offered.values():
            assert hall.cast.client(who).get(press.url).status_code == 200
    assert duty_presses(hall.who("district"), waiting) == {}
    assert duty_presses(hall.who("department"), waiting) == {}
