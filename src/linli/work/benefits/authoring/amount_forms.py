"""One form a way of reckoning the amount: what a clerk types, without knowing how it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from linli.core.words import gettext_lazy
from linli.foundation.ui.forms import DeskForm

from ..language.columns import ColumnLine, Kind, columns
from ..language.policy import Pays
from ..language.tree import Of
from .amounts import PERIODS
from .edits import Node
from .forms import lock_field
from .ways import BANDS, CASES, Way, amount_of

WAYS: dict[Way, tuple[Any, Any]] = {
    Way.FIXED: (gettext_lazy("一个数"), gettext_lazy("符合的都一样多，例如每月75元，或按某个标准")),
    Way.BANDS: (gettext_lazy("分档"), gettext_lazy("按年龄或别的数分几档，例如65到70岁75元")),
    Way.CASES: (gettext_lazy("按情形"), gettext_lazy("情形不同发的不同，例如一级残疾350元、二级180元")),
    Way.DIFFERENCE: (gettext_lazy("补差"), gettext_lazy("补到某个标准为止，例如低保标准减人均收入")),
    Way.SHARE: (gettext_lazy("几分之几"), gettext_lazy("例如医疗支出的50%，或3600元平均分12个月")),
    Way.PRORATE: (gettext_lazy("按月折算"), gettext_lazy("例如全年3600元，不满一年的按月数算")),
    Way.NONE: (gettext_lazy("不发钱"), gettext_lazy("只认定身份")),
}
Choices = Sequence[tuple[str, Any]]
PICK = ("", gettext_lazy("请选择"))


def _number(label: Any, *, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=help_text,
        error_messages={
            "invalid": gettext_lazy("请填写金额，例如 75 或 75.50。"),
            "min_value": gettext_lazy("请填写0以上的金额。"),
            "max_decimal_places": gettext_lazy("最多两位小数（到分）。"),
            "max_digits": gettext_lazy("这个数太大了，请核对。"),
            "max_whole_digits": gettext_lazy("这个数太大了，请核对。"),
        },
    )


def _whole(label: Any, *, least: int = 0, most: int = 99_999, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages={
            "invalid": gettext_lazy("请填写整数。"),
            "min_value": gettext_lazy("这个数太小了，请核对。"),
            "max_value": gettext_lazy("这个数太大了，请核对。"),
        },
    )


def _choice(label: Any, choices: Choices, *, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=list(choices), help_text=help_text)


def _of_kind(kind: Kind) -> list[tuple[str, ColumnLine]]:
    return [(name, line) for name, line in columns().items() if line.kind is kind]


class AmountForm(DeskForm):
    """What every way has: for how long the amount is."""

    way = Way.NONE
    pays = forms.ChoiceField(
        label=gettext_lazy("怎么发"),
        choices=[(code, words) for code, words in PERIODS.items() if code != Pays.STATUS],
        initial=Pays.MONTH,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        standards: Choices = (),
        policies: Choices = (),
        of_household: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.standards, self.policies, self.of_household = standards, policies, of_household
        self.arrange()
        self.fields["lock"] = lock_field()

    def arrange(self) -> None:
        """Add what the way asks for."""

    @property
    def rows(self) -> list[tuple[BoundField, ...]]:
        """Return the fields of a table, row by row; none where a way has no table."""
        return []

    @property
    def rows_first(self) -> list[tuple[BoundField, ...]]:
        """Return the rows up to the last that says something, and one more; three at least."""
        said = [at for at, row in enumerate(self.rows, 1) if any(one.value() or one.errors for one in row)]
        return self.rows[: max(3, max(said, default=0) + 1)]

    @property
    def rows_more(self) -> list[tuple[BoundField, ...]]:
        """Return the rows that are left."""
        return self.rows[len(self.rows_first) :]

    def money(self) -> list[tuple[str, Any]]:
        """Return the money that a rule may reckon with: of the household, and of whoever is looked at."""
        found = list[tuple[str, Any]]()
        for name, line in _of_kind(Kind.MONEY):
            if line.of is Of.PERSON:
                found.append((f"per_head:{name}", _("家庭人均%s") % line.label))
                found.append((f"total:{name}", _("全家%s合计") % line.label))
            if line.of is Of.HOUSEHOLD or not self.of_household:
                found.append((f"fact:{name}", line.label))
        return found

    def needs(self, *names: str) -> None:
        """Refuse what was left empty."""
        for name in names:
            if self.cleaned_data.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("请填写%s。") % self.fields[name].label)

    def said(self) -> Node:
        """Return what goes into the draft."""
        return {"pays": self.cleaned_data["pays"], "amount": amount_of(self.way, self.cleaned_data)}


class StatusForm(AmountForm):
    """Nothing is paid."""

    def arrange(self) -> None:
        """Nothing is asked."""
        del self.fields["pays"]

    def said(self) -> Node:
        """Return that nothing is paid."""
        return {"pays": Pays.STATUS.value, "amount": ""}


class SumForm(AmountForm):
    """A sum: typed, or a figure of the city, perhaps several times."""

    way = Way.FIXED
    label = gettext_lazy("金额（元）")

    def arrange(self) -> None:
        """Ask for the sum; a household's may be for each of its people."""
        self.fields["number"] = _number(self.label)
        self.fields["standard"] = _choice(_("或者按哪个标准"), [("", _("不按标准")), *self.standards])
        self.fields["times"] = _whole(_("标准的几倍"), least=1, most=99, help_text=_("就是这个标准的，空着"))
        if self.of_household:
            self.fields["by_people"] = forms.BooleanField(label=_("家里每个人都算一份"), required=False)

    def clean(self) -> Node | None:
        """Exactly one of a number and a figure."""
        self.one_sum()
        return self.cleaned_data

    def one_sum(self) -> None:
        """Refuse no sum, and two."""
        said = self.cleaned_data
        if "number" in self.errors:
            return
        if (said.get("number") is None) == (not said.get("standard")):
            self.add_error("number", _("请填一个数，或者选一个标准，只能选一样。"))
        if said.get("times") and not said.get("standard"):
            self.add_error("times", _("几倍是标准的几倍，请先选标准。"))


