"""The shape of what is sent about keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.accounts.selectors import person_names

from ..ballots.models import Ballot
from .models import Side
from .selectors import trustee_choices
from .standing import barred_among

LONGEST_RESULT = 2_000_000


def _offered(person: int, names: Mapping[int, str], barred: set[int]) -> tuple[int, str]:
    words = _("%s（候选人，不能保管）") if person in barred else "%s"
    return person, words % names[person]


class TrusteesForm(forms.Form):
    """Who holds the three shares, one from each side."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = trustee_choices(ballot)
        names = person_names(person for persons in offered.values() for person in persons)
        barred = barred_among(ballot, names)
        for side, persons in offered.items():
            label = str(Side(side).label)
            self.fields[side] = forms.TypedChoiceField(
                label=label,
                coerce=int,
                choices=[("", _("请选择")), *(_offered(person, names, barred) for person in persons)],
                help_text="" if persons else _("%s还没有在岗人员，请先在“人员与岗位”里登记。") % label,
                error_messages={"required": _("请选择%s的保管人。") % label},
            )

    @property
    def persons(self) -> dict[str, int]:
        """Side → person as chosen."""
        return {side: self.cleaned_data[side] for side in Side.values}


class KeyForm(forms.Form):
    """What a ceremony registers; filled in by the script, never by hand."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    public_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    share_1 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    share_2 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    share_3 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @property
    def share_hashes(self) -> list[str]:
        """What the shares hash to, in the order of the seats."""
        return [self.cleaned_data[f"share_{seat}"] for seat in (1, 2, 3)]


class ResultForm(forms.Form):
    """What two trustees counted; filled in by the script."""

    result = forms.CharField(
        max_length=LONGEST_RESULT,
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("请先开票，再送回结果。")},
    )
    seats = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def clean_result(self) -> Any:
        """Read the counts."""
        return self._json("result")

    def clean_seats(self) -> list[int]:
        """Read which two shares were joined."""
        seats = self._json("seats")
        if not isinstance(seats, list) or not all(isinstance(seat, int) for seat in seats):
            raise forms.ValidationError(_("开票要用两位保管人的份额。"))
        return seats

    def _json(self, name: str) -> Any:
        try:
            return json.loads(self.cleaned_data[name])
        except ValueError as error:
            raise forms.ValidationError(_("结果没有完整送到，请重新开票。")) from error
