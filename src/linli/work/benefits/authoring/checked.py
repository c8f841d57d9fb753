"""A version looked through: can it be read, what is wrong or odd about it, how its cases come out."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ..engine.order import BadRule, facts_of
from ..engine.trying import tried
from ..language.cases import Case, cases_read
from ..language.checking import Around, KnownPolicy, KnownStandard, Severity, looked_at, version_check
from ..language.checking import Finding as Checked
from ..language.columns import Kind
from ..language.policy import PolicyText
from ..language.reading import policy_read
from ..language.source import MOST_CHARACTERS, Unreadable, source_read
from ..language.tree import Of, Rule
from ..language.words import place_words
from ..language.writing import policy_write
from ..models import Policy, PolicyVersion
from . import selectors

FAULT, ODD = "fault", "odd"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (must be mended) or odd. ``line`` counts from 1; 0 is unknown."""

    kind: str
    place: str
    words: str
    hint: str = ""
    line: int = 0

    @property
    def where(self) -> str:
        """The place as people read it."""
        return place_words(self.place)


@dataclass(frozen=True, slots=True)
class CaseShown:
    """How one case came out: as it was written that it should, or otherwise and how."""

    name: str
    is_right: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a version; ``says`` is ``None`` where it cannot be read."""

    says: PolicyText | None
    findings: Sequence[Finding] = ()
    cases: Sequence[CaseShown] = field(default=())

    @property
    def faults(self) -> list[Finding]:
        """What must be mended before it can be published."""
        return [finding for finding in self.findings if finding.kind == FAULT]

    @property
    def kept(self) -> list[dict[str, Any]]:
        """What is kept with the version."""
        return [asdict(finding) for finding in self.findings]


def first_text(unit: str) -> str:
    """Return the text with which a policy begins: nothing is said yet."""
    return policy_write({"unit": unit, "pays": "month", "mark": "✘"})


def size_fault(text: str, cases: str) -> dict[str, str]:
    """Return why texts cannot be kept: too long, or nothing could be shown of them; by field."""
    for name, written in (("text", text), ("cases", cases)):
        if len(written) > MOST_CHARACTERS:
            return {name: _("太长，最多%d个字。") % MOST_CHARACTERS}
    try:
        if not isinstance(source_read(text).raw, dict):
            return {"text": _("规则要写成“名称: 内容”的形式，例如“发给谁: 个人”。")}
        if cases.strip():
            source_read(cases)
    except Unreadable as refusal:
        return {"text" if text_is_it(text) else "cases": refusal.message + refusal.hint}
    return {}


def text_is_it(text: str) -> bool:
    """Whether it is the rule that cannot be taken apart."""
    try:
        source_read(text)
    except Unreadable:
        return True
    return False


def draft_of(version: PolicyVersion) -> dict[str, Any]:
    """Return the map that a version's text says."""
    raw = source_read(version.text).raw
    return raw if isinstance(raw, dict) else {}


def standard_kinds() -> Mapping[str, Kind]:
    """Return code → what kind of number a figure of the city is."""
    return {
        code: Kind.MONEY if row.is_money else Kind.NUMBER for code, row in selectors.standard_codes().items()
    }


def kinds_known() -> tuple[tuple[str, Kind], ...]:
    """Return ``standard_kinds`` in an order, as ``text_read`` takes them; one query."""
    return tuple(sorted(standard_kinds().items()))


def looked_through(version: PolicyVersion) -> Looked:
    """Read a version, check it and run its cases."""
    around = around_of(version.policy)
    texts = (version.policy.code, version.text, version.cases)
    checked = version_check(*texts, version.from_on, around)
    found = [_finding(one) for one in checked]
    try:
        says = policy_read(version.text, around.kinds)
    except Unreadable:
        return Looked(None, found)
    if says.unit.value != version.policy.unit:
        words = _("这项政策是发给“%s”的，规则里写的不一样。") % Policy.Unit(version.policy.unit).label
        found.insert(0, Finding(FAULT, "unit", words))
    try:
        cases = cases_read(version.cases, around.kinds)
    except Unreadable:
        return Looked(says, found)
    return Looked(says, found, _cases_run(version, says, cases))


def _finding(one: Checked) -> Finding:
    kind = FAULT if one.severity is Severity.ERROR else ODD
    return Finding(kind, one.place, one.words, one.hint, one.line)


def around_of(policy: Policy) -> Around:
    """Return what a version may name: the figures and the other policies, with their first days."""
    begun = selectors.standards_begun()
    kinds = standard_kinds()
    standards = {code: KnownStandard(kinds[code], day) for code, day in begun.items() if code in kinds}
    return Around(standards, {code: known for code, known in _policies().items() if code != policy.code})


def _policies() -> dict[str, KnownPolicy]:
    kinds = kinds_known()
    found = dict[str, KnownPolicy]()
    for code, name, unit, first, text in selectors.policies_begun():
        of = Of.HOUSEHOLD if unit == Policy.Unit.HOUSEHOLD else Of.PERSON
        says = text_read(text, kinds) if text else None
        found[code] = KnownPolicy(of, first, looked_at(says) if says else frozenset(), name if first else "")
    return found


def _cases_run(version: PolicyVersion, says: PolicyText, cases: Sequence[Case]) -> list[CaseShown]:
    """Judge every case by the draft, with the other policies and the figures of the case's day."""
    code, days = version.policy.code, {case.on for case in cases}
    rule = says.rule(code, str(version.number))
    others = {day: [one for one in rules_on(day) if one.policy != code] for day in days}
    figures = {day: selectors.standards_on(day, version.policy.area_path) for day in days}
    found = list[CaseShown]()
    for case in cases:
        try:
            came = tried(case, rule, others[case.on], figures[case.on])
        except BadRule as error:
            found.append(CaseShown(case.name, is_right=False, words=str(error)))
        else:
            found.append(CaseShown(case.name, came.is_right, "".join(came.faults)))
    return found


def rules_on(day: date) -> list[Rule]:
    """Return the rule of every policy in force on a day; one that cannot be read any more is left out."""
    kinds = kinds_known()
    found = list[Rule]()
    for version in selectors.versions_in_force(day):
        says = text_read(version.text, kinds)
        if says is not None:
            found.append(says.rule(version.policy.code, str(version.number)))
    return found


def facts_wanted(day: date) -> frozenset[str]:
    """Return the facts at which policies look that count on a day or will, and drafts that can be read."""
    kinds = kinds_known()
    versions = [*selectors.versions_in_force(day), *selectors.versions_to_come(day)]
    read = ((version.policy.code, text_read(version.text, kinds)) for version in versions)
    return facts_of(says.rule(code) for code, says in read if says is not None)


@functools.lru_cache(maxsize=512)
def text_read(text: str, kinds: tuple[tuple[str, Kind], ...]) -> PolicyText | None:
    """Return what a published text says, read once; ``None`` where it cannot be read."""
    try:
        return policy_read(text, dict(kinds))
    except Unreadable:
        return None
