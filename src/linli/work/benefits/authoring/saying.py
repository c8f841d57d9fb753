"""A draft in plain words, piece by piece, also where it cannot be read yet: what pages show of it.

Works on the map that the YAML says, so that a half-written draft is shown too; what stands in it in a shape
that is not known is shown as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.core.words import gettext_lazy

from ..language import values
from ..language.columns import ColumnLine, Kind, columns
from ..language.source import Path, place_of
from ..language.writing import policy_write
from .edits import MANY, ROOT, Group, Node, children, count_below, group_of

MOST_DRAWN = 100
GROUPS: dict[Group, str] = {
    Group.ALL: gettext_lazy("以下各项都符合"),
    Group.ANY: gettext_lazy("以下任何一项符合"),
    Group.NOT: gettext_lazy("以下情况除外"),
    Group.SOMEBODY: gettext_lazy("家里至少有一个人符合"),
    Group.EVERYBODY: gettext_lazy("家里每个人都符合"),
}
OPS = {
    "from": gettext_lazy("不低于%s"),
    "over": gettext_lazy("高于%s"),
    "under": gettext_lazy("低于%s"),
    "at_most": gettext_lazy("不高于%s"),
    "equals": gettext_lazy("等于%s"),
}
AGES = {
    "from": gettext_lazy("年满%s周岁"),
    "over": gettext_lazy("年龄超过%s周岁"),
    "under": gettext_lazy("不满%s周岁"),
    "at_most": gettext_lazy("不超过%s周岁"),
    "equals": gettext_lazy("正好%s周岁"),
}
DATES = {
    "from": gettext_lazy("在%s或以后"),
    "over": gettext_lazy("在%s以后"),
    "under": gettext_lazy("早于%s"),
    "at_most": gettext_lazy("不晚于%s"),
    "equals": gettext_lazy("在%s"),
}
NONE = gettext_lazy("没有")


@dataclass(frozen=True, slots=True)
class Names:
    """What other policies and the dated figures are called, by their codes."""

    policies: Mapping[str, str] = field(default_factory=dict)
    standards: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_code(self) -> Mapping[str, str]:
        """Return what any code is called, a policy's or a figure's."""
        return {**self.standards, **self.policies}


@dataclass(slots=True)
class ShownNode:
    """One condition or group as a page draws it."""

    place: str
    group: str
    title: str
    detail: str
    clause: str
    mark: str
    children: list[ShownNode] = field(default_factory=list)
    hidden: int = 0  # how many below are not drawn
    hidden_from: int = 0  # which child of its own is the first of them
    skipped: int = 0  # how many of its own children before them are not drawn
    findings: list[Any] = field(default_factory=list)
    is_first: bool = True
    is_last: bool = True
    is_root: bool = False


def tree_shown(
    draft: Node,
    names: Names,
    findings: Mapping[str, Sequence[Any]] | None = None,
    at: Path = ROOT,
    skip: int = 0,
) -> ShownNode:
    """Return the conditions from a place down, at most ``MOST_DRAWN``, the first ``skip`` left out; what is
    not drawn is counted."""
    node: Any = draft
    for step in at:
        node = node[step]
    budget = [MOST_DRAWN]
    shown = _shown(node, at, names, findings or {}, budget, skip)
    shown.is_root = at == ROOT
    return shown


def _shown(
    node: Any,
    path: Path,
    names: Names,
    findings: Mapping[str, Sequence[Any]],
    budget: list[int],
    skip: int = 0,
) -> ShownNode:
    group = group_of(node)
    said = node if isinstance(node, dict) else {}
    label = str(said.get("label") or "")
    words = group_words(node, group) if group else leaf_words(node, names)
    shown = ShownNode(
        place=place_of(path),
        group=group.value if group else "",
        title=label or words,
        detail=words if label and label != words else "",
        clause=str(said.get("clause") or ""),
        mark=str(said.get("mark") or ""),
    )
    below = list(children(node, path))
    shown.skipped = min(skip, len(below))
    for at, (place, child) in enumerate(below):
        if at < skip:
            continue
        if budget[0] <= 0:
            shown.hidden = sum(count_below(rest) for _place, rest in below[at:])
            shown.hidden_from = at
            break
        budget[0] -= 1
        one = _shown(child, place, names, findings, budget)
        one.is_first, one.is_last = at == 0, at == len(below) - 1
        shown.children.append(one)
    shown.findings = _findings_of(shown, findings)
    return shown


def _findings_of(shown: ShownNode, findings: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Return what was found at this place or inside it, above the places of the conditions below it."""
    below = [child.place for child in shown.children]
    return [
        finding
        for place, found in findings.items()
        if _lies_in(place, shown.place) and not any(_lies_in(place, child) for child in below)
        for finding in found
    ]


