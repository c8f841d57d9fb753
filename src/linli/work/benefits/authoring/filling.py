"""How much, and what people are told: the forms for everything in a draft besides its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.ui.forms import DeskForm, long_text, short_text

from ..language.columns import Kind, columns
from ..language.policy import Pays
from .amounts import PERIODS
from .edits import Node
from .forms import MARKS, lock_field

BANDS = 8
HOWS = [
    ("fixed", gettext_lazy("一个数：符合的都一样多")),
    ("bands", gettext_lazy("分档：按年龄或别的数分几档")),
    ("difference", gettext_lazy("补差：补到某个标准为止")),
    ("none", gettext_lazy("不发钱，只认定身份")),
    ("text", gettext_lazy("别的算法（在“文本”里写）")),
]
Choices = Sequence[tuple[str, Any]]


def _sum(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        error_messages={
            "invalid": gettext_lazy("请填写金额，例如 75 或 75.50。"),
            "min_value": gettext_lazy("请填写0以上的金额。"),
            "max_decimal_places": gettext_lazy("最多两位小数（到分）。"),
        },
        **more,
    )


def _edge(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=99_999,
        error_messages={"invalid": gettext_lazy("请填写整数。")},
    )


class AmountForm(DeskForm):
    """How much is paid, and for how long."""

    pays = forms.ChoiceField(
        label=gettext_lazy("怎么发"), choices=list(PERIODS.items()), widget=forms.RadioSelect
    )
    how = forms.ChoiceField(label=gettext_lazy("多少怎么定"), choices=HOWS, widget=forms.RadioSelect)
    fixed = _sum(gettext_lazy("金额（元）"))
    standard = forms.ChoiceField(label=gettext_lazy("补到哪个标准"), required=False, choices=[])
    less = forms.ChoiceField(label=gettext_lazy("减去什么"), required=False, choices=[])
    of = forms.ChoiceField(label=gettext_lazy("按什么分档"), required=False, choices=[])
    lock = lock_field()

    def __init__(
        self, *args: Any, standards: Choices = (), of_household: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for at in range(BANDS):
            self.fields[f"from{at}"] = _edge(_("满"))
            self.fields[f"to{at}"] = _edge(_("不满"))
            self.fields[f"pay{at}"] = _sum(_("发多少元"))
        money = [(f"per_head:{name}", _("家庭人均%s") % label) for name, label in _of_kind(Kind.MONEY)]
        own = [] if of_household else [(f"fact:{name}", label) for name, label in _of_kind(Kind.MONEY)]
        counted = _of_kind(Kind.NUMBER)
        self.fields["standard"].choices = [("", _("请选择")), *standards]  # type: ignore[attr-defined]
        self.fields["less"].choices = [("", _("请选择")), *money, *own]  # type: ignore[attr-defined]
        self.fields["of"].choices = [("age", _("年龄（周岁）")), *counted]  # type: ignore[attr-defined]

    @property
    def bands(self) -> Iterator[tuple[Any, Any, Any]]:
        """Return the fields of the stretches, row by row."""
        return ((self[f"from{at}"], self[f"to{at}"], self[f"pay{at}"]) for at in range(BANDS))

    def clean(self) -> dict[str, Any] | None:
        """What the chosen way needs is there."""
        said = self.cleaned_data
        needs = {"fixed": ("fixed",), "difference": ("standard", "less")}.get(said.get("how", ""), ())
        for name in needs:
            if said.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("请填写%s。") % self.fields[name].label)
        if said.get("how") == "bands":
            self._clean_bands(said)
        if (said.get("how") == "none") != (said.get("pays") == Pays.STATUS) and not self.errors:
            self.add_error("pays", _("“只认定身份”和“不发钱”要一起选。"))
        return said

    def _clean_bands(self, said: dict[str, Any]) -> None:
        rows = [at for at in range(BANDS) if self._row(at, said)]
        if not rows:
            self.add_error("pay0", _("请至少填写一档。"))
        for at in rows:
            low, high, pay = (said.get(f"{name}{at}") for name in ("from", "to", "pay"))
            if pay is None:
                self.add_error(f"pay{at}", _("请填写这一档发多少。"))
            if low is not None and high is not None and low >= high:
                self.add_error(f"to{at}", _("要大于“满”的数。"))

    @staticmethod
    def _row(at: int, said: dict[str, Any]) -> bool:
        return any(said.get(f"{name}{at}") is not None for name in ("from", "to", "pay"))

    def said(self) -> dict[str, Any]:
        """Return what goes into the draft; an amount that is written as text stays as it is."""
        typed = self.cleaned_data
        found: dict[str, Any] = {"pays": typed["pays"]}
        if typed["how"] == "text":
            return found
        return {**found, "amount": _AMOUNTS[typed["how"]](typed)}


def _of_kind(kind: Kind) -> list[tuple[str, str]]:
    return [
        (name, line.label)
        for name, line in columns().items()
        if line.kind is kind and line.of.value == "person"
    ]


def _decimal(value: Decimal | None) -> str:
    return f"{value:f}" if value is not None else ""


def _difference(typed: dict[str, Any]) -> Node:
    how, name = typed["less"].split(":", 1)
    less: Any = name if how == "fact" else {how: name}
    return {"difference": [{"standard": typed["standard"]}, less]}


def _bands(typed: dict[str, Any]) -> Node:
    rows = []
    for at in range(BANDS):
        ends = {"from": typed.get(f"from{at}"), "to": typed.get(f"to{at}")}
        pay = typed.get(f"pay{at}")
        if pay is not None:
            row = {name: str(value) for name, value in ends.items() if value is not None}
            rows.append({**row, "pay": _decimal(pay)})
    return {"bands": {"of": typed["of"] or "age", "rows": rows}}


_AMOUNTS: dict[str, Any] = {
    "none": lambda typed: "",
    "fixed": lambda typed: _decimal(typed["fixed"]),
    "difference": _difference,
    "bands": _bands,
}


def amount_typed(draft: Node) -> dict[str, Any]:
    """Return what stands in the form of a draft's amount; ``how`` is text where no other way says it."""
    found: dict[str, Any] = {"pays": draft.get("pays", "month")}
    amount: Any = draft.get("amount", "")
    if isinstance(amount, dict) and set(amount) == {"fixed"}:
        amount = amount["fixed"]
    match amount:
        case "":
            return {**found, "how": "none" if draft.get("pays") == Pays.STATUS else "fixed"}
        case str() if amount.replace(".", "", 1).isdecimal():
            return {**found, "how": "fixed", "fixed": amount}
        case {"difference": [{"standard": str(code)}, less]} if len(amount) == 1 and _less(less):
            return {**found, "how": "difference", "standard": code, "less": _less(less)}
        case {"bands": {"of": str(of), "rows": list(rows)}} if len(amount) == 1 and _are_plain(rows):
            return {**found, "how": "bands", "of": of, **_rows_typed(rows)}
    return {**found, "how": "text"}


