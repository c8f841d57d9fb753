"""The shape of what an administrator types about another system."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.places.models import Division

from .models import SCOPES
from .rules import REQUESTS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ClientForm(forms.Form):
    """What a system is called, what it may do, where, from where and until when."""

    name = forms.CharField(
        label=_("系统名称"),
        max_length=40,
        help_text=_("例如：12345热线平台。留痕里会写这个名字。"),
        error_messages={"required": _("请填写系统名称，例如：12345热线平台。")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("授权"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只勾选对方确实需要的。受理、分类、派遣、核查由人决定，不能授权给系统。"),
        error_messages={"required": _("请至少选择一项授权。")},
    )
    areas = forms.ModelMultipleChoiceField(
        label=_("区域"),
        queryset=Division.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只能看到、只能上报所选区域内的事项。"),
        error_messages={"required": _("请选择这个系统可以看到的区域。")},
    )
    expires_on = forms.DateField(
        label=_("到期日"),
        widget=DAY,
        help_text=_("最长一年，到期前可以延长。"),
        error_messages={"required": _("请填写到期日。"), "invalid": _("日期请写成 2027-06-30。")},
    )
    requests_a_minute = forms.IntegerField(
        label=_("每分钟请求数"),
        min_value=REQUESTS[0],
        max_value=REQUESTS[1],
        initial=120,
        error_messages={"required": _("请填写每分钟请求数。"), "invalid": _("请填写整数。")},
    )
    addresses = forms.CharField(
        label=_("允许的网络地址"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个，例如 10.1.2.3 或 10.1.0.0/16；不填表示不限。"),
    )
    contact_name = forms.CharField(label=_("联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)

    def __init__(self, *args: Any, areas: Any, scopes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].queryset = areas  # type: ignore[attr-defined]
        self.fields["scopes"].choices = [pair for pair in SCOPES if pair[0] in scopes]  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """What a new token is for."""

    label = forms.CharField(
        label=_("用途"), max_length=40, required=False, help_text=_("例如：生产环境、联调测试。")
    )
