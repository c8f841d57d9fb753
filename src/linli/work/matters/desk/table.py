"""Every action that the desk offers: its form, its service, what it is about, and the words afterwards.

Whether an action is offered to somebody, its name and its explanation come from ``selectors.actions_for``;
whether it happens is the service's decision. A new action is a row here, not a view.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.core.errors import NotFound

from .. import services
from ..models import Matter
from ..whistles.services import whistle_blow
from . import action_forms as forms
from . import handling_forms as handling

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ActionPage:
    """One row of the table.

    ``about`` names the record that the service takes the id of; ``is_versioned`` whether it also takes
    the version that the page showed; ``is_repeatable`` whether it knows a form that is sent twice.
    ``done`` is said afterwards.
    """

    form: type[forms.ActionForm]
    service: Callable[..., Any]
    done: Text
    about: str = "matter"
    is_versioned: bool = True
    is_repeatable: bool = True
    icon: str = "pencil"

    def call(self, *, form: forms.ActionForm, photos: list[Any], request_key: str) -> Any:
        """Call the service with what the form gave; the key makes a double click one act."""
        more: dict[str, Any] = {f"{self.about}_id": form.subject.pk}
        if self.about == "matter" and self.is_versioned:
            more["version"] = form.cleaned_data["version"]
        if form.has_photos:
            more["photos"] = photos
        if self.is_repeatable:
            more["request_key"] = request_key
        return self.service(actor=form.actor, **more, **form.arguments())

    def subject(self, matter: Matter, key: str) -> Any:
        """Return what the action is about, found within the matter; raises ``NotFound``."""
        if self.about == "matter":
            return matter
        rows = getattr(matter, f"{self.about}s")
        try:
            return rows.get(**({"pk": int(key)} if self.about == "document" else {"public_id": key}))
        except (rows.model.DoesNotExist, ValidationError, ValueError) as error:
            raise NotFound from error


def _row(form: type[forms.ActionForm], service: Callable[..., Any], done: Text, **more: Any) -> ActionPage:
    return ActionPage(form, service, done, **more)


ON_ASSIGNMENT = {"about": "assignment"}
ON_REQUEST = {"about": "request"}
UNVERSIONED = {"is_versioned": False}
ONCE = {"is_versioned": False, "is_repeatable": False}

ACTIONS: dict[str, ActionPage] = {
    "accept": _row(forms.AcceptForm, services.matter_accept, _("已受理。"), icon="check"),
    "decline": _row(handling.DeclineForm, services.matter_decline, _("已答复不予受理。"), icon="ban"),
    "merge": _row(forms.MergeForm, services.matter_merge, _("已并案。"), icon="git-merge"),
    "split": _row(forms.ReasonForm, services.matter_split, _("已分出，单独办理。"), icon="arrows-split-2"),
    "place_set": _row(forms.PlaceForm, services.matter_place_set, _("地点已核定。"), icon="map-pin"),
    "sort": _row(forms.SortForm, services.matter_sort, _("已初步分类，等待另一人确认。"), icon="category"),
    "confirm_class": _row(
        forms.ConfirmClassForm, services.matter_class_confirm, _("分类已确认。"), icon="checks"
    ),
    "guide": _row(forms.GuideForm, services.matter_guide, _("已引导，等待反映人确认。"), icon="directions"),
    "start_discussion": _row(
        forms.DiscussionStartForm, services.matter_discussion_start, _("已转协商。"), icon="messages"
    ),
    "finish_discussion": _row(
        handling.DiscussionFinishForm, services.matter_discussion_finish, _("协商结果已记下。"), icon="checks"
    ),
    "end_discussion": _row(
        forms.ReasonForm, services.matter_discussion_end, _("已终止协商，回到研判。"), icon="x"
    ),
    "mandatory_report": _row(
        forms.MandatoryReportForm, services.mandatory_report, _("强制报告已登记。"), icon="urgent"
    ),
    "hand_over": _row(handling.HandOverForm, services.matter_hand_over, _("已派遣。"), icon="send"),
    "whistle": _row(
        handling.WhistleForm, whistle_blow, _("已吹哨，被请的单位已收到通知。"), icon="speakerphone"
    ),
    "rehand": _row(handling.RehandForm, services.matter_rehand, _("已改派。"), icon="arrows-exchange"),
    "sign": _row(forms.SignForm, services.assignment_sign, _("已签收。"), icon="signature", **ON_ASSIGNMENT),
    "ask_return": _row(
        handling.ReturnAskForm,
        services.assignment_return_ask,
        _("退单申请已提交。"),
        icon="arrow-back-up",
        **ON_ASSIGNMENT,
    ),
    "ask_extension": _row(
        handling.ExtensionAskForm,
        services.extension_ask,
        _("延期申请已提交。"),
        icon="calendar-plus",
        **ON_ASSIGNMENT,
    ),
    "ask_pause": _row(
        handling.PauseAskForm, services.pause_ask, _("挂起申请已提交。"), icon="player-pause", **ON_ASSIGNMENT
    ),
    "answer": _row(
        handling.AnswerForm, services.assignment_answer, _("已答复。"), icon="message-check", **ON_ASSIGNMENT
    ),
    "recall": _row(
        forms.ReasonForm, services.assignment_recall, _("已收回。"), icon="arrow-back", **ON_ASSIGNMENT
    ),
    "retract_result": _row(
        forms.ReasonForm, services.result_retract, _("反馈已撤回。"), icon="arrow-back", **ON_ASSIGNMENT
    ),
    "withdraw_request": _row(
        forms.SignForm, services.request_withdraw, _("申请已撤回。"), icon="arrow-back", **ON_REQUEST
    ),
    "ask_countersign": _row(
        handling.CountersignAskForm, services.countersign_ask, _("已请会签。"), icon="signature"
    ),
    "countersign": _row(
        handling.CountersignForm,
        services.assignment_countersign,
        _("会签意见已记下。"),
        icon="signature",
        **ON_ASSIGNMENT,
    ),
    "send_back": _row(handling.SendBackForm, services.matter_send_back, _("已退回。"), icon="arrow-back-up"),
    "straight_back": _row(
        forms.ReasonForm, services.matter_straight_back, _("已直接送回。"), icon="arrow-forward-up"
    ),
    "waive": _row(
        forms.ReasonForm, services.assignment_waive, _("已免除协办。"), icon="user-minus", **ON_ASSIGNMENT
    ),
    "report_result": _row(
        handling.ResultForm,
        services.result_report,
        _("结果已反馈，等待核查。"),
        icon="clipboard-check",
        **ON_ASSIGNMENT,
    ),
    "decide_return": _row(
        handling.ReturnDecideForm, services.return_decide, _("退单已审批。"), icon="gavel", **ON_REQUEST
    ),
    "decide_extension": _row(
        handling.DecideForm, services.request_decide, _("延期已审批。"), icon="gavel", **ON_REQUEST
    ),
    "decide_pause": _row(
        handling.DecideForm, services.request_decide, _("挂起已审批。"), icon="gavel", **ON_REQUEST
    ),
    "decide_reopen": _row(
        handling.ReopenDecideForm, services.reopen_decide, _("重办申请已审批。"), icon="gavel", **ON_REQUEST
    ),
    "resume": _row(forms.ReasonForm, services.matter_resume, _("已恢复办理。"), icon="player-play"),
    "verify": _row(handling.VerifyForm, services.matter_verify, _("核查结论已登记。"), icon="zoom-check"),
    "ask": _row(
        forms.AskForm, services.question_ask, _("已询问反映人。"), icon="message-question", **UNVERSIONED
    ),
    "answer_question": _row(
        forms.QuestionAnswerForm,
        services.question_answer,
        _("答复已登记。"),
        icon="message-reply",
        about="question",
    ),
    "note": _row(forms.NoteForm, services.note_add, _("已补记。"), icon="note", **UNVERSIONED),
    "remind": _row(
        forms.RemindForm, services.matter_remind, _("已催办。"), icon="bell-ringing", **UNVERSIONED
    ),
    "supervise": _row(
        forms.SuperviseForm, services.matter_supervise, _("已督办。"), icon="alert-circle", **UNVERSIONED
    ),
    "publish": _row(
        forms.PublishForm, services.matter_publish, _("公开版已发布。"), icon="world", **UNVERSIONED
    ),
    "unpublish": _row(
        forms.ReasonForm, services.matter_unpublish, _("公开版已撤下。"), icon="world-off", **ONCE
    ),
    "protect": _row(
        forms.ProtectForm, services.matter_protect, _("已设为不得公开。"), icon="shield-lock", **UNVERSIONED
    ),
    "document_receive": _row(
        forms.DocumentReceiveForm,
        services.document_receive,
        _("已登记收到材料。"),
        icon="file-import",
        **ONCE,
    ),
    "document_return": _row(
        forms.DocumentReturnForm,
        services.document_return,
        _("已登记交还材料。"),
        icon="file-export",
        about="document",
        is_repeatable=False,
    ),
}
