"""What people are told, and what may not be had together: the form of a draft besides who and how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.ui.forms import DeskForm, long_text, short_text

from .edits import Node
from .forms import MARKS, lock_field

Choices = Sequence[tuple[str, Any]]


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
