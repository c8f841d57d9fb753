"""A broadcast's states and the moves between them."""

from __future__ import annotations

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a broadcast stands."""

    DRAFT = "draft", _("草稿")
    PENDING = "pending", _("待审批")
    SCHEDULED = "scheduled", _("待发送")
    RUNNING = "running", _("发送中")
    DONE = "done", _("已发完")
    STOPPED = "stopped", _("已叫停")
    CANCELLED = "cancelled", _("已取消")

    @classmethod
    def moving(cls) -> list[State]:
        """The states that the worker looks after."""
        return [cls.SCHEDULED, cls.RUNNING, cls.STOPPED]


S = State
_TABLE: tuple[tuple[str, str, tuple[State, ...], State | None], ...] = (
    ("edit", _("修改"), (S.DRAFT,), None),
    ("try", _("试发"), (S.DRAFT, S.PENDING), None),
    ("submit", _("提交"), (S.DRAFT,), S.SCHEDULED),
    ("ask", _("送审"), (S.DRAFT, S.SCHEDULED), S.PENDING),
    ("approve", _("批准"), (S.PENDING,), S.SCHEDULED),
    ("return", _("退回修改"), (S.PENDING,), S.DRAFT),
    ("cancel", _("取消"), (S.DRAFT, S.PENDING), S.CANCELLED),
    ("begin", _("开始发送"), (S.SCHEDULED,), S.RUNNING),
    ("spread", _("继续发送"), (S.RUNNING,), None),
    ("stop", _("叫停"), (S.SCHEDULED, S.RUNNING), S.STOPPED),
    ("finish", _("结束发送"), (S.RUNNING,), S.DONE),
    ("resend", _("重发"), (S.RUNNING, S.DONE), S.RUNNING),
)
WORKFLOW = Workflow(
    "broadcast",
    {str(value): label for value, label in State.choices},
    [Move(code, label, frozenset(map(str, sources)), target) for code, label, sources, target in _TABLE],
)
