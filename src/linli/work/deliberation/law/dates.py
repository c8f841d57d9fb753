"""By when: lawful days counted by the Civil Code (art. 201, 203): the first day does not count."""

import calendar as months
from datetime import date, timedelta

from linli.core.timelimits import Calendar

from .rule import DecisionRule, Interval


def periods(
    rule: DecisionRule,
    *,
    voting_on: date,
    listed_on: date | None = None,
    calendar: Calendar | None = None,
) -> dict[str, date]:
    """Return the lawful dates around a vote, each the last day on which something is still in time.

    ``notice_by``, ``roll_by`` (backwards from the day of the vote: a day off moves neither),
    ``objections_until`` and ``rulings_until`` (forwards from the day on which the roll was published,
    ``listed_on``, by default the last lawful one), ``announce_by``, ``published_until``, ``handover_by``
    (forwards from the vote). With a ``calendar``, a period that runs forwards and ends on a day off ends on
    the next working day. A rule that asks for nothing gives no date.
    """
    found: dict[str, date] = {"voting_on": voting_on}
    for name, days in (("notice_by", rule.notice_days), ("roll_by", rule.roll_days)):
        if days is not None:
            found[name] = voting_on - timedelta(days=days)
    listed = listed_on or found.get("roll_by")
    if listed and rule.objection_days is not None:
        found["objections_until"] = days_after(listed, rule.objection_days, calendar)
        if rule.ruling_days is not None:
            found["rulings_until"] = days_after(found["objections_until"], rule.ruling_days, calendar)
    after = (
        ("announce_by", rule.announce_days),
        ("published_until", rule.publish_days),
        ("handover_by", rule.handover_days),
    )
    return found | {name: days_after(voting_on, days, calendar) for name, days in after if days is not None}


def days_after(start: date, days: int, calendar: Calendar | None = None) -> date:
    """Return the last day of a period of ``days``; the day of the event itself does not count."""
    end = start + timedelta(days=days)
    while calendar is not None and not calendar.is_workday(end):
        end += timedelta(days=1)
    return end


def meeting_by(interval: Interval, last_on: date | None, since: date) -> date:
    """Return the day by which the next meeting must be held.

    ``last_on``: when the last one was held; ``since``: from when the duty runs (the body's first day).
    Of the calendar: once in each half-year, quarter or year, so after a meeting the end of the period that
    follows its own; else so many months since the last one.
    """
    if not interval.calendar:
        return months_after(last_on or since, interval.months)
    first = _period_end(since, interval.months)
    if last_on is None or last_on < since:
        return first
    return _period_end(_period_end(last_on, interval.months) + timedelta(days=1), interval.months)


def months_after(start: date, count: int) -> date:
    """Return the same day so many months later, or the last of that month."""
    index = start.month - 1 + count
    year, month = start.year + index // 12, index % 12 + 1
    return date(year, month, min(start.day, months.monthrange(year, month)[1]))


def _period_end(day: date, length: int) -> date:
    month = ((day.month - 1) // length + 1) * length
    return date(day.year, month, months.monthrange(day.year, month)[1])
