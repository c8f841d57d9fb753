"""Conditions and numbers of the rule language, from maps and lists into the expression tree. Pure.

A condition is a map with one head (``all any not at_least fact age years months value members policy``),
its comparison, and ``label``, ``clause``, ``mark``. A number is a literal, a word (``age``, ``today``, the
name of a fact) or a map with one head. Faults are gathered: one reading names every wrong place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from . import values
from .columns import ColumnLine, Kind, columns
from .numbers import Numbers
from .policy import Named, Note
from .source import Fault, Path, Raw, Source, Unreadable, place_of
from .tree import (
    AtLeast,
    Compare,
    Condition,
    Constant,
    Every,
    Holds,
    Labelled,
    Members,
    No,
    Node,
    Of,
    OneOf,
    Op,
    Other,
    Over,
    Some,
    Term,
)
from .wording import condition_words
from .words import chinese_name

MOST_CONDITIONS = 500
MOST_CONDITION_DEPTH = 12
OPS = {
    "from": Op.AT_LEAST,
    "over": Op.MORE,
    "under": Op.LESS,
    "at_most": Op.AT_MOST,
    "equals": Op.EQUAL,
}
_ABOUT = ("label", "clause", "mark")
_T = TypeVar("_T")
Table = dict[str, Raw]


class Reading:
    """One text being read: its unit, what it may name, and what was found wrong so far.

    ``standards`` is code → kind; one that is not there is taken for money, the checker says that it is not
    known.
    """

    def __init__(self, source: Source, of: Of, standards: Mapping[str, Kind]) -> None:
        self.source = source
        self.of = of
        self.standards = standards
        self.columns = columns()
        self.faults: list[Fault] = []
        self.named: list[Named] = []
        self.notes: list[Note] = []
        self.conditions = 0
        self.inside = 0  # within members
        self.unlabelled = 0  # within members or an amount: no line of the trace
        self.numbers = Numbers(self)

    # ---- the plain pieces -------------------------------------------------------------------------------
    def table(self, raw: Raw, path: Path, allowed: tuple[str, ...] = ()) -> Table:
        """Return a map whose names are all allowed (any, if none are given)."""
        if not isinstance(raw, dict):
            raise self.source.fault(path, _("这里要写成“名称: 内容”的形式。"))
        for name in raw:
            if allowed and name not in allowed:
                words = _("这里不能写“%(name)s”。") % {"name": chinese_name(name)[:40]}
                raise self.source.fault((*path, name), words, values.nearest(name, allowed))
        return raw

    def text(self, raw: Raw, path: Path, most: int = 200) -> str:
        """Return a text of at most ``most`` characters."""
        if not isinstance(raw, str):
            raise self.source.fault(path, _("这里要写文字。"))
        if len(raw) > most:
            raise self.source.fault(path, _("这里最多%(most)d个字。") % {"most": most})
        return raw.strip()

    def items(self, raw: Raw, path: Path) -> list[Raw]:
        """Return a list that is not empty."""
        if not isinstance(raw, list) or not raw:
            raise self.source.fault(path, _("这里要写一个列表，至少一项。"))
        return raw

    def word(self, raw: Raw, path: Path, meant: Callable[[str], _T]) -> _T:
        """Return what a written value means, or refuse its place."""
        if not isinstance(raw, str):
            raise self.source.fault(path, _("这里要写一个值，不能写成列表或条件。"))
        if not raw:
            raise self.source.fault(path, _("这里还没有填。"))
        try:
            return meant(raw)
        except values.WrongValue as wrong:
            raise self.source.fault(path, wrong.words) from None

    def one_head(self, raw: Table, path: Path, heads: Mapping[str, object]) -> str:
        """Return the one name of a map that says what it is."""
        found = [name for name in raw if name in heads]
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(chinese_name(name) for name in found)
            words = _("这里同时写了%(names)s，只能写一个。") % {"names": names}
            raise self.source.fault(path, words, _("要同时满足请用“都要”，满足一个即可请用“任一”。"))
        unknown = next((name for name in raw if name not in _ABOUT), "")
        name = chinese_name(unknown)
        words = _("不认识“%(name)s”。") % {"name": name[:40]} if unknown else _("没有写这是什么条件。")
        raise self.source.fault((*path, unknown) if unknown else path, words, values.nearest(name, heads))

    def gather(self, raws: list[Raw], path: Path, read: Callable[[Raw, Path], _T]) -> tuple[_T, ...]:
        """Read every item, going on after a wrong one; raises what was wrong at the end."""
        found: list[_T] = []
        wrong: list[Fault] = []
        for at, raw in enumerate(raws):
            try:
                found.append(read(raw, (*path, at)))
            except Unreadable as error:
                wrong.extend(error.faults)
        if wrong:
            raise Unreadable(*wrong)
        return tuple(found)

    def name(self, node: Node, path: Path) -> None:
        """Keep where a node stands."""
        self.named.append(Named(place_of(path), self.source.lines.get(path, 0), node))

    def column(self, raw: Raw, path: Path) -> ColumnLine:
        """Return the column of a name, which must be known of whoever is looked at here."""
        line = self.word(raw, path, lambda text: values.column_named(self.columns, text))
        if line.of is Of.PERSON and self.of is Of.HOUSEHOLD and not self.inside:
            words = _("“%(label)s”是个人的事实，这项政策以家庭为单位。") % {"label": line.label}
            raise self.source.fault(
                path,
                words,
                _("请说明是哪些成员：用“成员”、“合计”或“人均”。"),
            )
        return line

    # ---- conditions -------------------------------------------------------------------------------------
    def condition(self, raw: Raw, path: Path, depth: int = 0) -> Condition:
        """Return one condition; a list means all of them."""
        if isinstance(raw, list):
            return Every(self.parts(raw, path, depth))
        table = self.table(raw, path)
        self._limits(path, depth)
        head = self.one_head(table, path, _CONDITIONS)
        inner = _CONDITIONS[head](self, table, path, depth)
        found = self._labelled(table, path, head, inner)
        self.name(found, path)
        return found

    def parts(self, raw: Raw, path: Path, depth: int) -> tuple[Condition, ...]:
        """Return the conditions of a list."""
        return self.gather(
            self.items(raw, path), path, lambda part, place: self.condition(part, place, depth + 1)
        )

    def _limits(self, path: Path, depth: int) -> None:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            words = _("条件太多，一项政策最多%(most)d个条件。") % {"most": MOST_CONDITIONS}
            raise TooMany(self.source.fault(path, words, _("请拆成几项政策，用“政策”互相引用。")))
        if depth > MOST_CONDITION_DEPTH:
            words = _("条件套得太深，最多%(most)d层。") % {"most": MOST_CONDITION_DEPTH}
            raise self.source.fault(path, words, _("请把里层的条件拆出来。"))

    def _labelled(self, table: Table, path: Path, head: str, inner: Condition) -> Condition:
        label = self.text(table.get("label", ""), (*path, "label"), 120)
        clause = self.text(table.get("clause", ""), (*path, "clause"), 120)
        mark = self.mark(table, path)
        if mark in {"✘", "○"}:
            self.notes.append(Note(label or condition_words(inner), mark, clause))
        if self.unlabelled or (head in _GROUPS and not label):
            return inner
        return Labelled(label or condition_words(inner), clause, inner)

    def mark(self, table: Table, path: Path) -> str:
        """Return the mark of a map: how surely it is known; empty without one."""
        if (raw := table.get("mark")) is None:
            return ""
        if raw not in ("✔", "○", "✘"):
            raise self.source.fault((*path, "mark"), _("标记只能是 ✔、○ 或 ✘。"))
        return str(raw)

    def _all(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("all", *_ABOUT))
        return Every(self.parts(table["all"], (*path, "all"), depth))

    def _any(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("any", *_ABOUT))
        return Some(self.parts(table["any"], (*path, "any"), depth))

    def _not(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("not", *_ABOUT))
        self.unlabelled += 1
        try:
            return No(self.condition(table["not"], (*path, "not"), depth + 1))
        finally:
            self.unlabelled -= 1

    def _at_least(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("at_least", *_ABOUT))
        path = (*path, "at_least")
        inner = self.table(table["at_least"], path, ("count", "of"))
        parts = self.parts(inner.get("of", ""), (*path, "of"), depth)
        count = self.word(inner.get("count", ""), (*path, "count"), values.number)
        if not 1 <= count <= len(parts):
            words = _("至少几项要在1到%(most)d之间。") % {"most": len(parts)}
            raise self.source.fault((*path, "count"), words)
        return AtLeast(count, parts)

    def _fact(self, table: Table, path: Path, depth: int) -> Condition:
        line = self.column(table["fact"], (*path, "fact"))
        column = self.numbers.column(line)
        if line.kind in {Kind.CHOICE, Kind.CODE} or "in" in table or "is" in table:
            return self._is_one_of(table, path, line)
        self.table(table, path, ("fact", *OPS, *_ABOUT))
        return self.comparison(column, line.kind, table, path)

    def _is_one_of(self, table: Table, path: Path, line: ColumnLine) -> Condition:
        self.table(table, path, ("fact", "in", "is", *_ABOUT))
        if ("in" in table) == ("is" in table):
            raise self.source.fault(path, _("请用“属于: […]”列出可以的选项，或用“是”写一个。"))
        column, place = self.numbers.column(line), (*path, "in")
        if "is" in table:
            found = [self.word(table["is"], (*path, "is"), lambda text: values.value_of(line, text))]
        else:
            found = list(self.gather(self.items(table["in"], place), place, self._chosen(line)))
        if line.kind in {Kind.CHOICE, Kind.CODE}:
            return OneOf(column, tuple(found))
        equal = tuple(Compare(Op.EQUAL, column, Constant(value)) for value in found)
        return equal[0] if len(equal) == 1 else Some(equal)

    def _chosen(self, line: ColumnLine) -> Callable[[Raw, Path], int]:
        return lambda raw, path: self.word(raw, path, lambda text: values.value_of(line, text))

    def _age(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("age", *_ABOUT))
        compared = self.table(table["age"], (*path, "age"), tuple(OPS))
        term, kind = self.numbers.term("age", (*path, "age"))
        return self.comparison(term, kind, compared, (*path, "age"))

    def _since(self, table: Table, path: Path, depth: int) -> Condition:
        head = "years" if "years" in table else "months"
        self.table(table, path, (head, *_ABOUT))
        path = (*path, head)
        compared = self.table(table[head], path, ("since", "calendar", *OPS))
        counted: Table = {name: compared[name] for name in ("since", "calendar") if name in compared}
        term, kind = self.numbers.term({head: counted}, path[:-1])
        return self.comparison(term, kind, compared, path)

    def _value(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("value", *OPS, *_ABOUT))
        term, kind = self.numbers.term(table["value"], (*path, "value"), self._kind_beside(table))
        if kind is Kind.CHOICE:
            raise self.source.fault((*path, "value"), _("选项不能比大小，请用“事实”和“属于”。"))
        return self.comparison(term, kind, table, path)

    def _kind_beside(self, table: Table) -> Kind | None:
        beside = (self.numbers.kind_of(table[name]) for name in OPS if name in table)
        return next((kind for kind in beside if kind), None)

    def _members(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("members", *_ABOUT))
        path = (*path, "members")
        inner = self.table(table["members"], path, ("any", "every", "count", *OPS))
        head = self.one_head(inner, path, {"any": 1, "every": 1, "count": 1})
        if head == "count":
            counted, kind = self.numbers.term({"count": inner["count"]}, path)
            return self.comparison(counted, kind, inner, path)
        self.table(inner, path, ("any", "every"))
        over = Over.ANY if head == "any" else Over.EVERY
        return Holds(Members(over, where=self.of_members(inner[head], (*path, head))))

    def of_members(self, raw: Raw, path: Path) -> Condition:
        """Return a condition that is asked of each member of the household."""
        if self.inside:
            raise self.source.fault(path, _("成员的条件里不能再写成员的条件。"))
        self.inside += 1
        try:
            return self.silent(raw, path)
        finally:
            self.inside -= 1

    def silent(self, raw: Raw, path: Path) -> Condition:
        """Return a condition that is no line of its own in a trace."""
        self.unlabelled += 1
        try:
            return self.condition(raw, path)
        finally:
            self.unlabelled -= 1

    def _policy(self, table: Table, path: Path, depth: int) -> Condition:
        self.table(table, path, ("policy", *_ABOUT))
        return Other(self.text(table["policy"], (*path, "policy"), 40))

    def comparison(self, term: Term, kind: Kind, table: Table, path: Path) -> Condition:
        """Return the comparisons beside a number; several hold together."""
        found = tuple(
            Compare(OPS[name], term, self.numbers.beside(table[name], (*path, name), kind))
            for name in table
            if name in OPS
        )
        if not found:
            words = _("没有写和多少比。")
            raise self.source.fault(path, words, _("请写“不低于”“高于”“低于”“不高于”或“等于”。"))
        return found[0] if len(found) == 1 else Every(found)


class TooMany(Exception):
    """Reading stops at once: there is more than can be looked at."""

    def __init__(self, refusal: Unreadable) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


_GROUPS = ("all", "any", "at_least")
_CONDITIONS: dict[str, Callable[[Reading, Table, Path, int], Condition]] = {
    "all": Reading._all,
    "any": Reading._any,
    "not": Reading._not,
    "at_least": Reading._at_least,
    "fact": Reading._fact,
    "age": Reading._age,
    "years": Reading._since,
    "months": Reading._since,
    "value": Reading._value,
    "members": Reading._members,
    "policy": Reading._policy,
}