def _lies_in(place: str, holder: str) -> bool:
    return place == holder or place.startswith((f"{holder}.", f"{holder}["))


def group_words(node: Any, group: Group) -> str:
    """Return how a group joins what is in it."""
    if group is Group.AT_LEAST:
        held = node.get("at_least")
        count = held.get("count", "") if isinstance(held, dict) else ""
        return _("以下至少%(count)s项符合") % {"count": count}
    return str(GROUPS[group])


def leaf_words(node: Any, names: Names) -> str:
    """Return a single condition in plain words."""
    if not isinstance(node, dict):
        return str(node)
    for head, said in _SAID.items():
        if head in node:
            try:
                words = str(said(node, names))
            except (KeyError, TypeError, ValueError, AttributeError):
                break
            if words:
                return words
    rest = {name: value for name, value in node.items() if name not in ("label", "clause", "mark")}
    return policy_write(rest).strip() if rest else _("还没有写")


def line_named(name: str) -> ColumnLine | None:
    """Return what may be looked at by its name or its Chinese label; ``None`` where there is no such."""
    try:
        return values.column_named(columns(), name)
    except values.WrongValue:
        return None


def _fact_words(node: Node, names: Names) -> str:
    line = line_named(str(node["fact"]))
    if line is None:
        return str(_("没有“%s”这个事实") % node["fact"])
    if "in" in node or "is" in node:
        chosen = node["in"] if "in" in node else [node["is"]]
        words = _("、").join(value_words(line, str(value)) for value in chosen)
        return _("%(fact)s：%(words)s") % {"fact": line.label, "words": words}
    return _side_by_side(line.label, compared_words(node, line, names))


def _side_by_side(what: str, how: str) -> str:
    return _("%(what)s%(how)s") % {"what": what, "how": how}


def value_words(line: ColumnLine, value: str) -> str:
    """Return what a written value of a column says."""
    if value in ("none", ""):
        return str(NONE)
    if line.kind is Kind.CHOICE:
        return str(line.choices.get(value, value))
    return _("%s元") % value.removesuffix(".00") if line.kind is Kind.MONEY else f"{value}{line.unit}"


def compared_words(node: Node, line: ColumnLine | None, names: Names) -> str:
    """Return the comparisons that stand beside a number."""
    ops = DATES if line is not None and line.kind is Kind.DATE else OPS
    found = [str(ops[name]) % number_words(node[name], names, line) for name in ops if name in node]
    return _("、").join(found)


def number_words(value: Any, names: Names, line: ColumnLine | None = None) -> str:
    """Return a number of a rule in words: a literal, a fact, a figure of the city, something reckoned."""
    if isinstance(value, str):
        return _word_words(value, line)
    if not isinstance(value, dict) or not value:
        return str(value)
    head = next((name for name in value if name in _NUMBERS), "")
    return str(_NUMBERS[head](value, names, line)) if head else policy_write(value).strip()


def _word_words(value: str, line: ColumnLine | None) -> str:
    if (named := line_named(value)) is not None:
        return named.label
    if value == "age":
        return _("年龄")
    if value == "today":
        return _("当天")
    return value_words(line, value) if line is not None else value


def _standard_words(value: Node, names: Names, line: ColumnLine | None) -> str:
    code = str(value["standard"])
    return names.standards.get(code) or _("标准“%s”") % code


def _of_household(words: str) -> Any:
    def said(value: Node, names: Names, line: ColumnLine | None) -> str:
        held = next(iter(value.values()))
        if not isinstance(held, dict):
            return words % number_words(held, names)
        who = leaf_words(held["where"], names) if held.get("where") else ""
        whole = words % number_words(held.get("fact", ""), names)
        return _("%(whole)s（只算%(who)s的人）") % {"whole": whole, "who": who} if who else whole

    return said


