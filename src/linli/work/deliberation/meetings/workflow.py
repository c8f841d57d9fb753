"""The states of a meeting and the moves between them; the table is the part's state diagram."""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a meeting stands."""

    DRAFT = "draft", _("筹备中")
    CALLED = "called", _("已通知")
    OPEN = "open", _("开会中")
    CLOSED = "closed", _("已散会")
    MINUTED = "minuted", _("纪要待签")
    FILED = "filed", _("已归档")
    CANCELLED = "cancelled", _("已取消")


S = State
LIVE = (S.DRAFT, S.CALLED, S.OPEN)
HELD = (S.CLOSED, S.MINUTED, S.FILED)


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None = None) -> Move:
    return Move(code, label, frozenset(map(str, sources)), str(target) if target else None)


WORKFLOW = Workflow(
    "meeting",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("edit", _("修改"), (S.DRAFT,)),
        _move("add_item", _("增加议题"), LIVE),
        _move("drop_item", _("撤下议题"), (S.DRAFT,)),
        _move("invite", _("增加应到的人"), (S.DRAFT,)),
        _move("invite_guest", _("邀请列席的人"), LIVE),
        _move("mark", _("标明候选人"), LIVE),
        _move("uninvite", _("移出名单"), (S.DRAFT,)),
        _move("call", _("发会议通知"), (S.DRAFT,), S.CALLED),
        _move("tell", _("记下通知到了谁"), (S.CALLED,)),
        _move("attend", _("签到"), (S.CALLED, S.OPEN)),
        _move("leave", _("记下离场"), (S.CALLED, S.OPEN)),
        _move("proxy", _("登记委托"), (S.CALLED, S.OPEN)),
        _move("open", _("宣布开会"), (S.CALLED,), S.OPEN),
        _move("speak", _("安排发言"), (S.OPEN,)),
        _move("decide", _("表决"), (S.OPEN,)),
        _move("close", _("宣布散会"), (S.OPEN,), S.CLOSED),
        _move("adjourn", _("宣布人数不足"), (S.CALLED, S.OPEN), S.CLOSED),
        _move("cancel", _("取消会议"), (S.DRAFT, S.CALLED), S.CANCELLED),
        _move("call_again", _("另行召集"), HELD),
        _move("write", _("写会议纪要"), (S.CLOSED, S.MINUTED), S.MINUTED),
        _move("sign", _("签字"), (S.MINUTED,)),
        _move("object", _("记下异议"), (S.CLOSED, S.MINUTED)),
        _move("answer", _("答复异议"), (S.CLOSED, S.MINUTED)),
        _move("file", _("归档"), (S.MINUTED,), S.FILED),
    ],
)
