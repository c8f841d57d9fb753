"""The shape of what is typed about units."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.accounts.models import FUNCTIONS, Unit
from linli.foundation.accounts.rules import UNIT_FUNCTIONS
from linli.foundation.places.models import Division

UNIT_CHOICES = [pair for pair in FUNCTIONS if pair[0] in UNIT_FUNCTIONS]


class UnitFilterForm(forms.Form):
    """What the list of units is narrowed by."""

    q = forms.CharField(label=_("名称或类别"), max_length=40, required=False)
    function = forms.ChoiceField(label=_("职能"), required=False, choices=[("", _("全部")), *UNIT_CHOICES])
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("在用")), ("closed", _("已停用"))]
    )


class PlaceChoiceField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Divisions by name and code."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the division and its code."""
        return f"{obj.name}（{obj.code}）"


class UnitChangeForm(forms.Form):
    """Name, kind, parent and areas of a unit."""

    name = forms.CharField(label=_("名称"), max_length=80, error_messages={"required": _("请填写单位名称。")})
    kind = forms.CharField(
        label=_("类别"), max_length=40, required=False, help_text=_("例如：城管、房管、物业。")
    )
    parent = forms.ModelChoiceField(
        label=_("上级单位"),
        queryset=Unit.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label=_("没有"),
    )
    areas = PlaceChoiceField(
        label=_("负责区域"),
        queryset=Division.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        to_field_name="code",
        error_messages={"required": _("请至少选择一个区域。")},
    )

    def __init__(self, *args: Any, parents: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["areas"].queryset = places  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    """How a unit is reached."""

    phone = forms.CharField(label=_("值班电话"), max_length=40, required=False)
    address = forms.CharField(label=_("地址"), max_length=160, required=False)
    email = forms.EmailField(
        label=_("单位邮箱"),
        required=False,
        error_messages={"invalid": _("邮箱格式不对，例如 name@example.org。")},
    )


class UnitForm(UnitChangeForm, ContactForm):
    """A new unit."""

    function = forms.ChoiceField(
        label=_("职能"),
        choices=UNIT_CHOICES,
        error_messages={"invalid_choice": _("您不能设立这类单位，请从列表里选。")},
    )

    def __init__(self, *args: Any, functions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["function"].choices = [pair for pair in UNIT_CHOICES if pair[0] in functions]  # type: ignore[attr-defined]

    field_order = ("name", "function", "kind", "parent", "areas", "phone", "address", "email")


class WorkbookForm(forms.Form):
    """A workbook to look through."""

    file = forms.FileField(
        label=_("Excel文件（.xlsx）"), error_messages={"required": _("请选择要导入的文件。")}
    )
