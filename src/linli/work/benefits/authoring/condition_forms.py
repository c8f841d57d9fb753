"""One form a kind of condition: what a clerk ticks and types, without knowing how it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.ui.forms import DeskForm, day, short_text

from ..language.columns import Kind as ColumnKind
from ..language.columns import columns
from .edits import Group
from .forms import lock_field
from .leaves import Kind

OPS = [
    ("from", gettext_lazy("不低于（含）")),
    ("over", gettext_lazy("高于")),
    ("under", gettext_lazy("低于")),
    ("at_most", gettext_lazy("不高于（含）")),
    ("equals", gettext_lazy("等于")),
]
DATE_OPS = [
    ("from", gettext_lazy("这一天或以后")),
    ("under", gettext_lazy("早于这一天")),
    ("at_most", gettext_lazy("这一天或以前")),
    ("over", gettext_lazy("这一天以后")),
]
NONE = ("none", gettext_lazy("没有"))
Choices = Sequence[tuple[str, Any]]


def _whole(
    label: Any, *, required: bool = False, most: int = 9_999, help_text: Any = ""
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=0,
        max_value=most,
        help_text=help_text,
        error_messages={
            "invalid": gettext_lazy("请填写整数，例如 65。"),
            "min_value": gettext_lazy("请填写0以上的整数。"),
            "max_value": gettext_lazy("这个数太大了，请核对。"),
        },
    )


class LeafForm(DeskForm):
    """What every condition has: the words that the trace shows, and its clause."""

    def __init__(
        self, *args: Any, fact: str = "", standards: Choices = (), policies: Choices = (), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fact, self.standards, self.policies = fact, standards, policies
        self.arrange()
        self.fields["label"] = short_text(
            gettext_lazy("怎么说"),
            required=False,
            limit=120,
            help_text=gettext_lazy("居民和工作人员看到的说法；不填就按上面的内容自动写"),
        )
        self.fields["clause"] = short_text(
            gettext_lazy("依据哪一条"),
            required=False,
            limit=120,
            help_text=gettext_lazy("例如：第三条第一款"),
        )
        self.fields["lock"] = lock_field()

    def arrange(self) -> None:
        """Fill the choices that depend on what is asked about."""

    def node_typed(self) -> dict[str, Any]:
        """Return what was typed, with the fact that it is about."""
        return {"fact": self.fact, **self.cleaned_data}


class AgeForm(LeafForm):
    """Completed years of age, from (with) to (without)."""

    low = _whole(
        gettext_lazy("年满（周岁）"), most=150, help_text=gettext_lazy("过完生日的第二天起算满；不限就空着")
    )
    high = _whole(gettext_lazy("不满（周岁）"), most=150, help_text=gettext_lazy("不限就空着"))

    def clean(self) -> dict[str, Any] | None:
        """At least one end, in order."""
        return _ends_checked(self)


def _ends_checked(form: forms.Form) -> dict[str, Any]:
    low, high = form.cleaned_data.get("low"), form.cleaned_data.get("high")
    if low is None and high is None and not form.errors:
        form.add_error("low", _("请至少填写一头。"))
    if low is not None and high is not None and low >= high:
        form.add_error("high", _("要大于“年满”的岁数，否则没有人符合。"))
    return form.cleaned_data


class ChoiceForm(LeafForm):
    """A fact that is one of several choices."""

    values = forms.MultipleChoiceField(
        label=gettext_lazy("是下面哪些"), widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def arrange(self) -> None:
        """Offer the choices of the fact, and that there is none."""
        line = columns()[self.fact]
        self.fields["values"].label = _("%s是下面哪些") % line.label
        self.fields["values"].choices = [*line.choices.items(), NONE]  # type: ignore[attr-defined]


class BoundForm(LeafForm):
    """A number held against another: typed, or a figure of the city."""

    op = forms.ChoiceField(label=gettext_lazy("怎么比"), choices=OPS, initial="from")
    number = forms.DecimalField(
        label=gettext_lazy("数值"),
        required=False,
        max_digits=12,
        decimal_places=2,
        error_messages={"invalid": gettext_lazy("请填写数字，例如 1595 或 75.50。")},
    )
    standard = forms.ChoiceField(label=gettext_lazy("或者和哪个标准比"), required=False, choices=[])
    times = forms.IntegerField(
        label=gettext_lazy("标准的几倍"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=gettext_lazy("不填就是1倍"),
        error_messages={"invalid": gettext_lazy("请填写整数，例如 2。")},
    )

    def arrange(self) -> None:
        """Offer the figures of the city; say in what the number is."""
        self.fields["standard"].choices = [("", _("不和标准比")), *self.standards]  # type: ignore[attr-defined]
        line = columns().get(self.fact)
        if line is None:
            return
        self.fields["number"].label = _("数值（元）") if line.kind is ColumnKind.MONEY else _("数值（整数）")
        if line.kind is not ColumnKind.MONEY:
            del self.fields["standard"], self.fields["times"]

    def clean(self) -> dict[str, Any] | None:
        """Exactly one of a number and a figure."""
        said = self.cleaned_data
        number, standard = said.get("number"), said.get("standard")
        if "number" in self.errors:
            return said
        if (number is None) == (not standard):
            self.add_error("number", _("请填一个数值，或者选一个标准，只能选一样。"))
        if isinstance(number, Decimal):
            said["number"] = f"{number:f}"
        return said


class HouseholdForm(BoundForm):
    """Money of the whole household: together, or per head."""

    how = forms.ChoiceField(
        label=gettext_lazy("怎么算"),
        choices=[("per_head", gettext_lazy("家庭人均")), ("total", gettext_lazy("全家合计"))],
        initial="per_head",
        widget=forms.RadioSelect,
    )
    field_order = ("fact", "how")

    def arrange(self) -> None:
        """Offer what is money of a person."""
        super().arrange()
        money = [
            (name, line.label)
            for name, line in columns().items()
            if line.kind is ColumnKind.MONEY and line.of.value == "person"
        ]
        self.fields["fact"] = forms.ChoiceField(label=_("算什么"), choices=money, initial="income")
        self.order_fields(["fact", "how"])

    def node_typed(self) -> dict[str, Any]:
        """The fact is typed here."""
        return dict(self.cleaned_data)


class DateForm(LeafForm):
    """A date held against a day."""

    op = forms.ChoiceField(label=gettext_lazy("怎么比"), choices=DATE_OPS, initial="from")
    day = day(gettext_lazy("哪一天"))


class SinceForm(LeafForm):
    """Years or months since a date."""

    since = forms.ChoiceField(label=gettext_lazy("从哪个日期算起"), choices=[])
    unit = forms.ChoiceField(
        label=gettext_lazy("按什么算"),
        choices=[("months", gettext_lazy("月")), ("years", gettext_lazy("年"))],
        initial="months",
        widget=forms.RadioSelect,
    )
    op = forms.ChoiceField(label=gettext_lazy("怎么比"), choices=OPS, initial="under")
    number = _whole(gettext_lazy("多少个月（年）"), required=True)
    calendar = forms.BooleanField(label=gettext_lazy("按自然月算（当月起），不看日子"), required=False)

    def arrange(self) -> None:
        """Offer every date."""
        dates = [(name, line.label) for name, line in columns().items() if line.kind is ColumnKind.DATE]
        self.fields["since"].choices = dates  # type: ignore[attr-defined]


class CountForm(LeafForm):
    """How many people of the household are of an age."""

    low = _whole(gettext_lazy("年满（周岁）"), most=150, help_text=gettext_lazy("不限就空着"))
    high = _whole(gettext_lazy("不满（周岁）"), most=150, help_text=gettext_lazy("不限就空着"))
    op = forms.ChoiceField(label=gettext_lazy("人数怎么比"), choices=OPS, initial="from")
    number = _whole(gettext_lazy("几个人"), required=True, most=99)

    def clean(self) -> dict[str, Any] | None:
        """At least one end of the age, in order."""
        return _ends_checked(self)


class PolicyForm(LeafForm):
    """Whether somebody is entitled under another policy."""

    policy = forms.ChoiceField(label=gettext_lazy("符合哪项政策"), choices=[])

    def arrange(self) -> None:
        """Offer the other policies."""
        self.fields["policy"].choices = list(self.policies)  # type: ignore[attr-defined]


FORMS: dict[Kind, type[LeafForm]] = {
    Kind.AGE: AgeForm,
    Kind.CHOICE: ChoiceForm,
    Kind.NUMBER: BoundForm,
    Kind.DATE: DateForm,
    Kind.SINCE: SinceForm,
    Kind.HOUSEHOLD: HouseholdForm,
    Kind.COUNT: CountForm,
    Kind.POLICY: PolicyForm,
}
GROUPS = [
    (Group.ALL.value, gettext_lazy("全部符合")),
    (Group.ANY.value, gettext_lazy("任何一项符合")),
    (Group.AT_LEAST.value, gettext_lazy("至少几项符合")),
    (Group.NOT.value, gettext_lazy("除外（不能是这种情况）")),
    (Group.SOMEBODY.value, gettext_lazy("家里至少有一个人符合")),
    (Group.EVERYBODY.value, gettext_lazy("家里每个人都符合")),
]


class GroupForm(DeskForm):
    """How conditions are joined."""

    group = forms.ChoiceField(
        label=gettext_lazy("这一组怎么算"), choices=GROUPS, initial=Group.ANY.value, widget=forms.RadioSelect
    )
    count = _whole(gettext_lazy("至少几项"), most=500, help_text=gettext_lazy("选“至少几项符合”时填写"))
    label = short_text(gettext_lazy("怎么说"), required=False, limit=120)
    clause = short_text(gettext_lazy("依据哪一条"), required=False, limit=120)
    lock = lock_field()

    def clean(self) -> dict[str, Any] | None:
        """A number where one is needed."""
        said = self.cleaned_data
        if said.get("group") == Group.AT_LEAST and not said.get("count") and "count" not in self.errors:
            self.add_error("count", _("请填写至少几项。"))
        return said
