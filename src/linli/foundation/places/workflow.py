"""The states of a division change and what leads from one to the next."""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class ChangeState(models.TextChoices):
    """Where a division change stands."""

    PLANNED = "planned", _("待确认")
    CONFIRMED = "confirmed", _("待生效")
    MOVING = "moving", _("迁移中")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")


_WAITING = frozenset({ChangeState.PLANNED.value, ChangeState.CONFIRMED.value})
CHANGE = Workflow(
    "division_change",
    {value: str(label) for value, label in ChangeState.choices},
    [
        Move("confirm", _("确认"), frozenset({ChangeState.PLANNED.value}), ChangeState.CONFIRMED),
        Move("cancel", _("取消"), _WAITING, ChangeState.CANCELLED),
        Move("apply", _("生效"), frozenset({ChangeState.CONFIRMED.value}), ChangeState.MOVING),
        Move("finish", _("完成"), frozenset({ChangeState.MOVING.value}), ChangeState.DONE),
    ],
)
