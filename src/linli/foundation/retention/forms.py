"""The shape of a hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core import retention


class HoldForm(forms.Form):
    """Which record must stay, and why."""

    kind = forms.ChoiceField(label=_("哪一种记录"))
    name = forms.CharField(
        label=_("编号"), max_length=80, error_messages={"required": _("请填写记录的编号。")}
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("如案件、投诉、审计的编号和名称；不要写个人信息。"),
        error_messages={"required": _("请写明理由。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {rule.kind: rule.label for rule in retention.rules()}
        chosen: Any = self.fields["kind"]
        chosen.choices = [(kind.name, labels[kind.name]) for kind in retention.kinds() if kind.find]
