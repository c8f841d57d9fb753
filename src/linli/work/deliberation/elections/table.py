"""Every act on an election or a recall in one table: words, form, service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import forms, services

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Act:
    """One row: what it is called, what it does and who is told, its form, its service, its icon."""

    label: Text
    help: Text
    form: type[forms.ActForm]
    service: Callable[..., Any]
    move: str
    icon: str


ACTS: dict[str, Act] = {
    "propose": Act(
        _("党组织提名"),
        _("写明提名的文件；还要登记本人同意"),
        forms.ProposeForm,
        services.candidate_propose,
        "propose",
        "user-plus",
    ),
    "support": Act(
        _("登记联名提名"),
        _("选民在纸上联名的，逐位登记；满十名才算提名"),
        forms.SupportForm,
        services.candidate_support,
        "propose",
        "users",
    ),
    "agree": Act(
        _("登记本人同意"),
        _("本人书面同意参选"),
        forms.OfCandidate,
        services.candidate_agree,
        "propose",
        "check",
    ),
    "declare": Act(
        _("登记近亲属声明"),
        _("候选人书面声明有没有近亲属任职；法律不允许的不能参选"),
        forms.DeclareForm,
        services.candidate_declare,
        "settle",
        "clipboard-check",
    ),
    "settle": Act(
        _("处理近亲属关系"),
        _("登记在同一户的候选人，核实后写明怎样处理"),
        forms.SettleForm,
        services.relation_settle,
        "settle",
        "users-group",
    ),
    "end": Act(
        _("取消候选资格"),
        _("写明原因；名单上会看到"),
        forms.EndForm,
        services.candidate_end,
        "withdraw",
        "user-minus",
    ),
    "publish": Act(
        _("公布候选人"),
        _("没有达到联名人数、没有同意的不列入；公布后不能再提名"),
        forms.PlainForm,
        services.candidates_publish,
        "list",
        "list-check",
    ),
    "round": Act(
        _("组织投票"),
        _("起草这一轮的表决并生成名册；到表决页面核对、公告"),
        forms.RoundForm,
        services.round_open,
        "round",
        "checks",
    ),
    "outcome": Act(
        _("登记结果"),
        _("计票以后登记谁当选、哪些职务要另行选举"),
        forms.PlainForm,
        services.outcome_take,
        "outcome",
        "clipboard-check",
    ),
    "conclude": Act(
        _("确认选举结束"),
        _("结果生效以后；十日内要移交工作"),
        forms.ConcludeForm,
        services.election_conclude,
        "conclude",
        "flag",
    ),
    "hand_over": Act(
        _("登记移交"),
        _("印章、账目、档案、资产、场所"),
        forms.HandOverForm,
        services.handover_record,
        "hand_over",
        "package",
    ),
    "seat": Act(
        _("登记当选成员"),
        _("当选的人进入组织名册，任期和换届提醒随之更新"),
        forms.SeatForm,
        services.elected_seat,
        "seat",
        "user-check",
    ),
    "cancel": Act(
        _("取消选举"),
        _("写明原因，大家都看得到"),
        forms.ReasonForm,
        services.election_cancel,
        "cancel",
        "ban",
    ),
}
RECALL_ACTS: dict[str, Act] = {
    "support": Act(
        _("登记附议"),
        _("选民在纸上附议的，逐位登记"),
        forms.RecallSupportForm,
        services.recall_support,
        "support",
        "users",
    ),
    "defend": Act(
        _("登记申辩"),
        _("本人有权申辩，和理由一起公布"),
        forms.DefenceForm,
        services.recall_defend,
        "defend",
        "message-2",
    ),
    "vote": Act(
        _("组织罢免投票"),
        _("附议达到法定人数以后；到表决页面核对名册、公告"),
        forms.OfRecall,
        services.recall_vote,
        "vote",
        "checks",
    ),
    "conclude": Act(
        _("登记结果"),
        _("计票以后登记是否罢免"),
        forms.OfRecall,
        services.recall_conclude,
        "kept",
        "clipboard-check",
    ),
    "drop": Act(
        _("终止"),
        _("附议不足或本人已辞职，写明原因"),
        forms.RecallReasonForm,
        services.recall_drop,
        "drop",
        "x",
    ),
}
