"""The shape of what people type about resolutions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from linli.core.actor import EXECUTING, Function
from linli.core.errors import InvalidInput
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes, unit_list
from linli.foundation.files.forms import PublicPhotosForm
from linli.foundation.ui.forms import DeskForm, day, long_text, short_text
from linli.registers.residents.importing.paid import fen_of

from .models import Task
from .selectors import photos_of

OWNERS = {*EXECUTING, Function.COMMITTEE, Function.STREET}


class MoneyField(forms.CharField):
    """An amount in yuan as typed; its value is fen, ``None`` for nothing."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=20, widget=widget, help_text=help_text)

    def clean(self, value: Any) -> Any:
        """Return fen; the refusal stands beside the field."""
        typed = super().clean(value).strip()
        try:
            return fen_of(typed) if typed else None
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class ResolutionFilterForm(forms.Form):
    """How the list is narrowed."""

    q = forms.CharField(label=gettext_lazy("编号、决议、组织或任务"), required=False, max_length=60)
    late = forms.ChoiceField(
        label=gettext_lazy("期限"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("yes", gettext_lazy("有任务超期的"))],
    )


class MakeForm(DeskForm):
    """What was decided, in the words that are made known."""

    title = short_text(gettext_lazy("决议的名称"))
    text = long_text(gettext_lazy("内容"), limit=2000, help_text=gettext_lazy("公布给居民看，不要写个人信息"))


class TaskForm(DeskForm):
    """Something to do: what, who, by when, with which money."""

    text = short_text(gettext_lazy("做什么"), limit=200)
    unit = forms.ModelChoiceField(
        label=gettext_lazy("谁来办"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("请选择"),
    )
    helper = short_text(gettext_lazy("一起办的人"), required=False, help_text=gettext_lazy("如居民监督小组"))
    due_on = day(gettext_lazy("完成日期"))
    fen = MoneyField(gettext_lazy("预算（元）"), gettext_lazy("不花钱的不填"))
    fund = short_text(gettext_lazy("钱从哪里出"), required=False, help_text=gettext_lazy("例如：公共收益"))

    def __init__(self, *args: Any, resolution: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = resolution.area_path
        near = Q(areas__path__startswith=here) | Q(areas__path__in=path_prefixes(here))
        field: Any = self.fields["unit"]
        field.queryset = unit_list().filter(near, function__in=OWNERS).distinct().order_by("name")


class ProgressForm(DeskForm):
    """What was done on a task."""

    note = long_text(gettext_lazy("做了什么"))
    public_note = long_text(
        gettext_lazy("给居民看的话"),
        required=False,
        limit=300,
        help_text=gettext_lazy("填了就公布在决议下面，不要写个人信息；照片要另选、遮挡后才公开"),
    )
    fen = MoneyField(gettext_lazy("这次用了多少钱（元）"), gettext_lazy("不花钱的不填"))
    is_end = forms.BooleanField(label=gettext_lazy("这项任务已经完成"), required=False)


class PhotosForm(PublicPhotosForm):
    """Which photos of a task residents see."""

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photos_offer(photos_of(task), task.public_photos.select_related("source"))


class ExtendForm(DeskForm):
    """Another day for a task."""

    due_on = day(gettext_lazy("新的完成日期"))
    reason = long_text(gettext_lazy("为什么改期限"), limit=300)


class ReasonForm(DeskForm):
    """Why."""

    reason = long_text(gettext_lazy("原因"), limit=300)


class NothingForm(DeskForm):
    """An act that asks for nothing but to be confirmed."""


class AskForm(DeskForm):
    """What the street should know."""

    note = long_text(gettext_lazy("说明"), required=False, limit=300)


class ReceiveForm(DeskForm):
    """Under which number the street files it."""

    number = short_text(gettext_lazy("备案号"), limit=40)
    note = long_text(gettext_lazy("意见"), required=False, limit=300)


class FinishForm(DeskForm):
    """How it was carried out."""

    outcome = long_text(gettext_lazy("落实得怎么样"), help_text=gettext_lazy("居民看得到"))
