"""The shape of a request and of its answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import DataRequest
from .rules import LONGEST

ANSWERS = (("granted", _("照办")), ("refused", _("不能照办")))


class RequestForm(forms.Form):
    """What somebody asks about their data."""

    kind = forms.ChoiceField(label=_("事由"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("请写清楚"),
        max_length=LONGEST,
        help_text=_("例如：哪一条信息不对，应当是什么；不同意哪种用法。"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写清楚您的要求。")},
    )


class AnswerForm(forms.Form):
    """What was done, or why not."""

    is_granted = forms.ChoiceField(
        label=_("结果"),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结果。")},
    )
    answer = forms.CharField(
        label=_("答复"),
        max_length=LONGEST,
        help_text=_("照办的写做了什么；不能照办的写理由、依据，以及可以向哪里投诉。"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("请填写答复。")},
    )
