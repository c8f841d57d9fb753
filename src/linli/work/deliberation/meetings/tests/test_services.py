"""Meetings from the first plan to the filed minutes, and everything that is refused on the way."""

from datetime import timedelta

import pytest

from linli.core import clock as time
from linli.core.errors import (
    Conflict,
    InvalidInput,
    MoveNotAllowed,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from linli.foundation.audit.models import AuditRecord
from linli.work.deliberation.meetings import services as do
from linli.work.deliberation.meetings.models import AgendaItem, Attendance, Meeting, Proxy
from linli.work.deliberation.meetings.selectors import present_count, quorum_of

from .conftest import MEETS_AT, NAMES, Hall, duties, refused, told

pytestmark = pytest.mark.django_db


# -- preparing ------------------------------------------------------------------------
def test_a_meeting_is_prepared_and_puts_itself_on_the_list(hall: Hall) -> None:
    meeting = hall.draft()
    assert (meeting.state, meeting.composition, meeting.rule_on) == ("draft", 9, MEETS_AT.date())
    assert duties(meeting) == {"hold"}
    assert [event.verb for event in meeting.events.all()] == ["draft"]
    assert AuditRecord.objects.filter(verb="meeting.draft", subject_id=str(meeting.public_id)).exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"place": ""}, "place"),
        ({"kind": "party"}, "kind"),
        ({"starts_at": MEETS_AT - timedelta(days=30)}, "starts_at"),
        ({"starts_at": MEETS_AT + timedelta(days=365)}, "starts_at"),
        ({"rule_key": "owners_general"}, "rule_key"),
        ({"composition": None}, "composition"),
        ({"title": "长" * 81}, "title"),
    ],
)
def test_bad_arrangements_are_said_beside_their_field(
    hall: Hall, more: dict[str, object], field: str
) -> None:
    assert field in refused(InvalidInput, hall.draft, **more)
    assert not Meeting.objects.exists()


def test_nobody_calls_meetings_elsewhere(hall: Hall) -> None:
    for who in ("worker_b", "department", "resident", "grid_worker", "district"):
        refused(NotAllowed, hall.draft, by=who)
    assert hall.draft(by="street").unit == hall.cast.units["street_unit"]


def test_editing_needs_the_version_that_was_read(hall: Hall) -> None:
    meeting = hall.draft()
    change = {
        "actor": hall.who("worker"),
        "meeting_id": meeting.pk,
        "arrangement": hall.arrangement(title="改名"),
    }
    assert do.meeting_edit(version=1, **change).title == "改名"
    refused(StaleVersion, do.meeting_edit, version=1, **change)


def test_the_list_never_outnumbers_the_body(hall: Hall) -> None:
    meeting = hall.people(hall.draft(), 8)
    assert "9" in refused(InvalidInput, hall.people, meeting, 2)
    hall.people(meeting, 2, is_member=False)
    assert meeting.invitees.filter(is_member=False).count() == 2


@pytest.mark.parametrize("names", ["", "   \n ", "长" * 41, "\n".join(["某人"] * 501)])
def test_lists_that_cannot_be_read(hall: Hall, names: str) -> None:
    meeting = hall.draft(rule_key="", composition=None)
    said = refused(
        InvalidInput,
        do.invitees_add,
        actor=hall.who("worker"),
        meeting_id=meeting.pk,
        names=names,
        is_member=True,
    )
    assert "长长" not in said  # the line is named, not the name


def test_units_are_asked_with_everybody_who_works_there(hall: Hall) -> None:
    meeting = hall.ready(people=8)
    units = [hall.cast.units["chengguan"]]
    ask = {"actor": hall.who("worker"), "meeting_id": meeting.pk, "units": units}
    do.staff_invite(**ask)
    guests = meeting.invitees.filter(is_member=False)
    assert {one.person for one in guests} == {hall.cast.person("department"), hall.cast.person("department2")}
    refused(Conflict, do.staff_invite, **ask)
    department = hall.who("department")
    assert not Meeting.objects.visible_to(department).exists()  # nobody was told yet
    hall.call(Meeting.objects.get(pk=meeting.pk))
    assert Meeting.objects.visible_to(department).get() == meeting
    assert told(meeting, hall.cast.person("department")) == ["call"]
    assert not Meeting.objects.visible_to(hall.who("property")).exists()


