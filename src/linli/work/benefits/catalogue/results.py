"""What came out of an anonymous check, in plain words: what one may have, what is open, what not and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ..engine.answers import Judged
from ..language.columns import columns
from .asking import Outcome
from .selectors import PublicLine


@dataclass(frozen=True, slots=True)
class Result:
    """One policy: what it says, how much (fen), what it rests upon, what is missing."""

    line: PublicLine
    amount: int | None
    reasons: Sequence[str]
    missing: Sequence[str]


@dataclass(slots=True)
class Results:
    """Policies by what came out."""

    eligible: list[Result] = field(default_factory=list)
    unknown: list[Result] = field(default_factory=list)
    refused: list[Result] = field(default_factory=list)


def results_shown(lines: Sequence[PublicLine], found: Outcome) -> Results:
    """Return what came out of the policies in words."""
    shown = Results()
    for line in lines:
        said = found.by_policy.get(line.policy.code)
        if said is None:
            continue
        held = {True: shown.eligible, None: shown.unknown, False: shown.refused}[said.verdict]
        held.append(Result(line, said.amount, _reasons(said), _missing(said)))
    return shown


def _reasons(said: Judged) -> list[str]:
    """Return the conditions that settled it: those met, or those that are not."""
    lines = [line for line in said.trace if line.depth == 0 and line.answer is said.verdict]
    return [f"{line.label}（{line.clause}）" if line.clause else line.label for line in lines][:6]


def _missing(said: Judged) -> list[str]:
    known = columns()
    names = dict.fromkeys(known[name].label if name in known else _("当年的标准") for name in said.missing)
    return list(names)[:8]
