"""What a policy pays, in words: a sum, a table, or how it is reckoned. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from django.utils.translation import gettext as _

from linli.core.words import gettext_lazy
from linli.foundation.ui.templatetags.linli import dated, yuan

from ..language.columns import columns
from .edits import Node, children, group_of
from .saying import Names, group_words, leaf_words, number_words

MONEY = columns()["income"]  # a literal beside money is 元
PERIODS: dict[str, str] = {
    "month": gettext_lazy("每月"),
    "year": gettext_lazy("每年"),
    "once": gettext_lazy("一次性"),
    "voucher": gettext_lazy("消费券（每月）"),
    "status": gettext_lazy("只认定身份，不发钱"),
}


FEN_OF_WAN = 1_000_000
_SUM = re.compile(r"[\d,]+(\.\d+)?元")


def cost_words(fen: int) -> str:
    """Return a cost as people read it: 元 to the fen below ten thousand, 万元 with two places above."""
    sign, fen = ("−", -fen) if fen < 0 else ("", fen)
    if fen < FEN_OF_WAN:
        return sign + _("%s元") % yuan(fen).removesuffix(".00")
    hundredths = (fen * 100 + FEN_OF_WAN // 2) // FEN_OF_WAN
    return sign + _("%s万元") % f"{hundredths // 100:,}.{hundredths % 100:02}".removesuffix(".00")


@dataclass(frozen=True, slots=True)
class ShownAmount:
    """How much: in a line of words, or a table of (whom, how much) with a heading of its first column."""

    period: str
    words: str = ""
    heading: str = ""
    rows: tuple[tuple[str, str], ...] = ()

    @property
    def is_unwritten(self) -> bool:
        """Whether money is to be paid and nobody has said how much."""
        return not self.words and not self.rows and self.period != str(PERIODS["status"])


def amount_shown(draft: Node, names: Names) -> ShownAmount:
    """Return what a draft says of how much is paid."""
    period = str(PERIODS.get(str(draft.get("pays", "")), ""))
    amount: Any = draft.get("amount", "")
    if isinstance(amount, dict) and set(amount) == {"fixed"}:
        amount = amount["fixed"]
    match amount:
        case "" | None:
            return ShownAmount(period)
        case {"bands": {"of": of, "rows": list(rows)}} if len(amount) == 1:
            return _table(period, of, rows, names)
        case {"choose": {"cases": list(cases), **rest}} if len(amount) == 1:
            return _cases(period, cases, rest.get("otherwise"), names)
    return ShownAmount(period, number_words(amount, names, MONEY))


def _table(period: str, of: Any, rows: list[Any], names: Names) -> ShownAmount:
    heading = _("周岁") if of == "age" else number_words(of, names)
    shown = tuple(
        (stretch_words(row.get("from"), row.get("to")), number_words(row.get("pay", ""), names, MONEY))
        for row in rows
        if isinstance(row, dict)
    )
    return ShownAmount(period, "", heading, shown)


def stretch_words(low: Any, high: Any) -> str:
    """Return a stretch from (with) to (without) in words; of days in those of the calendar."""
    days = _day(low), _day(high)
    if any(days):
        return _days_words(*days)
    if low in (None, ""):
        return str(_("不满%s") % high)
    if high in (None, ""):
        return str(_("%s及以上") % low)
    return _("满%(low)s、不满%(high)s") % {"low": low, "high": high}


def _day(value: Any) -> date | None:
    text = str(value)
    try:
        return date.fromisoformat(text) if "-" in text else None
    except ValueError:
        return None


def _days_words(low: date | None, high: date | None) -> str:
    if low is None or high is None:
        only = {"day": dated(low or high)}
        return _("%(day)s前") % only if low is None else _("%(day)s起") % only
    if low.day == high.day == 1 and (high - low).days <= 31:  # a whole month
        return _("%(year)d年%(month)d月") % {"year": low.year, "month": low.month}
    return _("%(low)s起、%(high)s前") % {"low": dated(low), "high": dated(high)}


def ends_of(amount: ShownAmount) -> tuple[str, str]:
    """Return the least and the most of a table; the first and the last where some are no plain sums."""
    said = [much for _whom, much in amount.rows]
    sums = [_SUM.fullmatch(words) for words in said]
    if all(sums):
        said.sort(key=lambda words: Decimal(re.sub(r"[^\d.]", "", words)))
    return said[0], said[-1]


def _cases(period: str, cases: list[Any], otherwise: Any, names: Names) -> ShownAmount:
    shown = [
        (condition_words(case.get("when"), names), number_words(case.get("pay", ""), names, MONEY))
        for case in cases
        if isinstance(case, dict)
    ]
    if otherwise not in (None, "", "0"):
        shown.append((_("其他情况"), number_words(otherwise, names, MONEY)))
    return ShownAmount(period, "", _("什么情况"), tuple(shown))


def condition_words(node: Any, names: Names) -> str:
    """Return a condition with everything below it in one line of words."""
    if isinstance(node, list):
        node = {"all": node}
    group = group_of(node)
    if group is None:
        return str(node.get("label") or leaf_words(node, names)) if isinstance(node, dict) else str(node)
    below = [condition_words(child, names) for _path, child in children(node, ())]
    said = str(node.get("label") or "")
    if said:
        return said
    joins = {"all": _("%(one)s，并且%(other)s"), "any": _("%(one)s，或者%(other)s")}
    if group.value in joins and below:
        return reduce(lambda one, other: joins[group.value] % {"one": one, "other": other}, below)
    return f"{group_words(node, group)}：{'；'.join(below)}"
