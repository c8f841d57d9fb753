"""Conditions and numbers in plain Chinese: the label of what has none, and what pages say. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import singledispatch

from .columns import Kind, columns
from .tree import (
    NEVER,
    AtLeast,
    Bands,
    Choose,
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Holds,
    Labelled,
    Members,
    Months,
    No,
    Node,
    OneOf,
    Op,
    Other,
    Over,
    Reckoned,
    Some,
    Standard,
    Sum,
    Today,
    Years,
)

_OPS = {Op.LESS: "低于", Op.AT_MOST: "不高于", Op.EQUAL: "等于", Op.AT_LEAST: "不低于", Op.MORE: "高于"}
_SUMS = {Sum.ADD: "加", Sum.LESS: "减", Sum.TIMES: "乘", Sum.SHARE: "除以"}


_CODED = re.compile(r"(政策|标准)“([a-z][a-z0-9_]*)”")


def words_named(words: str, names: Mapping[str, str]) -> str:
    """Return words with the names of policies and figures where they say the codes (``names``: code → name).

    A label is made when a rule is read, and kept in traces; names are looked up when it is shown.
    """
    return _CODED.sub(lambda found: f"{found[1]}“{names.get(found[2], found[2])}”", words)


def condition_words(node: Node) -> str:
    """Return a condition or a number in words (Chinese, as written down; not translated)."""
    return _words(node)


def yuan_words(fen: int) -> str:
    """Return fen as 元: ``1595 元``, ``75.50 元``."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    whole, rest = divmod(fen, 100)
    return f"{sign}{whole}.{rest:02} 元" if rest else f"{sign}{whole} 元"


def value_words(kind: Kind, value: int) -> str:
    """Return a whole number of a kind in words."""
    if kind is Kind.MONEY:
        return yuan_words(value)
    if kind is Kind.DATE:
        return "没有" if value == NEVER else f"{value // 10000}-{value // 100 % 100:02}-{value % 100:02}"
    return str(value)


def kind_of(node: Node) -> Kind:
    """Return what the whole number of a term means."""
    if isinstance(node, Column):
        return columns()[node.name].kind if node.name in columns() else Kind.NUMBER
    if isinstance(node, Standard):
        return Kind.MONEY
    if isinstance(node, Today):
        return Kind.DATE
    inner = _first_inside(node)
    return kind_of(inner) if inner else Kind.NUMBER


def _first_inside(node: Node) -> Node | None:
    if isinstance(node, Members) and node.over is not Over.COUNT:
        return node.value
    if isinstance(node, Reckoned):
        return node.right if isinstance(node.left, Constant) else node.left
    if isinstance(node, Bands):
        return node.rows[0].value
    return node.otherwise if isinstance(node, Choose) else None


@singledispatch
def _words(node: Node) -> str:
    raise TypeError(type(node).__name__)


@_words.register
def _constant(node: Constant) -> str:
    return str(node.value)


@_words.register
def _standard(node: Standard) -> str:
    return f"标准“{node.code}”"


@_words.register
def _column(node: Column) -> str:
    line = columns().get(node.name)
    return line.label if line else node.name


@_words.register
def _today(node: Today) -> str:
    return "当天"


@_words.register
def _years(node: Years) -> str:
    return "年龄" if getattr(node.since, "name", "") == "birth" else f"{_words(node.since)}以来的整年数"


@_words.register
def _months(node: Months) -> str:
    name = "出生" if getattr(node.since, "name", "") == "birth" else _words(node.since)
    return f"{name}以来的{'日历' if node.is_calendar else '整'}月数"


@_words.register
def _reckoned(node: Reckoned) -> str:
    if node.sum is Sum.SHARE and node.right == Members(Over.COUNT) and isinstance(node.left, Members):
        return f"人均{_words(node.left).removeprefix('家庭')}" if node.left.value else "人均"
    if node.sum in {Sum.LOWER, Sum.HIGHER}:
        zero = node.sum is Sum.HIGHER and node.right == Constant(0)
        which = "较小的" if node.sum is Sum.LOWER else "较大的"
        return _words(node.left) if zero else f"{_side(node, node.left)}和{_side(node, node.right)}中{which}"
    return f"（{_side(node, node.left)}{_SUMS[node.sum]}{_side(node, node.right)}）"


def _side(parent: Reckoned, node: Node) -> str:
    if isinstance(node, Constant):
        plain = parent.sum in {Sum.TIMES, Sum.SHARE} and node is parent.right
        return str(node.value) if plain else value_words(kind_of(parent), node.value)
    return _words(node)


@_words.register
def _bands(node: Bands) -> str:
    return f"按{_words(node.of)}分档"


@_words.register
def _choose(node: Choose) -> str:
    return "按情形确定"


@_words.register
def _members(node: Members) -> str:
    who = f"（{_words(node.where)}的成员）" if node.where else ""
    if node.over is Over.COUNT:
        return f"家庭{who}人数" if who else "家庭人数"
    said = {Over.TOTAL: "合计", Over.MOST: "最高", Over.LEAST: "最低"}[node.over]
    return f"家庭{_words(node.value) if node.value else ''}{who}{said}"


@_words.register
def _compare(node: Compare) -> str:
    kind = kind_of(node.left)
    right = value_words(kind, node.right.value) if isinstance(node.right, Constant) else _words(node.right)
    if isinstance(node.left, Years) and _words(node.left) == "年龄":
        return {
            Op.AT_LEAST: f"年满{right}周岁",
            Op.LESS: f"不满{right}周岁",
            Op.AT_MOST: f"年龄不超过{right}周岁",
            Op.MORE: f"年龄超过{right}周岁",
            Op.EQUAL: f"{right}周岁",
        }[node.op]
    return f"{_words(node.left)}{_OPS[node.op]}{right}"


@_words.register
def _one_of(node: OneOf) -> str:
    line = columns().get(getattr(node.of, "name", ""))
    if line is None or line.kind is not Kind.CHOICE:
        return f"{_words(node.of)}是{'、'.join(map(str, node.values))}"
    names = ["没有", *line.choices.values()]
    said = [names[value] if value < len(names) else str(value) for value in node.values]
    return f"{line.label}是{'或'.join(said)}"


@_words.register
def _holds(node: Holds) -> str:
    inner = _words(node.members.where) if node.members.where else ""
    return f"家庭成员中有人{inner}" if node.members.over is Over.ANY else f"每个家庭成员都{inner}"


@_words.register
def _other(node: Other) -> str:
    return f"符合政策“{node.policy}”"


@_words.register
def _labelled(node: Labelled) -> str:
    return node.label


def _joined(parts: tuple[Condition, ...], word: str) -> str:
    return word.join(_words(part) for part in parts)


@_words.register
def _every(node: Every) -> str:
    return _joined(node.parts, "，并且")


@_words.register
def _some(node: Some) -> str:
    return _joined(node.parts, "，或者")


@_words.register
def _no(node: No) -> str:
    return f"不是：{_words(node.inner)}"


@_words.register
def _at_least(node: AtLeast) -> str:
    return f"至少符合{node.count}项：{_joined(node.parts, '；')}"
