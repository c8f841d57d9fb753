"""事实字典: what may be kept of people, why, by which law, for how long; for the desk and for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.foundation.accounts.permissions import staff_required

from ..care.rules import care_rules
from ..consents.purposes import consent_purposes
from .dictionary import FactKey, Of, Per, Type, dictionary_date, keys_of
from .never import nevers

MARKS = {
    "✔": (gettext_lazy("已核实"), "done"),
    "○": (gettext_lazy("待复核"), "neutral"),
    "✘": (gettext_lazy("建议值"), "quiet"),
}
TYPES = {
    Type.CHOICE: gettext_lazy("选择"),
    Type.MONEY: gettext_lazy("金额"),
    Type.INTEGER: gettext_lazy("数量"),
    Type.DATE: gettext_lazy("日期"),
    Type.MONTH: gettext_lazy("年月"),
    Type.YES_NO: gettext_lazy("是或否"),
    Type.TEXT: gettext_lazy("文字"),
    Type.CODE: gettext_lazy("代码"),
}
PERIODS = {
    Per.NONE: "",
    Per.MONTH_SOURCE: gettext_lazy("按月、按来源"),
    Per.YEAR: gettext_lazy("按年"),
}


def dictionary_rows(of: Of) -> list[dict[str, Any]]:
    """Return the lines about persons or households as they are read."""
    return [_row(line) for line in keys_of(of)]


def _row(line: FactKey) -> dict[str, Any]:
    weakest = max((law.mark for law in line.laws), key="✔○✘".index)
    return {
        "line": line,
        "type": TYPES[line.type],
        "period": PERIODS[line.per],
        "choices": "、".join([*line.choices.values(), *line.sources.values()]),
        "purpose": line.purpose,
        "laws": [(law.name, *MARKS[law.mark]) for law in line.laws],
        "validity": _("%d个月") % line.validity if line.validity else _("不过期"),
        "validity_mark": MARKS[line.mark] if line.validity else None,
        "mark": MARKS[weakest],
    }


def _context() -> dict[str, Any]:
    groups = [
        {"group": group, "words": MARKS[group.mark][0], "tone": MARKS[group.mark][1]}
        for group in care_rules().groups
    ]
    return {
        "dated": dictionary_date(),
        "tables": [
            (_("关于个人"), dictionary_rows(Of.PERSON)),
            (_("关于一户"), dictionary_rows(Of.HOUSEHOLD)),
        ],
        "nevers": nevers(),
        "groups": groups,
        "consents": list(consent_purposes().values()),
    }


@require_GET
@staff_required
def dictionary_page(request: HttpRequest) -> HttpResponse:
    """Show the dictionary to people of the desk."""
    return render(request, "residents/facts/dictionary_desk.html", _context())


@require_GET
def dictionary_public(request: HttpRequest) -> HttpResponse:
    """Show the same to everybody: nothing is kept that does not stand here."""
    return render(request, "residents/facts/dictionary_public.html", _context())
