"""A meeting of a registered body: its members are asked, and the body has met."""

from datetime import timedelta

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput
from linli.foundation.places.selectors import Place
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.services import MemberEntry, body_found, member_join
from linli.work.deliberation.meetings import services as do
from linli.work.deliberation.meetings.models import Meeting

from .conftest import NAMES, Hall, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def organ(hall: Hall) -> Body:
    """The representatives' meeting of committee A with three members, in the register since today."""
    worker, where = hall.who("worker"), Place(hall.cast.places["committee_a_place"], "chosen")
    body = body_found(
        actor=worker,
        kind="residents_representatives",
        name="桂花第一居委会居民代表会议",
        where=where,
        founded_on=time.today(),
    )
    for name in NAMES[:3]:
        entry = MemberEntry(post="representative", name=name)
        member_join(actor=worker, body_id=body.pk, entry=entry, from_on=time.today())
    return body


def drafted(hall: Hall, organ: Body) -> Meeting:
    return hall.draft(organ_id=organ.pk, body="", composition=None)


def test_name_and_number_come_from_the_register(hall: Hall, organ: Body) -> None:
    meeting = drafted(hall, organ)
    assert (meeting.body, meeting.composition, meeting.organ) == (organ.name, 3, organ)
    refused(InvalidInput, hall.draft, organ_id=organ.pk + 100)


def test_members_are_asked_once(hall: Hall, organ: Body) -> None:
    meeting = drafted(hall, organ)
    invite = {"actor": hall.who("worker"), "meeting_id": meeting.pk}
    do.members_invite(**invite)
    assert [one.name for one in meeting.invitees.all()] == NAMES[:3]
    assert all(one.part for one in meeting.invitees.all())
    refused(Conflict, do.members_invite, **invite)
    plain = hall.draft()
    assert "没有选择" in refused(Conflict, do.members_invite, actor=hall.who("worker"), meeting_id=plain.pk)


def test_a_meeting_that_was_held_is_a_sitting_of_its_body(hall: Hall, organ: Body) -> None:
    meeting = drafted(hall, organ)
    hall.add(meeting)
    do.members_invite(actor=hall.who("worker"), meeting_id=meeting.pk)
    hall.call(Meeting.objects.get(pk=meeting.pk))
    hall.hour(meeting)
    hall.come(meeting, 1)
    do.meeting_adjourn(actor=hall.who("worker"), meeting_id=meeting.pk)
    assert not organ.sittings.exists()  # nobody met
    new = do.meeting_call_again(
        actor=hall.who("worker"), meeting_id=meeting.pk, starts_at=time.now() + timedelta(days=10)
    )
    assert new.organ == organ
    hall.call(new)
    hall.hour(new)
    hall.come(new, 1, 2, 3)
    hall.begin(new)
    hall.decide(new, yes=3, no=0, abstain=0)
    do.meeting_close(actor=hall.who("worker"), meeting_id=new.pk)
    sitting = organ.sittings.get()
    assert (sitting.meeting, sitting.on) == (new.public_id, time.today())


def test_the_pages_offer_the_register(hall: Hall, organ: Body) -> None:
    client = hall.cast.client("worker")
    form = client.get(f"{reverse('meetings:new')}?organ={organ.public_id}").content.decode()
    assert f'value="{organ.public_id}" selected' in form
    meeting = drafted(hall, organ)
    record = reverse("meetings:record", args=[meeting.public_id])
    assert "按名册增加" in client.get(record).content.decode()
    answer = client.post(reverse("meetings:act", args=[meeting.public_id, "members"]), follow=True)
    assert "已按名册增加" in answer.content.decode()
    plain = hall.draft()
    assert "按名册增加" not in client.get(reverse("meetings:record", args=[plain.public_id])).content.decode()
