"""Template tags of Linli: dates in Chinese, time left in words, form controls."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms, template
from django.core.paginator import Paginator
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.core.clock import BEIJING, now
from linli.foundation.ui.nav import COUNCIL, MATTERS, REGISTRY, SERVICES, Link, NavEntry, links

register = template.Library()
WEEKDAYS = "一二三四五六日"
HOUR = 3600
DAY = 24 * HOUR


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day: ``11月27日(周五)``, with the year when it is not this year's."""
    if value is None:
        return ""
    on = value.astimezone(BEIJING).date() if isinstance(value, datetime) else value
    has_year = on.year != now().year
    if _in_english():
        return on.strftime("%a %-d %b %Y" if has_year else "%a %-d %b")
    year = _("%(year)s年") % {"year": on.year} if has_year else ""
    return _("%(year)s%(month)s月%(day)s日(周%(weekday)s)") % {
        "year": year,
        "month": on.month,
        "day": on.day,
        "weekday": WEEKDAYS[on.weekday()],
    }


@register.filter
def dated(value: date | None) -> str:
    """Write the day from which a rule holds: ``2025年7月1日``, as papers do."""
    if value is None:
        return ""
    if _in_english():
        return value.strftime("%-d %b %Y")
    return _("%(year)s年%(month)s月%(day)s日") % {"year": value.year, "month": value.month, "day": value.day}


@register.filter
def local_time(value: datetime | None) -> str:
    """Write an instant in Beijing time: ``11月27日(周五) 17:00``."""
    if value is None:
        return ""
    return f"{day(value)} {value.astimezone(BEIJING):%H:%M}"


@register.filter
def yuan(fen: int | None) -> str:
    """Write an amount in fen as yuan: ``1,234.50``."""
    return "" if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


@register.filter
def square_metres(hundredths: int | None) -> str:
    """Write an area in 1/100 m² as m²: ``68.8``, ``1,240``."""
    if hundredths is None:
        return ""
    return f"{hundredths / 100:,.2f}".rstrip("0").rstrip(".")


def _span(seconds: int) -> str:
    """Write a length of time with its two largest units."""
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // 60
    if days:
        words = ngettext("%(n)d天", "%(n)d天", days) % {"n": days}
        return words + (_("%(n)d小时") % {"n": hours} if hours and days < 7 else "")
    if hours:
        return _("%(n)d小时") % {"n": hours} + (_("%(n)d分钟") % {"n": minutes} if minutes else "")
    return _("%(n)d分钟") % {"n": max(minutes, 1)}


@register.filter
def time_left(due_at: datetime | None) -> str:
    """Write how long is left until an instant, or how long it is past: ``还剩3天2小时``, ``已超1天``."""
    if due_at is None:
        return ""
    seconds = int((due_at - now()) / timedelta(seconds=1))
    if seconds >= 0:
        return _("还剩%(span)s") % {"span": _span(seconds)}
    return _("已超%(span)s") % {"span": _span(-seconds)}


@register.filter
def numbers(count: str | int) -> Iterable[int]:
    """Return 1 to ``count``, to draw something so many times."""
    return range(1, int(count) + 1)


@register.filter
def page_numbers(paginator: "Paginator[Any]", number: int) -> list[int]:
    """Return the page numbers to show around ``number``; 0 stands for a gap."""
    pages = paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)
    return [page if isinstance(page, int) else 0 for page in pages]


def _tabs(context: dict[str, Any], label: str, entries: tuple[NavEntry, ...]) -> dict[str, Any]:
    request = context["request"]
    actor = getattr(request, "actor", None)
    tabs: list[Link] = links(entries, actor.function if actor else None, request.path)
    return {"tabs": tabs if len(tabs) > 1 else [], "label": label}


@register.inclusion_tag("ui/section_tabs.html", takes_context=True)
def registry_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """Draw the tabs of 居民 that the reader's function sees, the present one marked; a single one is none."""
    return _tabs(context, _("居民登记"), REGISTRY)


@register.inclusion_tag("ui/section_tabs.html", takes_context=True)
def matters_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """Draw the tabs of 事项 that the reader's function sees, the present one marked; a single one is none."""
    return _tabs(context, _("事项"), MATTERS)


@register.inclusion_tag("ui/section_tabs.html", takes_context=True)
def council_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """Draw the tabs of 议事 that the reader's function sees, the present one marked; a single one is none."""
    return _tabs(context, _("议事"), COUNCIL)


@register.inclusion_tag("ui/section_tabs.html", takes_context=True)
def services_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """Draw the tabs of 服务 that the reader's function sees, the present one marked; a single one is none."""
    return _tabs(context, _("服务"), SERVICES)


@register.simple_tag
def request_key() -> SafeString:
    """Give a form the key by which the same request, sent twice, is done once."""
    return format_html('<input type="hidden" name="request_key" value="{}">', uuid4().hex)


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, forms.CheckboxInput):
        return ""
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


@register.simple_tag
def control(field: BoundField, count: str = "") -> SafeString:
    """Draw a form field's control with the class of its kind; ``count`` shows the letters left."""
    attributes: dict[str, str | bool] = {}
    if kind := _control_class(field.field.widget):
        attributes["class"] = " ".join(filter(None, [kind, field.field.widget.attrs.get("class", "")]))
    if isinstance(field.field.widget, forms.Textarea) and field.field.widget.attrs.get("rows") == "10":
        attributes["rows"] = "4"  # ten, which nobody chose, fills a phone
    if count:
        attributes["data-count"] = True
    drawn = field.as_widget(attrs=attributes)
    if isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return format_html(
            '<div class="choices" role="group" aria-labelledby="{}_legend">{}</div>', field.auto_id, drawn
        )
    return drawn
