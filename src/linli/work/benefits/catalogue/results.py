"""What came out of an anonymous check, in plain words: what one may have, what is open, what not and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ..engine.answers import Judged
from ..language.columns import columns
from .selectors import PublicLine


@dataclass(frozen=True, slots=True)
class Result:
    """One policy for one person (or the household): how much (fen), what it rests upon, what is missing."""

    line: PublicLine
    who: str
    amount: int | None
    reasons: Sequence[str]
    missing: Sequence[str]


@dataclass(slots=True)
class Results:
    """Policies by what came out; one that nobody may have stands once."""

    eligible: list[Result] = field(default_factory=list)
    unknown: list[Result] = field(default_factory=list)
    refused: list[Result] = field(default_factory=list)


def who_words(person: str | int | None) -> str:
    """Return what somebody of the household is called."""
    if person is None or person == "":
        return _("你们家")
    return _("您本人") if str(person) == "1" else _("第%s位家人") % person


def results_shown(lines: Sequence[PublicLine], found: Mapping[str, Sequence[Judged]]) -> Results:
    """Return what came out of the policies in words."""
    shown = Results()
    for line in lines:
        said = found.get(line.policy.code, ())
        better = [one for one in said if one.verdict is not False]
        for one in better or said[:1]:
            held = {True: shown.eligible, None: shown.unknown, False: shown.refused}[one.verdict]
            who = "" if len(said) == 1 else who_words(one.person)
            held.append(Result(line, who, one.amount, _reasons(one), _missing(one)))
    return shown


def _reasons(said: Judged) -> list[str]:
    """Return the conditions that settled it: those met, or those that are not."""
    lines = [line for line in said.trace if line.depth == 0 and line.answer is said.verdict]
    return [f"{line.label}（{line.clause}）" if line.clause else line.label for line in lines][:6]


def _missing(said: Judged) -> list[str]:
    known = columns()
    names = dict.fromkeys(known[name].label if name in known else _("当年的标准") for name in said.missing)
    return list(names)[:8]