def _joined(sign: str, head: str) -> Any:
    def said(value: Node, names: Names, line: ColumnLine | None) -> str:
        parts = [number_words(part, names, line if at == 0 or head not in ("times", "share") else None)
                 for at, part in enumerate(value[head])]  # fmt: skip
        return sign.join(parts)

    return said


def _percent_words(value: Node, names: Names, line: ColumnLine | None) -> str:
    share, whole = value["percent"]
    return _("%(whole)s的%(share)s%%") % {"whole": number_words(whole, names, line), "share": share}


def _prorate_words(value: Node, names: Names, line: ColumnLine | None) -> str:
    held = value["prorate"]
    said = {
        "whole": number_words(held["whole"], names, line),
        "parts": number_words(held["parts"], names),
        "of": number_words(held["of"], names),
    }
    return _("%(whole)s，按%(parts)s占%(of)s的份数折算") % said


def _since_number(value: Node, names: Names, line: ColumnLine | None) -> str:
    head = next(iter(value))
    held = value[head]
    since = number_words(held.get("since", "") if isinstance(held, dict) else held, names)
    return (_("从%s算起的年数") if head == "years" else _("从%s算起的月数")) % since


def _count_number(value: Node, names: Names, line: ColumnLine | None) -> str:
    held = value["count"]
    return _("家里的人数") if held == "all" else _("家里%s的人数") % leaf_words(held, names)


def _plain_number(value: Node, names: Names, line: ColumnLine | None) -> str:
    return number_words(next(iter(value.values())), names, line)


_NUMBERS: dict[str, Any] = {
    "standard": _standard_words,
    "fact": _plain_number,
    "fixed": _plain_number,
    "per_head": _of_household(gettext_lazy("家庭人均%s")),
    "total": _of_household(gettext_lazy("全家%s合计")),
    "most": _of_household(gettext_lazy("家里最高的%s")),
    "least": _of_household(gettext_lazy("家里最低的%s")),
    "count": _count_number,
    "years": _since_number,
    "months": _since_number,
    "sum": _joined(" + ", "sum"),
    "difference": _joined(" − ", "difference"),
    "times": _joined(" × ", "times"),
    "share": _joined(" ÷ ", "share"),
    "percent": _percent_words,
    "prorate": _prorate_words,
}


def _age_words(node: Node, names: Names) -> str:
    compared = node["age"]
    return _("、").join(str(AGES[name]) % compared[name] for name in AGES if name in compared)


def _since_words(node: Node, names: Names) -> str:
    head = "years" if "years" in node else "months"
    held = node[head]
    since = number_words(held["since"], names)
    unit = _("年") if head == "years" else _("个月")
    found = [str(OPS[name]) % f"{held[name]}{unit}" for name in OPS if name in held]
    return _("从%(since)s算起%(words)s") % {"since": since, "words": _("、").join(found)}


def _value_words(node: Node, names: Names) -> str:
    term = node["value"]
    return _side_by_side(number_words(term, names), compared_words(node, _line_of(term), names))


def _line_of(term: Any) -> ColumnLine | None:
    """Return the column whose kind a reckoned number has: the first one named in it."""
    if isinstance(term, str):
        return line_named(term)
    held = term.values() if isinstance(term, dict) else term if isinstance(term, list) else ()
    return next((line for line in map(_line_of, held) if line is not None), None)


def _policy_words(node: Node, names: Names) -> str:
    code = str(node["policy"])
    return _("符合“%s”") % names.policies.get(code, code)


def _members_words(node: Node, names: Names) -> str:
    held = node["members"]
    who = held["count"]
    words = leaf_words(who, names) if isinstance(who, dict) else ""
    found = [str(OPS[name]) % _("%s人") % held[name] for name in OPS if name in held]
    return _("家里%(who)s的人数%(words)s") % {"who": words, "words": _("、").join(found)}


_SAID: dict[str, Any] = {
    "fact": _fact_words,
    "age": _age_words,
    "years": _since_words,
    "months": _since_words,
    "value": _value_words,
    "policy": _policy_words,
    "members": _members_words,
}
__all__ = ["MANY", "Names", "ShownNode", "tree_shown"]