def test_a_secret_rule_has_its_quorum_here_and_its_votes_elsewhere(hall: Hall) -> None:
    meeting = hall.draft(rule_key="committee_election_representatives")
    assert "无记名" in refused(Conflict, hall.add, meeting)
    assert not hall.add(meeting, is_vote_wanted=False).is_vote_wanted


def test_without_a_rule_nothing_is_voted_on(hall: Hall) -> None:
    meeting = hall.draft(kind="council", rule_key="", composition=None)
    assert "规则" in refused(InvalidInput, hall.add, meeting, is_vote_wanted=True)


# -- telling people in time ---------------------------------------------------------------
def test_a_meeting_without_agenda_or_list_is_not_called(hall: Hall) -> None:
    meeting = hall.draft()
    assert "议题" in refused(Conflict, hall.call, meeting)
    hall.add(meeting)
    meeting.refresh_from_db()
    assert "名单" in refused(Conflict, hall.call, meeting)


def test_ten_days_are_ten_days(hall: Hall) -> None:
    meeting = hall.ready(kind="council", rule_key="residents_meeting")
    time.clock_forward(timedelta(days=4))  # the 14th; the meeting is on the 24th
    assert hall.call(meeting).state == "called"
    late = hall.ready(kind="council", rule_key="residents_meeting")
    time.clock_forward(timedelta(days=1))
    said = refused(Conflict, hall.call, late)
    assert "居民委员会组织法" in said
    assert "10日" in said
    assert "3月25日" in said  # the first day for which it is not too late
    assert duties(late) == {"hold"}


def test_the_street_overrides_with_a_reason(hall: Hall) -> None:
    meeting = hall.ready(kind="council", rule_key="residents_meeting")
    time.clock_forward(timedelta(days=10))
    refused(Conflict, hall.call, meeting, late_reason="急")  # the committee may not
    assert "late_reason" in refused(InvalidInput, hall.call, meeting, by="street")
    called = hall.call(meeting, by="street", late_reason="防汛紧急")
    assert (called.late_reason, called.state) == ("防汛紧急", "called")
    assert called.events.get(verb="call").note == "防汛紧急"


def test_once_called_agenda_and_members_stand(hall: Hall) -> None:
    meeting = hall.called(people=8)
    assert "临时" in refused(Conflict, hall.add, meeting)
    refused(MoveNotAllowed, hall.people, meeting, 1)
    one = meeting.invitees.first()
    assert one is not None
    refused(
        MoveNotAllowed,
        do.invitee_drop,
        actor=hall.who("worker"),
        meeting_id=meeting.pk,
        invitee_id=one.pk,
    )
    assert not hall.add(meeting, "通报", is_vote_wanted=False).is_vote_wanted
    hall.people(meeting, 1, is_member=False)


def test_grid_workers_note_who_was_told(hall: Hall) -> None:
    meeting = hall.called()
    ids = list(meeting.invitees.filter(number__lte=3).values_list("pk", flat=True))
    tell = {"actor": hall.who("grid_worker"), "meeting_id": meeting.pk, "invitee_ids": ids}
    do.invitees_tell(how="door", **tell)
    assert meeting.invitees.filter(told_how="door").count() == 3
    refused(InvalidInput, do.invitees_tell, how="door", **tell)  # all of them were told
    refused(InvalidInput, do.invitees_tell, how="system", **tell)


