"""What the parts of a row are called: places, days, hours, limits; and how acts are called in the audit."""

from __future__ import annotations

from collections.abc import Iterable

from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import gettext_lazy as _
from linli.foundation.places.models.compound import HousingType

from .conditions import DAY_OFF, WORKDAY, Span

PLACES: dict[str, str] = {
    "compound": _("小区内"),
    "outside": _("小区外"),
    **{f"housing:{value}": str(label) for value, label in HousingType.choices},
}
DAYS: dict[str, str] = {
    WORKDAY: _("工作日"),
    DAY_OFF: _("休息日"),
    "1": _("周一"),
    "2": _("周二"),
    "3": _("周三"),
    "4": _("周四"),
    "5": _("周五"),
    "6": _("周六"),
    "7": _("周日"),
}
# How people write them besides.
DAYS_ALSO = {
    **{"节假日": DAY_OFF, "双休日": DAY_OFF, "周末": DAY_OFF, "非工作日": DAY_OFF, "上班日": WORKDAY},
    **{f"星期{name}": str(number) for number, name in enumerate("一二三四五六日", 1)},
    **{"星期天": "7", "周天": "7"},
}
LIMITS: dict[LimitUnit, str] = {
    LimitUnit.MINUTE: _("分钟"),
    LimitUnit.HOUR: _("小时"),
    LimitUnit.WORK_HOUR: _("个工作时"),
    LimitUnit.WORKING_DAY: _("个工作日"),
    LimitUnit.DAY: _("天"),
    LimitUnit.MONTH: _("个月"),
}
RECORDED = {
    "routing.open": _("建立规则表"),
    "routing.draft": _("起草规则"),
    "routing.edit": _("修改规则草稿"),
    "routing.discard": _("丢弃规则草稿"),
    "routing.propose": _("报请核准规则"),
    "routing.refuse": _("不核准规则"),
    "routing.publish": _("发布规则"),
    "routing.direct": _("开关直接派遣"),
}


def joined(words: Iterable[object]) -> str:
    """Return words in a row, as a list is written."""
    return "、".join(str(word) for word in words)


def hour_words(span: Span) -> str:
    """Return hours as 22:00-06:00."""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span)


def limit_words(limit: Limit | None) -> str:
    """Return a limit as 2小时."""
    return f"{limit.amount}{LIMITS[limit.unit]}" if limit else ""
