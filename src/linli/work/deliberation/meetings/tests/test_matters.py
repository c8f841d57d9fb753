"""A matter becomes an item of a meeting, and comes back with the decision."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.foundation.links.models import Link
from linli.foundation.notices.models import Notice
from linli.work.deliberation.meetings import services as do
from linli.work.deliberation.meetings.models import AgendaItem, Meeting
from linli.work.matters import services as matters
from linli.work.matters.models import Matter

from .conftest import MEETS_AT, Hall, refused

pytestmark = pytest.mark.django_db


def minor(hall: Hall) -> Matter:
    """Return a matter of the resident's that was sorted as 小事."""
    matter = hall.life.to_accepted()
    said = {"affair_class": "minor", "reason": "邻里共用"}
    return matters.matter_sort(actor=hall.who("worker"), **hall.life.on(matter), **said)


def put(hall: Hall, meeting: Meeting, matter: Matter, by: str = "worker", **more: Any) -> AgendaItem:
    said = {"title": "楼道堆物怎么办", "is_vote_wanted": True, **more}
    return do.matter_to_item(
        actor=hall.who(by),
        matter_id=matter.public_id,
        meeting_id=meeting.pk,
        **{"version": matter.version, **said},
    )


def on_the_agenda(hall: Hall) -> tuple[Meeting, Matter]:
    meeting, matter = hall.people(hall.draft()), minor(hall)
    put(hall, meeting, matter)
    matter.refresh_from_db()
    return Meeting.objects.get(pk=meeting.pk), matter


def held(hall: Hall) -> tuple[Meeting, Matter]:
    meeting, matter = on_the_agenda(hall)
    hall.call(meeting)
    hall.hour(meeting)
    hall.come(meeting, *range(1, 7))
    return hall.begin(meeting), matter


def test_a_matter_waits_for_the_meeting(hall: Hall) -> None:
    meeting, matter = on_the_agenda(hall)
    assert matter.state == "discussing"
    story = matter.events.latest("pk")
    assert "第一次居民代表会议" in story.note
    assert "居委会二楼" in story.note
    assert "deliberation:" not in story.note
    link = Link.objects.get(from_room="matters", from_id=str(matter.public_id))
    assert (link.to_room, link.to_id) == ("meetings", str(meeting.public_id))
    assert Notice.objects.filter(person=hall.cast.person("resident"), kind="matter.discussion_start").exists()


def test_what_cannot_be_talked_over(hall: Hall) -> None:
    meeting = hall.draft()
    unsorted = hall.life.to_accepted()
    refused(InvalidInput, put, hall, meeting, unsorted)
    matter = minor(hall)
    refused(StaleVersion, put, hall, meeting, matter, version=1)
    refused(NotFound, put, hall, meeting, matter, by="worker_b")
    refused(NotFound, put, hall, meeting, matter, by="resident")
    refused(NotAllowed, put, hall, meeting, matter, by="district")
    matters.matter_protect(actor=hall.who("worker"), matter_id=matter.pk, reason="涉及隐私")
    matter.refresh_from_db()
    assert "隐私" in refused(Conflict, put, hall, meeting, matter)


def test_one_matter_is_on_one_agenda(hall: Hall) -> None:
    _meeting, matter = on_the_agenda(hall)
    other = hall.draft(title="另一次")
    assert "已经是" in refused(Conflict, put, hall, other, matter)


def test_passed_with_a_unit_goes_to_that_unit(hall: Hall) -> None:
    meeting, matter = held(hall)
    unit = hall.cast.units["wuye"]
    item = hall.decide(meeting, decision="物业三天内清理", unit=unit)
    matter.refresh_from_db()
    assert (item.outcome, matter.state) == ("passed", "handling")
    lead = matter.assignments.get(unit=unit)
    assert "物业三天内清理" in lead.instruction


def test_passed_without_a_unit_is_verified(hall: Hall) -> None:
    meeting, matter = held(hall)
    hall.decide(meeting, decision="各家自己清")
    matter.refresh_from_db()
    assert matter.state == "handled"
    assert "各家自己清" in matter.events.latest("pk").note


