"""Tables by stretches: gaps, overlaps, and who falls outside. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from .solving import Stretch
from .tree import Band, Bands
from .wording import condition_words, kind_of, value_words


def faults(table: Bands) -> Iterator[tuple[str, str]]:
    """Return code and words of every gap and overlap between the rows of a table."""
    rows = sorted(table.rows, key=lambda row: (row.low is not None, row.low or 0))
    for before, after in pairwise(rows):
        if before.high is None or after.low is None or before.high > after.low:
            words = _("“%(before)s”和“%(after)s”两档重叠。")
            yield "bands.overlap", words % {"before": _row(table, before), "after": _row(table, after)}
        elif before.high < after.low:
            words = _("%(from)s到%(to)s之间没有档。")
            yield "bands.gap", words % {"from": _edge(table, before.high), "to": _edge(table, after.low)}


def outside(table: Bands, left: Stretch) -> Iterator[str]:
    """Return in words which numbers that the conditions allow lie below the first row or above the last."""
    of = condition_words(table.of)
    lows = [row.low for row in table.rows if row.low is not None]
    if len(lows) == len(table.rows) and (left.low is None or left.low < min(lows)):
        edge = _edge(table, min(lows))
        yield _("符合条件的人里，%(of)s低于%(edge)s的没有对应的档。") % {"of": of, "edge": edge}
    highs = [row.high for row in table.rows if row.high is not None]
    if len(highs) == len(table.rows) and (left.high is None or left.high >= max(highs)):
        edge = _edge(table, max(highs))
        yield _("符合条件的人里，%(of)s到了%(edge)s的没有对应的档。") % {"of": of, "edge": edge}


def _edge(table: Bands, value: int) -> str:
    return value_words(kind_of(table.of), value)


def _row(table: Bands, row: Band) -> str:
    low = "" if row.low is None else _edge(table, row.low)
    high = "" if row.high is None else _edge(table, row.high)
    return f"{low}～{high}"
