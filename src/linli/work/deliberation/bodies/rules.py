"""Pure decisions about bodies: by when they must meet, how long a term lasts, what cannot be."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from ..law.dates import meeting_by, months_after
from .kinds import BodyKind


def meet_by(
    kind: BodyKind, today: date, *, since: date, last_on: date | None, ended_on: date | None = None
) -> date | None:
    """Return the lawful day by which a body must meet next; ``None`` where nothing says how often.

    ``since``: from when its meetings are known. A rule is followed from its first day on.
    """
    interval = kind.interval_on(today)
    rule = kind.rule_on(today)
    if interval is None or rule is None or ended_on is not None:
        return None
    return meeting_by(interval, last_on, max(since, rule.begins))


def term_ends_on(kind: BodyKind, begins_on: date) -> date:
    """Return the last day of a term that begins on a day （任期五年：满五年的前一天）."""
    return months_after(begins_on, kind.term_months or 60) - timedelta(days=1)


def is_warned(limit: date, today: date, days: int) -> bool:
    """Whether a lawful date is near enough (or over) for people to be reminded."""
    return today >= limit - timedelta(days=days)


def day_faults(name: str, day: date, today: date, *, not_before: date | None = None) -> dict[str, str]:
    """Return what is wrong with a day of something that has happened, by field."""
    if day > today:
        return {name: _("日期不能晚于今天。")}
    if not_before is not None and day < not_before:
        return {name: _("日期不能早于%s。") % not_before.isoformat()}
    return {}


def term_faults(kind: BodyKind, begins_on: date, ends_on: date, previous: date | None) -> dict[str, str]:
    """Return what is wrong with a new term, by field; ``previous``: when the one before it began."""
    if kind.everybody or kind.term_months is None:
        return {"begins_on": _("%s没有届次。") % kind.name}
    if previous is not None and begins_on <= previous:
        return {"begins_on": _("新一届要晚于上一届的开始日期%s。") % previous.isoformat()}
    if ends_on <= begins_on:
        return {"ends_on": _("届满日期要晚于开始日期。")}
    if ends_on > term_ends_on(kind, begins_on):
        years = kind.term_months // 12
        return {"ends_on": _("每届任期最长%(n)d年（%(law)s）。") % {"n": years, "law": kind.source}}
    return {}
