"""The cast, and meetings of committee A's representatives in every stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.clock import BEIJING
from linli.core.errors import Refusal
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.foundation.places.selectors import Place
from linli.work.deliberation.meetings import services as do
from linli.work.deliberation.meetings.models import AgendaItem, Invitee, Meeting
from linli.work.deliberation.meetings.rules import Arrangement
from linli.work.matters.tests.life import Life, category, year_load
from tests import watching
from tests.people import Cast

WATCHED = ("meetings", "resolutions", "matters", "duties", "notices", "audit", "links")
REPRESENTATIVES, RESIDENTS = "residents_representatives", "residents_meeting"
NAMES = [f"代表{letter}" for letter in "甲乙丙丁戊己庚辛壬癸"]
MEETS_AT = datetime(2026, 3, 24, 14, 0, tzinfo=BEIJING)


@dataclass
class Hall:
    """Meetings of committee A and what is done with them."""

    life: Life

    @property
    def cast(self) -> Cast:
        return self.life.cast

    def who(self, name: str) -> Any:
        return self.life.who(name)

    def arrangement(self, **more: Any) -> Arrangement:
        said = {
            "kind": "representatives",
            "title": "第一次居民代表会议",
            "body": "桂花第一居委会居民代表会议",
            "place": "居委会二楼",
            "starts_at": MEETS_AT,
            "rule_key": REPRESENTATIVES,
            "composition": 9,
            **more,
        }
        return Arrangement(**said)

    def draft(self, by: str = "worker", where: str = "committee_a_place", **more: Any) -> Meeting:
        place = Place(self.cast.places[where], "chosen")
        return do.meeting_draft(actor=self.who(by), where=place, arrangement=self.arrangement(**more))

    def add(self, meeting: Meeting, title: str = "修订居民公约", **more: Any) -> AgendaItem:
        said = {"is_vote_wanted": bool(meeting.rule_key), **more}
        return do.item_add(actor=self.who("worker"), meeting_id=meeting.pk, title=title, **said)

    def people(self, meeting: Meeting, count: int = 9, *, is_member: bool = True) -> Meeting:
        names = "\n".join(f"{name}，{number}号楼" for number, name in enumerate(NAMES[:count], 1))
        return do.invitees_add(
            actor=self.who("worker"), meeting_id=meeting.pk, names=names, is_member=is_member
        )

    def ready(self, people: int = 9, **more: Any) -> Meeting:
        """Return a meeting in preparation with one item to vote on and its list."""
        meeting = self.draft(**more)
        self.add(meeting)
        return self.people(meeting, people)

    def call(self, meeting: Meeting, by: str = "worker", **more: Any) -> Meeting:
        return do.meeting_call(actor=self.who(by), meeting_id=meeting.pk, version=meeting.version, **more)

    def called(self, **more: Any) -> Meeting:
        return self.call(self.ready(**more))

    def one(self, meeting: Meeting, number: int) -> Invitee:
        return meeting.invitees.get(number=number)

    def come(self, meeting: Meeting, *numbers: int, by: str = "worker") -> Meeting:
        ids = list(meeting.invitees.filter(number__in=numbers).values_list("pk", flat=True))
        return do.attendance_take(actor=self.who(by), meeting_id=meeting.pk, invitee_ids=ids)

    def leave(self, meeting: Meeting, *numbers: int) -> Meeting:
        ids = list(meeting.invitees.filter(number__in=numbers).values_list("pk", flat=True))
        return do.attendance_leave(actor=self.who("worker"), meeting_id=meeting.pk, invitee_ids=ids)

    def hour(self, meeting: Meeting) -> None:
        """Let the hour of the meeting come."""
        time.clock_forward(meeting.starts_at - time.now())

    def gathered(self, count: int = 6, **more: Any) -> Meeting:
        """Return a called meeting whose hour has come, so many of nine there."""
        meeting = self.called(**more)
        self.hour(meeting)
        return self.come(meeting, *range(1, count + 1)) if count else meeting

    def begin(self, meeting: Meeting, by: str = "worker") -> Meeting:
        return do.meeting_open(
            actor=self.who(by),
            meeting_id=meeting.pk,
            chair_id=self.one(meeting, 1).pk,
            recorder_id=self.one(meeting, 2).pk,
        )

    def opened(self, count: int = 6, **more: Any) -> Meeting:
        return self.begin(self.gathered(count, **more))

    def decide(self, meeting: Meeting, order: int = 1, **more: Any) -> AgendaItem:
        item = meeting.items.get(order=order)
        said = {"decision": "照此执行", **more}
        if item.is_vote_wanted and "outcome" not in said:
            said = {"yes": 4, "no": 1, "abstain": 1, **said}
        return do.item_decide(actor=self.who("worker"), meeting_id=meeting.pk, item_id=item.pk, **said)

    def closed(self, **more: Any) -> Meeting:
        meeting = self.opened(**more)
        self.decide(meeting)
        return do.meeting_close(actor=self.who("worker"), meeting_id=meeting.pk)

    def lapsed(self) -> Meeting:
        """Return a meeting that was not held: five of nine came, six must."""
        meeting = self.gathered(5)
        return do.meeting_adjourn(actor=self.who("worker"), meeting_id=meeting.pk)

    def minuted(self) -> Meeting:
        meeting = self.closed()
        do.minutes_write(
            actor=self.who("worker"),
            meeting_id=meeting.pk,
            text="大家谈了公约。",
            points="印公约，居委会，2026-04-01",
        )
        return Meeting.objects.get(pk=meeting.pk)

    def sign(self, meeting: Meeting, number: int, part: str) -> Meeting:
        return do.minutes_sign(
            actor=self.who("worker"),
            meeting_id=meeting.pk,
            invitee_id=self.one(meeting, number).pk,
            part=part,
        )


def duties(meeting: Meeting) -> set[str]:
    rows = Duty.objects.filter(room="meetings", subject_id=str(meeting.public_id), state="open")
    return set(rows.values_list("action", flat=True))


def told(meeting: Meeting, person: Any) -> list[str]:
    rows = Notice.objects.filter(person=person, url__contains=str(meeting.public_id)).order_by("id")
    return [kind.removeprefix("meeting.") for kind in rows.values_list("kind", flat=True)]


@pytest.fixture
def hall(cast: Cast, clock: Any) -> Hall:
    """Return who meets, on a Tuesday morning two weeks before."""
    year_load()
    category("facility")
    return Hall(Life(cast))


def tables_digest() -> str:
    """Return a digest of every row that a meeting may touch."""
    return watching.tables_digest(*WATCHED)


def refused(refusal: type[Refusal], act: Callable[..., object], *args: object, **more: object) -> str:
    """Return what a refusal says, having made sure that it changed nothing."""
    before = tables_digest()
    with pytest.raises(refusal) as caught:
        act(*args, **more)
    assert tables_digest() == before, "a refusal changed something"
    return f"{caught.value.message}{caught.value.hint}{caught.value.details}"
