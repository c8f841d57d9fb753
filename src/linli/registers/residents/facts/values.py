"""Values of facts: from what people and files write to canonical text, and back to words. Pure.

Canonical: a choice's code · money in fen, as digits · whole numbers as digits · ``2026-03-01`` ·
``2026-03`` · ``yes``/``no`` · text and codes as they are, trimmed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.foundation.ui.templatetags.linli import yuan

from .dictionary import FactKey, Per, Type

LONGEST = 200
MOST_FEN = 10**13
FIRST_YEAR, LAST_YEAR = 1900, 2100
YES, NO = "yes", "no"
_YES_WORDS = frozenset({YES, "true", "1", "y", "是", "有", "√"})
_NO_WORDS = frozenset({NO, "false", "0", "n", "否", "无", "没有", "×"})
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?")


def canonical(line: FactKey, raw: str) -> str:
    """Return the canonical text of a value; ``InvalidInput`` beside ``value``, which it never repeats."""
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    if not text:
        raise _wrong(line, _("请填写%(label)s；没有或不清楚的，请选“没有”或“不清楚”。"))
    return _READERS[line.type](line, text)


def _wrong(line: FactKey, words: str) -> InvalidInput:
    message = words % {"label": line.label}
    return InvalidInput(message, details={"value": message})


def _choice(line: FactKey, text: str) -> str:
    if text in line.choices:
        return text
    for code, label in line.choices.items():
        if unicodedata.normalize("NFKC", label) == text:
            return code
    wrong = _wrong(line, _("%(label)s要从列表里选。"))
    wrong.hint = _("可选：%s。") % "、".join(line.choices.values())
    raise wrong


def _money(line: FactKey, text: str) -> str:
    plain = text.removeprefix("¥").removesuffix("元").replace(",", "").strip()
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise _wrong(line, _("%(label)s要填金额，单位元，例如 1595 或 1595.50。")) from None
    fen = amount * 100 if amount.is_finite() else Decimal(-1)
    if fen < 0 or fen >= MOST_FEN or fen != fen.to_integral_value():
        raise _wrong(line, _("%(label)s要填不小于0的金额，最多两位小数。"))
    return str(int(fen))


def _integer(line: FactKey, text: str) -> str:
    plain = text.removesuffix(line.unit) if line.unit else text
    most = line.most or 10**9
    if not re.fullmatch(r"[0-9]{1,10}", plain) or int(plain) > most:
        raise _wrong(line, _("%(label)s要填0到%(most)d的整数。") % {"label": "%(label)s", "most": most})
    return str(int(plain))


def _day(line: FactKey, text: str) -> str:
    found = _DAY.fullmatch(text)
    try:
        on = date(*(int(piece) for piece in found.groups())) if found else None
    except ValueError:
        on = None
    if on is None or not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise _wrong(line, _("%(label)s要填日期，例如 2026-11-27。"))
    return on.isoformat()


def _month(line: FactKey, text: str) -> str:
    found = _MONTH.fullmatch(text)
    if not found or not (1 <= int(found[2]) <= 12 and FIRST_YEAR <= int(found[1]) <= LAST_YEAR):
        raise _wrong(line, _("%(label)s要填年月，例如 2026-03。"))
    return f"{found[1]}-{int(found[2]):02}"


def _yes_no(line: FactKey, text: str) -> str:
    word = text.lower()
    if word in _YES_WORDS:
        return YES
    if word in _NO_WORDS:
        return NO
    raise _wrong(line, _("%(label)s要填是或否。"))


def _text(line: FactKey, text: str) -> str:
    if len(text) > LONGEST:
        raise _wrong(line, _("%(label)s最多200个字。"))
    return text


def _code(line: FactKey, text: str) -> str:
    plain = "".join(text.split())
    if not re.fullmatch(line.pattern, plain):
        raise _wrong(line, _("%(label)s的写法不对，请核对。"))
    return plain


_READERS: dict[Type, Callable[[FactKey, str], str]] = {
    Type.CHOICE: _choice,
    Type.MONEY: _money,
    Type.INTEGER: _integer,
    Type.DATE: _day,
    Type.MONTH: _month,
    Type.YES_NO: _yes_no,
    Type.TEXT: _text,
    Type.CODE: _code,
}


def canonical_period(line: FactKey, raw: str) -> str:
    """Return ``2026-03/pension``, ``2025`` or nothing, as the key asks; raises ``InvalidInput`` beside it."""
    text = unicodedata.normalize("NFKC", raw).strip()
    if line.per is Per.NONE:
        if text:
            raise _wrong_period(_("%s不分期间登记。") % line.label)
        return ""
    if line.per is Per.YEAR:
        year = text.removesuffix("年")
        if not re.fullmatch(r"[0-9]{4}", year) or not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise _wrong_period(_("请填写%s是哪一年的，例如 2025。") % line.label)
        return year
    month, _slash, source = text.partition("/")
    found = _MONTH.fullmatch(month)
    code = source if source in line.sources else {v: k for k, v in line.sources.items()}.get(source, "")
    if not code or not found or not 1 <= int(found[2]) <= 12:
        raise _wrong_period(_("请写明%s是哪个月、哪项来源的。") % line.label)
    return f"{found[1]}-{int(found[2]):02}/{code}"


def _wrong_period(words: str) -> InvalidInput:
    return InvalidInput(words, details={"period": words})


def period_begins(line: FactKey, period: str) -> date | None:
    """Return the first day of a period, ``None`` where the key has none."""
    if not period:
        return None
    month = period.partition("/")[0] if line.per is Per.MONTH_SOURCE else f"{period}-01"
    return date.fromisoformat(f"{month}-01")


def shown(line: FactKey, value: str) -> str:
    """Return a canonical value in the reader's words."""
    if line.type is Type.CHOICE:
        return str(line.choices.get(value, value))
    if line.type is Type.MONEY:
        return _("%s元") % yuan(int(value))
    if line.type is Type.YES_NO:
        return _("是") if value == YES else _("否")
    return f"{value}{line.unit}"


def period_shown(line: FactKey, period: str) -> str:
    """Return a period in words: 2026-03 养老金."""
    month, _slash, source = period.partition("/")
    return f"{month} {line.sources.get(source, source)}" if source else month