def _less(less: Any) -> str:
    if isinstance(less, str):
        return f"fact:{less}"
    if isinstance(less, dict) and set(less) == {"per_head"} and isinstance(less["per_head"], str):
        return f"per_head:{less['per_head']}"
    return ""


def _are_plain(rows: list[Any]) -> bool:
    return len(rows) <= BANDS and all(
        isinstance(row, dict)
        and set(row) <= {"from", "to", "pay"}
        and all(isinstance(value, str) and value.replace(".", "", 1).isdecimal() for value in row.values())
        for row in rows
    )


def _rows_typed(rows: list[Node]) -> dict[str, str]:
    return {f"{name}{at}": row[name] for at, row in enumerate(rows) for name in row}


class AboutForm(DeskForm):
    """What people are told of a policy, and what the machine may do with it."""

    plain = long_text(
        gettext_lazy("用大白话写"),
        required=False,
        limit=2_000,
        help_text=gettext_lazy("居民首先看到的一段话：给谁、给什么、怎么拿。不用术语"),
    )
    where = short_text(gettext_lazy("到哪里办"), required=False, limit=200)
    bring = forms.CharField(
        label=gettext_lazy("要带什么"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy("一行写一样"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    automatic = forms.BooleanField(
        label=gettext_lazy("免申即享"),
        required=False,
        help_text=gettext_lazy("不用本人申请；名单仍由两个人核对后才发"),
    )
    not_income = forms.BooleanField(label=gettext_lazy("发的钱不算作家庭收入"), required=False)
    excludes = forms.MultipleChoiceField(
        label=gettext_lazy("和哪些政策不能同时享受"),
        required=False,
        choices=[],
        widget=forms.CheckboxSelectMultiple,
    )
    missing = forms.MultipleChoiceField(
        label=gettext_lazy("只缺下面的信息时，值得上门问一次"),
        required=False,
        choices=[],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("其他条件都符合、只差这些还不知道的人，才会请工作人员上门核实"),
    )
    document = short_text(gettext_lazy("文号"), required=False, limit=120)
    source = short_text(
        gettext_lazy("出处"), required=False, limit=200, help_text=gettext_lazy("在哪里看到的原文")
    )
    mark = forms.ChoiceField(
        label=gettext_lazy("核实情况"),
        choices=[(mark, f"{mark} {words}") for mark, words in MARKS.items()],
        widget=forms.RadioSelect,
    )
    lock = lock_field()

    def __init__(self, *args: Any, policies: Choices = (), facts: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["excludes"].choices = list(policies)  # type: ignore[attr-defined]
        self.fields["missing"].choices = list(facts)  # type: ignore[attr-defined]
        self.fields["bring"].error_messages["max_length"] = _("太长了，请只写主要的。")

    def said(self, draft: Node) -> dict[str, Any]:
        """Return what goes into the draft; what the form does not ask about stays."""
        typed = self.cleaned_data
        texts = {name: typed[name].replace("\r\n", "\n") for name in ("plain", "where", "document", "source")}
        stacks = {name: value for name, value in _map(draft, "stacks").items() if name != "not_income"}
        worth = {name: value for name, value in _map(draft, "worth_asking").items() if name != "missing"}
        return {
            **texts,
            "mark": typed["mark"],
            "bring": [line.strip() for line in typed["bring"].splitlines() if line.strip()],
            "automatic": "yes" if typed["automatic"] else "",
            "stacks": {**({"not_income": "yes"} if typed["not_income"] else {}), **stacks},
            "excludes": _excludes(draft, typed["excludes"]),
            "worth_asking": {"missing": typed["missing"], **worth} if typed["missing"] else {},
        }


def _map(draft: Node, name: str) -> Node:
    held = draft.get(name)
    return held if isinstance(held, dict) else {}


def _rows(draft: Node, name: str) -> list[Node]:
    held = draft.get(name)
    return [row for row in held if isinstance(row, dict)] if isinstance(held, list) else []


def _excludes(draft: Node, chosen: list[str]) -> list[Node]:
    before = {row.get("policy"): row for row in _rows(draft, "excludes")}
    return [before.get(code, {"policy": code}) for code in chosen]


def about_typed(draft: Node) -> dict[str, Any]:
    """Return what stands in the form of what people are told."""
    bring, worth = draft.get("bring"), _map(draft, "worth_asking").get("missing")
    texts = {name: draft.get(name, "") for name in ("plain", "where", "document", "source")}
    return {
        **texts,
        "mark": draft.get("mark", "✘"),
        "bring": "\n".join(map(str, bring)) if isinstance(bring, list) else "",
        "automatic": draft.get("automatic") in ("yes", "true"),
        "not_income": _map(draft, "stacks").get("not_income") in ("yes", "true"),
        "excludes": [row.get("policy", "") for row in _rows(draft, "excludes")],
        "missing": list(worth) if isinstance(worth, list) else [],
    }
