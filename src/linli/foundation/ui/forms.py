"""The shape that every form of the desk has: Chinese messages that say what to do, fields by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.errors import InvalidInput

CHOOSE = (forms.ChoiceField, forms.ModelChoiceField, forms.ModelMultipleChoiceField)


class DeskForm(forms.Form):
    """A form whose messages say in Chinese what to do, and which can carry a service's refusal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            verb = _("请选择") if isinstance(field, CHOOSE) else _("请填写")
            field.error_messages["required"] = f"{verb}{field.label}。"
            field.error_messages["max_length"] = _("最多%(limit_value)d个字，现在是%(show_value)d个字。")
            field.error_messages["invalid_choice"] = _("这个选项已不可用，请重新选择。")

    def take(self, refusal: InvalidInput) -> None:
        """Put each of a service's messages beside its field, the rest above the form."""
        for name, words in refusal.details.items():
            self.add_error(name if name in self.fields else None, str(words))
        if not refusal.details:
            self.add_error(None, refusal.message)

    def typed(self) -> Mapping[str, Any]:
        """Return what was typed, cleaned or not, so that it can be shown again."""
        return {name: self[name].value() for name in self.fields}

    @property
    def has_general_errors(self) -> bool:
        """Whether something is wrong that belongs to no field."""
        return NON_FIELD_ERRORS in self.errors


def chosen_of(form: forms.Form) -> dict[str, Any]:
    """Return what narrows and sorts a list, by field; what cannot be read narrows nothing."""
    form.is_valid()
    return {name: form.cleaned_data.get(name, "") for name in form.fields}


def long_text(label: Any, *, required: bool = True, limit: int = 500, help_text: Any = "") -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def short_text(label: Any, *, required: bool = True, limit: int = 80, help_text: Any = "") -> forms.CharField:
    """Return a field of one line."""
    return forms.CharField(label=label, required=required, max_length=limit, help_text=help_text)


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a date with the browser's own calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("请填写日期，例如 2026-11-27。")},
    )


def instant(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    """Return a time with the browser's own picker."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("请填写日期和时间，例如 2026-11-27 09:30。")},
    )


def yes_no(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    """Return a choice of two that must be made knowingly: nothing is chosen beforehand."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
