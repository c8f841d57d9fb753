"""What is wrong or doubtful in a version of a policy, before anybody relies on it. Pure.

An error keeps a version from being published; a warning is to be looked at; a hint would make it better.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from . import bands
from .cases import Case, cases_read
from .columns import Kind, columns
from .policy import Named, PolicyText, Unit
from .reading import policy_read
from .solving import Solved, left_of, solve
from .source import Fault, Unreadable
from .tree import (
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
    Node,
    Of,
    Other,
    Standard,
    Term,
    children,
    walk,
)
from .wording import condition_words

FEWEST_CASES = 6


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: where, what (Chinese), what to do. ``code`` is never renamed; ``line`` 0: none."""

    severity: Severity
    code: str
    words: str
    hint: str = ""
    place: str = ""
    line: int = 0

    def as_dict(self) -> dict[str, str | int]:
        """Return it as it is kept and sent."""
        return {
            name: str(value) if isinstance(value, Severity) else value for name, value in asdict(self).items()
        }


@dataclass(frozen=True, slots=True)
class KnownStandard:
    """A figure of the city: what kind of number, and its first day."""

    kind: Kind
    from_on: date


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """Another policy: for whom, its first day (``None``: nothing published), at which policies it looks, its
    name where everybody may read it."""

    of: Of
    from_on: date | None
    looks_at: frozenset[str] = frozenset()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What a version may name: the figures and the policies there are, by code."""

    standards: Mapping[str, KnownStandard] = field(default_factory=dict)
    policies: Mapping[str, KnownPolicy] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, Kind]:
        """Return code → kind of the figures, for ``policy_read``."""
        return {code: known.kind for code, known in self.standards.items()}


def looked_at(text: PolicyText) -> frozenset[str]:
    """Return the policies that a version looks at."""
    nodes = (node for root in _roots(text) for node in walk(root))
    named = frozenset(node.policy for node in nodes if isinstance(node, Other))
    return named | {one.policy for one in text.excludes}


def _roots(text: PolicyText) -> list[Node]:
    """Return what a version says: who is eligible, how much, when asking is worth it."""
    asking = [text.worth_asking.when] if text.worth_asking else []
    return [text.when, *([text.amount] if text.amount else []), *asking]


def version_check(
    policy: str, text: str, cases: str, from_on: date | None, around: Around
) -> tuple[Finding, ...]:
    """Return what is found in a version of ``policy`` that is to hold from ``from_on``, errors first."""
    found: list[Finding] = []
    try:
        read = policy_read(text, around.kinds)
        found += _Check(policy, read, from_on, around).findings()
    except Unreadable as error:
        found += [_unreadable(fault) for fault in error.faults]
    try:
        found += _of_cases(cases_read(cases, around.kinds), from_on)
    except Unreadable as error:
        found += [_unreadable(fault, _("案例 ")) for fault in error.faults]
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (order.index(one.severity), one.line)))


def has_errors(found: Iterable[Finding]) -> bool:
    """Return whether anything keeps a version from being published."""
    return any(one.severity is Severity.ERROR for one in found)


def _unreadable(fault: Fault, before: str = "") -> Finding:
    return Finding(
        Severity.ERROR, "text.unreadable", fault.words, fault.hint, before + fault.place, fault.line
    )


def _of_cases(cases: tuple[Case, ...], from_on: date | None) -> Iterator[Finding]:
    if len(cases) < FEWEST_CASES:
        words = _("案例只有%(count)d个。") % {"count": len(cases)}
        hint = _("请至少写%(fewest)d个，包括生日当天、金额分界和缺事实的情形。") % {"fewest": FEWEST_CASES}
        yield Finding(Severity.HINT, "cases.few", words, hint)
    for case in cases:
        if from_on and case.on < from_on:
            words = _("案例“%(name)s”的日期早于版本的起用日期%(day)s，那时还没有这个版本。")
            yield Finding(
                Severity.WARNING,
                "case.before_version",
                words % {"name": case.name, "day": from_on},
                _("请把案例的日期改到起用日期或以后。"),
                _("案例 ") + case.place,
                case.line,
            )


class _Check:
    """The checks of one version that could be read."""

    def __init__(self, policy: str, text: PolicyText, from_on: date | None, around: Around) -> None:
        self.policy = policy
        self.text = text
        self.from_on = from_on
        self.around = around
        self.solved: Solved = solve(text.rule(policy).when)
        self.places = {id(named.node): named for named in text.named}

    def findings(self) -> Iterator[Finding]:
        """Return everything found."""
        yield from self._never()
        yield from self._tables()
        yield from self._standards()
        yield from self._policies()
        yield from self._circle()
        yield from self._units()
        yield from self._asking()
        yield from self._amounts()
        yield from self._told()

    def _finding(
        self, severity: Severity, code: str, node: Node | None, words: str, hint: str = ""
    ) -> Finding:
        named = self._named(node)
        return Finding(severity, code, words, hint, named.place if named else "", named.line if named else 0)

    def _named(self, node: Node | None) -> Named | None:
        found = self.places.get(id(node))
        return self.places.get(id(node.inner)) if found is None and isinstance(node, Labelled) else found

    # ---- conditions that exclude each other -------------------------------------------------------------
    def _never(self) -> Iterator[Finding]:
        if self.solved.left is None:
            culprit = next(filter(self._named, self.solved.culprits), self.solved.culprits[-1])
            words = _("“%(condition)s”不可能和其余条件同时成立，没有人会符合这项政策。")
            said = words % {"condition": _said(culprit)}
            hint = _("请核对数字和选项；只要满足其中一个的，请放进“任一”。")
            yield self._finding(Severity.ERROR, "condition.never", culprit, said, hint)
        for branch in self.solved.dead:
            said = _("“%(condition)s”这一支永远不会成立。") % {"condition": _said(branch)}
            hint = _("请删掉它，或核对它和外层条件的数字。")
            yield self._finding(Severity.WARNING, "branch.never", branch, said, hint)

        yield from self._never_paid()

    def _never_paid(self) -> Iterator[Finding]:
        amount = self.text.amount
        for when, _pay in amount.cases if isinstance(amount, Choose) and self.solved.left is not None else ():
            if solve(Every((self.text.when, when))).left is None:
                said = _("金额的情形“%(condition)s”不会出现，符合条件的人里没有这样的。") % {
                    "condition": _said(when)
                }
                hint = _("请删掉这一种情形，或核对它和条件的数字。")
                yield self._finding(Severity.WARNING, "case.never", when, said, hint)

    # ---- tables by stretches ----------------------------------------------------------------------------
    def _tables(self) -> Iterator[Finding]:
        for named in self.text.named:
            if isinstance(named.node, Bands):
                for code, words in bands.faults(named.node):
                    hint = _("档与档要首尾相接：上一档的“到”就是下一档的“不低于”。")
                    yield self._finding(Severity.ERROR, code, named.node, words, hint)
        amount = self.text.amount
        if isinstance(amount, Bands) and self.solved.left is not None:
            for words in bands.outside(amount, left_of(self.solved.left, amount.of)):
                hint = _("请补上这一档，或者改条件；没有对应的档，金额就算不出来。")
                yield self._finding(Severity.WARNING, "bands.outside", amount, words, hint)

    # ---- what it names ----------------------------------------------------------------------------------
    def _standards(self) -> Iterator[Finding]:
        for named in self.text.named:
            if not isinstance(named.node, Standard):
                continue
            known = self.around.standards.get(named.node.code)
            code = {"code": named.node.code}
            if known is None:
                words = _("没有“%(code)s”这个标准。") % code
                yield self._finding(Severity.ERROR, "standard.unknown", named.node, words, self._there())
            elif self.from_on and known.from_on > self.from_on:
                words = _("标准“%(code)s”从%(day)s起才有数值，版本起用时还算不出来。") % {
                    **code,
                    "day": known.from_on,
                }
                hint = _("请补录更早的数值，或把版本的起用日期改晚。")
                yield self._finding(Severity.WARNING, "standard.later", named.node, words, hint)

    def _there(self) -> str:
        return _("可以用：%(there)s。") % {
            "there": "、".join(sorted(self.around.standards)) or _("（还没有标准）")
        }

    def _others(self) -> Iterator[Other]:
        yield from (named.node for named in self.text.named if isinstance(_bare(named.node), Other))  # type: ignore[misc]

    def _policies(self) -> Iterator[Finding]:
        for node in self._others():
            code = _other(node).policy
            known = self.around.policies.get(code)
            if code == self.policy:
                continue
            if known is None:
                words = _("没有“%(code)s”这项政策。") % {"code": code}
                yield self._finding(Severity.ERROR, "policy.unknown", node, words, _("请核对政策的代号。"))
            elif known.from_on is None or (self.from_on and known.from_on > self.from_on):
                words = _("政策“%(policy)s”在这个版本起用时还没有生效，会当作没有人符合。")
                words %= {"policy": self._called(code)}
                yield self._finding(
                    Severity.WARNING, "policy.later", node, words, _("请先发布那项政策，或把起用日期改晚。")
                )

    def _called(self, code: str) -> str:
        """Return how a policy is called: by its name where it has one that may be read."""
        if code == self.policy:
            return _("这项政策")
        known = self.around.policies.get(code)
        return known.name if known and known.name else code

    def _circle(self) -> Iterator[Finding]:
        path = circle(self.policy, looked_at(self.text), self.around.policies)
        if path:
            words = _("政策互相引用，绕成了圈：%(path)s。") % {"path": " → ".join(map(self._called, path))}
            node = next((node for node in self._others() if _other(node).policy == path[1]), None)
            hint = _("请去掉其中一处引用；互斥的两项政策，只在一项里写“互斥”。")
            yield self._finding(Severity.ERROR, "policy.circle", node, words, hint)

    # ---- units, asking, amounts, words ------------------------------------------------------------------
    def _units(self) -> Iterator[Finding]:
        if self.text.unit is Unit.HOUSEHOLD:
            outside = (node for root in _roots(self.text) for node in _outside_members(root))
            for node in (*outside, *(Other(one.policy) for one in self.text.excludes)):
                known = self.around.policies.get(node.policy)
                if known and known.of is Of.PERSON:
                    words = _("“%(policy)s”是发给个人的政策，这项政策以家庭为单位，不知道看谁。")
                    hint = _("请写成 成员: {任一: {政策: …}}。")
                    said = words % {"policy": self._called(node.policy)}
                    yield self._finding(Severity.ERROR, "unit.policy", self._named_other(node), said, hint)
        if self.text.unit is Unit.CHILD and self.solved.left is not None:
            age = self.solved.left.get(Months(Column("birth", Of.PERSON)))
            if age is None or age.high is None or age.high >= 25 * 12:
                words = _("发给孩子的政策没有写年龄上限，大人也会符合。")
                yield Finding(
                    Severity.WARNING, "unit.child", words, _("请加一个条件，例如 年龄: {低于: 18}。"), "when"
                )

    def _named_other(self, other: Other) -> Node | None:
        return next((node for node in self._others() if _other(node) == other), None)

    def _asking(self) -> Iterator[Finding]:
        if self.text.worth_asking is None:
            return
        used = {node.name for node in walk(self.text.when) if isinstance(node, Column)}
        reaches = bool(looked_at(self.text))
        for name in self.text.worth_asking.missing:
            if name not in used and not reaches:
                words = _("值得核实的“%(label)s”没有在条件里用到。") % {"label": columns()[name].label}
                yield Finding(
                    Severity.WARNING,
                    "asking.unused",
                    words,
                    _("请从“值得核实”的“缺”里删掉。"),
                    "worth_asking",
                )

    def _amounts(self) -> Iterator[Finding]:
        for node in _paid(self.text.amount):
            if node.value < 0:
                hint = _("请核对金额里的数字。")
                yield Finding(Severity.ERROR, "amount.negative", _("金额不能是负数。"), hint, "amount")

    def _told(self) -> Iterator[Finding]:
        missing = {
            "source": (self.text.source, _("还没有写依据从哪里来。")),
            "document": (self.text.document, _("还没有写文号。")),
            "plain": (self.text.plain, _("还没有写大白话的说明。")),
            "where": (self.text.where, _("还没有写在哪里办。")),
            "bring": (self.text.bring, _("还没有写要带什么。")),
        }
        for name, (value, words) in missing.items():
            if not value:
                yield Finding(Severity.HINT, f"{name}.missing", words, _("居民会看到这一项，请补上。"), name)
        if self.text.mark == "✘":
            words = _("这个版本标为未核实（✘），每个页面都会这样说明。")
            yield Finding(Severity.HINT, "mark.unverified", words, _("核对原文后把标记改成 ✔ 或 ○。"), "mark")


def circle(policy: str, looks_at: Iterable[str], policies: Mapping[str, KnownPolicy]) -> tuple[str, ...]:
    """Return the way from a policy back to itself (``a, b, a``), empty if there is none."""
    waiting: list[tuple[str, ...]] = [(policy, code) for code in sorted(looks_at)]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        last = path[-1]
        if last == policy:
            return path
        if last not in seen and last in policies:
            seen.add(last)
            waiting += [(*path, code) for code in sorted(policies[last].looks_at)]
    return ()


def _said(node: Condition | None) -> str:
    words = "" if node is None else condition_words(node)
    return words if len(words) <= 60 else words[:59] + "…"


def _bare(node: Node) -> Node:
    while isinstance(node, Labelled):
        node = node.inner
    return node


def _other(node: Node) -> Other:
    bare = _bare(node)
    assert isinstance(bare, Other)
    return bare


def _outside_members(node: Node) -> Iterator[Other]:
    if isinstance(node, Other):
        yield node
    elif not isinstance(node, Members | Holds):
        for child in children(node):
            yield from _outside_members(child)


def _paid(amount: Term | None) -> Iterator[Constant]:
    """Return the literal amounts that may be paid as they stand."""
    if isinstance(amount, Constant):
        yield amount
    elif amount is not None and not isinstance(amount, Members | Compare):
        for child in children(amount):
            if isinstance(child, Constant):
                yield child
