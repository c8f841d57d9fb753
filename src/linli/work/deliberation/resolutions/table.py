"""Everything that can be done to a resolution or to one of its tasks: form, service, words, icon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.foundation.ui.forms import DeskForm

from . import forms, services
from .models import Resolution, Task

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
    knows_resolution: bool = False
    shows_photos: bool = False
    is_main: bool = False
    is_danger: bool = False

    def build(
        self, typed: Any, resolution: Resolution, initial: Any = None, task: Task | None = None
    ) -> DeskForm:
        """Return the form, empty or as it was typed."""
        more: dict[str, Any] = {"resolution": resolution} if self.knows_resolution else {}
        if self.shows_photos:
            more["task"] = task
        return self.form(typed, initial=initial, **more)


ACTS: dict[str, ActRow] = {
    "publish": ActRow(
        _("公布决议"),
        _("居民从此可以看到，任务进入各单位的待办；公示不少于15日"),
        forms.NothingForm,
        services.resolution_publish,
        _("已公布，任务已交给各单位。"),
        "speakerphone",
        is_main=True,
    ),
    "finish": ActRow(
        _("办结决议"),
        _("任务都已结束、公示期已满；居民看得到落实情况"),
        forms.FinishForm,
        services.resolution_finish,
        _("决议已办结。"),
        "checks",
        is_main=True,
    ),
    "receive": ActRow(
        _("备案"),
        _("街镇收下这份决议，写备案号；负责单位会收到通知"),
        forms.ReceiveForm,
        services.filing_receive,
        _("已备案。"),
        "folder",
        is_main=True,
    ),
    "return": ActRow(
        _("退回备案"),
        _("写明要改什么；负责单位会收到通知"),
        forms.ReasonForm,
        services.filing_return,
        _("已退回。"),
        "arrow-left",
    ),
    "add_task": ActRow(
        _("增加任务"),
        _("做什么、谁来办、什么时候、用多少钱；公布后进入这个单位的待办"),
        forms.TaskForm,
        services.task_add,
        _("任务已增加。"),
        "plus",
        knows_resolution=True,
    ),
    "ask_filing": ActRow(
        _("报街镇备案"),
        _("街镇会收到待办"),
        forms.AskForm,
        services.filing_ask,
        _("已报备案。"),
        "send",
    ),
    "withdraw": ActRow(
        _("撤销决议"),
        _("没有完成的任务一并取消，各单位会收到通知；经过留着"),
        forms.ReasonForm,
        services.resolution_withdraw,
        _("决议已撤销。"),
        "x",
        is_danger=True,
    ),
}
TASK_ACTS: dict[str, ActRow] = {
    "progress": ActRow(
        _("写进展"),
        _("负责单位会收到通知；写了给居民看的话，就公布在决议下面"),
        forms.ProgressForm,
        services.task_progress,
        _("进展已记下。"),
        "note",
        has_photos=True,
        is_main=True,
    ),
    "show_photos": ActRow(
        _("公开照片"),
        _("选给居民看的照片，遮挡认得出人的地方；一张也不选就全部撤下"),
        forms.PhotosForm,
        services.task_photos_publish,
        _("居民看到的照片已更新。"),
        "eye",
        shows_photos=True,
    ),
    "extend": ActRow(
        _("改期限"),
        _("办理单位会收到通知；原来的日期留在经过里"),
        forms.ExtendForm,
        services.task_extend,
        _("期限已改。"),
        "clock",
    ),
    "matter": ActRow(
        _("转为事项"),
        _("登记成一件已受理的事项，照事项派单办理"),
        forms.NothingForm,
        services.task_to_matter,
        _("已转为事项，请到事项里研判、派单。"),
        "message-report",
    ),
    "drop": ActRow(
        _("取消任务"),
        _("办理单位会收到通知；已用的钱留着"),
        forms.ReasonForm,
        services.task_drop,
        _("任务已取消。"),
        "x",
        is_danger=True,
    ),
}
