"""How a neighbour is greeted: the hour decides; values in, values out."""

from datetime import datetime

from django.utils.translation import gettext as _

from linli.core.clock import BEIJING

NIGHT_ENDS, MORNING_ENDS, NOON, AFTERNOON, EVENING = 5, 11, 13, 18, 23


def greeting(at: datetime) -> str:
    """Return the words that fit the hour in Beijing."""
    hour = at.astimezone(BEIJING).hour
    if NIGHT_ENDS <= hour < MORNING_ENDS:
        return _("早上好")
    if MORNING_ENDS <= hour < NOON:
        return _("中午好")
    if NOON <= hour < AFTERNOON:
        return _("下午好")
    return _("晚上好") if AFTERNOON <= hour < EVENING else _("夜深了，注意休息")
