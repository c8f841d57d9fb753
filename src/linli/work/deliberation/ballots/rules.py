"""Pure decisions about ballots: what the clock says, what a sheet says, digests that anyone can check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from ..law import DecisionRule
from ..law.results import Asked
from .wording import day_words
from .workflow import RUNNING, State

YES_NO = (
    {"key": "yes", "label": "同意"},
    {"key": "no", "label": "反对"},
    {"key": "abstain", "label": "弃权"},
)
ABSTAIN, INVALID = "abstain", "invalid"
VILLAGERS = frozenset({"villagers", "villagers_group"})  # whose households count beside heads
Choices = dict[str, list[str]]  # question → what is marked


def phase(state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> str:
    """Return the state as the clock has it: open from ``opens_at`` on, closed from ``closes_at`` on."""
    if state not in RUNNING:
        return state
    if now >= closes_at:
        return str(State.CLOSED)
    return str(State.OPEN if now >= opens_at else State.FROZEN)


def casting_refusal(state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> str:
    """Return why no vote can be cast now, in words for the elector; empty where it can."""
    match phase(state, opens_at, closes_at, now):
        case State.OPEN:
            return ""
        case State.DRAFT | State.ANNOUNCED | State.FROZEN:
            return _("表决还没有开始。")
        case State.CANCELLED:
            return _("这次表决已经取消。")
    return _("表决已经截止，这一票没有计入。")


def marks_faults(asked: Sequence[Asked], marks: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return question → what is wrong with what somebody chose on a page; a whole ballot has no faults."""
    faults = {}
    for question in asked:
        marked = list(marks.get(question.key, ()))
        if not marked:
            faults[question.key] = _("请对「%s」作出选择。") % question.text
        elif set(marked) - set(question.choices) or len(set(marked)) < len(marked):
            faults[question.key] = _("「%s」的选项已经变化，请刷新页面后重新选择。") % question.text
        elif len(marked) > question.seats:
            faults[question.key] = too_many(question)
    for key in marks:
        if key not in {question.key for question in asked}:
            faults[key] = _("表决事项已经变化，请刷新页面后重新选择。")
    return faults


def too_many(question: Asked) -> str:
    """Return the words for more marks than may be made."""
    if question.seats == 1:
        return _("「%s」只能选一项，请去掉多选的。") % question.text
    return _("「%(text)s」最多选%(n)d项，请去掉多选的。") % {"text": question.text, "n": question.seats}


def sheet_read(asked: Sequence[Asked], marks: Mapping[str, Sequence[str]]) -> Choices:
    """Return what a paper sheet says: nothing marked is an abstention, more marks than may be is invalid.

    Only the question with too many marks is invalid, not the sheet.
    """
    read: Choices = {}
    for question in asked:
        marked = [choice for choice in question.choices if choice in set(marks.get(question.key, ()))]
        if not marked:
            read[question.key] = [ABSTAIN]
        else:
            read[question.key] = marked if len(marked) <= question.seats else [INVALID]
    return read


def choices_plain(choices: Mapping[str, Iterable[str]]) -> str:
    """Return a ballot's choices in the one way in which they are hashed: keys and marks in order."""
    return json.dumps(
        {key: sorted(marks) for key, marks in sorted(choices.items())}, separators=(",", ":"), sort_keys=True
    )


def receipt_of(vote_id: Any, choices: Mapping[str, Iterable[str]]) -> str:
    """Return the receipt of a named vote: by it the elector finds the vote in the public bundle."""
    return hashlib.sha256(f"{vote_id}\n{choices_plain(choices)}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RollLine:
    """One standing row of a roll as it is published; area in 1/100 m², households numbered from 1."""

    number: int
    label: str
    place: str
    heads: int
    area: int
    household: int = 0

    @property
    def text(self) -> str:
        """The line that is hashed; the household stands in it where households count."""
        plain = f"{self.number}\t{self.place}\t{self.label}\t{self.heads}\t{self.area}"
        return f"{plain}\t{self.household}" if self.household else plain


def household_numbers(households: Sequence[int | None]) -> list[int]:
    """Number households in the order of the roll; who is registered in none counts as one of their own.

    All are 0 where nobody's household is known: then households are not counted.
    """
    if not any(households):
        return [0] * len(households)
    known: dict[object, int] = {}
    keys = [key if key else ("alone", place) for place, key in enumerate(households)]
    return [known.setdefault(key, len(known) + 1) for key in keys]


def roll_digest(lines: Iterable[RollLine]) -> str:
    """Return the SHA-256 of the published roll: lines in the order of their numbers, each ended by LF."""
    text = "".join(f"{line.text}\n" for line in sorted(lines, key=lambda line: line.number))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Sheets of a ballot or of a box: what went out must be accounted for."""

    issued: int
    returned: int
    spoiled: int
    missing: int

    @property
    def outstanding(self) -> int:
        """How many sheets nobody has accounted for yet."""
        return self.issued - self.returned - self.spoiled - self.missing

    @property
    def agrees(self) -> bool:
        """issued = returned + spoiled + missing."""
        return self.outstanding == 0


def two_agree(readings: Sequence[Any]) -> Any | None:
    """Return what two people read independently where both read the same, else ``None``."""
    if len(readings) >= 2 and readings[0] == readings[1]:
        return readings[0]
    return None


def counts_faults(asked: Sequence[Asked], counts: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the numbers that somebody counted in a box, by field.

    Every sheet gives each question one answer (a decision), or up to as many marks as there are seats.
    """
    sheets = counts.get("sheets")
    if not _is_count(sheets):
        return {"sheets": _("请填写箱里有多少张票。")}
    faults = {}
    for question in asked:
        found = counts.get(question.key, {})
        known = {*question.choices, INVALID}
        if set(found) - known or not all(_is_count(found.get(choice, 0)) for choice in found):
            faults[question.key] = _("「%s」的票数请填整数。") % question.text
            continue
        total, invalid = sum(found.values()), found.get(INVALID, 0)
        if question.seats == 1 and total != sheets:
            words = _("「%(text)s」各项加起来是%(total)d，应当等于箱里的%(sheets)d张。")
            faults[question.key] = words % {"text": question.text, "total": total, "sheets": sheets}
        elif total - invalid > (sheets - invalid) * question.seats:
            faults[question.key] = _("「%s」的得票比票数允许的多，请重点一遍。") % question.text
    return faults


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def lateness(rule: DecisionRule, dates: Mapping[str, date], today: date) -> str:
    """Return which lawful notice can no longer be kept, in words; empty where all can."""
    if (by := dates.get("notice_by")) and today > by:
        words = _("表决要在开始%(n)d日前通知，最迟应在%(day)s公告。")
        return words % {"n": rule.notice_days, "day": day_words(by)}
    if (by := dates.get("roll_by")) and today > by:
        words = _("名册要在开始%(n)d日前公布，最迟应在%(day)s公告。")
        return words % {"n": rule.roll_days, "day": day_words(by)}
    if (until := dates.get("objections_until")) and until >= dates["voting_on"]:
        return _("名册异议期到%s为止，期满以后才能开始表决。") % day_words(until)
    return ""
