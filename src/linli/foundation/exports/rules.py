"""What may stand in a file and how it is marked: values in, values out."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.core.clock import BEIJING
from linli.core.listing import Kind

MOST_IN_SHEET = 1_048_000  # a sheet ends at 1,048,576 rows; heading and mark need some
MOST_IN_CELL = 32_767  # letters that a spreadsheet's cell holds
CUT = _("……（已截断）")
# What a spreadsheet takes for a formula or a command, also after what it does not show.
_FORMULA = re.compile(r"^[\s\u00a0\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def text_of(value: Any) -> str:
    """Return a value as text without characters that no file may hold."""
    return "" if value is None else _UNPRINTABLE.sub("", str(value))


def guarded(text: str) -> str:
    """Return text that a spreadsheet will not take for a formula: marked with an apostrophe if it would."""
    return f"'{text}" if _FORMULA.match(text) else text


def sheet_text(text: str) -> str:
    """Return text that fits a spreadsheet's cell; what is cut off is said."""
    return text if len(text) <= MOST_IN_CELL else text[: MOST_IN_CELL - len(CUT)] + CUT


def plain_cell(value: Any, kind: Kind) -> str:
    """Return a value as it stands in a text file: times in Beijing's, numbers bare, text guarded."""
    if value is None or value == "":
        return ""
    if kind == Kind.INSTANT and isinstance(value, datetime):
        return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    if kind == Kind.DATE and isinstance(value, date):
        return day_of(value).isoformat()
    if kind == Kind.NUMBER and is_number(value):
        return str(value)
    return guarded(text_of(value))


def is_number(value: Any) -> bool:
    """Whether a value is counted with, so that its minus sign is none of a formula."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def day_of(value: date) -> date:
    """Return the day of a date, or of an instant in Beijing."""
    return value.astimezone(BEIJING).date() if isinstance(value, datetime) else value


def mark_line(facts: Sequence[tuple[str, str]], closing: str) -> str:
    """Return the line that says in the file where it comes from."""
    told = "；".join(f"{label}：{value}" for label, value in facts if value)
    return f"{told}；{closing}" if closing else told


def header_text(text: str, most: int = 100) -> str:
    """Return text for a sheet's printed header, where ``&`` begins a command."""
    return (text if len(text) <= most else text[: most - 1] + "…").replace("&", "&&")
