"""When a duty turns amber or red, and how much time is left in words: values in, values out."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.core.timelimits import LimitUnit

UNIT_WORDS = {
    LimitUnit.MINUTE: gettext_lazy("分钟"),
    LimitUnit.HOUR: gettext_lazy("小时"),
    LimitUnit.WORK_HOUR: gettext_lazy("个工作小时"),
    LimitUnit.WORKING_DAY: gettext_lazy("个工作日"),
    LimitUnit.DAY: gettext_lazy("天"),
    LimitUnit.MONTH: gettext_lazy("个月"),
}


class Colour(StrEnum):
    """The clock's colour; grey stands still or has no limit."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


def remind_instant(opened_at: datetime, due_at: datetime | None) -> datetime | None:
    """Return when a duty turns amber: a quarter of its time before it is due, at least half an hour."""
    if due_at is None:
        return None
    lead = max((due_at - opened_at) / 4, timedelta(minutes=30))
    return max(opened_at, due_at - lead)


def duty_colour(now: datetime, due_at: datetime | None, remind_at: datetime | None) -> Colour:
    """Return red once it is over, amber from the reminder on, green before."""
    if due_at is None:
        return Colour.GREY
    if now > due_at:
        return Colour.RED
    return Colour.AMBER if remind_at is not None and now >= remind_at else Colour.GREEN


def span_words(span: timedelta) -> str:
    """Return a length of time as a clerk would say it: 3天4小时, 2小时5分钟, 5分钟."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)d天%(hours)d小时") % {"days": days, "hours": hours} if hours else _("%d天") % days
    if hours:
        return _("%(hours)d小时%(minutes)d分钟") % {"hours": hours, "minutes": rest} if rest else _("%d小时") % hours
    return ngettext("%d分钟", "%d分钟", rest) % rest


def left_words(now: datetime, due_at: datetime | None) -> str:
    """Return the time left or the time since, in words."""
    if due_at is None:
        return _("不限时")
    if now > due_at:
        return _("已超时 %s") % span_words(now - due_at)
    return _("还剩 %s") % span_words(due_at - now)


def law_words(amount: int | None, unit: str, source: str) -> str:
    """Return the limit and the rule behind it: 时限 5个工作日 · 依据 …"""
    parts = []
    if amount and unit:
        parts.append(_("时限 %(amount)d%(unit)s") % {"amount": amount, "unit": UNIT_WORDS[LimitUnit(unit)]})
    if source:
        parts.append(_("依据 %s") % source)
    return " · ".join(parts)
