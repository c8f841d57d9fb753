"""One version of a policy as pages show it: who it is for, how much, what to bring, how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linli.core import clock

from ..language.source import Unreadable
from ..models import Policy, PolicyVersion, StandardValue
from . import selectors
from .amounts import ShownAmount, amount_shown
from .checked import draft_of
from .edits import settled
from .saying import Names, ShownNode, tree_shown

UNSURE = ("○", "✘")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is not known for sure: what, its mark, from where."""

    what: str
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """What a version says, in plain words."""

    plain: str
    source: str
    mark: str
    conditions: ShownNode
    amount: ShownAmount
    excludes: Sequence[tuple[str, str]]  # what other policy, its clause
    bring: Sequence[str]
    where: str
    is_automatic: bool
    is_income: bool
    standards: Sequence[StandardValue]
    notes: Sequence[Note]

    @property
    def is_unsure(self) -> bool:
        """Whether anything of it has not been checked against the original."""
        return self.mark != "✔" or bool(self.notes) or any(row.mark != "✔" for row in self.standards)


def names_known() -> Names:
    """Return what policies and dated figures are called; two queries."""
    standards = {code: row.name for code, row in selectors.standard_codes().items()}
    return Names(dict(Policy.objects.values_list("code", "name")), standards)


def shown_version(version: PolicyVersion, names: Names | None = None) -> ShownVersion | None:
    """Return what a version says; ``None`` where its text cannot be taken apart."""
    try:
        draft = settled(draft_of(version))
    except Unreadable:
        return None
    names = names or names_known()
    return ShownVersion(
        plain=_text(draft, "plain"),
        source=_text(draft, "source"),
        mark=_text(draft, "mark") or "✘",
        conditions=tree_shown(draft, names),
        amount=amount_shown(draft, names),
        excludes=[
            (names.policies.get(_text(row, "policy"), _text(row, "label")), _text(row, "clause"))
            for row in _rows(draft, "excludes")
        ],
        bring=[item for item in draft.get("bring") or [] if isinstance(item, str)],
        where=_text(draft, "where"),
        is_automatic=_text(draft, "automatic") == "yes" or _text(draft, "automatic") == "true",
        is_income=not _is_no_income(draft),
        standards=_standards_named(draft, version),
        notes=[
            Note(_text(row, "what"), _text(row, "mark") or "✘", _text(row, "source"))
            for row in _rows(draft, "notes")
        ],
    )


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name, "")
    return value if isinstance(value, str) else ""


def _rows(draft: dict[str, Any], name: str) -> list[dict[str, Any]]:
    held = draft.get(name)
    return [row for row in held if isinstance(row, dict)] if isinstance(held, list) else []


def _is_no_income(draft: dict[str, Any]) -> bool:
    stacks = draft.get("stacks")
    return isinstance(stacks, dict) and stacks.get("not_income") in ("yes", "true")


def _standards_named(draft: dict[str, Any], version: PolicyVersion) -> list[StandardValue]:
    """Return the figures that a version looks at, as they are today (or on its last day)."""
    codes, waiting = dict[str, None](), [draft]
    while waiting:
        one: Any = waiting.pop()
        if isinstance(one, dict):
            if isinstance(code := one.get("standard"), str):
                codes[code] = None
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    day = max(clock.today(), version.from_on or clock.today())
    return [row for row in selectors.standard_rows_on(day, version.policy.area_path) if row.code in codes]
