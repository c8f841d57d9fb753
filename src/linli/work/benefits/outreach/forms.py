"""The shape of what is filled in on the pages of outreach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.foundation.accounts.selectors import area_choices
from linli.foundation.places.models import Division, Level
from linli.foundation.ui.forms import chosen_of

from ..models import Batch, Policy, Wave
from .selectors import policies_found

SORTS = (
    ("due", gettext_lazy("快到期的在前")),
    ("never", gettext_lazy("从未联系过的在前")),
    ("new", gettext_lazy("新派的在前")),
)


class VisitFilterForm(forms.Form):
    """What narrows the list of visits."""

    q = forms.CharField(label=gettext_lazy("小区、楼号或室号"), required=False, max_length=40)
    policy = forms.ChoiceField(label=gettext_lazy("政策"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("区域"), required=False)
    mine = forms.ChoiceField(
        label=gettext_lazy("谁去"),
        required=False,
        choices=[("", gettext_lazy("所有人")), ("1", gettext_lazy("只看派给我的"))],
    )
    sort = forms.ChoiceField(label=gettext_lazy("排序"), required=False, choices=SORTS)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"] = _choice(_("政策"), [("", _("全部")), *policies_found(actor)])
        areas = _indented(area_choices(actor.areas))
        if len(areas) > 1:
            self.fields["area"] = _choice(_("区域"), [("", _("全部")), *areas])
        else:
            del self.fields["area"]

    def asked(self) -> dict[str, Any]:
        """Return the filters for ``outreach_list``; what is no choice is left out."""
        self.is_valid()
        said = self.cleaned_data
        return {
            "words": said.get("q", ""),
            "policy": said.get("policy", ""),
            "area": said.get("area", ""),
            "is_mine": bool(said.get("mine")),
            "sort": said.get("sort") or "due",
        }


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices)


def _indented(areas: list[Division]) -> list[tuple[str, str]]:
    """Return areas as choices, down to committees (where households are kept); what lies within another
    stands further in."""
    areas = [place for place in areas if place.level <= Level.COMMITTEE]
    levels = sorted({place.level for place in areas})
    return [(place.path, "\u3000" * levels.index(place.level) + place.name) for place in areas]


class StageFilterForm(forms.Form):
    """What narrows a list of what is under way for policies: which policy, how far."""

    policy = forms.ChoiceField(label=gettext_lazy("政策"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    states: Sequence[tuple[str, Any]] = ()

    def __init__(self, *args: Any, rows: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = rows.order_by("policy__name").values_list("policy__code", "policy__name").distinct()
        self.fields["policy"] = _choice(_("政策"), [("", _("全部")), *named])
        self.fields["state"] = _choice(_("状态"), [("", _("全部")), *self.states])

    def asked(self) -> dict[str, str]:
        """Return the filters as the selector takes them; what is no choice is left out."""
        return chosen_of(self)


class WaveFilterForm(StageFilterForm):
    """What narrows the list of waves."""

    states = Wave.State.choices


class BatchFilterForm(StageFilterForm):
    """What narrows the list of lists without application."""

    states = Batch.State.choices


class WaveChangeForm(forms.Form):
    """Where a wave hands out, how many a week, and up to which day."""

    area = forms.ChoiceField(label=gettext_lazy("区域"))
    per_worker_week = forms.IntegerField(
        label=gettext_lazy("每人每周几户"), initial=10, help_text=gettext_lazy("1到100户；可以随时调整。")
    )
    until_on = forms.DateField(
        label=gettext_lazy("派到哪天为止"),
        required=False,
        help_text=gettext_lazy("不填就一直派，到有人结束它。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    includes_unknown = forms.BooleanField(label=gettext_lazy("包括缺情况、值得上门核实的"), required=False)

    def __init__(self, *args: Any, areas: list[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = areas
        self.fields["area"] = forms.ChoiceField(label=_("区域"), choices=_indented(areas))

    def area_name(self) -> str:
        """Return the area that was chosen as it is called."""
        return next(place.name for place in self.areas if place.path == self.cleaned_data["area"])

    def said(self) -> dict[str, Any]:
        """Return what was filled in, as the services call it."""
        said = dict(self.cleaned_data)
        said["area_path"] = said.pop("area")
        return said


class WaveForm(WaveChangeForm):
    """A wave to be released."""

    policy = forms.ChoiceField(label=gettext_lazy("政策"))
    field_order = ("policy", "area", "per_worker_week", "until_on", "includes_unknown")

    def __init__(self, *args: Any, policies: list[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policies = [(str(one.public_id), one.name) for one in policies]
        self.fields["policy"] = forms.ChoiceField(label=_("政策"), choices=self.policies)

    def said(self) -> dict[str, Any]:
        """Return what was filled in, as the services call it."""
        said = super().said()
        said["policy_id"] = said.pop("policy")
        return said

    def named(self) -> dict[str, str]:
        """Return policy and area that were chosen as they are called."""
        chosen = self.cleaned_data
        return {
            "policy": next(name for code, name in self.policies if code == chosen["policy"]),
            "area": self.area_name(),
        }


class BatchForm(forms.Form):
    """A list without application to be put together."""

    policy = forms.ChoiceField(label=gettext_lazy("政策"))
    area = forms.ChoiceField(label=gettext_lazy("区域"))

    def __init__(self, *args: Any, policies: list[Policy], areas: list[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"] = forms.ChoiceField(
            label=_("政策"), choices=[(str(one.public_id), one.name) for one in policies]
        )
        self.fields["area"] = forms.ChoiceField(label=_("区域"), choices=_indented(areas))
