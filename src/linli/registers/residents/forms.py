"""What the lists of the registry are narrowed by; unknown values are left aside, never an error page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.selectors import area_choices
from linli.foundation.places.models import Building
from linli.foundation.places.selectors import division_by_code

from .facts.dictionary import FactKey, Of, Type, keys_of
from .models import Household, Membership, Occupancy, Resident
from .selectors.figures import CountFilters
from .selectors.homes import compounds_here
from .selectors.lists import HouseholdFilters, PeopleFilters

ALL = ("", gettext_lazy("全部"))
UNKNOWN = ("none", gettext_lazy("未登记"))
OLDEST = 150
FACT = "fact_"


def _choice(label: Any, *choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[ALL, *choices])


def _number(label: Any, most: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"min": 0, "max": most, "inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most, widget=widget)


def fact_filters() -> list[FactKey]:
    """Return the plain facts of persons that a list can be narrowed by; sensitive ones never are."""
    return [line for line in keys_of(Of.PERSON) if line.type is Type.CHOICE and not line.is_sensitive]


class PlaceFilterForm(forms.Form):
    """Where: an area below the actor's, a compound, one of its buildings."""

    area = _choice(gettext_lazy("区域"))
    compound = _choice(gettext_lazy("小区"))
    building = _choice(gettext_lazy("楼栋"))

    def __init__(self, query: QueryDict, *, actor: Actor) -> None:
        super().__init__(query)
        self.actor = actor
        self._compounds = {str(row.public_id): row for row in compounds_here(actor)}
        self._offer(
            "area", [(place.code, place.short_name or place.name) for place in area_choices(actor.areas)]
        )
        self._offer("compound", [(key, row.name) for key, row in self._compounds.items()])
        self._buildings = self._of_compound(query.get("compound", ""))
        self._offer("building", [(key, row.name) for key, row in self._buildings.items()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        if choices:
            self.fields[name].choices = [ALL, *choices]  # type: ignore[attr-defined]
        else:
            self.fields.pop(name, None)

    def _of_compound(self, key: str) -> dict[str, Building]:
        compound = self._compounds.get(key)
        rows = Building.objects.filter(compound=compound) if compound else Building.objects.none()
        return {str(row.public_id): row for row in rows}

    def chosen(self) -> dict[str, Any]:
        """Return the values that are both given and valid."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, False)}

    def where(self) -> dict[str, Any]:
        """Return area (a path), compound and building; raises ``NotFound`` for an area of others."""
        chosen, found = self.chosen(), dict[str, Any]()
        if code := chosen.get("area"):
            found["area"] = division_by_code(code).path
            if not self.actor.covers(found["area"]):
                raise NotFound(_("没有找到这个区域。"))
        if key := chosen.get("compound"):
            found["compound"] = self._compounds[key]
        if key := chosen.get("building"):
            found["building"] = self._buildings[key]
        return found

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.chosen().keys() - {"order"})


class PeopleFilterForm(PlaceFilterForm):
    """By what persons are narrowed down."""

    age_from = _number(gettext_lazy("年龄从"), OLDEST)
    age_to = _number(gettext_lazy("到"), OLDEST)
    sex = _choice(gettext_lazy("性别"), *[c for c in Resident.Sex.choices if c[0]], UNKNOWN)
    presence = _choice(gettext_lazy("居住情况"), *Membership.Presence.choices)
    tenure = _choice(gettext_lazy("居住方式"), *[c for c in Occupancy.Tenure.choices if c[0]], UNKNOWN)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            ("", gettext_lazy("在册")),
            (Resident.State.AWAY, Resident.State.AWAY.label),
            (Resident.State.DEAD, Resident.State.DEAD.label),
        ],
    )
    is_minor = forms.BooleanField(label=gettext_lazy("不满14周岁"), required=False)
    is_cared_for = forms.BooleanField(label=gettext_lazy("关爱对象"), required=False)
    order = forms.ChoiceField(
        label=gettext_lazy("排序"),
        required=False,
        choices=[
            ("", gettext_lazy("最新登记的在前")),
            ("oldest", gettext_lazy("年长的在前")),
            ("youngest", gettext_lazy("年幼的在前")),
        ],
    )

    def __init__(self, query: QueryDict, *, actor: Actor) -> None:
        super().__init__(query, actor=actor)
        for line in fact_filters():
            self.fields[f"{FACT}{line.key}"] = _choice(line.label, *line.choices.items())

    def filters(self) -> PeopleFilters:
        """Return what the list is narrowed by."""
        chosen = {**self.chosen(), **self.where()}
        facts = {name.removeprefix(FACT): chosen.pop(name) for name in list(chosen) if name.startswith(FACT)}
        return PeopleFilters(**chosen, facts=facts)

    @property
    def fact_fields(self) -> list[Any]:
        """Return the bound fields of plain facts."""
        return [self[name] for name in self.fields if name.startswith(FACT)]


class HouseholdFilterForm(PlaceFilterForm):
    """By what households are narrowed down."""

    size_from = _number(gettext_lazy("人数从"), 99)
    size_to = _number(gettext_lazy("到"), 99)
    tenure = _choice(gettext_lazy("居住方式"), *[c for c in Occupancy.Tenure.choices if c[0]], UNKNOWN)
    kind = _choice(gettext_lazy("户别"), *Household.Kind.choices)

    def filters(self) -> HouseholdFilters:
        """Return what the list is narrowed by."""
        return HouseholdFilters(**{**self.chosen(), **self.where()})


class EstablishmentFilterForm(PlaceFilterForm):
    """By what establishments are narrowed down."""

    q = forms.CharField(label=gettext_lazy("名称、拼音或信用代码"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[("", gettext_lazy("在营")), ("closed", gettext_lazy("已撤销"))],
    )

    def __init__(self, query: QueryDict, *, actor: Actor) -> None:
        super().__init__(query, actor=actor)
        self.fields.pop("building", None)

    def filters(self) -> dict[str, Any]:
        """Return what the list is narrowed by."""
        chosen = self.chosen()
        where = {name: value for name, value in self.where().items() if name != "building"}
        return {"words": chosen.get("q", ""), "is_closed": "state" in chosen, **where}


class CountFilterForm(forms.Form):
    """What is counted: how people live, as what they hold their home."""

    presence = _choice(gettext_lazy("居住情况"), *Membership.Presence.choices)
    tenure = _choice(gettext_lazy("居住方式"), *[c for c in Occupancy.Tenure.choices if c[0]])

    def chosen(self) -> dict[str, str]:
        """Return the values that are both given and valid."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def filters(self) -> CountFilters:
        """Return what is counted."""
        return CountFilters(**self.chosen())
