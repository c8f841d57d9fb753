"""Quick work at the demo's desks: rosters, stock answers, files of the hotline, visitors at the counter."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.core import clock
from linli.foundation.places.selectors import place_resolve
from linli.registers.organizations.models import ShiftKind
from linli.registers.organizations.roster.selectors import own_shifts
from linli.registers.organizations.roster.services import roster_week_set, shift_swap_ask
from linli.work.matters import services as do
from linli.work.matters.models import ClosingBatch, Matter
from linli.work.matters.rules import Origin
from linli.work.matters.selectors import closing_wrong
from linli.work.matters.workflow import State

from .life import Plot, Stage

ROSTERS = {
    "street": ("street.duty", ("street.duty", "street.second")),
    "dunhua": ("dunhua.head", ("dunhua.worker", "dunhua.head")),
    "kongjiang": ("kongjiang.head", ("kongjiang.worker", "kongjiang.head")),
}
# minutes before the end: purpose, what about, name, what came of it
VISITORS = (
    (95, "advice", "问灵活就业医保怎么缴", "刘阿姨", "告知到社区事务受理服务中心办理，带身份证和社保卡。"),
    (80, "errand", "代办老年综合津贴", "周老伯", ""),
    (52, "advice", "问加装电梯要哪些人同意", "", "给了办事指南，约周四晚上来听协商会。"),
    (24, "matter", "楼上空调滴水", "小陈", "serving"),
    (13, "advice", "问居住证续签", "", "waiting"),
    (6, "errand", "代取残疾人证", "王先生", "waiting"),
)
# hours before the end, what the grid worker found, where, whether the committee has taken it in
PATROLS = (
    (50.0, "5号楼东侧消防通道被杂物堵住，推车过不去。", "5号楼东侧", True),
    (27.0, "小区南门人行道地砖松了一片，下雨容易滑倒。", "南门外", True),
    (3.0, "3号楼楼道里停了两辆电动车，正在飞线充电。", "3号楼一层", False),
)
# hours before the end, number, hours until the hotline's limit, words, address
HOTLINE = (
    (
        26.0,
        "SH2026112501",
        46,
        "市民反映和风苑地下车库坏了一排灯，来往车辆看不清。",
        "地下车库入口",
    ),
    (5.0, "SH2026112618", 20, "市民反映和风苑北门外早点摊占道，油烟进屋，多次劝说无效。", "北门外"),
    (1.5, "SH2026112633", 90, "市民建议在和风苑2号楼前增设晾衣架，老人晒被子不方便。", "2号楼前"),
)


def quick_plots(stage: Stage, end: datetime) -> list[Plot]:
    """Return what the desks do beside the life of matters."""
    return [
        _rosters(stage, end),
        _phrases(stage, end),
        _hotline(stage, end),
        _counter(stage, end),
        _patrols(stage, end),
        _closings(stage, end),
    ]


def _closings(stage: Stage, end: datetime) -> Plot:
    """The street closes several together that a colleague looked through; others wait for the colleague."""
    yield end - timedelta(hours=3)
    done = _proposed(stage, 3)
    yield end - timedelta(hours=2)
    if done is not None:
        do.closing_review(
            actor=stage.cast["street.second"],
            batch_id=done.pk,
            is_agreed=True,
            decision="看了办理前后的照片，打了两个电话核实。",
            struck={done.items.latest("id").pk: "照片不是这个门口的"} if done.items.count() > 1 else {},
        )
    yield end - timedelta(minutes=40)
    _proposed(stage, 4)


def _proposed(stage: Stage, most: int) -> ClosingBatch | None:
    actor = stage.cast["street.duty"]
    seen = Matter.objects.visible_to(actor).filter(state=State.HANDLED).select_related("category")
    fit = [matter.pk for matter in seen.order_by("pk") if not closing_wrong(actor, matter)][:most]
    if not fit:
        return None
    return do.closing_propose(
        actor=actor, matter_ids=fit, finding="网格员逐件到现场看过，已经办好，照片附在各件里。"
    )


def _rosters(stage: Stage, end: datetime) -> Plot:
    """This week's roster and the next, and one shift that a colleague is asked to take."""
    yield end - timedelta(days=2)
    monday = end.date() - timedelta(days=end.weekday())
    for key, (head, people) in ROSTERS.items():
        for week in (monday, monday + timedelta(days=7)):
            cells = {
                (week + timedelta(days=day), kind): stage.cast[people[(day + turn) % 2]].person_id
                for day in range(7)
                for turn, kind in enumerate(ShiftKind.values)
            }
            roster_week_set(actor=stage.cast[head], unit=stage.units[key], monday=week, cells=cells)
    worker = stage.cast["dunhua.head"]
    asked = own_shifts(worker)[-1]
    to = stage.cast["dunhua.worker"].person_id or 0
    shift_swap_ask(actor=worker, shift_id=asked.pk, to_person_id=to)