class DifferenceForm(SumForm):
    """Up to a sum, less what there is already; never less than nothing."""

    way = Way.DIFFERENCE
    label = gettext_lazy("补到多少元")

    def arrange(self) -> None:
        """Ask what is taken off."""
        super().arrange()
        self.fields["less"] = _choice(
            _("减去什么"), [PICK, *self.money()], help_text=_("减下来不到0的，按0算")
        )
        self.order_fields(["pays", "number", "standard", "times", "less"])

    def clean(self) -> Node | None:
        """The sum, and what is taken off."""
        self.one_sum()
        self.needs("less")
        return self.cleaned_data


class ShareForm(SumForm):
    """A part of a sum or of somebody's money."""

    way = Way.SHARE
    label = gettext_lazy("一个数（元）")

    def arrange(self) -> None:
        """Ask of what, and which part."""
        super().arrange()
        self.fields.pop("by_people", None)
        self.fields["money"] = _choice(_("或者是谁的什么钱"), [("", _("不是")), *self.money()])
        self.fields["split"] = forms.ChoiceField(
            label=_("怎么分"),
            choices=[("percent", _("百分之几")), ("share", _("平均分成几份，发一份"))],
            initial="percent",
            widget=forms.RadioSelect,
        )
        self.fields["part"] = _whole(_("百分之几，或者几份"), least=1, most=1_000)
        self.order_fields(["pays", "money"])

    def clean(self) -> Node | None:
        """Exactly one of three wholes, and a part."""
        said = self.cleaned_data
        if not said.get("money"):
            self.one_sum()
        elif said.get("number") is not None or said.get("standard"):
            self.add_error("money", _("一个数、一个标准、一种钱，只能选一样。"))
        self.needs("part")
        return said


class ProrateForm(SumForm):
    """A sum by how many of its months have passed."""

    way = Way.PRORATE
    label = gettext_lazy("全额（元）")

    def arrange(self) -> None:
        """Ask from when months are counted, and of how many."""
        super().arrange()
        self.fields.pop("by_people", None)
        dates = [
            (name, line.label)
            for name, line in _of_kind(Kind.DATE)
            if line.of is Of.HOUSEHOLD or not self.of_household
        ]
        self.fields["since"] = _choice(_("从哪个日期起算月数"), [PICK, *dates])
        self.fields["of"] = _whole(
            _("满几个月发全额"),
            least=1,
            most=1_200,
            help_text=_("例如12；不到的按月数折算，超过的也只发全额"),
        )
        self.fields["of"].initial = 12
        self.fields["calendar"] = forms.BooleanField(
            label=_("按自然月算（当月起），不看日子"), required=False
        )

    def clean(self) -> Node | None:
        """The sum, the date and the whole number of months."""
        self.one_sum()
        self.needs("since", "of")
        return self.cleaned_data


