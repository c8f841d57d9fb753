"""What a worker writes down for somebody else: one matter on a page, or many in a table."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.foundation.ui.forms import instant, short_text

from ..models import Channel
from ..rules import Origin
from ..selectors import emergency
from .forms import LONG_TEXT, CategoryField, PlaceFields
from .leaf_forms import LeafForm

HOW = [
    (Channel.DOOR, gettext_lazy("上门")),
    (Channel.TELEPHONE, gettext_lazy("电话")),
    (Channel.PATROL, gettext_lazy("巡查发现")),
]
# Where files with numbers of their own come from; others may be typed.
SOURCES = ("12345热线", "区城运中心", "网格化平台", "信访转办", "人民建议征集")


class TakenFields(PlaceFields):
    """What is written down of every report that a worker takes."""

    reporter_phone = short_text(gettext_lazy("联系电话"), required=False, limit=20)
    reporter_name = short_text(gettext_lazy("反映人称呼"), required=False, limit=40)
    text = forms.CharField(
        label=gettext_lazy("什么事"),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    address = short_text(gettext_lazy("具体位置"), required=False, limit=160)
    category = CategoryField(gettext_lazy("类别"), required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("怎么来的"), choices=HOW, widget=forms.RadioSelect, initial=Channel.TELEPHONE
    )
    source = short_text(
        gettext_lazy("来件渠道"),
        required=False,
        limit=40,
        help_text=gettext_lazy("转来的才填，例如12345热线"),
    )
    source_number = short_text(gettext_lazy("来件编号"), required=False, limit=60)
    source_due_at = instant(gettext_lazy("来件时限"), required=False)

    PLAIN: ClassVar[tuple[str, ...]] = (
        "channel",
        "reporter_name",
        "reporter_phone",
        "text",
        "address",
        "category",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].widget.attrs["list"] = "sources"
        self.fields["reporter_phone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}

    def origin(self) -> Origin:
        """Return where it came from outside, as far as it was filled in."""
        given = getattr(self, "cleaned_data", {})
        source, number = given.get("source", ""), given.get("source_number", "")
        return Origin(source, number, given.get("source_due_at"))

    def report(self) -> dict[str, Any]:
        """Return what the report's service takes, beyond actor, place and photos."""
        return {**{name: self.cleaned_data[name] for name in self.PLAIN}, "origin": self.origin()}


class IntakeForm(LeafForm, TakenFields):
    """What a worker writes down at the door or on the telephone, for somebody else."""

    happened_at = instant(gettext_lazy("什么时候发生的"), required=False)
    beneficiary_name = short_text(gettext_lazy("替谁反映"), required=False, limit=40)
    beneficiary_relation = short_text(gettext_lazy("与反映人的关系"), required=False, limit=20)
    documents = forms.CharField(
        label=gettext_lazy("代收材料"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("全程代办时填写，一行一件，例如：身份证复印件"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_complaint = forms.BooleanField(label=gettext_lazy("反映的是某个具体的人（不得公开）"), required=False)

    PLAIN = (
        *TakenFields.PLAIN,
        "happened_at",
        "beneficiary_name",
        "beneficiary_relation",
        "is_complaint",
    )

    def clean_happened_at(self) -> Any:
        """A matter cannot have happened later than now."""
        at = self.cleaned_data["happened_at"]
        if at and at > clock.now():
            raise forms.ValidationError(_("发生时间不能晚于现在，请核对。"))
        return at

    def may_ask(self) -> bool:
        """An emergency waits for no answer."""
        return emergency(str(self["text"].value() or "")) is None

    def report(self) -> dict[str, Any]:
        """Pass on what was answered."""
        return {**super().report(), "answers": self.answers}

    def document_names(self) -> list[str]:
        """Return the papers handed over, one a line."""
        lines = self.cleaned_data["documents"].splitlines()
        return [line.strip()[:80] for line in lines if line.strip()]


class PhoneRowForm(TakenFields):
    """One row of the telephone desk's table; ``row_key`` makes it one matter however often it is sent."""

    row_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    SAID = ("reporter_phone", "reporter_name", "text", "place_words", "address", "source_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel = self.fields["channel"]
        channel.widget = forms.Select(choices=channel.choices)  # type: ignore[attr-defined]
        number = str(self.prefix or "").removeprefix("r")
        self.fields["text"].widget.attrs |= {"rows": 3, "data-emergency": f"emergency-{number}"}
        for name in ("source_number", "source_due_at", "source", "address", "place_words"):
            self.fields[name].help_text = ""
        for name in (*self.SAID, "source"):
            self.fields[name].widget.attrs["placeholder"] = self.fields[name].label

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been written into the row."""
        return not any(str(self[name].value() or "").strip() for name in self.SAID)
