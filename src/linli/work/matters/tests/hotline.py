"""A hotline's weekly file, row by row, and an import of it."""

from collections.abc import Sequence

from linli.foundation.imports.models import Import
from linli.foundation.imports.tests.files import csv_of
from linli.foundation.imports.tests.runs import imported
from linli.work.matters.models import Matter
from tests.people import Cast

HEAD = [
    *("工单编号", "标题", "诉求内容", "来电时间", "办结时限", "办结时间"),
    *("状态", "社区", "承办单位", "诉求人", "联系电话", "类别"),
]
A, B = "桂花第一居委会", "990101001002"


def row(number: str, **cells: str) -> list[str]:
    given = {
        "工单编号": number,
        "标题": f"{number}的路灯不亮",
        "诉求内容": "三号楼门口的路灯不亮，晚上看不见路。",
        "来电时间": "2026-03-02 09:30",
        "状态": "待受理",
        "社区": A,
        **cells,
    }
    return [given.get(name, "") for name in HEAD]


def file_of(*rows: Sequence[str]) -> bytes:
    return csv_of([HEAD, *rows])


MIXED = (
    row("1"),
    row("2", 状态="已受理", 社区=B),
    row("3", 状态="办理中", 承办单位="桂花街道城管中队", 办结时限="2026-03-20"),
    row("4", 状态="办理中", 承办单位="不在这里的单位"),
    row("5", 状态="已办结", 办结时间="2026/3/4 15:00", 办结时限="2026年3月5日", 承办单位="桂花街道城管中队"),
)


def matter(number: str) -> Matter:
    return Matter.objects.get(source="12345", source_number=number)


def brought(cast: Cast, *rows: Sequence[str], by: str = "street") -> Import:
    return imported(cast.actor(by), file_of(*rows), source="12345")
