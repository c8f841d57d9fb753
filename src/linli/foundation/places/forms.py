"""The shape of what is entered about compounds and buildings."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import in_areas

from .models import Compound, Division, HousingType, Level
from .rules import path_codes


def streets_of(actor: Actor) -> QuerySet[Division]:
    """Return the streets in which an actor works: those in their areas, and those around them."""
    above = [code for area in actor.areas for code in path_codes(area)]
    rows = Division.objects.on().filter(level=Level.STREET)
    return (rows.filter(in_areas("path", actor.areas)) | rows.filter(code__in=above)).order_by("path")


def committees_of(actor: Actor) -> QuerySet[Division]:
    """Return the committees in an actor's areas."""
    rows = Division.objects.on().filter(level=Level.COMMITTEE).filter(in_areas("path", actor.areas))
    return rows.order_by("pinyin", "code")


class CommitteeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A committee of a list, by code, with what people call it."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the committee's short name."""
        return str(obj.short_name or obj.name)


class CompoundForm(forms.Form):
    """A compound's own facts."""

    name = forms.CharField(
        label=_("小区名称"), max_length=80, error_messages={"required": _("请填写小区名称。")}
    )
    address = forms.CharField(label=_("地址"), max_length=160, required=False, help_text=_("如 湖南路20弄"))
    housing_type = forms.ChoiceField(
        label=_("房屋类型"), choices=[("", _("不知道")), *HousingType.choices], required=False
    )
    built_year = forms.IntegerField(label=_("建成年份"), required=False)
    lng = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)

    def facts(self) -> dict[str, Any]:
        """Return what the services take."""
        return {name: self.cleaned_data[name] for name in CompoundForm.base_fields}


class CompoundAddForm(CompoundForm):
    """A new compound in one of the actor's streets or committees."""

    street = forms.ModelChoiceField(
        label=_("街镇"), queryset=Division.objects.none(), to_field_name="code", empty_label=None
    )
    committee = CommitteeField(
        label=_("居村委会"),
        queryset=Division.objects.none(),
        to_field_name="code",
        empty_label=_("暂不确定"),
        required=False,
    )
    field_order = ["name", "street", "committee", "address", "housing_type", "built_year"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets, committees = streets_of(actor), committees_of(actor)
        self.fields["street"].queryset = streets  # type: ignore[attr-defined]
        self.fields["committee"].queryset = committees  # type: ignore[attr-defined]
        if not streets.filter(in_areas("path", actor.areas)).exists():
            # A committee enters its own compounds: nothing is left to choose, or only which of its own.
            self.fields["committee"].required = True
            self.fields["committee"].empty_label = None  # type: ignore[attr-defined]


class CommitteeForm(forms.Form):
    """Which committee a compound belongs to."""

    committee = CommitteeField(
        label=_("居村委会"),
        queryset=Division.objects.none(),
        to_field_name="code",
        empty_label=_("请选择"),
        error_messages={"required": _("请选择居村委会。"), "invalid_choice": _("请选择本街镇的居村委会。")},
    )

    def __init__(self, *args: Any, compound: Compound, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = committees_of(actor).filter(parent=compound.street)
        if rows.count() == 1:
            self.fields["committee"].empty_label = None  # type: ignore[attr-defined]
        self.fields["committee"].queryset = rows  # type: ignore[attr-defined]


class BuildingForm(forms.Form):
    """A building's name."""

    name = forms.CharField(label=_("楼栋"), max_length=40, error_messages={"required": _("请填写楼栋名称。")})
