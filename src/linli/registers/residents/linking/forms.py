"""The shape of what people type about who they are, and of a worker's decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .rules import MOST_COPIES

DAY = forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d")


class ClaimForm(forms.Form):
    """Who somebody says to be."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        help_text=_("与户口簿、身份证上的一致。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写姓名。")},
    )
    last_four = forms.CharField(
        label=_("证件号码后4位"),
        max_length=8,
        required=False,
        help_text=_("只用来核对，核对完就删除。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    birth = forms.DateField(label=_("出生日期"), required=False, widget=DAY)


class DoorCodeForm(ClaimForm):
    """The code on paper, with who one is or without."""

    code = forms.CharField(
        label=_("入户码"),
        max_length=20,
        help_text=_("纸上的8位数字和字母，大小写都可以。"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "K7M2-9XPQ",
            }
        ),
        error_messages={"required": _("请填写入户码。")},
    )
    field_order = ("code", "name", "birth", "last_four")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False


class ReasonForm(forms.Form):
    """Why somebody is refused or untied."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("本人会看到，写清楚可以怎么办。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由。")},
    )


class CodesForm(forms.Form):
    """How many codes for each dwelling."""

    copies = forms.TypedChoiceField(
        label=_("每套房屋几个码"),
        coerce=int,
        choices=[(n, str(n)) for n in range(1, MOST_COPIES + 1)],
        initial=1,
        help_text=_("一个码只能用一次；同住几个人各用一个。"),
    )
