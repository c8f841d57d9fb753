"""The states of a whistle and the moves between them; the table is the room's state diagram."""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a whistle stands; the calls carry who has come."""

    CALLED = "called", _("已吹哨")
    FINISHED = "finished", _("待评价")
    CLOSED = "closed", _("已评价")
    CANCELLED = "cancelled", _("已取消")


S = State


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None = None) -> Move:
    return Move(code, label, frozenset(map(str, sources)), str(target) if target else None)


WORKFLOW = Workflow(
    "whistle",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("check_in", _("报到"), (S.CALLED,)),
        _move("answer", _("写明做了什么"), (S.CALLED,)),
        _move("log", _("记录现场"), (S.CALLED,)),
        _move("lead", _("改由谁牵头"), (S.CALLED,)),
        _move("finish", _("办结"), (S.CALLED,), S.FINISHED),
        _move("cancel", _("取消"), (S.CALLED,), S.CANCELLED),
        _move("rate", _("评价"), (S.FINISHED,)),
        _move("close", _("评价完毕"), (S.FINISHED,), S.CLOSED),
        _move("reply", _("回应评价"), (S.FINISHED, S.CLOSED)),
    ],
)
