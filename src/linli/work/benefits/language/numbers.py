"""Numbers of the rule language: what is compared and what is paid. The other half of ``grammar``. Pure.

A literal means what stands beside it: 1595 is 元 beside a sum of money, a count beside a count. Money and
counts never mix: ``times`` and ``share`` take money and a count, everything else takes two of one kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from . import values
from .columns import ColumnLine, Kind
from .tree import (
    Band,
    Bands,
    Choose,
    Column,
    Condition,
    Constant,
    Members,
    Months,
    Of,
    Over,
    Reckoned,
    Standard,
    Sum,
    Term,
    Today,
    Years,
)

if TYPE_CHECKING:
    from .grammar import Reading
    from .source import Path, Raw

Typed = tuple[Term, Kind]
AGE, TODAY, ALL = "age", "today", "all"
_KIND_NAMES = {
    Kind.MONEY: "金额",
    Kind.NUMBER: "数量",
    Kind.DATE: "日期",
    Kind.CHOICE: "选项",
    Kind.CODE: "代码",
}
_OVER = {"total": Over.TOTAL, "most": Over.MOST, "least": Over.LEAST}
_ALIKE = {"sum": Sum.ADD, "difference": Sum.LESS, "lower": Sum.LOWER, "higher": Sum.HIGHER}
_BY_COUNT = {"times": Sum.TIMES, "share": Sum.SHARE}


class Numbers:
    """Reads numbers for a ``Reading``, which it asks for places, names and conditions."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def column(self, line: ColumnLine) -> Column:
        """Return the node of a column."""
        return Column(line.name, line.of)

    def term(self, raw: Raw, path: Path, expected: Kind | None = None) -> Typed:
        """Return a number and its kind; a literal needs ``expected``."""
        if isinstance(raw, str):
            return self._word(raw, path, expected)
        table = self.reading.table(raw, path)
        head = self.reading.one_head(table, path, _TERMS)
        self.reading.table(table, path, (head,))
        found = _TERMS[head](self, head, table[head], (*path, head), expected)
        if isinstance(found[0], Bands):
            self.reading.name(found[0], (*path, head))
        return found

    def beside(self, raw: Raw, path: Path, kind: Kind) -> Term:
        """Return a number that must be of ``kind``."""
        term, found = self.term(raw, path, kind)
        if found is not kind:
            words = _("这里要的是%(wanted)s，写的是%(found)s，不能放在一起。")
            raise self.reading.source.fault(
                path, words % {"wanted": _KIND_NAMES[kind], "found": _KIND_NAMES[found]}
            )
        return term

    def kind_of(self, raw: Raw) -> Kind | None:
        """Return the kind that a number is written to have, ``None`` for a literal or what is wrong."""
        if isinstance(raw, str):
            line = self.reading.columns.get(raw)
            return Kind.NUMBER if raw == AGE else Kind.DATE if raw == TODAY else line.kind if line else None
        if isinstance(raw, list):
            return next((kind for kind in map(self.kind_of, raw) if kind), None)
        head = next((name for name in raw if name in _TERMS), "")
        return self._kind_under(head, raw[head]) if head else None

    def _kind_under(self, head: str, inner: Raw) -> Kind | None:
        if head in {"years", "months", "count"}:
            return Kind.NUMBER
        if head == "standard":
            return self.reading.standards.get(inner, Kind.MONEY) if isinstance(inner, str) else None
        if head == "percent" and isinstance(inner, list):
            return self.kind_of(inner[1:])
        if head in _BY_COUNT and isinstance(inner, list):
            return self.kind_of(inner[0]) if inner else None
        if isinstance(inner, dict):
            inner = inner.get("fact", inner.get("of", ""))
        return self.kind_of(inner)

    # ---- words and literals -----------------------------------------------------------------------------
    def _word(self, raw: str, path: Path, expected: Kind | None) -> Typed:
        if raw == AGE:
            return Years(self.column(self.reading.column("birth", path))), Kind.NUMBER
        if raw == TODAY:
            return Today(), Kind.DATE
        if raw in self.reading.columns:
            line = self.reading.column(raw, path)
            return self.column(line), line.kind
        if expected is None:
            words = _("说不清这里是金额、数量还是别的。")
            raise self.reading.source.fault(path, words, _("请写一个事实、标准或算式，或者换到另一边比较。"))
        return Constant(self.reading.word(raw, path, lambda text: values.literal(expected, text))), expected

    def _fact(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        line = self.reading.column(raw, path)
        return self.column(line), line.kind

    def _standard(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        code = self.reading.text(raw, path, 40)
        standard = Standard(code)
        self.reading.name(standard, path)
        return standard, self.reading.standards.get(code, Kind.MONEY)

    def _fixed(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        return self.term(raw, path, expected)

    def _since(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        given: Raw = raw if isinstance(raw, dict) else {"since": raw}
        table = self.reading.table(given, path, ("since", "calendar") if head == "months" else ("since",))
        since = self.beside(table.get("since", ""), (*path, "since"), Kind.DATE)
        if head == "years":
            return Years(since), Kind.NUMBER
        by_calendar = self.reading.word(table.get("calendar", "no"), (*path, "calendar"), values.yes_no)
        return Months(since, by_calendar), Kind.NUMBER

    # ---- members ----------------------------------------------------------------------------------------
    def _per_head(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        total, kind = self._over("total", raw, path, expected)
        return Reckoned(Sum.SHARE, total, Members(Over.COUNT)), kind

    def _over(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        given: Raw = raw if isinstance(raw, dict) else {"fact": raw}
        table = self.reading.table(given, path, ("fact", "where"))
        line = self._members_column(table.get("fact", ""), (*path, "fact"))
        where = self._where(table["where"], (*path, "where")) if "where" in table else None
        return Members(_OVER[head], self.column(line), where), line.kind

    def _members_column(self, raw: Raw, path: Path) -> ColumnLine:
        self.reading.inside += 1
        try:
            line = self.reading.column(raw, path)
        finally:
            self.reading.inside -= 1
        if line.of is not Of.PERSON or line.kind not in {Kind.MONEY, Kind.NUMBER, Kind.DATE}:
            words = _("“%(label)s”不能按成员合计。") % {"label": line.label}
            raise self.reading.source.fault(path, words, _("请选个人的金额或数量，例如月收入。"))
        return line

    def _count(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        where = None if raw == ALL else self._where(raw, path)
        return Members(Over.COUNT, where=where), Kind.NUMBER

    def _where(self, raw: Raw, path: Path) -> Condition:
        return self.reading.of_members(raw, path)

    # ---- reckoning --------------------------------------------------------------------------------------
    def _alike(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        parts = self.reading.items(raw, path)
        kind = self._kind(parts, path, expected)
        if len(parts) < 2 or (head == "difference" and len(parts) != 2):
            raise self.reading.source.fault(path, _("这里要写两个数。"))
        terms = self.reading.gather(parts, path, lambda part, place: self.beside(part, place, kind))
        found = terms[0]
        for term in terms[1:]:
            found = Reckoned(_ALIKE[head], found, term)
        # A difference that is less than nothing is nothing: nobody pays back.
        return (Reckoned(Sum.HIGHER, found, Constant(0)) if head == "difference" else found), kind

    def _kind(self, parts: Raw, path: Path, expected: Kind | None) -> Kind:
        kind = self.kind_of(parts) or expected
        if kind in {Kind.MONEY, Kind.NUMBER}:
            return kind
        words = _("这里只能用金额或数量来算。")
        raise self.reading.source.fault(path, words, _("请至少写一个事实或标准，看得出算的是什么。"))

    def _by_count(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        parts = self.reading.items(raw, path)
        if len(parts) != 2:
            raise self.reading.source.fault(path, _("这里要写两个数：先写算什么，再写几倍或几份。"))
        kind = self._kind(parts[0], path, expected)
        left = self.beside(parts[0], (*path, 0), kind)
        return Reckoned(_BY_COUNT[head], left, self.beside(parts[1], (*path, 1), Kind.NUMBER)), kind

    def _percent(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        parts = self.reading.items(raw, path)
        if len(parts) != 2:
            raise self.reading.source.fault(
                path, _("这里要写百分之几，再写是什么的，例如 [40, {合计: 月收入}]。")
            )
        kind = self._kind(parts[1], path, expected)
        share = self.beside(parts[0], (*path, 0), Kind.NUMBER)
        whole = self.beside(parts[1], (*path, 1), kind)
        return Reckoned(Sum.SHARE, Reckoned(Sum.TIMES, whole, share), Constant(100)), kind

    def _prorate(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        table = self.reading.table(raw, path, ("whole", "parts", "of"))
        kind = self._kind(table.get("whole", ""), (*path, "whole"), expected)
        whole = self.beside(table.get("whole", ""), (*path, "whole"), kind)
        of = self.beside(table.get("of", ""), (*path, "of"), Kind.NUMBER)
        parts = self.beside(table.get("parts", ""), (*path, "parts"), Kind.NUMBER)
        counted = Reckoned(Sum.LOWER, Reckoned(Sum.HIGHER, parts, Constant(0)), of)
        return Reckoned(Sum.SHARE, Reckoned(Sum.TIMES, whole, counted), of), kind

    # ---- tables and cases -------------------------------------------------------------------------------
    def _bands(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        table = self.reading.table(raw, path, ("of", "rows"))
        of, of_kind = self.term(table.get("of", ""), (*path, "of"))
        kind = expected or Kind.MONEY

        def row(part: Raw, place: Path) -> Band:
            line = self.reading.table(part, place, ("from", "to", "pay"))
            low = self._edge(line.get("from"), (*place, "from"), of_kind)
            high = self._edge(line.get("to"), (*place, "to"), of_kind)
            if low is not None and high is not None and low >= high:
                words = _("这一档的“从”不小于“到”。")
                raise self.reading.source.fault(
                    place, words, _("不低于（含）到（不含），例如 {不低于: 65, 到: 70}。")
                )
            return Band(low, high, self.beside(line.get("pay", ""), (*place, "pay"), kind))

        rows = self.reading.gather(
            self.reading.items(table.get("rows", ""), (*path, "rows")), (*path, "rows"), row
        )
        return Bands(of, rows), kind

    def _edge(self, raw: Raw | None, path: Path, kind: Kind) -> int | None:
        if raw is None:
            return None
        return self.reading.word(raw, path, lambda text: values.literal(kind, text))

    def _choose(self, head: str, raw: Raw, path: Path, expected: Kind | None) -> Typed:
        table = self.reading.table(raw, path, ("cases", "otherwise"))
        kind = expected or Kind.MONEY

        def case(part: Raw, place: Path) -> tuple[Condition, Term]:
            line = self.reading.table(part, place, ("when", "pay"))
            when = self.reading.silent(line.get("when", ""), (*place, "when"))
            return when, self.beside(line.get("pay", ""), (*place, "pay"), kind)

        cases = self.reading.gather(
            self.reading.items(table.get("cases", ""), (*path, "cases")), (*path, "cases"), case
        )
        otherwise = self.beside(table.get("otherwise", "0"), (*path, "otherwise"), kind)
        return Choose(cases, otherwise), kind


_TERMS: dict[str, Callable[[Numbers, str, Raw, Path, Kind | None], Typed]] = {
    "fact": Numbers._fact,
    "standard": Numbers._standard,
    "fixed": Numbers._fixed,
    "years": Numbers._since,
    "months": Numbers._since,
    "per_head": Numbers._per_head,
    **dict.fromkeys(_OVER, Numbers._over),
    "count": Numbers._count,
    **dict.fromkeys(_ALIKE, Numbers._alike),
    **dict.fromkeys(_BY_COUNT, Numbers._by_count),
    "percent": Numbers._percent,
    "prorate": Numbers._prorate,
    "bands": Numbers._bands,
    "choose": Numbers._choose,
}
