"""The shape of what people type about whistles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.core.actor import EXECUTING, Actor, Function
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import area_choices, path_prefixes, unit_list
from linli.foundation.places.models import Division
from linli.foundation.ui.forms import DeskForm, instant, long_text, short_text, yes_no

from .models import Call, Cause, Mark, Way, Whistle

COME = {*EXECUTING, Function.COMMITTEE, Function.STREET}


class WhistleFilterForm(forms.Form):
    """How the list is narrowed."""

    q = forms.CharField(label=gettext_lazy("编号、事由或地点"), required=False, max_length=60)
    cause = forms.ChoiceField(
        label=gettext_lazy("哪种哨"), required=False, choices=[("", gettext_lazy("全部")), *Cause.choices]
    )
    late = forms.ChoiceField(
        label=gettext_lazy("报到"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("yes", gettext_lazy("有迟到或没到的"))],
    )


class AreaField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A division by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Show the division as people call it."""
        return str(obj.name)


class NewWhistleForm(DeskForm):
    """A whistle without a matter: joint enforcement or an emergency."""

    cause = forms.ChoiceField(
        label=gettext_lazy("哪种哨"),
        choices=[(Cause.JOINT, Cause.JOINT.label), (Cause.EMERGENCY, Cause.EMERGENCY.label)],
        initial=Cause.JOINT,
        widget=forms.RadioSelect,
    )
    reason = long_text(gettext_lazy("请来做什么"), help_text=gettext_lazy("被请的单位看得到，不要写个人信息"))
    where = AreaField(
        label=gettext_lazy("在哪里的范围"),
        queryset=Division.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
    )
    place = short_text(gettext_lazy("集合地点"), limit=160)
    at = instant(gettext_lazy("集合时间"))
    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("请哪些单位到场"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    lead = forms.ModelChoiceField(
        label=gettext_lazy("谁牵头"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("只请一个单位时不用选"),
    )
    online = short_text(
        gettext_lazy("线上会议"),
        required=False,
        limit=160,
        help_text=gettext_lazy("会议号或网址；填了就可以线上报到，不填须到场"),
    )
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    lng = forms.FloatField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = [division.pk for division in area_choices(actor.areas)]
        self.fields["where"].queryset = Division.objects.filter(pk__in=below).order_by("code")  # type: ignore[attr-defined]
        near = Q(areas__path__startswith=_widest(actor)) | Q(areas__path__in=path_prefixes(_widest(actor)))
        offered = unit_list().filter(near, function__in=COME).exclude(pk=actor.unit_id or 0)
        offered = offered.distinct().order_by("name")
        for name in ("units", "lead"):
            self.fields[name].queryset = offered  # type: ignore[attr-defined]
        self.fields["at"].initial = clock.now() + timedelta(hours=2)


def _widest(actor: Actor) -> str:
    return min(actor.areas, key=len) if actor.areas else "/"


class CheckInForm(DeskForm):
    """By the code of the spot, by position, or online."""

    way = forms.ChoiceField(label=gettext_lazy("怎样报到"), choices=Way.choices, widget=forms.RadioSelect)
    code = short_text(
        gettext_lazy("现场码"),
        required=False,
        limit=20,
        help_text=gettext_lazy("吹哨人手机或呼叫单上的8位字母数字；扫二维码会自动填好"),
    )
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    lng = forms.FloatField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, whistle: Whistle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ways = [Way.CODE]
        if whistle.lat is not None:
            open_ways.append(Way.POSITION)
        else:
            del self.fields["lat"], self.fields["lng"]
        open_ways += [Way.ONLINE] if whistle.online else []
        self.fields["way"].choices = [(way.value, way.label) for way in open_ways]  # type: ignore[attr-defined]
        self.fields["way"].initial = Way.CODE


class AnswerForm(DeskForm):
    """What the unit did."""

    result = long_text(gettext_lazy("做了什么"), limit=2000)


class LogForm(DeskForm):
    """A line of the joint record."""

    note = long_text(gettext_lazy("现场情况"), limit=2000)


class LeadForm(DeskForm):
    """Who leads instead."""

    call = forms.ModelChoiceField(
        label=gettext_lazy("改由谁牵头"),
        queryset=Call.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("请选择"),
    )

    def __init__(self, *args: Any, whistle: Whistle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["call"]
        field.queryset = whistle.calls.filter(is_lead=False).select_related("unit")
        field.label_from_instance = lambda call: call.unit.name


class FinishForm(DeskForm):
    """What came of it, and what residents are told."""

    is_solved = yes_no(gettext_lazy("当场解决了吗"), gettext_lazy("解决了"), gettext_lazy("还没有，继续办"))
    outcome = long_text(
        gettext_lazy("大家一起办了什么"), limit=2000, help_text=gettext_lazy("只有工作人员看得到")
    )
    told = long_text(
        gettext_lazy("告诉居民的话"),
        required=False,
        help_text=gettext_lazy("反映人会收到：办了什么、接下来怎样；不要写个人信息"),
    )

    def __init__(self, *args: Any, whistle: Whistle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if whistle.matter_id is None:
            del self.fields["told"]
        else:
            self.fields["told"].required = True


class CancelForm(DeskForm):
    """Why it is taken back."""

    reason = long_text(gettext_lazy("取消的原因"), limit=300)


class RateForm(DeskForm):
    """How a unit came, and how it worked."""

    coming = forms.ChoiceField(label=gettext_lazy("到场"), choices=Mark.choices, widget=forms.RadioSelect)
    work = forms.ChoiceField(label=gettext_lazy("办理"), choices=Mark.choices, widget=forms.RadioSelect)
    comment = long_text(
        gettext_lazy("评语"),
        required=False,
        limit=300,
        help_text=gettext_lazy("评“不满意”时必填；评的是单位，不写个人"),
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not call.is_present:
            del self.fields["work"]
            self.fields["coming"].initial = Mark.POOR


class ReplyForm(DeskForm):
    """The unit's answer to its rating, and what it thinks of the whistle."""

    was_proper = yes_no(gettext_lazy("这次哨该吹吗"), gettext_lazy("该吹"), gettext_lazy("不该吹"))
    reply = long_text(
        gettext_lazy("回应"), required=False, limit=300, help_text=gettext_lazy("认为不该吹的，请写明依据")
    )


class FiguresForm(DeskForm):
    """Between which days units were called."""

    from_on = forms.DateField(
        label=gettext_lazy("吹哨日期从"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    to_on = forms.DateField(
        label=gettext_lazy("到"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
