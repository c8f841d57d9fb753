"""The sums of an assessment as a form: one row for each member of the day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.ui.forms import DeskForm, day

from ..bodies.models import Member
from .models import Assessment
from .rules import Marks

COLUMNS = (
    ("competent", _("称职")),
    ("basic", _("基本称职")),
    ("incompetent", _("不称职")),
    ("abstain", _("弃权")),
    ("invalid", _("废票")),
)


def _number(label: Any) -> forms.IntegerField:
    words = {"invalid": _("请填整数。"), "min_value": _("票数不能是负数。")}
    return forms.IntegerField(label=label, min_value=0, max_value=100_000, error_messages=words)


class EnterForm(DeskForm):
    """When it was, who came, and for each member how many papers said what."""

    held_on = day(_("评议日期"))
    composition = _number(_("应到人数"))
    attendees = _number(_("到会人数"))

    def __init__(self, *args: Any, members: Sequence[Member], **kwargs: Any) -> None:
        self.members = members
        super().__init__(*args, **kwargs)
        for member in members:
            for code, label in COLUMNS:
                self.fields[f"m{member.pk}_{code}"] = _number(label)
                self.fields[f"m{member.pk}_{code}"].initial = 0
            self.fields[f"m{member.pk}"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def rows(self) -> Iterator[tuple[Member, list[Any], Any]]:
        """Yield each member with the fields of their row, and what is wrong with the whole row."""
        for member in self.members:
            cells = [self[f"m{member.pk}_{code}"] for code, _label in COLUMNS]
            yield member, cells, self[f"m{member.pk}"].errors

    def marks(self) -> dict[int, Marks]:
        """Return member → marks."""
        return {
            member.pk: Marks(*(self.cleaned_data[f"m{member.pk}_{code}"] for code, _label in COLUMNS))
            for member in self.members
        }


class RejectForm(DeskForm):
    """Why the sums are sent back."""

    reason = forms.CharField(label=_("哪里不符"), max_length=300)


class FilterForm(forms.Form):
    """How the list is narrowed and sorted."""

    q = forms.CharField(label=_("委员会"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *Assessment.State.choices]
    )
    year = forms.IntegerField(label=_("年份"), required=False, min_value=1990, max_value=9999)
    sort = forms.ChoiceField(
        label=_("排序"),
        required=False,
        choices=[
            ("", _("最近的在前")),
            ("oldest", _("最早的在前")),
            ("body", _("按委员会")),
            ("incompetent", _("不称职多的在前")),
        ],
    )