def test_failed_goes_back_to_sorting_with_why(hall: Hall) -> None:
    meeting, matter = held(hall)
    assert "没有通过" in refused(
        InvalidInput, hall.decide, meeting, yes=1, no=5, abstain=0, unit=hall.cast.units["wuye"]
    )
    hall.decide(meeting, yes=1, no=5, abstain=0, decision="多数不同意")
    matter.refresh_from_db()
    assert matter.state == "accepted"
    assert "多数不同意" in matter.events.latest("pk").note


def test_put_off_it_waits_for_the_next_meeting(hall: Hall) -> None:
    meeting, matter = held(hall)
    hall.leave(meeting, 6)
    do.meeting_adjourn(actor=hall.who("worker"), meeting_id=meeting.pk)
    matter.refresh_from_db()
    assert matter.state == "discussing"
    new = do.meeting_call_again(
        actor=hall.who("worker"), meeting_id=meeting.pk, starts_at=MEETS_AT + timedelta(days=14)
    )
    assert new.items.get().matter == matter


def test_dropped_or_cancelled_it_goes_back(hall: Hall) -> None:
    meeting, matter = on_the_agenda(hall)
    do.item_drop(actor=hall.who("worker"), meeting_id=meeting.pk, item_id=meeting.items.get().pk)
    matter.refresh_from_db()
    assert (matter.state, Link.objects.count()) == ("accepted", 0)
    put(hall, meeting, matter)
    do.meeting_cancel(actor=hall.who("worker"), meeting_id=meeting.pk, reason="台风")
    matter.refresh_from_db()
    assert matter.state == "accepted"
    assert "台风" in matter.events.latest("pk").note


def test_one_that_moved_on_meanwhile_is_let_be(hall: Hall) -> None:
    meeting, matter = held(hall)
    matters.matter_discussion_end(actor=hall.who("worker"), **hall.life.on(matter), reason="已由物业先行处理")
    hall.decide(meeting)
    matter.refresh_from_db()
    assert matter.state == "accepted"


# -- the button in the portal --------------------------------------------------------------
def test_the_button_stands_on_a_minor_matter(hall: Hall) -> None:
    matter, meeting = minor(hall), hall.draft()
    client = hall.cast.client("worker")
    record = reverse("matters:record", args=[matter.public_id])
    page = reverse("portal:to_meeting", args=[matter.public_id])
    assert page in client.get(record).content.decode()
    text = client.get(page).content.decode()
    assert meeting.title in text
    sent = {"meeting": str(meeting.public_id), "title": " ", "version": matter.version}
    assert client.post(page, sent).status_code == 422
    answer = client.post(page, {**sent, "title": "楼道堆物"}, follow=True)
    assert "已列入议程" in answer.content.decode()
    assert meeting.items.get().matter == matter
    text = client.get(record).content.decode()
    assert page not in text
    assert reverse("meetings:record", args=[meeting.public_id]) in text
    assert client.get(page).status_code == 409


def test_the_button_is_not_for_everybody(hall: Hall) -> None:
    matter = minor(hall)
    page = reverse("portal:to_meeting", args=[matter.public_id])
    assert hall.cast.client("district").get(page).status_code == 403
    assert hall.cast.client("worker_b").get(page).status_code == 404
    text = hall.cast.client("worker").get(page).content.decode()
    assert "没有正在筹备的会议" in text


def test_who_is_only_asked_to_the_meeting_reads_the_number_without_a_link(hall: Hall) -> None:
    meeting, matter = on_the_agenda(hall)
    do.staff_invite(actor=hall.who("worker"), meeting_id=meeting.pk, units=[hall.cast.units["chengguan"]])
    hall.call(Meeting.objects.get(pk=meeting.pk))
    page = reverse("meetings:record", args=[meeting.public_id])
    link = reverse("matters:record", args=[matter.public_id])
    for who, may in (("worker", True), ("department", False)):
        client = hall.cast.client(who)
        text = client.get(page).content.decode()
        assert matter.number in text
        assert (link in text, client.get(link).status_code == 200) == (may, may), who
