"""Everything that can be done to a body on its page: its form, its service, its words, its icon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import forms, services
from .models import Body

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ActRow:
    """One row: what it is called, what it does, and what is said afterwards."""

    label: Text
    help: Text
    form: type[forms.ActForm]
    service: Callable[..., Any]
    done: Text
    icon: str
    has_version: bool = True


ACTS: dict[str, ActRow] = {
    "join": ActRow(
        _("登记成员"),
        _("登记一位成员的姓名、职务和任职日期"),
        forms.JoinForm,
        services.member_join,
        _("已登记成员。"),
        "user-plus",
    ),
    "met": ActRow(
        _("登记已开会"),
        _("登记一次不在平台上召开的会议；下一次最迟开会的日期随之推后"),
        forms.MetForm,
        services.body_met,
        _("已登记，最迟开会日期已更新。"),
        "messages",
        has_version=False,
    ),
    "term": ActRow(
        _("开始新一届"),
        _("上一届和它的成员到前一天为止，换届提醒随之结束"),
        forms.TermForm,
        services.term_begin,
        _("新一届已开始，请登记当选的成员。"),
        "refresh",
    ),
    "change": ActRow(
        _("修改登记"),
        _("更正名称、成立日期和备注"),
        forms.ChangeForm,
        services.body_change,
        _("已保存。"),
        "pencil",
    ),
    "dissolve": ActRow(
        _("撤销组织"),
        _("成员和届次到这一天为止，待办取消；登记和经过仍可查"),
        forms.DissolveForm,
        services.body_dissolve,
        _("组织已撤销。"),
        "x",
    ),
}
MEMBER_ACTS: dict[str, ActRow] = {
    "post": ActRow(
        _("改任职务"),
        _("改任另一个职务，或更正代表哪里"),
        forms.PostForm,
        services.member_post,
        _("已保存。"),
        "id-badge",
    ),
    "leave": ActRow(
        _("登记离任"),
        _("写明离任的日期和原因；登记仍可查"),
        forms.LeaveForm,
        services.member_leave,
        _("已登记离任。"),
        "user-minus",
    ),
}


def acts_of(body: Body) -> dict[str, ActRow]:
    """Return what can be done to this body: without members no joining, without terms no new one."""
    left_out = set()
    if body.what.everybody:
        left_out |= {"join", "term"}
    if body.what.term_months is None:
        left_out.add("term")
    return {code: row for code, row in ACTS.items() if code not in left_out}