def _phrases(stage: Stage, end: datetime) -> Plot:
    """A street shares, a committee keeps, a worker writes down an answer."""
    yield end - timedelta(days=9)
    rows = (
        (
            "street.duty",
            "shared",
            "decline",
            "12345转来但不属本街",
            "您反映的地点不属本街道，已请热线转派。",
        ),
        ("dunhua.head", "unit", "reply", "约定上门时间", "我们会在{时限}前上门查看{地点}，请保持电话畅通。"),
        (
            "dunhua.worker",
            "own",
            "guide",
            "居民活动室预约",
            "活动室每天9点到20点开放，请提前一天登记。",
        ),
        (
            "unit.property",
            "unit",
            "result",
            "报修已完成",
            "维修师傅已到{地点}处理完毕，编号{编号}。",
        ),
    )
    for who, scope, use, title, text in rows:
        do.phrase_add(actor=stage.cast[who], scope=scope, use=use, title=title, text=text)


def _hotline(stage: Stage, end: datetime) -> Plot:
    """Files of the hotline come in with their own numbers and limits."""
    compound = stage.places[0].compound
    for hours, number, left, text, address in HOTLINE:
        yield (at := end - timedelta(hours=hours))
        do.matter_report(
            actor=stage.cast["dunhua.worker"],
            text=text,
            place=place_resolve(compound=compound),
            address=f"{compound.name}{address}",
            channel="telephone",
            on_behalf=True,
            reporter_phone="13911110000",
            reporter_name="热线市民",
            origin=Origin("12345热线", number, at + timedelta(hours=left)),
            request_key=f"demo-{number}",
        )


def _counter(stage: Stage, end: datetime) -> Plot:
    """Who came to the committee's counter today; the last ones still wait."""
    actor = stage.cast["dunhua.worker"]
    compound = stage.places[0].compound
    for minutes, purpose, topic, name, outcome in VISITORS:
        yield max(end - timedelta(minutes=minutes), clock.local_midnight(end.date()))
        visit = do.visit_add(actor=actor, purpose=purpose, topic=topic, name=name)
        if outcome == "waiting":
            continue
        do.visit_call(actor=actor, visit_id=visit.pk)
        if purpose == "errand":
            matter = do.matter_report(
                actor=actor,
                text=f"{topic}，本人行动不便，由居委代跑。",
                place=place_resolve(compound=compound),
                channel="door",
                on_behalf=True,
                reporter_name=name,
                request_key=f"demo-visit-{visit.number}",
            )
            do.document_receive(actor=actor, matter_id=matter.pk, name="身份证复印件")
            do.visit_finish(actor=actor, visit_id=visit.pk, matter=matter)
        elif outcome != "serving":
            do.visit_finish(actor=actor, visit_id=visit.pk, answer=outcome)


def _patrols(stage: Stage, end: datetime) -> Plot:
    """What the grid worker found on the way; the committee takes in all but the last."""
    for hours, text, address, is_taken in PATROLS:
        yield end - timedelta(hours=hours)
        matter = do.matter_report(
            actor=stage.cast["dunhua.grid"],
            text=text,
            place=place_resolve(compound=stage.places[0].compound),
            address=address,
            channel="patrol",
            is_emergency=False,
        )
        if is_taken:
            do.matter_accept(actor=stage.cast["dunhua.worker"], matter_id=matter.pk, version=matter.version)
