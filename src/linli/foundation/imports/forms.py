"""The shape of what is typed in: the file, which column is which field, what words of the file mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from .mapping import MapSpec
from .models import QuarantinedRow
from .targets import Field, Kind, Target, target_choices

EMPTY = _("这个文件是空的，请重新选择。")
Choices = Sequence[tuple[str, Any]]


class ConflictsForm(forms.Form):
    """What a person decided about the rows of one page: a choice for each field of each row."""

    def __init__(self, *args: Any, rows: Sequence[QuarantinedRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = [row.number for row in rows]
        for row in rows:
            for clash in row.clashes:
                choices = [(code, words) for code, words in clash["choices"]]
                name = f"row_{row.number}_{clash['field']}"
                self.fields[name] = forms.ChoiceField(
                    label=clash["label"], choices=choices, widget=forms.RadioSelect, required=False
                )

    def choices(self) -> dict[int, dict[str, str]]:
        """Return row number → field → choice, for rows of which every field was chosen."""
        found: dict[int, dict[str, str]] = {}
        for number in self.numbers:
            start = f"row_{number}_"
            names = [name for name in self.fields if name.startswith(start)]
            given = {name.removeprefix(start): self.cleaned_data.get(name, "") for name in names}
            if given and all(given.values()):
                found[number] = given
        return found


class EndingForm(forms.Form):
    """That so many records end: the number is typed in again, so that it was read."""

    ends = forms.IntegerField(
        label=_("要注销的条数"),
        min_value=1,
        help_text=_("请照上面的数字再填一遍，表示已核对。"),
        error_messages={"required": _("请填写要注销的条数。"), "invalid": _("请填写数字。")},
    )


class UploadForm(forms.Form):
    """A file, and what it is."""

    target = forms.ChoiceField(label=_("导入什么"))
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel（.xlsx、.xls）或 CSV，也可以是 .csv.gz。上传后先看预览，不会马上导入。"),
        error_messages={"required": _("请选择文件。"), "empty": EMPTY},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = target_choices()
        asked = choices if len(choices) == 1 else [("", _("请选择")), *choices]
        self.fields["target"] = forms.ChoiceField(label=_("导入什么"), choices=asked, initial=asked[0][0])
        if len(choices) == 1:
            self.fields["target"].widget = forms.HiddenInput()


class CorrectedForm(forms.Form):
    """The downloaded rows, corrected."""

    file = forms.FileField(
        label=_("改好的文件"),
        help_text=_("请保留“行号”这一列。"),
        error_messages={"required": _("请选择改好的文件。"), "empty": EMPTY},
    )


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of the target on the page: its column, and one value for the whole file where it may be."""

    item: Field
    column: BoundField
    fixed: BoundField | None


