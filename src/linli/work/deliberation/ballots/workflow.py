"""The states of a ballot and the moves between them; the table is the part's state diagram.

By the clock a frozen ballot is open from ``opens_at`` on and takes nothing from ``closes_at`` on, whether or
not the job has moved its state yet: what the clock says is ``phase`` in ``rules.py``.
"""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a ballot stands."""

    DRAFT = "draft", _("起草")
    ANNOUNCED = "announced", _("公告中")
    FROZEN = "frozen", _("名册已确定")
    OPEN = "open", _("表决中")
    CLOSED = "closed", _("已截止")
    COUNTED = "counted", _("结果公示中")
    SETTLED = "settled", _("已生效")
    CANCELLED = "cancelled", _("已取消")


S = State
RUNNING = (S.FROZEN, S.OPEN)
ENDED = (S.COUNTED, S.SETTLED)
PUBLIC = (S.ANNOUNCED, S.FROZEN, S.OPEN, S.CLOSED, S.COUNTED, S.SETTLED, S.CANCELLED)


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None = None) -> Move:
    return Move(code, label, frozenset(map(str, sources)), str(target) if target else None)


WORKFLOW = Workflow(
    "ballot",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("edit", _("修改"), (S.DRAFT,)),
        _move("roll", _("生成名册"), (S.DRAFT, S.ANNOUNCED)),
        _move("announce", _("公告"), (S.DRAFT,), S.ANNOUNCED),
        _move("object_roll", _("对名册提出异议"), (S.ANNOUNCED,)),
        _move("rule_roll", _("处理名册异议"), (S.ANNOUNCED,)),
        _move("freeze", _("确定名册"), (S.ANNOUNCED,), S.FROZEN),
        _move("name_voter", _("登记表决人"), (S.DRAFT, S.ANNOUNCED, S.FROZEN, S.OPEN)),
        _move("proxy", _("登记委托"), (S.ANNOUNCED, S.FROZEN, S.OPEN)),
        _move("sheets", _("印制票纸"), (S.FROZEN, S.OPEN)),
        _move("open", _("开始表决"), (S.FROZEN,), S.OPEN),
        _move("cast", _("投票"), (S.FROZEN, S.OPEN)),
        _move("return", _("收回票纸"), (S.FROZEN, S.OPEN)),
        _move("key", _("录入票纸"), (S.FROZEN, S.OPEN, S.CLOSED)),
        _move("box", _("登记票箱"), (S.FROZEN, S.OPEN)),
        _move("count_box", _("清点票箱"), (S.CLOSED,)),
        _move("close", _("截止"), (S.FROZEN, S.OPEN), S.CLOSED),
        _move("reconcile", _("核对票纸"), (S.FROZEN, S.OPEN, S.CLOSED)),
        _move("count", _("计票"), (S.CLOSED,), S.COUNTED),
        _move("object_result", _("对结果提出异议"), (S.COUNTED,)),
        _move("rule_result", _("处理结果异议"), (S.COUNTED,)),
        _move("recount", _("重新计票"), (S.COUNTED,), S.CLOSED),
        _move("settle", _("确认生效"), (S.COUNTED,), S.SETTLED),
        _move("cancel", _("取消"), (S.DRAFT, S.ANNOUNCED, S.FROZEN, S.OPEN), S.CANCELLED),
    ],
)
