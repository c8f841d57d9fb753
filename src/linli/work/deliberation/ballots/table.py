"""Everything that moves a ballot on from its page: its form, its service, its words, its icon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.ui.forms import DeskForm

from . import forms
from .models import Ballot, Elector, Objection
from .permissions import can_run_ballot
from .selectors import state_now
from .services import counting, making, rolls
from .standing import held_back
from .words import ICONS
from .workflow import WORKFLOW, State

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ActRow:
    """One row: what it is called, what it does and who is told, and what is said afterwards."""

    label: Text
    help: Text
    form: type[DeskForm]
    service: Callable[..., Any]
    done: Text
    icon: str
    move: str
    is_main: bool = False
    is_versioned: bool = False

    def call(self, *, actor: Actor, ballot: Ballot, form: DeskForm, version: int) -> Any:
        """Call the service with what the form gave."""
        said = dict(form.cleaned_data)
        if self.is_versioned:
            said["version"] = version
        return self.service(actor=actor, ballot_id=ballot.public_id, **said)


ACTS: dict[str, ActRow] = {
    "roll": ActRow(
        _("生成名册"),
        _("从居民登记生成名册；起草时可以重新生成，公告以后只能按异议更正"),
        forms.RollForm,
        rolls.roll_build,
        _("名册已生成，请逐页核对。"),
        ICONS["roll"],
        "edit",
        is_main=True,
    ),
    "announce": ActRow(
        _("公告"),
        _("公布题目、时间和遮盖后的名册，规则从此固定；名册上有账号的人会收到通知"),
        forms.AnnounceForm,
        making.ballot_announce,
        _("已公告，请打印公告和名册张贴。"),
        ICONS["announce"],
        "announce",
        is_main=True,
        is_versioned=True,
    ),
    "freeze": ActRow(
        _("确定名册"),
        _("异议期满、异议处理完以后确定；从此名册不能再改，并生成人人可以核对的摘要"),
        forms.NothingForm,
        rolls.roll_freeze,
        _("名册已确定。"),
        ICONS["freeze"],
        "freeze",
        is_main=True,
        is_versioned=True,
    ),
    "count": ActRow(
        _("计票"),
        _("核对名册摘要和票纸数目，按法律逐项计算；结果立即公布，并进入异议期"),
        forms.NothingForm,
        counting.ballot_count,
        _("已计票，结果已公布。请打印结果公告张贴。"),
        ICONS["count"],
        "count",
        is_main=True,
        is_versioned=True,
    ),
    "settle": ActRow(
        _("确认生效"),
        _("结果异议期满、异议处理完以后确认"),
        forms.NothingForm,
        counting.ballot_settle,
        _("结果已确认生效。"),
        ICONS["settle"],
        "settle",
        is_main=True,
        is_versioned=True,
    ),
    "recount": ActRow(
        _("重新计票"),
        _("撤下结果，从票开始再计一遍；原因会公开"),
        forms.ReasonForm,
        counting.ballot_recount,
        _("结果已撤下，请重新计票。"),
        ICONS["recount"],
        "recount",
    ),
    "cancel": ActRow(
        _("取消表决"),
        _("截止以前可以取消，已投的票不计；原因会公开，名册上有账号的人会收到通知"),
        forms.ReasonForm,
        making.ballot_cancel,
        _("已取消。"),
        ICONS["cancel"],
        "cancel",
        is_versioned=True,
    ),
}


def acts_for(actor: Actor, ballot: Ballot) -> list[str]:
    """Return what this actor may do to the ballot now; first what comes next."""
    if not can_run_ballot(actor, ballot):
        return []
    state = state_now(ballot)
    allowed = [code for code, row in ACTS.items() if WORKFLOW.allows(state, row.move)]
    if state == State.DRAFT:
        is_ready = Elector.objects.filter(ballot=ballot).exists() and not held_back(ballot)
        return ["announce", "roll", "cancel"] if is_ready else ["roll", "cancel"]
    if state == State.COUNTED and _waits(ballot):
        allowed.remove("settle")
    return allowed


def _waits(ballot: Ballot) -> bool:
    if ballot.result_objections_until and clock.today() <= ballot.result_objections_until:
        return True
    rows = Objection.objects.filter(ballot=ballot, about=Objection.About.RESULT)
    return rows.filter(state=Objection.State.OPEN).exists()
