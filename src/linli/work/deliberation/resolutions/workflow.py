"""The states of a resolution and the moves between them; the table is the part's state diagram."""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a resolution stands; its tasks carry who has done what."""

    DRAFT = "draft", _("待公布")
    PUBLISHED = "published", _("执行中")
    DONE = "done", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤销")


S = State
LIVE = (S.DRAFT, S.PUBLISHED)


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None = None) -> Move:
    return Move(code, label, frozenset(map(str, sources)), str(target) if target else None)


WORKFLOW = Workflow(
    "resolution",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("add_task", _("增加任务"), LIVE),
        _move("drop_task", _("取消任务"), LIVE),
        _move("publish", _("公布"), (S.DRAFT,), S.PUBLISHED),
        _move("progress", _("写进展"), (S.PUBLISHED,)),
        _move("show_photos", _("公开照片"), (S.PUBLISHED, S.DONE)),
        _move("extend", _("改期限"), (S.PUBLISHED,)),
        _move("matter", _("转为事项"), (S.PUBLISHED,)),
        _move("ask_filing", _("报街镇备案"), (S.PUBLISHED,)),
        _move("receive", _("备案"), (S.PUBLISHED,)),
        _move("return", _("退回备案"), (S.PUBLISHED,)),
        _move("finish", _("办结"), (S.PUBLISHED,), S.DONE),
        _move("withdraw", _("撤销"), LIVE, S.WITHDRAWN),
    ],
)
