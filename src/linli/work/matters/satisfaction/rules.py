"""Pure decisions about answers: values in, values out; no database, request or clock."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ..clocks import yaml_read

QUESTIONS = ("contacted", "solved", "satisfied")
MAX_COMMENT = 500
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Said:
    """One reporter's answers, why not where not, and whether it should be taken up again."""

    was_contacted: bool
    was_solved: bool
    was_satisfied: bool
    reasons: tuple[str, ...] = ()
    comment: str = ""
    wants_reopen: bool = False

    @property
    def is_unhappy(self) -> bool:
        """Whether it was not solved, or did not satisfy."""
        return not (self.was_solved and self.was_satisfied)

    def no_to(self) -> tuple[str, ...]:
        """Return the questions that were answered with no."""
        given = (self.was_contacted, self.was_solved, self.was_satisfied)
        return tuple(name for name, value in zip(QUESTIONS, given, strict=True) if not value)


@functools.cache
def _reasons() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]:
    content = yaml_read("satisfaction.yaml")
    return content["reasons"], content["by_category"]


def reasons_for(category: str = "", parent: str = "") -> dict[str, dict[str, str]]:
    """Return the reasons for a no by question, code to words, with those of one kind of matter."""
    common, by_category = _reasons()
    found = {question: dict(common[question]) for question in QUESTIONS}
    for code in (parent, category):
        found["solved"] |= by_category.get(code, {})
    return found


@functools.cache
def reason_words() -> dict[str, str]:
    """Return the words of every reason, whatever it is a reason for."""
    common, by_category = _reasons()
    groups = [*common.values(), *by_category.values()]
    return {code: words for group in groups for code, words in group.items()}


def said_refusals(said: Said, offered: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return what is wrong with somebody's answers, field by field."""
    if len(said.comment) > MAX_COMMENT:
        return {"comment": _("最多%d个字，请精简。") % MAX_COMMENT}
    fitting = {code for question in said.no_to() for code in offered[question]}
    if not set(said.reasons) <= fitting:
        return {"reasons": _("有的原因和您的回答对不上：前面答“是”的，不用选原因。")}
    if said.wants_reopen and said.is_unhappy and not (said.reasons or said.comment.strip()):
        return {"reasons": _("要重新办理，请选一个原因，或写几个字，街镇好决定。")}
    return {}


def reopen_words(said: Said) -> str:
    """Return the reason that goes to the street with an unhappy answer."""
    told = "、".join(reason_words()[code] for code in said.reasons if code in reason_words())
    parts = [part for part in (told, said.comment.strip()) if part]
    return ("评价没有解决或不满意：" + "；".join(parts))[:MAX_REASON]


def link_refusal(
    *, expires_at: datetime, used_at: datetime | None, is_answered: bool, is_open_again: bool, now: datetime
) -> tuple[str, str] | None:
    """Return why a link no longer opens the three questions, and what to do instead; or ``None``."""
    mine = _("想看进展，请登录后到“我反映的”里找到这件事。")
    if used_at is not None or is_answered:
        return _("这件事您已经评价过了，谢谢。"), mine
    if is_open_again:
        return _("这件事正在重新办理，现在不用评价。"), _("办结以后会再请您评价。") + mine
    if expires_at <= now:
        return (
            _("评价链接已过期，谢谢您还记着。"),
            _("登录后到“我反映的”里仍可以评价；问题还在，也可以打电话给居委会。"),
        )
    return None


def revisit_refusal(
    *,
    persons: frozenset[int],
    unit: int | None,
    handlers: frozenset[int],
    units: frozenset[int],
) -> str | None:
    """Return why somebody may not ask how a matter went, or ``None``: never who had a hand in it.

    Persons are compared under every role, account and deputyship, as for verifying.
    """
    if persons & handlers:
        return _("您经手过这件事，请由没有经手的同事回访。")
    if unit is not None and unit in units:
        return _("这件事由您的单位办理，请由其他单位回访。")
    return None
