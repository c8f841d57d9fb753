"""The shape of what is entered about buildings, stairs and parts; areas in m² here, in 1/100 m² inside."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor

from .forms import streets_of
from .models import Building, Division, HousingType, Level, Part, PartKind, Stair
from .roomplan import Numbering, RoomPlan

_UNKNOWN = ("", _("不知道"))
_LIFTS = (_UNKNOWN, ("yes", _("有")), ("no", _("没有")))
_HINT_AREA = _("单位：平方米，如 68.85")


def hundredths(value: Decimal | None) -> int | None:
    """Return an area in m² as 1/100 m²."""
    return None if value is None else int(value * 100)


def square_metres(value: int | None) -> Decimal | None:
    """Return an area in 1/100 m² as m²."""
    return None if value is None else Decimal(value) / 100


def _area(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, max_digits=12, decimal_places=2, help_text=_HINT_AREA
    )


def _lift_words(value: bool | None) -> str:
    return {None: "", True: "yes", False: "no"}[value]


_LIFT_VALUE = {"": None, "yes": True, "no": False}


class BuildingFactsForm(forms.Form):
    """A building's name and facts."""

    name = forms.CharField(
        label=_("楼栋名称"), max_length=40, error_messages={"required": _("请填写楼栋名称。")}
    )
    housing_type = forms.ChoiceField(
        label=_("房屋类型"), choices=[_UNKNOWN, *HousingType.choices], required=False
    )
    built_year = forms.IntegerField(label=_("建成年份"), required=False)
    floors = forms.IntegerField(label=_("层数"), required=False)
    floor_area = _area(_("建筑面积"))
    has_lift = forms.ChoiceField(label=_("电梯"), choices=_LIFTS, required=False)

    @staticmethod
    def first(building: Building) -> dict[str, Any]:
        """Return what the form shows of a building."""
        names = ("name", "housing_type", "built_year", "floors")
        shown = {name: getattr(building, name) for name in names}
        lift = _lift_words(building.has_lift)
        return {**shown, "floor_area": square_metres(building.floor_area), "has_lift": lift}

    def facts(self) -> dict[str, Any]:
        """Return what the services take."""
        chosen = self.cleaned_data
        return {
            **chosen,
            "floor_area": hundredths(chosen["floor_area"]),
            "has_lift": _LIFT_VALUE[chosen["has_lift"]],
        }


class StairForm(forms.Form):
    """A stair."""

    name = forms.CharField(
        label=_("单元名称"), max_length=40, error_messages={"required": _("请填写单元名称。")}
    )
    has_lift = forms.ChoiceField(label=_("电梯"), choices=_LIFTS, required=False)

    @staticmethod
    def first(stair: Stair) -> dict[str, Any]:
        """Return what the form shows of a stair."""
        return {"name": stair.name, "has_lift": _lift_words(stair.has_lift)}

    def facts(self) -> dict[str, Any]:
        """Return what the services take."""
        return {"name": self.cleaned_data["name"], "has_lift": _LIFT_VALUE[self.cleaned_data["has_lift"]]}


class PartForm(forms.Form):
    """A part of a building."""

    stair = forms.ModelChoiceField(
        label=_("单元"),
        queryset=Stair.objects.none(),
        to_field_name="public_id",
        empty_label=_("不分单元"),
        required=False,
    )
    name = forms.CharField(
        label=_("室号"),
        max_length=40,
        help_text=_("如 302、亭子间、底商1"),
        error_messages={"required": _("请填写室号。")},
    )
    floor = forms.IntegerField(label=_("楼层"), required=False, help_text=_("地下一层写 -1"))
    kind = forms.ChoiceField(label=_("用途"), choices=PartKind.choices)
    area = _area(_("建筑面积"))

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stair"]
        field.queryset = building.stairs.all()  # type: ignore[attr-defined]
        field.label_from_instance = lambda stair: stair.name  # type: ignore[attr-defined]

    @staticmethod
    def first(part: Part) -> dict[str, Any]:
        """Return what the form shows of a part."""
        shown = {name: getattr(part, name) for name in ("name", "floor", "kind")}
        stair = part.stair.public_id if part.stair else None
        return {**shown, "stair": stair, "area": square_metres(part.area)}

    def facts(self) -> dict[str, Any]:
        """Return what the services take."""
        chosen = self.cleaned_data
        stair = chosen["stair"]
        return {
            **{name: chosen[name] for name in ("name", "floor", "kind")},
            "stair_id": stair.public_id if stair else None,
            "area": hundredths(chosen["area"]),
        }


