"""Everything that can be done to a whistle on its page: its form, its service, its words, its icon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.foundation.ui.forms import DeskForm

from . import forms, services
from .models import Whistle

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
    has_photos: bool = False
    knows_whistle: bool = False
    is_main: bool = False

    def build(self, typed: Any, whistle: Whistle, initial: Any = None) -> DeskForm:
        """Return the form, empty or as it was typed."""
        more = {"whistle": whistle} if self.knows_whistle else {}
        return self.form(typed, initial=initial, **more)

    def call(self, *, actor: Any, whistle: Whistle, form: DeskForm, photos: list[Any], key: str) -> Any:
        """Call the service with what the form gave; the key makes a double press one act."""
        said = dict(form.cleaned_data)
        if "call" in said:
            said["call_id"] = said.pop("call").pk
        if self.has_photos:
            said["photos"] = photos
        return self.service(actor=actor, whistle_id=whistle.pk, request_key=key, **said)


ACTS: dict[str, ActRow] = {
    "check_in": ActRow(
        _("报到"),
        _("确认本单位的人已经到场"),
        forms.CheckInForm,
        services.call_check_in,
        _("已报到，吹哨单位已收到通知。"),
        "map-pin",
        knows_whistle=True,
        is_main=True,
    ),
    "answer": ActRow(
        _("反馈做了什么"),
        _("写进共同记录，本单位的部分就办完了"),
        forms.AnswerForm,
        services.call_answer,
        _("已写进共同记录。"),
        "clipboard-check",
        has_photos=True,
        is_main=True,
    ),
    "log": ActRow(
        _("记录现场"),
        _("大家都看得到的共同记录"),
        forms.LogForm,
        services.whistle_log,
        _("已记下。"),
        "note",
        has_photos=True,
    ),
    "lead": ActRow(
        _("换牵头单位"),
        _("新的牵头单位会收到通知"),
        forms.LeadForm,
        services.whistle_lead,
        _("已换牵头单位。"),
        "flag",
        knows_whistle=True,
    ),
    "finish": ActRow(
        _("办结吹哨"),
        _("写明办了什么；反映人和到场的单位会收到通知，没到的记为没有到场"),
        forms.FinishForm,
        services.whistle_finish,
        _("已办结，请评价各单位的到场和办理。"),
        "checks",
        knows_whistle=True,
        is_main=True,
    ),
    "cancel": ActRow(
        _("取消吹哨"),
        _("被请的单位会收到通知，不用到场"),
        forms.CancelForm,
        services.whistle_cancel,
        _("已取消，被请的单位已收到通知。"),
        "x",
    ),
    "reply": ActRow(
        _("回应评价"),
        _("只能回应一次；也请说这次哨该不该吹"),
        forms.ReplyForm,
        services.call_reply,
        _("已回应。"),
        "message-reply",
        is_main=True,
    ),
}