class BandsForm(AmountForm):
    """By stretches of an age or another number."""

    way = Way.BANDS

    def arrange(self) -> None:
        """Ask by what, and row by row from where to where and how much."""
        counted = [
            (name, line.label)
            for name, line in _of_kind(Kind.NUMBER)
            if line.of is Of.HOUSEHOLD or not self.of_household
        ]
        age = [] if self.of_household else [("age", _("年龄（周岁）"))]
        self.fields["of"] = _choice(_("按什么分档"), [*age, *counted])
        for at in range(BANDS):
            self.fields[f"from{at}"] = _whole(_("满"))
            self.fields[f"to{at}"] = _whole(_("不满"))
            self.fields[f"pay{at}"] = _number(_("发多少元"))

    @property
    def rows(self) -> list[tuple[BoundField, ...]]:
        """Return the fields of the stretches, row by row."""
        return [(self[f"from{at}"], self[f"to{at}"], self[f"pay{at}"]) for at in range(BANDS)]

    def clean(self) -> Node | None:
        """At least one row, each with its amount and in order."""
        said = self.cleaned_data
        filled = [
            at for at in range(BANDS) if any(said.get(f"{n}{at}") is not None for n in ("from", "to", "pay"))
        ]
        if not filled and not self.errors:
            self.add_error("pay0", _("请至少填写一档。"))
        for at in filled:
            low, high, pay = (said.get(f"{name}{at}") for name in ("from", "to", "pay"))
            if pay is None and f"pay{at}" not in self.errors:
                self.add_error(f"pay{at}", _("请填写这一档发多少。"))
            if low is not None and high is not None and low >= high:
                self.add_error(f"to{at}", _("要大于“满”的数。"))
        return said


class CasesForm(AmountForm):
    """By what somebody's situation is; the first that fits counts."""

    way = Way.CASES

    def arrange(self) -> None:
        """Ask row by row for the situation and how much, and what everybody else gets."""
        groups = [
            (
                line.label,
                [(f"{name}={code}", f"{line.label}：{words}") for code, words in line.choices.items()],
            )
            for name, line in _of_kind(Kind.CHOICE)
            if line.of is Of.HOUSEHOLD or not self.of_household
        ]
        others = [(f"policy:{code}", _("符合“%s”") % name) for code, name in self.policies]
        choices: Any = [("", _("不看")), *groups, *([(_("别的政策"), others)] if others else [])]
        for at in range(CASES):
            self.fields[f"is{at}"] = _choice(_("情形"), choices)
            self.fields[f"also{at}"] = _choice(_("并且"), choices)
            if not self.of_household:
                self.fields[f"low{at}"] = _whole(_("并且年满（周岁）"), most=150)
            self.fields[f"pay{at}"] = _number(_("发多少元"))
        self.fields["otherwise"] = _number(_("其他情况发多少元"), help_text=_("不发就空着"))

    @property
    def rows(self) -> list[tuple[BoundField, ...]]:
        """Return the fields of the situations, row by row."""
        names = ("is", "also", "low", "pay")
        return [tuple(self[f"{n}{at}"] for n in names if f"{n}{at}" in self.fields) for at in range(CASES)]

    def clean(self) -> Node | None:
        """At least one situation, each with a condition and its amount."""
        said = self.cleaned_data
        for at in range(CASES):
            held = [said.get(f"{name}{at}") not in (None, "") for name in ("is", "also", "low")]
            has_pay = said.get(f"pay{at}") is not None
            if any(held) and not has_pay and f"pay{at}" not in self.errors:
                self.add_error(f"pay{at}", _("请填写这种情形发多少。"))
            if has_pay and not any(held):
                self.add_error(f"is{at}", _("请选择是什么情形。"))
        if not self.errors and all(said.get(f"pay{at}") is None for at in range(CASES)):
            self.add_error("is0", _("请至少写一种情形。"))
        return said


FORMS: dict[Way, type[AmountForm]] = {
    Way.FIXED: SumForm,
    Way.BANDS: BandsForm,
    Way.CASES: CasesForm,
    Way.DIFFERENCE: DifferenceForm,
    Way.SHARE: ShareForm,
    Way.PRORATE: ProrateForm,
    Way.NONE: StatusForm,
}
