"""The shape of what is typed in."""

from collections.abc import Sequence
from typing import Any

from django import forms

from linli.core.words import gettext_lazy as _

from .rungs import KIND_WORDS, PERCENTS, WAITS

UNIT_HELP = _("按天的填工作日数，按分钟、小时的填分钟数")


class CalendarForm(forms.Form):
    """A year's holidays as a file, with the notice they come from."""

    source = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("通知的名称和文号，例如：国务院办公厅关于2027年部分节假日安排的通知"),
    )
    file = forms.FileField(label=_("文件"), help_text=_("CSV（日期,类型,名称；类型写“休”或“班”）或 JSON"))


class LadderForm(forms.Form):
    """A street's or district's own ladder for one kind of duty."""

    area = forms.ChoiceField(label=_("辖区"))
    kind = forms.ChoiceField(label=_("适用于"), choices=list(KIND_WORDS.items()))
    valid_from = forms.DateField(label=_("生效日期"), help_text=_("最早从明天起；已有的待办仍按原来的规定"))
    remind = forms.IntegerField(label=_("提醒（时限用去的百分比）"), min_value=1, max_value=99)
    amber = forms.IntegerField(label=_("变黄（时限用去的百分比）"), min_value=1, max_value=99)
    hand_up = forms.IntegerField(label=_("超时后多久上交"), help_text=UNIT_HELP, min_value=1)
    street = forms.IntegerField(label=_("街镇办理期限"), help_text=UNIT_HELP, min_value=1)
    district = forms.IntegerField(label=_("区办理期限"), help_text=UNIT_HELP, min_value=1)
    city = forms.IntegerField(label=_("市办理期限"), help_text=UNIT_HELP, min_value=1)
    supervise = forms.IntegerField(
        label=_("督办期限"), help_text=_("督办后仍未办理，满期再上交一级；单位同上"), min_value=1
    )
    reason = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件的名称和文号"))

    def __init__(self, *args: Any, areas: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]

    @property
    def figures(self) -> dict[str, int]:
        """The figures alone, by the names of the service."""
        return {name: self.cleaned_data[name] for name in (*PERCENTS, *WAITS)}
