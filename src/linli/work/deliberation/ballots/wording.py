"""How days and areas are said in sentences."""

from datetime import date

from django.utils.translation import gettext as _


def day_words(day: date) -> str:
    """Return a day as a sentence says it: 2026年3月9日."""
    return _("%(y)d年%(m)d月%(d)d日") % {"y": day.year, "m": day.month, "d": day.day}


def area_words(hundredths: int) -> str:
    """Return an area in square metres: 1,234.50."""
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"
