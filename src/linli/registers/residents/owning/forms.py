"""A title as a form: kind, area, days, paper, and one row for each owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.errors import InvalidInput
from linli.foundation.accounts.forms import form_refuse

from ..models import Ownership
from .rules import OwnerEntry, area_read, share_read
from .selectors import Candidate, owner_by_number

MOST_ROWS, SPARE_ROWS = 8, 2
DAY = {"type": "date"}


def _day(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={
            "invalid": gettext_lazy("请填写日期，例如 2026-11-27。"),
            "required": gettext_lazy("请填写日期。"),
        },
    )


class TitleForm(forms.Form):
    """What a title says; ``act`` decides which of the fields are asked."""

    kind = forms.ChoiceField(
        label=gettext_lazy("性质"),
        choices=[pair for pair in Ownership.Kind.choices if pair[0]],
        initial=Ownership.Kind.SOLD,
        widget=forms.RadioSelect,
    )
    area = forms.CharField(
        label=gettext_lazy("登记面积"),
        max_length=20,
        help_text=gettext_lazy("平方米，照不动产权证填写，例如 89.50。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"required": gettext_lazy("请填写登记面积。")},
    )
    from_on = _day(gettext_lazy("取得日期"), gettext_lazy("不知道就留空。"))
    on = _day(gettext_lazy("转移日期"), gettext_lazy("原产权到这天为止，新产权从这天开始。"), required=True)
    certificate = forms.CharField(label=gettext_lazy("权证号"), max_length=80, required=False)
    reason = forms.CharField(
        label=gettext_lazy("更正原因"),
        max_length=120,
        error_messages={"required": gettext_lazy("请写明为什么更正。")},
    )

    def __init__(
        self, *args: Any, act: str, candidates: Sequence[Candidate], owners: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {row.key: row for row in candidates}
        if act == "correct":
            self.fields["certificate"].help_text = _("号码不显示；不改就留空。")
        for name, wanted in {"from_on": "register correct", "on": "transfer", "reason": "correct"}.items():
            if act not in wanted.split():
                del self.fields[name]
        self.numbers = range(1, min(max(owners, 1) + SPARE_ROWS, MOST_ROWS) + 1)
        for n in self.numbers:
            self._row_fields(n)

    def _row_fields(self, n: int) -> None:
        who = [("", _("请选择")), *((key, row.label) for key, row in self.candidates.items())]
        self.fields[f"who_{n}"] = forms.ChoiceField(
            label=_("产权人%d") % n,
            choices=who,
            required=False,
            error_messages={"invalid_choice": _("这个选项已不可用，请重新选择。")},
        )
        self.fields[f"number_{n}"] = forms.CharField(
            label=_("或证件号码、信用代码"),
            max_length=40,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields[f"share_{n}"] = forms.CharField(label=_("份额"), max_length=20, required=False)
        self.fields[f"voter_{n}"] = forms.BooleanField(label=_("由其表决"), required=False)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the fields of each owner, as the page draws them."""
        for n in self.numbers:
            yield {name: self[f"{name}_{n}"] for name in ("who", "number", "share", "voter")}

    def clean(self) -> dict[str, Any]:
        """Read area and owners; what is wrong stands beside its field."""
        cleaned = super().clean() or {}
        if "area" in cleaned:
            try:
                cleaned["area"] = area_read(cleaned["area"])
            except InvalidInput as refusal:
                form_refuse(self, refusal)
        cleaned["owners"] = [entry for n in self.numbers if (entry := self._entry(n, cleaned))]
        return cleaned

    def _entry(self, n: int, cleaned: dict[str, Any]) -> OwnerEntry | None:
        chosen, number = cleaned.get(f"who_{n}", ""), cleaned.get(f"number_{n}", "")
        if not chosen and not number:
            if cleaned.get(f"share_{n}"):
                self.add_error(f"who_{n}", _("请选择产权人，或填写证件号码。"))
            return None
        owner = owner_by_number(number) if number else self.candidates.get(chosen)
        if owner is None:
            self.add_error(f"number_{n}", _("登记里没有这个号码。请先登记这个人或单位，再来登记产权。"))
            return None
        try:
            share = share_read(cleaned.get(f"share_{n}", ""))
        except InvalidInput as refusal:
            self.add_error(f"share_{n}", refusal.message)
            return None
        is_voter = bool(cleaned.get(f"voter_{n}"))
        return OwnerEntry(owner.resident_id, owner.establishment_id, share, is_voter)


class EndForm(forms.Form):
    """Why and when a title ends without a next one."""

    on = _day(gettext_lazy("注销日期"), required=True)
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=120,
        error_messages={"required": gettext_lazy("请写明产权为什么注销。")},
    )
