"""Single values as people write them (75.00, 2025-07-01, none) into the whole numbers of the tree. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from django.utils.translation import gettext as _

from .columns import ColumnLine, Kind
from .tree import NEVER
from .words import chinese_name

NOTHING = "none"  # known to be nothing
_MOST_FEN = 10**13
_MOST_NUMBER = 10**9
_YES = frozenset({"yes", "true", "是"})
_NO = frozenset({"no", "false", "否"})


class WrongValue(Exception):
    """A value that does not mean what is asked; ``words`` say what to write, for the reader."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


def money(text: str) -> int:
    """Return fen of 元 with at most two decimals; may be negative."""
    try:
        fen = Decimal(text) * 100
    except ArithmeticError:  # no number, or one beyond all reckoning
        fen = Decimal("NaN")
    if not fen.is_finite() or abs(fen) >= _MOST_FEN or fen != fen.to_integral_value():
        raise WrongValue(_("这里要填金额，单位元，最多两位小数，例如 1595 或 75.50。"))
    return int(fen)


def number(text: str) -> int:
    """Return a whole number."""
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or abs(int(text)) > _MOST_NUMBER:
        raise WrongValue(_("这里要填整数，例如 65。"))
    return int(text)


def day(text: str) -> int:
    """Return ``yyyymmdd`` of a date; a month alone is its first day."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text)
    try:
        on = date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        on = None
    if on is None:
        raise WrongValue(_("这里要填日期，例如 2025-07-01。"))
    return on.year * 10000 + on.month * 100 + on.day


def yes_no(text: str) -> bool:
    """Return whether a text says yes."""
    if text in _YES | _NO:
        return text in _YES
    raise WrongValue(_("这里要填是或否。"))


def choice(line: ColumnLine, text: str) -> int:
    """Return the place of a choice, by its code or by its words; 0 for ``none``."""
    if text in {NOTHING, "没有"}:
        return 0
    by_words = {words: code for code, words in line.choices.items()}
    by_words |= {"true": "yes", "false": "no"} if "yes" in line.choices else {}
    try:
        return line.number(by_words.get(text, text))
    except KeyError:
        can = "、".join(line.choices.values())
        raise WrongValue(
            _("“%(label)s”里没有“%(text)s”，可以填：%(can)s，或没有。")
            % {"label": line.label, "text": text[:20], "can": can}
        ) from None


def code(text: str) -> int:
    """Return the digits of a division as a number."""
    if not re.fullmatch(r"[0-9]{2,12}", text):
        raise WrongValue(_("这里要填行政区划代码的数字，例如 310106。"))
    return int(text)


_READERS = {Kind.MONEY: money, Kind.NUMBER: number, Kind.DATE: day, Kind.CODE: code}


def value_of(line: ColumnLine, text: str) -> int:
    """Return the whole number of any value of a column, ``none`` included; raises ``WrongValue``."""
    if line.kind is Kind.CHOICE:
        return choice(line, text)
    if text in {NOTHING, "没有"}:
        return NEVER if line.kind is Kind.DATE else 0
    return _READERS[line.kind](text)


def literal(kind: Kind, text: str) -> int:
    """Return a number that stands in a rule beside something of ``kind``; raises ``WrongValue``."""
    if kind is Kind.CHOICE:
        raise WrongValue(_("选项不能比大小，请用“属于: […]”列出可以的选项。"))
    return _READERS[kind](text)


def nearest(text: str, known: Iterable[str]) -> str:
    """Return “您是不是想写 …” with what is written alike, or what there is; in Chinese, unless codes are
    written."""
    is_code = bool(text) and text.isascii()
    there = [name if is_code else chinese_name(name) for name in known]
    if alike := get_close_matches(text, there, n=1, cutoff=0.6):
        return _("您是不是想写“%(alike)s”？") % {"alike": alike[0]}
    return _("可以写：%(there)s。") % {"there": "、".join(there)}


def column_named(columns: Mapping[str, ColumnLine], text: str) -> ColumnLine:
    """Return the column of a name or of its Chinese label; raises ``WrongValue``."""
    if text in columns:
        return columns[text]
    for line in columns.values():
        if line.label == text:
            return line
    raise WrongValue(_("没有“%(text)s”这个事实。") % {"text": text[:40]} + nearest(text, columns))
