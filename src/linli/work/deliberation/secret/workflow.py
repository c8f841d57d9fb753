"""The states of a ballot's key and the moves between them; the table is the part's state diagram."""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a key and what is sealed to it stand."""

    APPOINTED = "appointed", _("待生成密钥")
    KEYED = "keyed", _("待保管人确认")
    READY = "ready", _("密钥已就绪")
    SEALED = "sealed", _("待开票")
    OPENED = "opened", _("已开票")
    DESTROYED = "destroyed", _("已销毁")


S = State


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None = None) -> Move:
    return Move(code, label, frozenset(map(str, sources)), str(target) if target else None)


WORKFLOW = Workflow(
    "secret key",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("appoint", _("指定保管人"), (S.APPOINTED, S.KEYED, S.READY), S.APPOINTED),
        _move("register", _("登记公钥"), (S.APPOINTED,), S.KEYED),
        _move("keep", _("确认收好份额"), (S.KEYED,)),
        _move("ready", _("三人都已确认"), (S.KEYED,), S.READY),
        _move("cast", _("投票"), (S.READY,)),
        _move("close", _("封存"), (S.READY,), S.SEALED),
        _move("hand_out", _("取回加密选票"), (S.READY, S.SEALED, S.OPENED)),
        _move("return", _("送回开票结果"), (S.SEALED, S.OPENED), S.OPENED),
        _move("destroy", _("销毁加密选票"), (S.APPOINTED, S.KEYED, S.READY, S.SEALED, S.OPENED), S.DESTROYED),
        _move("forget", _("确认销毁份额"), (S.DESTROYED,)),
    ],
)
