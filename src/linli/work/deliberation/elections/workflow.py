"""The states of an election and of a recall, and the moves between them."""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where an election stands."""

    NOMINATING = "nominating", _("提名中")
    LISTED = "listed", _("候选人已公布")
    VOTING = "voting", _("投票选举")
    HELD = "held", _("待移交")
    HANDED = "handed", _("已移交")
    CANCELLED = "cancelled", _("已取消")


class Recalling(models.TextChoices):
    """Where a recall stands."""

    COLLECTING = "collecting", _("附议中")
    VOTING = "voting", _("罢免投票")
    RECALLED = "recalled", _("已罢免")
    KEPT = "kept", _("未通过")
    DROPPED = "dropped", _("已终止")


S, R = State, Recalling


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None = None) -> Move:
    return Move(code, label, frozenset(map(str, sources)), str(target) if target else None)


WORKFLOW = Workflow(
    "election",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("propose", _("提名"), (S.NOMINATING,)),
        _move("settle", _("处理近亲属关系"), (S.NOMINATING,)),
        _move("withdraw", _("退出候选"), (S.NOMINATING, S.LISTED)),
        _move("list", _("公布候选人"), (S.NOMINATING,), S.LISTED),
        _move("round", _("组织投票"), (S.LISTED, S.VOTING), S.VOTING),
        _move("outcome", _("登记结果"), (S.VOTING,)),
        _move("conclude", _("确认选举结束"), (S.VOTING,), S.HELD),
        _move("hand_over", _("登记移交"), (S.HELD,), S.HANDED),
        _move("seat", _("登记当选成员"), (S.HELD, S.HANDED)),
        _move("cancel", _("取消选举"), (S.NOMINATING, S.LISTED, S.VOTING), S.CANCELLED),
    ],
)
RECALL = Workflow(
    "recall",
    {str(value): str(label) for value, label in Recalling.choices},
    [
        _move("support", _("附议"), (R.COLLECTING,)),
        _move("defend", _("登记申辩"), (R.COLLECTING, R.VOTING)),
        _move("vote", _("组织罢免投票"), (R.COLLECTING,), R.VOTING),
        _move("recalled", _("登记罢免"), (R.VOTING,), R.RECALLED),
        _move("kept", _("登记未通过"), (R.VOTING,), R.KEPT),
        _move("drop", _("终止"), (R.COLLECTING, R.VOTING), R.DROPPED),
    ],
)
