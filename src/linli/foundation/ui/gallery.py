"""The form on the gallery page: one field of each kind, one of them with an error."""

from django import forms
from django.utils.translation import gettext_lazy as _


class GalleryForm(forms.Form):
    """Show how fields look; nothing is stored."""

    title = forms.CharField(
        label=_("标题"), max_length=40, error_messages={"required": _("请用一句话写明是什么事。")}
    )
    text = forms.CharField(label=_("发生了什么"), max_length=2000, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label=_("类别"), choices=[("light", _("楼道照明")), ("road", _("道路破损")), ("noise", _("噪声扰民"))]
    )
    day = forms.DateField(label=_("发生日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    solved = forms.ChoiceField(
        label=_("问题解决了吗"),
        choices=[("yes", _("解决了")), ("partly", _("部分解决")), ("no", _("没有解决"))],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("您的回答会计入本街镇的解决率。"),
    )
    agree = forms.BooleanField(label=_("我已阅读隐私说明"), required=False)
