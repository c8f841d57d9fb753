"""Meetings of the demo: one held and filed, one that lacked its quorum and is called again, one that runs,
one in preparation with a matter on its agenda."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from linli.core.clock import now as clock_now
from linli.foundation.places.selectors import place_resolve
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.meetings import services as do
from linli.work.deliberation.meetings.models import Meeting, Part
from linli.work.deliberation.meetings.rules import Arrangement
from linli.work.deliberation.resolutions import services as resolve
from linli.work.matters import services as matters

from . import scenes as scene
from .cast import COMMITTEES
from .life import Plot, Scene, Stage, at_hour, begun_before
from .photos import upload
from .scenes import Story

REPRESENTATIVES = "residents_representatives"
BODY = "敦化路居委会居民代表会议"
NAMES = (
    "郭文英，1号楼代表\n马建国，2号楼代表\n宋丽华，3号楼代表\n唐志强，4号楼代表\n冯玉兰，5号楼代表\n邓国庆，6号楼代表\n"
    "曹桂芳，7号楼代表\n彭卫东，8号楼代表\n曾秀珍，敦睦里代表\n肖海涛，敦睦里代表\n田美玲，商户代表\n董长林，楼组长"
)
RUNNING_FOR = timedelta(minutes=20)  # at least, when the demo is built
SCREEN = "居委会二楼会议室"


def councils(stage: Stage, end: datetime) -> Iterator[Plot]:
    """Return the plots, each begun so long before the end that its state is found on the last day."""
    yield _filed(stage, at_hour(end - timedelta(days=24), 10))
    yield _lapsed(stage, at_hour(end - timedelta(days=17), 10))
    yield _running(stage, at_hour(end - timedelta(days=6), 9), end)
    yield _preparing(stage, at_hour(end - timedelta(days=2), 10))


def _called(stage: Stage, title: str, starts_at: datetime, items: list[tuple[str, str, bool]]) -> Meeting:
    """Draft a meeting of the representatives with its agenda and list, and call it."""
    meeting = _drafted(stage, title, starts_at)
    worker = stage.cast["dunhua.worker"]
    for name, text, is_vote in items:
        do.item_add(actor=worker, meeting_id=meeting.pk, title=name, text=text, is_vote_wanted=is_vote)
    do.invitees_add(actor=worker, meeting_id=meeting.pk, names=NAMES, is_member=True)
    do.staff_invite(actor=worker, meeting_id=meeting.pk, units=[stage.units["unit.property"]])
    return do.meeting_call(actor=worker, meeting_id=meeting.pk, version=_version(meeting))


def _drafted(stage: Stage, title: str, starts_at: datetime, organ: Body | None = None) -> Meeting:
    return do.meeting_draft(
        actor=stage.cast["dunhua.worker"],
        where=place_resolve(compound=stage.places[0].compound),
        arrangement=Arrangement(
            kind="representatives",
            title=title,
            body=BODY,
            place=SCREEN,
            starts_at=starts_at,
            rule_key=REPRESENTATIVES,
            composition=None if organ else 12,
            organ_id=organ.pk if organ else None,
        ),
    )


def _version(meeting: Meeting) -> int:
    return Meeting.objects.values_list("version", flat=True).get(pk=meeting.pk)


def _told(stage: Stage, meeting: Meeting) -> None:
    """The grid worker goes from door to door with the invitations; one resident shows theirs here."""
    ids = list(meeting.invitees.filter(told_at__isnull=True).values_list("pk", flat=True))
    grid = stage.cast["dunhua.grid"]
    do.invitees_tell(actor=grid, meeting_id=meeting.pk, invitee_ids=ids, how="door")
    code = meeting.invitees.values_list("code", flat=True).get(number=1)
    do.invitation_claim(actor=stage.cast["resident.00"], meeting=meeting, code=code)


def _come(stage: Stage, meeting: Meeting, *numbers: int) -> None:
    ids = list(meeting.invitees.filter(number__in=numbers).values_list("pk", flat=True))
    do.attendance_take(actor=stage.cast["dunhua.grid"], meeting_id=meeting.pk, invitee_ids=ids)


def _opened(stage: Stage, meeting: Meeting) -> None:
    keys = dict(meeting.invitees.values_list("number", "pk"))
    worker = stage.cast["dunhua.worker"]
    do.meeting_open(actor=worker, meeting_id=meeting.pk, chair_id=keys[1], recorder_id=keys[2])


def _filed(stage: Stage, at: datetime) -> Plot:
    """Held with eleven of twelve: one item passed, one failed, one heard; minutes signed and filed."""
    yield at
    items = [
        ("修订居民公约：楼道不停电瓶车", "草案已张贴十天，收到意见六条，采纳四条。", True),
        ("和风苑北门夜间关闭", "晚上十一点到早上五点关闭，请大家表决。", True),
        ("通报上半年居务公开情况", "", False),
    ]
    meeting = _called(stage, "本年第三次居民代表会议", at_hour(at + timedelta(days=6), 14), items)
    yield at + timedelta(days=1)
    _told(stage, meeting)
    yield meeting.starts_at + timedelta(minutes=5)
    _come(stage, meeting, *range(1, 12), 13)
    _opened(stage, meeting)
    yield from _decided(stage, meeting)
    worker = stage.cast["dunhua.worker"]
    do.meeting_close(actor=worker, meeting_id=meeting.pk)
    yield (then := meeting.starts_at + timedelta(days=1))
    do.minutes_write(
        actor=worker,
        meeting_id=meeting.pk,
        text="大家都同意楼道不停电瓶车，担心没有地方充电，请物业先把充电棚建好。北门关闭，夜班的居民不方便，多数不赞成。",
        points="选充电棚的位置，安心物业延吉服务处，" + f"{then.date() + timedelta(days=20)}",
    )
    keys = dict(meeting.invitees.values_list("number", "pk"))
    for number, part in ((1, Part.CHAIR), (2, Part.RECORDER), (5, Part.MEMBER)):
        do.minutes_sign(actor=worker, meeting_id=meeting.pk, invitee_id=keys[number], part=part)
    yield then + timedelta(days=1)
    do.meeting_file(actor=worker, meeting_id=meeting.pk)
    yield from _resolved(stage, meeting, then + timedelta(days=1, hours=2))


def _resolved(stage: Stage, meeting: Meeting, at: datetime) -> Scene:
    """What passed becomes a resolution: one task done, one late with money left, filed with the street."""
    yield at
    worker = stage.cast["dunhua.worker"]
    item = meeting.items.order_by("order")[0]
    made = resolve.resolution_from_item(actor=worker, item_id=item.pk, title="楼道不停电瓶车")
    common = {"actor": worker, "resolution_id": made.pk}
    property_company = stage.units["unit.property"]
    shed = resolve.task_add(
        **common,
        text="建两处充电棚，十六个车位",
        unit=property_company,
        due_on=at.date() + timedelta(days=9),
        fen=3_200_000,
        fund="公共收益",
        helper="楼组长董长林",
    )
    poster = resolve.task_add(
        **common, text="印发、张贴新公约", unit=stage.units["dunhua"], due_on=at.date() + timedelta(days=5)
    )
    resolve.resolution_publish(**common)
    resolve.filing_ask(**common)
    yield (at := at + timedelta(days=1))
    resolve.filing_receive(
        actor=stage.cast["street.second"], resolution_id=made.pk, number="延街备〔2026〕18号"
    )
    resolve.task_progress(
        **common, task_id=poster.pk, note="各楼道已张贴。", public_note="新公约已贴到各楼道。", is_end=True
    )
    yield (at := at + timedelta(days=4))
    photos = upload(stage, stage.cast["unit.property"], ["parking"])
    resolve.task_progress(
        actor=stage.cast["unit.property"],
        resolution_id=made.pk,
        task_id=shed.pk,
        note="北侧一处已完工，南侧等电力接线。",
        public_note="北侧充电棚可以用了，南侧在等接电。",
        fen=1_750_000,
        photos=photos,
    )
    blurred = {str(photo.public_id): {"boxes": [[0.35, 0.6, 0.35, 0.2]]} for photo in photos}
    resolve.task_photos_publish(
        **common, task_id=shed.pk, photos=photos, redactions=blurred, are_photos_checked=True
    )
    return at


def _decided(stage: Stage, meeting: Meeting) -> Scene:
    worker = stage.cast["dunhua.worker"]
    first, second, third = meeting.items.order_by("order")
    keys = dict(meeting.invitees.values_list("number", "pk"))
    for number in (3, 8):
        do.speaker_add(
            actor=worker, meeting_id=meeting.pk, item_id=first.pk, invitee_id=keys[number], minutes=3
        )
        do.speaker_next(actor=worker, meeting_id=meeting.pk, item_id=first.pk)
    yield (at := clock_now() + timedelta(minutes=40))
    vote = {"actor": worker, "meeting_id": meeting.pk}
    words = "通过。公约张贴后施行，电瓶车停进充电棚。"
    do.item_decide(**vote, item_id=first.pk, yes=9, no=1, abstain=1, decision=words)
    do.item_decide(**vote, item_id=second.pk, yes=4, no=6, abstain=1, decision="不关闭，请保安夜间多巡逻。")
    do.item_decide(**vote, item_id=third.pk, outcome="heard", decision="大家没有意见。")
    return at


def _lapsed(stage: Stage, at: datetime) -> Plot:
    """Five of twelve come, eight must: not held, called again for next week."""
    yield at
    items = [("使用公共收益修缮凉亭", "预算三万二千元，三家报价附后。", True)]
    meeting = _called(stage, "本年第四次居民代表会议", at_hour(at + timedelta(days=8), 19), items)
    yield at + timedelta(days=1)
    _told(stage, meeting)
    yield meeting.starts_at + timedelta(minutes=30)
    _come(stage, meeting, 2, 3, 5, 9, 12)
    worker = stage.cast["dunhua.worker"]
    do.meeting_adjourn(actor=worker, meeting_id=meeting.pk, note="当晚暴雨，多数代表没有到。")
    yield (then := meeting.starts_at + timedelta(days=2))
    again = at_hour(then + timedelta(days=12), 14)
    new = do.meeting_call_again(
        actor=worker, meeting_id=meeting.pk, starts_at=again, about="上次人数不足，这次改在周末下午。"
    )
    yield then + timedelta(days=1)
    do.meeting_call(actor=worker, meeting_id=new.pk, version=_version(new))
    _told_again(stage, new)


def _told_again(stage: Stage, meeting: Meeting) -> None:
    rows = meeting.invitees.filter(told_at__isnull=True, number__lte=8)
    ids = list(rows.values_list("pk", flat=True))
    do.invitees_tell(actor=stage.cast["dunhua.grid"], meeting_id=meeting.pk, invitee_ids=ids, how="phone")


def _running(stage: Stage, at: datetime, end: datetime) -> Plot:
    """A council that runs now: whom it was told, who is there, who speaks."""
    yield at
    items = [
        ("增设晾衣架", "花坛东侧装六组，费用从公共收益出。", True),
        ("整治飞线充电", "请物业介绍进度。", False),
    ]
    meeting = _called(stage, "楼组长和代表议事会", begun_before(end, RUNNING_FOR), items)
    yield at + timedelta(hours=5)
    _told(stage, meeting)
    yield meeting.starts_at
    _come(stage, meeting, 1, 2, 3, 4, 5, 6, 8, 9, 10, 13)
    _opened(stage, meeting)
    item = meeting.items.order_by("order")[0]
    keys = dict(meeting.invitees.values_list("number", "pk"))
    worker = stage.cast["dunhua.worker"]
    for number in (4, 6, 9):
        do.speaker_add(
            actor=worker, meeting_id=meeting.pk, item_id=item.pk, invitee_id=keys[number], minutes=3
        )
    yield meeting.starts_at + timedelta(minutes=10)
    do.speaker_next(actor=worker, meeting_id=meeting.pk, item_id=item.pk)


def _preparing(stage: Stage, at: datetime) -> Plot:
    """A meeting in preparation, with a resident's matter on its agenda."""
    story = Story(stage, stage.places[0], "parking", stage.cast["resident.00"], "unit.property")
    yield at - timedelta(days=2)
    scene.report(story)
    yield (then := stage.hours.office(at - timedelta(days=1), 0.1, 1))
    matters.matter_accept(actor=story.worker, **story.now)
    matters.matter_sort(
        actor=story.worker,
        **story.now,
        affair_class="minor",
        reason="小区公共停车，需要邻里商量。",
        category=stage.categories["parking"],
    )
    yield max(at, then)
    organ = Body.objects.get(kind=REPRESENTATIVES, place_code=COMMITTEES["dunhua"])
    meeting = _drafted(stage, "下月居民代表会议", at_hour(at + timedelta(days=16), 14), organ)
    worker = stage.cast["dunhua.worker"]
    do.members_invite(actor=worker, meeting_id=meeting.pk)
    do.matter_to_item(
        actor=worker,
        matter_id=story.matter.public_id,
        version=story.matter.version,
        meeting_id=meeting.pk,
        title="和风苑停车怎么排",
        text="车位少、车多，请大家商量分时停放的办法。",
        is_vote_wanted=True,
    )
