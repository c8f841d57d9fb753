"""Everything that can be done to a meeting by a form of its own: form, service, words, icon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.foundation.ui.forms import DeskForm

from . import forms, peopleforms, services
from .models import Meeting
from .permissions import can_override_notice

Text = str | Promise
IDS = {"chair": "chair_id", "recorder": "recorder_id", "giver": "giver_id", "holder": "holder_id"}


@dataclass(frozen=True, slots=True)
class ActRow:
    """One row: what it is called, what it does and who is told, and what is said afterwards.

    ``move`` is the entry of the workflow that offers it; several rows may stand behind one move.
    """

    label: Text
    help: Text
    form: type[DeskForm]
    service: Callable[..., Any]
    done: Text
    icon: str
    move: str
    knows_meeting: bool = True
    knows_override: bool = False
    is_main: bool = False
    draft: bool = False
    knows_actor: bool = False

    def build(self, typed: Any, meeting: Meeting, actor: Actor, initial: Any = None) -> DeskForm:
        """Return the form, empty or as it was typed."""
        more: dict[str, Any] = {"meeting": meeting} if self.knows_meeting else {}
        if self.knows_actor:
            more["actor"] = actor
        if self.knows_override:
            more["may_override"] = can_override_notice(actor, meeting)
        return self.form(typed, initial=initial, **more)

    def call(self, *, actor: Actor, meeting: Meeting, form: DeskForm, key: str) -> Any:
        """Call the service with what the form gave; the key makes a double press one act."""
        said = form.said() if hasattr(form, "said") else dict(form.cleaned_data)
        for name in [*IDS, "invitee"]:
            if name in said:
                chosen = said.pop(name)
                said[IDS.get(name, f"{name}_id")] = chosen.pk
        return self.service(actor=actor, meeting_id=meeting.pk, request_key=key, **said)


ACTS: dict[str, ActRow] = {
    "call": ActRow(
        _("发会议通知"),
        _("名单上有账号的人马上收到通知；发出后议程和成员不再改动"),
        forms.CallForm,
        services.meeting_call,
        _("会议通知已发出。没有账号的人，请打印请柬、打电话或上门通知，并记下来。"),
        "send",
        "call",
        knows_override=True,
        is_main=True,
    ),
    "open": ActRow(
        _("宣布开会"),
        _("到会人数达到法定人数才能开会"),
        forms.OpenForm,
        services.meeting_open,
        _("会议开始。"),
        "messages",
        "open",
        is_main=True,
    ),
    "close": ActRow(
        _("宣布散会"),
        _("每个议题都有了结果；之后写会议纪要"),
        forms.NothingForm,
        services.meeting_close,
        _("已散会，请写会议纪要。"),
        "check",
        "close",
        knows_meeting=False,
        is_main=True,
    ),
    "call_again": ActRow(
        _("另行召集"),
        _("没有结果的议题和原来的名单转到新的会议，再发一次通知"),
        forms.AgainForm,
        services.meeting_call_again,
        _("新的会议已建好，核对后发会议通知。"),
        "refresh",
        "call_again",
        is_main=True,
    ),
    "write": ActRow(
        _("写会议纪要"),
        _("写定一版就不再改动；再写是新的一版，要重新签字"),
        forms.MinutesForm,
        services.minutes_write,
        _("纪要已写定，请打印后由主持人、记录人签字。"),
        "note",
        "write",
        is_main=True,
        draft=True,
    ),
    "file": ActRow(
        _("归档"),
        _("主持人、记录人都已签字，异议都已答复；归档后不再改动"),
        forms.NothingForm,
        services.meeting_file,
        _("已归档。"),
        "folder",
        "file",
        knows_meeting=False,
    ),
    "edit": ActRow(
        _("修改安排"),
        _("时间、地点、依据的规则"),
        forms.EditForm,
        services.meeting_edit,
        _("已修改。"),
        "pencil",
        "edit",
        knows_actor=True,
    ),
    "add_item": ActRow(
        _("增加议题"),
        _("通知发出以后，只能增加不表决的议题"),
        forms.ItemForm,
        services.item_add,
        _("议题已增加。"),
        "list",
        "add_item",
    ),
    "invite": ActRow(
        _("增加名单"),
        _("一行一个人；成员计入到会人数，列席的人可以发言"),
        peopleforms.PeopleForm,
        services.invitees_add,
        _("名单已增加。"),
        "users",
        "invite_guest",
    ),
    "members": ActRow(
        _("按名册增加成员"),
        _("把这个组织名册上的成员放进名单；有账号的人会收到站内通知"),
        forms.NothingForm,
        services.members_invite,
        _("已按名册增加。"),
        "users",
        "invite",
        knows_meeting=False,
    ),
    "staff": ActRow(
        _("邀请单位"),
        _("单位里有账号的人会收到通知，可以在工作台看到这次会议"),
        peopleforms.UnitsForm,
        services.staff_invite,
        _("已加入名单。"),
        "building",
        "invite_guest",
    ),
    "candidates": ActRow(
        _("标明候选人"),
        _("名单上谁是这次选举的候选人；候选人不能接受委托"),
        peopleforms.CandidatesForm,
        services.candidates_mark,
        _("候选人已标明。"),
        "user-check",
        "mark",
    ),
    "proxy": ActRow(
        _("登记委托"),
        _("按会议依据的规则：最多受几个人委托、候选人能不能受托"),
        peopleforms.ProxyForm,
        services.proxy_give,
        _("委托已登记。"),
        "users",
        "proxy",
    ),
    "adjourn": ActRow(
        _("人数不足，不举行"),
        _("没有结果的议题改到下次会议；名单上有账号的人会收到通知"),
        forms.NoteForm,
        services.meeting_adjourn,
        _("已记下人数不足。请另行召集。"),
        "clock",
        "adjourn",
        knows_meeting=False,
    ),
    "sign": ActRow(
        _("登记签字"),
        _("谁在打印出来的纪要上签了字"),
        forms.SignForm,
        services.minutes_sign,
        _("签字已登记。"),
        "pencil",
        "sign",
        is_main=True,
    ),
    "object": ActRow(
        _("记下异议"),
        _("到会的人对决定或纪要有不同意见；异议和答复都写进纪要"),
        forms.ObjectionForm,
        services.objection_make,
        _("异议已记下。"),
        "alert-circle",
        "object",
    ),
    "cancel": ActRow(
        _("取消会议"),
        _("已通知的人会收到消息；来自事项的议题退回原处"),
        forms.ReasonForm,
        services.meeting_cancel,
        _("会议已取消。"),
        "x",
        "cancel",
        knows_meeting=False,
    ),
}


def rows_offered(moves: list[str]) -> list[tuple[str, ActRow]]:
    """Return the rows behind the moves that are possible now, in the table's order."""
    return [(code, row) for code, row in ACTS.items() if row.move in moves]
