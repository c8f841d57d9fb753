"""What is typed about a view."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ViewForm(forms.Form):
    """Name, who else opens it, whether one's own list opens with it."""

    name = forms.CharField(
        label=_("名称"),
        max_length=20,
        error_messages={"required": _("请给视图起个名称。"), "max_length": _("名称请不超过20个字。")},
    )
    is_shared = forms.BooleanField(
        label=_("本单位共用"),
        required=False,
        help_text=_("本单位的同事也能打开；各人只看到自己有权看的内容。"),
    )
    is_default = forms.BooleanField(label=_("打开列表时先用它"), required=False)
