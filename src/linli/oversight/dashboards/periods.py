"""Which days a page of figures covers, and the days it is compared with; values in, values out."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

PERIODS = {
    "30d": _("近30天"),
    "month": _("本月"),
    "quarter": _("本季度"),
    "year": _("今年"),
}
USUAL = "30d"
FEW = 10  # a percentage of fewer says more than is known


@dataclass(frozen=True, slots=True)
class Period:
    """Days from–to, both included, and as many days right before them.

    ``is_then`` asks for the divisions of the day of each report, otherwise for those of today.
    """

    code: str
    from_on: date
    to_on: date
    is_then: bool = False

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.to_on - self.from_on).days + 1

    @property
    def before(self) -> "Period":
        """The same number of days right before."""
        last = self.from_on - timedelta(days=1)
        return Period(self.code, last - timedelta(days=self.days - 1), last, self.is_then)


def period_of(code: str, today: date, is_then: bool = False) -> Period:
    """Return the period that a code means today; an unknown code means the usual one."""
    starts = {
        "month": today.replace(day=1),
        "quarter": date(today.year, (today.month - 1) // 3 * 3 + 1, 1),
        "year": date(today.year, 1, 1),
    }
    if code in starts:
        return Period(code, starts[code], today, is_then)
    return Period(USUAL, today - timedelta(days=29), today, is_then)


def change_words(now: int, before: int) -> str:
    """Return how a number changed against the period before; a rise from nothing has no percentage."""
    difference = now - before
    if difference == 0:
        return str(_("与上期持平"))
    sign = "+" if difference > 0 else "−"
    if before == 0:
        return str(_("上期为0"))
    if before < FEW:
        return str(_("比上期%(sign)s%(n)d")) % {"sign": sign, "n": abs(difference)}
    share = round(100 * abs(difference) / before)
    return str(_("比上期%(sign)s%(n)d（%(share)d%%）")) % {"sign": sign, "n": abs(difference), "share": share}


def points_words(now: float | None, before: float | None) -> str:
    """Return how a rate changed, in percentage points; nothing where one of the two was not counted."""
    if now is None or before is None:
        return ""
    difference = round(now - before, 1)
    if difference == 0:
        return str(_("与上期持平"))
    sign = "+" if difference > 0 else "−"
    return str(_("比上期%(sign)s%(n).1f个百分点")) % {"sign": sign, "n": abs(difference)}
