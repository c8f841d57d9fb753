"""The shape of what people type about decision tables: one row, a publication, a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.foundation.ui.forms import DeskForm, day, long_text, short_text

from . import cells, rules
from .cells import ColumnOf, Lookup
from .models import Policy, Subject
from .words import DAYS, PLACES, joined

MOST_BYTES = 5_000_000
# (what stands in the cell, what the reader sees) by kind of value
TICKED = {"place": (cells.PLACE_WORDS, PLACES), "days": (cells.DAY_WORDS, DAYS)}
CHOSEN = {"class": (cells.CLASS_WORDS, cells.CLASSES), "urgency": (cells.URGENCY_WORDS, cells.URGENCIES)}

YES, OF_KIND = "是", "类别:"  # as cells are compared


class TableForm(DeskForm):
    """Begin a table."""

    subject = forms.ChoiceField(
        label=gettext_lazy("管什么"), choices=Subject.choices, widget=forms.RadioSelect
    )
    name = short_text(gettext_lazy("名称"), limit=60, help_text=gettext_lazy("例如：桂花街道派单规则"))
    policy = forms.ChoiceField(
        label=gettext_lazy("怎么算"), choices=Policy.choices, initial=Policy.FIRST, widget=forms.RadioSelect
    )

    def offer(self, taken: set[str]) -> None:
        """Leave out the subjects that have a table already."""
        rows = [choice for choice in Subject.choices if choice[0] not in taken]
        self.fields["subject"].choices = rows  # type: ignore[attr-defined]


class PolicyForm(DeskForm):
    """Which of the rows that apply count."""

    policy = forms.ChoiceField(label=gettext_lazy("怎么算"), choices=Policy.choices, widget=forms.RadioSelect)


class RowForm(DeskForm):
    """One row: a field a column, its text as a clerk would write it."""

    lock = forms.IntegerField(widget=forms.HiddenInput(attrs={"data-nodraft": ""}))

    def __init__(self, *args: Any, subject: str, known: Lookup, said: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        for column in cells.columns_of(subject):
            self.fields[column.code] = self._field(column, known)
            self.fields[column.code].initial = self._initial(column.code, said.get(column.code, ""))

    @property
    def conditions(self) -> list[forms.BoundField]:
        """Return the fields of what the row asks."""
        return [self[column.code] for column in cells.CONDITIONS]

    @property
    def results(self) -> list[forms.BoundField]:
        """Return the fields of what it says, and why."""
        asked = {column.code for column in cells.CONDITIONS}
        return [self[c.code] for c in cells.columns_of(self.subject) if c.code not in asked]

    def _field(self, column: ColumnOf, known: Lookup) -> forms.Field:
        required = column.code == cells.MAIN[self.subject]
        label, example = column.label, column.example
        if column.code in TICKED:
            labels = _labels(*TICKED[column.code])
            return forms.MultipleChoiceField(
                label=label, choices=labels, required=False, widget=forms.CheckboxSelectMultiple
            )
        if column.code in CHOSEN:
            labels = _labels(*CHOSEN[column.code])
            return forms.ChoiceField(label=label, choices=labels, required=required, widget=forms.RadioSelect)
        if column.code == "direct":
            return forms.BooleanField(label=label, required=False, help_text=example)
        if column.code == "lead":
            return forms.ChoiceField(label=label, choices=_unit_choices(known), required=required)
        field = short_text(label, required=required, limit=cells.LONGEST, help_text=example)
        if column.code in ("category", "area", "helpers"):
            field.widget.attrs["list"] = f"known-{column.code}"
        return field

    @staticmethod
    def _initial(code: str, said: str) -> Any:
        if code in TICKED:
            return [word for word in said.split("、") if word]
        if code == "lead":  # the list offers names as they are compared
            return cells.plain(said)
        return bool(said) if code == "direct" else said

    def typed_cells(self) -> dict[str, str]:
        """Return the cells as texts, as they would stand in a file."""
        texts = {}
        for column in cells.columns_of(self.subject):
            value = self.cleaned_data.get(column.code)
            if isinstance(value, list):
                value = joined(value)
            texts[column.code] = (YES if value else "") if isinstance(value, bool) else str(value or "")
        return texts


def _labels(written: dict[Any, str], shown: Any) -> list[tuple[str, Any]]:
    return [(words, shown[code]) for code, words in written.items()]


def _unit_choices(known: Lookup) -> list[tuple[str, Any]]:
    kinds = [(f"{OF_KIND}{kind}", _("类别：%s（事发地的那一家）") % kind) for kind in sorted(known.kinds)]
    units = [(name, name) for name in known.units]
    return [("", _("请选择")), (_("按单位类别"), kinds), (_("指定单位"), units)]


class PublishForm(DeskForm):
    """From which day a draft counts, and what was changed."""

    lock = forms.IntegerField(widget=forms.HiddenInput(attrs={"data-nodraft": ""}))
    starts_on = day(
        gettext_lazy("从哪天起用"),
        help_text=gettext_lazy("选今天就是发布后马上起用；已有规则的事项仍按原来的版本"),
    )
    remark = long_text(gettext_lazy("这次改了什么"), limit=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = clock.today()


class RefuseForm(DeskForm):
    """Why a proposed version goes back."""

    reason = short_text(gettext_lazy("不核准的理由"), limit=200)


class FileForm(DeskForm):
    """The rows as a workbook."""

    lock = forms.IntegerField(widget=forms.HiddenInput(attrs={"data-nodraft": ""}))
    file = forms.FileField(
        label=gettext_lazy("规则文件"),
        error_messages={"empty": gettext_lazy("这个文件是空的，请重新选择。")},
        help_text=gettext_lazy("先“导出”一份，在Excel里改好再读入；会替换草稿里的所有行"),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large to be a table of rules."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件太大，最多5 MB；一张表最多%d行。") % rules.MOST_ROWS)
        return file