def test_cancelling_tells_those_who_were_told(hall: Hall) -> None:
    meeting = hall.ready(people=8)
    do.staff_invite(actor=hall.who("worker"), meeting_id=meeting.pk, units=[hall.cast.units["chengguan"]])
    hall.call(Meeting.objects.get(pk=meeting.pk))
    do.meeting_cancel(actor=hall.who("worker"), meeting_id=meeting.pk, reason="台风")
    assert told(meeting, hall.cast.person("department")) == ["call", "cancel"]
    assert duties(meeting) == set()


# -- who is there ---------------------------------------------------------------------------
def test_nobody_signs_in_the_day_before(hall: Hall) -> None:
    meeting = hall.called()
    assert "还没到签到的时候" in refused(Conflict, hall.come, meeting, 1)


def test_present_is_who_is_inside_now(hall: Hall) -> None:
    meeting = hall.gathered(6)
    assert present_count(meeting) == 6
    hall.come(meeting, 6)  # signs again: still one
    assert Attendance.objects.filter(invitee__meeting=meeting).count() == 6
    hall.leave(meeting, 6)
    assert present_count(meeting) == 5
    hall.come(meeting, 6)
    assert present_count(meeting) == 6
    refused(InvalidInput, hall.leave, meeting, 9)


def test_guests_do_not_count(hall: Hall) -> None:
    meeting = hall.ready(people=8)
    hall.people(meeting, 2, is_member=False)
    meeting = hall.call(Meeting.objects.get(pk=meeting.pk))
    hall.hour(meeting)
    hall.come(meeting, 1, 9, 10)
    assert present_count(meeting) == 1


def test_by_the_code_of_an_invitation(hall: Hall) -> None:
    meeting = hall.gathered(0)
    one = hall.one(meeting, 4)
    enter = {"actor": hall.who("grid_worker"), "meeting_id": meeting.pk}
    refused(InvalidInput, do.attendance_by_code, code="AAAA2222", **enter)
    do.attendance_by_code(code=f"{one.code[:4]}-{one.code[4:]}".lower(), **enter)
    assert present_count(meeting) == 1
    refused(Conflict, do.attendance_by_code, code=one.code, **enter)


def test_oneself_by_both_codes_without_an_account(hall: Hall) -> None:
    meeting, visitor = hall.gathered(0), hall.who("visitor")
    one = hall.one(meeting, 4)
    enter = {"actor": visitor, "meeting": meeting}
    for site, code in (("AAAA2222", one.code), (meeting.code, "AAAA2222"), (meeting.code, "")):
        refused(InvalidInput, do.attendance_self, site_code=site, code=code, **enter)
    do.attendance_self(site_code=meeting.code, code=one.code, **enter)
    assert present_count(meeting) == 1
    refused(Conflict, do.attendance_self, site_code=meeting.code, code=one.code, **enter)


# -- proxies -----------------------------------------------------------------------------------
def give(hall: Hall, meeting: Meeting, giver: int, holder: int, *, is_written: bool = True) -> Meeting:
    return do.proxy_give(
        actor=hall.who("worker"),
        meeting_id=meeting.pk,
        giver_id=hall.one(meeting, giver).pk,
        holder_id=hall.one(meeting, holder).pk,
        is_written=is_written,
    )


def election(hall: Hall) -> Meeting:
    meeting = hall.draft(kind="council", rule_key="committee_election_voters")
    hall.add(meeting, is_vote_wanted=False)
    hall.people(meeting)
    nine = hall.one(meeting, 9)
    do.candidates_mark(actor=hall.who("worker"), meeting_id=meeting.pk, invitee_ids=[nine.pk])
    meeting.refresh_from_db()
    meeting = hall.call(meeting, by="street", late_reason="试")
    hall.hour(meeting)
    return hall.come(meeting, 1)


def test_representatives_act_for_nobody(hall: Hall) -> None:
    meeting = hall.gathered(3)
    said = refused(Conflict, give, hall, meeting, 9, 1)
    assert "不能委托" in said
    assert "居民委员会组织法" in said


