"""The shape of what is typed in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CalendarForm(forms.Form):
    """A year's holidays as a file, with the notice they come from."""

    source = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("通知的名称和文号，例如：国务院办公厅关于2027年部分节假日安排的通知"),
    )
    file = forms.FileField(label=_("文件"), help_text=_("CSV（日期,类型,名称；类型写“休”或“班”）或 JSON"))
