"""The shape of a correction of one's own registration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core import clock

from ..facts.dictionary import FactKey, Per, Type
from ..facts.values import NO, YES
from ..models import Fact, Resident

WHY = forms.CharField(
    label=_("说明"),
    max_length=300,
    required=False,
    help_text=_("例如：换了手机号；身份证上是这个字。"),
    widget=forms.Textarea(attrs={"rows": 2}),
)


class CorrectForm(forms.Form):
    """What is registered of somebody, to be put right field by field; what stays is left as it is."""

    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    birth = forms.CharField(
        label=_("出生日期"), max_length=10, required=False, widget=forms.TextInput(attrs={"type": "date"})
    )
    sex = forms.ChoiceField(label=_("性别"), choices=Resident.Sex.choices, required=False)
    number = forms.CharField(label=_("证件号码"), max_length=30, required=False)
    why = WHY
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        help_text=_("可以附一张证件照片作依据，只给核对的工作人员看。"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )


class FactCorrectForm(forms.Form):
    """What should stand for one fact."""

    state = forms.ChoiceField(
        label=_("实际情况"),
        choices=((Fact.State.KNOWN, _("应为下面的内容")), (Fact.State.NONE, _("没有这项"))),
        initial=Fact.State.KNOWN,
        widget=forms.RadioSelect,
    )
    why = WHY

    def __init__(self, *args: Any, line: FactKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = _value(line)
        self.order_fields(["state", "value", "why"])


class FactTellForm(FactCorrectForm):
    """A fact that is not registered yet; of which month and source, or year, where the dictionary asks."""

    def __init__(self, *args: Any, line: FactKey, **kwargs: Any) -> None:
        super().__init__(*args, line=line, **kwargs)
        self.line = line
        self.fields["state"].label = _("实际情况")
        self.fields["state"].choices = (  # type: ignore[attr-defined]
            (Fact.State.KNOWN, _("有，内容如下")),
            (Fact.State.NONE, _("没有这项")),
        )
        if line.per is Per.MONTH_SOURCE:
            month = forms.TextInput(attrs={"type": "month"})
            self.fields["month"] = forms.CharField(label=_("哪个月的"), max_length=10, widget=month)
            self.fields["month"].initial = f"{clock.today():%Y-%m}"
            self.fields["source"] = forms.ChoiceField(label=_("哪来的"), choices=list(line.sources.items()))
        elif line.per is Per.YEAR:
            self.fields["year"] = forms.CharField(label=_("哪一年的"), max_length=5)
            self.fields["year"].initial = f"{clock.today():%Y}"
        self.order_fields(["state", "month", "source", "year", "value", "why"])

    def said(self) -> dict[str, str]:
        """Return what ``fact_tell`` takes."""
        typed = self.cleaned_data
        period = f"{typed['month']}/{typed['source']}" if "month" in typed else typed.get("year", "")
        return {**{name: typed.get(name, "") for name in ("state", "value", "why")}, "period": period}


def _value(line: FactKey) -> forms.Field:
    said: dict[str, Any] = {"label": line.label, "help_text": line.hint, "required": False}
    if line.type is Type.CHOICE:
        return forms.ChoiceField(choices=[("", _("请选择")), *line.choices.items()], **said)
    if line.type is Type.YES_NO:
        return forms.ChoiceField(choices=[(YES, _("是")), (NO, _("否"))], widget=forms.RadioSelect, **said)
    return forms.CharField(max_length=200, **said)


class DeleteForm(forms.Form):
    """Why somebody wants their registration deleted."""

    why = forms.CharField(
        label=_("为什么"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由，例如：已经搬走，不再住这里。")},
    )