def test_three_and_no_more_and_no_candidate(hall: Hall) -> None:
    meeting = election(hall)
    for giver in (2, 3, 4):
        give(hall, meeting, giver, 1)
    assert present_count(meeting) == 4
    assert "不能超过3人" in refused(Conflict, give, hall, meeting, 5, 1)
    assert "候选人" in refused(Conflict, give, hall, meeting, 5, 9)
    assert "书面" in refused(Conflict, give, hall, meeting, 5, 6, is_written=False)


@pytest.mark.parametrize(
    ("giver", "holder", "words"),
    [(2, 3, "已经委托"), (5, 5, "自己"), (5, 2, "也委托了"), (1, 6, "转委托"), (6, 1, "到场")],
)
def test_proxies_are_not_passed_on(hall: Hall, giver: int, holder: int, words: str) -> None:
    meeting = election(hall)
    give(hall, meeting, 2, 1)
    if words == "到场":
        hall.come(meeting, 6)
    assert words in refused(InvalidInput, give, hall, meeting, giver, holder)


def test_who_comes_after_all_takes_the_proxy_back(hall: Hall) -> None:
    meeting = election(hall)
    give(hall, meeting, 2, 1)
    hall.come(meeting, 2)
    assert not Proxy.objects.exists()
    assert present_count(meeting) == 2
    give(hall, meeting, 3, 1)
    hall.leave(meeting, 1)
    assert present_count(meeting) == 1  # whoever held it has left: nobody acts for 3


def drop(hall: Hall, meeting: Meeting, giver: int) -> Meeting:
    one = hall.one(meeting, giver)
    return do.proxy_drop(actor=hall.who("worker"), meeting_id=meeting.pk, giver_id=one.pk)


def test_a_proxy_is_taken_back_until_something_was_voted_on(hall: Hall) -> None:
    meeting = election(hall)
    give(hall, meeting, 2, 1)
    assert "没有委托" in refused(InvalidInput, drop, hall, meeting, 3)
    drop(hall, meeting, 2)
    assert not Proxy.objects.exists()
    give(hall, meeting, 2, 1)
    AgendaItem.objects.filter(meeting=meeting).update(yes=1, no=0, abstain=0)
    assert "已经举手表决过" in refused(Conflict, drop, hall, meeting, 2)


# -- opening, deciding ----------------------------------------------------------------------------
def test_two_thirds_of_nine_are_six(hall: Hall) -> None:
    meeting = hall.gathered(5)
    said = refused(Conflict, hall.begin, meeting)
    assert "还差1" in said
    assert "居民委员会组织法" in said
    assert quorum_of(meeting).needed == 6
    hall.come(meeting, 6)
    assert hall.begin(meeting).state == "open"
    assert duties(meeting) == set()


def test_who_leads_must_be_there(hall: Hall) -> None:
    meeting = hall.gathered(0)
    hall.come(meeting, *range(2, 9))
    assert "主持人" in refused(InvalidInput, hall.begin, meeting)


@pytest.mark.parametrize(("yes", "outcome"), [(3, "failed"), (4, "passed")])
def test_more_than_half_of_those_present(hall: Hall, yes: int, outcome: str) -> None:
    meeting = hall.opened(6)
    item = hall.decide(meeting, yes=yes, no=0, abstain=6 - yes)
    assert (item.outcome, item.present) == (outcome, 6)
    assert [step["holds"] for step in item.steps] == [True, yes == 4]
    assert all("居民委员会组织法" in step["article"] for step in item.steps)


def test_hands_that_are_not_raised_count_as_present(hall: Hall) -> None:
    meeting = hall.opened(6)
    assert hall.decide(meeting, yes=3, no=1, abstain=0).outcome == "failed"  # 3 of 6 there, not of 4 hands


@pytest.mark.parametrize(
    "hands",
    [
        {"yes": 7, "no": 0, "abstain": 0},
        {"yes": 0, "no": 0, "abstain": 0},
        {"yes": None, "no": 1, "abstain": 0},
        {"yes": -1, "no": 1, "abstain": 0},
    ],
)
def test_hands_that_cannot_be(hall: Hall, hands: dict[str, int | None]) -> None:
    meeting = hall.opened(6)
    refused(InvalidInput, hall.decide, meeting, **hands)