def _words(text: str) -> list[str]:
    for mark in "、，,;；\n":
        text = text.replace(mark, " ")
    return text.split()


class RoomPlanForm(forms.Form):
    """Many rooms at once."""

    stairs = forms.CharField(
        label=_("单元"),
        required=False,
        help_text=_("几个单元用顿号分开，如 1单元、2单元；不分单元就留空。没有的单元会一并建立。"),
    )
    first_floor = forms.IntegerField(label=_("从几层"), initial=1)
    last_floor = forms.IntegerField(label=_("到几层"), initial=6)
    rooms = forms.IntegerField(label=_("每层几户"), initial=2)
    numbering = forms.ChoiceField(label=_("室号怎么编"), choices=Numbering.choices)
    first_room = forms.IntegerField(label=_("每层从几号开始"), initial=1)
    skip = forms.CharField(label=_("跳过的楼层"), required=False, help_text=_("如 4、13、14"))
    room_prefix = forms.CharField(label=_("室号前缀"), required=False, max_length=10)
    kind = forms.ChoiceField(label=_("用途"), choices=PartKind.choices)
    area = _area(_("每户建筑面积"))

    def clean_skip(self) -> frozenset[int]:
        """Read the floors."""
        try:
            return frozenset(int(word.removesuffix("层")) for word in _words(self.cleaned_data["skip"]))
        except ValueError as error:
            raise forms.ValidationError(_("请写楼层数字，用顿号分开，如 4、13、14。")) from error

    def clean_stairs(self) -> tuple[str, ...]:
        """Read the stairs, each once."""
        return tuple(dict.fromkeys(_words(self.cleaned_data["stairs"]))) or ("",)

    def plan(self) -> RoomPlan:
        """Return the plan."""
        taken = ("stairs", "first_floor", "last_floor", "rooms", "first_room", "numbering", "skip")
        chosen = {name: self.cleaned_data[name] for name in taken}
        return RoomPlan(**chosen, prefix=self.cleaned_data["room_prefix"])

    def facts(self) -> dict[str, Any]:
        """Return what all rooms have."""
        return {"kind": self.cleaned_data["kind"], "area": hundredths(self.cleaned_data["area"])}


class CloseForm(forms.Form):
    """Why and when something ceased to be."""

    reason = forms.CharField(
        label=_("注销原因"), max_length=100, error_messages={"required": _("请填写注销原因。")}
    )
    closed_on = forms.DateField(
        label=_("注销日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("留空为今天"),
    )


class GridsForm(forms.Form):
    """In which grids of its committee a building lies."""

    grids = forms.MultipleChoiceField(
        label=_("所在网格"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        compound = building.compound
        rows = Division.objects.on().filter(level=Level.GRID, parent=compound.committee).order_by("code")
        is_known = compound.is_committee_confirmed
        self.fields["grids"].choices = [(row.code, row.name) for row in rows] if is_known else []  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """In which street some compounds are."""

    street = forms.ModelChoiceField(
        label=_("街镇"),
        queryset=Division.objects.none(),
        to_field_name="code",
        empty_label=_("请选择"),
        error_messages={"required": _("请选择街镇。"), "invalid_choice": _("请选择本辖区的街镇。")},
    )
    name = forms.CharField(
        label=_("改名"),
        max_length=80,
        required=False,
        help_text=_("只选一个小区时可以改，用来和同名小区区分"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["street"]
        field.queryset = streets_of(actor).select_related("parent")  # type: ignore[attr-defined]
        field.label_from_instance = lambda street: f"{street.parent} · {street}"  # type: ignore[attr-defined]
