"""The shape of a search over the record."""

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from .words import verb_choices


class Day(forms.DateInput):
    """A day as the browser's own control picks it."""

    input_type = "date"


def _verbs() -> list[tuple[str, str]]:
    return [("", str(_("全部"))), *verb_choices()]


class AuditSearch(forms.Form):
    """Record, person, act and time; everything may be left out."""

    subject = forms.CharField(label=_("编号"), max_length=60, required=False)
    person = forms.CharField(label=_("用户名"), max_length=60, required=False)
    verb = forms.CharField(
        label=_("做了什么"),
        max_length=60,
        required=False,
        widget=forms.Select(choices=CallableChoiceIterator(_verbs)),
    )
    since = forms.DateField(label=_("从"), required=False, widget=Day)
    until = forms.DateField(label=_("到"), required=False, widget=Day)