def test_when_people_leave_nothing_is_decided(hall: Hall) -> None:
    meeting = hall.opened(6)
    hall.leave(meeting, 6)
    assert "还差1" in refused(Conflict, hall.decide, meeting, yes=5, no=0, abstain=0)
    assert hall.decide(meeting, outcome="postponed", decision="").outcome == "postponed"


def test_an_item_is_decided_once(hall: Hall) -> None:
    meeting = hall.opened()
    hall.decide(meeting)
    refused(Conflict, hall.decide, meeting)


def test_an_outcome_needs_its_words(hall: Hall) -> None:
    meeting = hall.opened()
    assert "decision" in refused(InvalidInput, hall.decide, meeting, decision=" ")
    hall.add(meeting, "通报", is_vote_wanted=False)
    refused(InvalidInput, hall.decide, meeting, order=2, outcome="passed")
    assert hall.decide(meeting, order=2, outcome="heard").outcome == "heard"


def test_speakers_have_their_turn(hall: Hall) -> None:
    meeting = hall.opened()
    item = meeting.items.get()
    turn = {"actor": hall.who("worker"), "meeting_id": meeting.pk, "item_id": item.pk}
    for number in (3, 2):
        do.speaker_add(invitee_id=hall.one(meeting, number).pk, **turn)
    refused(InvalidInput, do.speaker_add, invitee_id=hall.one(meeting, 3).pk, **turn)
    refused(InvalidInput, do.speaker_add, invitee_id=hall.one(meeting, 9).pk, **turn)
    refused(InvalidInput, do.speaker_add, invitee_id=hall.one(meeting, 4).pk, minutes=99, **turn)
    spoke = []
    for _turn in range(2):
        do.speaker_next(**turn)
        spoke.append(item.turns.get(began_at__isnull=False, ended_at__isnull=True).invitee.number)
    assert spoke == [3, 2]
    do.speaker_next(**turn)
    refused(Conflict, do.speaker_next, **turn)


def test_a_meeting_ends_when_every_item_has_an_outcome(hall: Hall) -> None:
    meeting = hall.opened()
    close = {"actor": hall.who("worker"), "meeting_id": meeting.pk}
    assert "1个议题" in refused(Conflict, do.meeting_close, **close)
    hall.decide(meeting)
    closed = do.meeting_close(**close)
    assert (closed.is_quorate, closed.present) == (True, 6)
    assert duties(closed) == {"write"}
    assert not Attendance.objects.filter(left_at__isnull=True).exists()


# -- who may, what is written down ----------------------------------------------------------------------
def test_others_may_not_run_a_meeting(hall: Hall) -> None:
    meeting = hall.ready()
    refused(NotAllowed, hall.call, meeting, by="grid_worker")
    refused(NotAllowed, hall.call, meeting, by="district")
    refused(NotFound, hall.call, meeting, by="worker_b")
    refused(NotFound, hall.call, meeting, by="resident")
    assert hall.call(meeting, by="street").state == "called"


def test_no_name_in_story_notices_or_audit(hall: Hall) -> None:
    meeting = hall.minuted()
    do.objection_make(
        actor=hall.who("worker"), meeting_id=meeting.pk, invitee_id=hall.one(meeting, 3).pk, text="不对"
    )
    rows = [f"{event.note}{event.facts}" for event in meeting.events.all()]
    rows += [str(row.__dict__) for row in AuditRecord.objects.all()]
    rows += [str(one) for one in meeting.invitees.all()]
    assert not [row for row in rows if any(name in row for name in NAMES)]


def test_the_same_request_is_done_once(hall: Hall) -> None:
    meeting = hall.draft()
    said = {"actor": hall.who("worker"), "meeting_id": meeting.pk, "title": "公约", "request_key": "k1"}
    assert do.item_add(**said) == do.item_add(**said)
    assert meeting.items.count() == 1