class MapForm(forms.Form):
    """Which column is which field."""

    date_order = forms.ChoiceField(
        label=_("日期怎么写"),
        choices=[
            ("", _("年在前，或能看出来")),
            ("month", _("先月后日，如 04/12/2018 是4月12日")),
            ("day", _("先日后月，如 04/12/2018 是12月4日")),
        ],
        required=False,
    )
    is_counted = forms.BooleanField(
        label=_("计入三率等统计"),
        help_text=_("一般不勾选：历史数据只供查询和继续办理。"),
        required=False,
    )
    save_as = forms.CharField(
        label=_("把这套对应关系存为"),
        max_length=60,
        required=False,
        help_text=_("下次上传列名相同的文件会自动用上。"),
    )

    def __init__(
        self,
        *args: Any,
        target: Target,
        headers: Sequence[str],
        spec: MapSpec,
        places: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.target, self.before = target, spec
        columns = [("", _("（没有这一列）")), *((header, header) for header in headers)]
        for item in target.fields:
            self.fields[f"column_{item.code}"] = forms.ChoiceField(
                label=str(item.label),
                help_text=str(item.help),
                choices=columns,
                required=False,
                initial=spec.columns.get(item.code, ""),
            )
            if item.is_fixable:
                fixed = _fixed_field(item, places)
                fixed.initial = spec.fixed.get(item.code, "")
                self.fields[f"fixed_{item.code}"] = fixed
        if target.count is None:
            del self.fields["is_counted"]
        if target.present is not None:
            self.fields["complete"] = _complete_field(places, spec.complete)
        self.fields["keep"] = forms.MultipleChoiceField(
            label=_("另存为备注的列"),
            help_text=_("这些列没有对应的字段，内容记在办理经过里，只有居委街镇可见。"),
            choices=[(header, header) for header in headers],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=list(spec.keep),
        )
        if not target.keeps_notes:
            del self.fields["keep"]
        self.fields["date_order"].initial = spec.date_order

    def rows(self) -> Iterator[FieldRow]:
        """Yield the fields as they stand on the page."""
        for item in self.target.fields:
            fixed = self[f"fixed_{item.code}"] if item.is_fixable else None
            yield FieldRow(item, self[f"column_{item.code}"], fixed)

    def spec(self) -> MapSpec:
        """Return the map that was filled in; words of the file that were mapped before stay."""
        sent = self.cleaned_data

        def given(part: str) -> dict[str, str]:
            texts = {item.code: sent.get(f"{part}_{item.code}") or "" for item in self.target.fields}
            return {code: text.strip() for code, text in texts.items() if text.strip()}

        return replace(
            self.before,
            columns=given("column"),
            fixed=given("fixed"),
            keep=tuple(sent.get("keep", ())),
            date_order=sent["date_order"],
            complete=sent.get("complete", "").strip(),
        )


def _complete_field(places: Choices, chosen: str) -> forms.Field:
    label = _("这份文件是全量的，范围是")
    help_text = _(
        "选了以后，这个范围里、同一来源登记过而文件里没有的，导入后会注销；数量多时先请另一人复核。"
    )
    if places:
        choices = [("", _("（不是全量，没有的不动）")), *places]
        return forms.ChoiceField(
            label=label, help_text=help_text, choices=choices, required=False, initial=chosen
        )
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=15, initial=chosen)


def _fixed_field(item: Field, places: Choices) -> forms.Field:
    label = _("整个文件都是")
    choices: Choices = item.choices() if item.choices else places if item.kind == Kind.PLACE else ()
    if choices:
        return forms.ChoiceField(label=label, choices=[("", _("（不统一）")), *choices], required=False)
    help_text = _("区划代码，街镇9位、居村委12位") if item.kind == Kind.PLACE else ""
    return forms.CharField(label=label, required=False, help_text=help_text)


@dataclass(frozen=True, slots=True)
class WordRow:
    """One word of the file that is not known yet, how often it stands there, and what it shall mean."""

    label: Any
    word: str
    count: int
    field: BoundField


class WordsForm(forms.Form):
    """What words of the file mean; one left open stays as it is."""

    def __init__(
        self,
        *args: Any,
        target: Target,
        unknown: Mapping[str, Sequence[tuple[str, int]]],
        places: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._rows: list[tuple[Field, str, int, str]] = []
        for code, words in unknown.items():
            item = target.field(code)
            for word, count in words:
                name = f"word_{len(self._rows)}"
                self.fields[name] = _word_field(item, word, places)
                self._rows.append((item, word, count, name))

    def rows(self) -> list[WordRow]:
        """Return the words as they stand on the page."""
        return [WordRow(item.label, word, count, self[name]) for item, word, count, name in self._rows]

    def values(self) -> dict[str, dict[str, str]]:
        """Return what was filled in: field → word → value."""
        found: dict[str, dict[str, str]] = {}
        for item, word, _count, name in self._rows:
            if value := self.cleaned_data.get(name, "").strip():
                found.setdefault(item.code, {})[word] = value
        return found


def _word_field(item: Field, word: str, places: Choices) -> forms.Field:
    choices: Choices = item.choices() if item.choices else places
    if choices:
        return forms.ChoiceField(label=word, choices=[("", _("（先不对应）")), *choices], required=False)
    return forms.CharField(label=word, required=False, max_length=15)
