"""What is typed to find somebody, and what is asked to be shown of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor

from ..sealing import PERSONAL
from .selectors import search_areas
from .services import PURPOSES

FIELDS = {"name": _("姓名"), "number": _("证件号码"), "phone": _("电话"), "birth": _("出生日期")}


class SearchForm(forms.Form):
    """Words and an area; the words are judged by the service."""

    words = forms.CharField(
        label=_("找谁"),
        max_length=80,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "type": "search",
                "enterkeyhint": "search",
                "aria-describedby": "search-people-help",
            }
        ),
    )
    area = forms.ChoiceField(label=_("范围"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(place.path, place.name) for place in search_areas(actor)]
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("我负责的全部区域")), *places]
        if not self.is_bound:  # once there is an answer, the answer comes first
            self.fields["words"].widget.attrs["autofocus"] = True


class RevealForm(forms.Form):
    """Which values, and what for."""

    purpose = forms.ChoiceField(
        label=_("查看的目的"), choices=[("", _("请选择")), *PURPOSES.items()], required=False
    )
    fields_asked = forms.MultipleChoiceField(
        label=_("查看哪些内容"),
        choices=[(name, FIELDS[name]) for name in PERSONAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
