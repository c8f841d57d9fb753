"""The hotline's weekly file in the demo: one that was taken, with rows that wait, and one still looked at."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from linli.core.actor import Actor
from linli.core.clock import clock_set
from linli.foundation.imports.incoming import incoming_read
from linli.foundation.imports.mapping import spec_read
from linli.foundation.imports.models import Import
from linli.foundation.imports.services import import_map_set, import_start, import_upload
from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import work_through

HEAD = (
    "工单编号",
    "诉求标题",
    "诉求内容",
    "来电时间",
    "办结时限",
    "办结时间",
    "工单状态",
    "居委会",
    "承办单位",
)
TOPICS = (
    ("楼道灯不亮", "二楼到三楼的楼道灯坏了一周，晚上看不清台阶。", "延吉市政养护队"),
    ("垃圾厢房异味", "垃圾厢房两天没有冲洗，气味很重，门关不上。", "延吉环卫服务所"),
    ("共享单车堵门", "小区北门口共享单车停满，轮椅和童车过不去。", "延吉城管中队"),
    ("树枝压电线", "大树枝条碰到电线，刮风时有火花，希望修剪。", "延吉绿化管理所"),
    ("门禁失灵", "3号楼门禁刷卡没有反应，老人进不了门。", "安心物业延吉服务处"),
)
PLACES = ("敦化路居委会", "控江七村居委会", "友谊新村居委会", "延吉四村居委会", "杨家浜居委会")
ROWS, MISTAKES = 36, 3


def _lines(week: str, end: datetime, rng: random.Random) -> Iterator[list[str]]:
    for number in range(1, ROWS + 1):
        title, text, unit = rng.choice(TOPICS)
        called = end - timedelta(days=rng.uniform(4, 16))
        due, closed = called + timedelta(days=5), called + timedelta(days=rng.uniform(1, 4))
        is_open = number % 6 == 0
        yield [
            f"SH{week[1:3]}{number:04d}",
            title,
            text,
            called.strftime("%Y/%m/%d %H:%M"),
            (end + timedelta(days=number % 5 + 1) if is_open else due).strftime("%Y年%m月%d日"),
            "" if is_open else closed.strftime("%Y-%m-%d %H:%M:%S"),
            "办理中" if is_open else "已办结",
            "五星公寓居委" if number <= MISTAKES else rng.choice(PLACES),
            unit,
        ]


def _uploaded(actor: Actor, week: str, end: datetime) -> Import:
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *_lines(week, end, random.Random(week))])  # noqa: S311 - a story
    file = ContentFile(text.getvalue().encode("gb18030"), name=f"12345工单{week}.csv")
    job = import_upload(actor=actor, target="matters", incoming=incoming_read(file, target_get("matters")))
    spec = spec_read({**job.spec, "fixed": {"source": "12345"}})
    import_map_set(actor=actor, import_id=job.pk, spec=spec, save_as="12345每周工单")
    work_through(job.pk)
    return job


def hotline_build(actor: Actor, end: datetime) -> None:
    """Let the street bring in last week's file, and leave this week's before the last step."""
    clock_set(end - timedelta(hours=3))
    job = _uploaded(actor, "第47周", end)
    import_start(actor=actor, import_id=job.pk)
    work_through(job.pk)
    clock_set(end - timedelta(minutes=20))
    _uploaded(actor, "第48周", end)
