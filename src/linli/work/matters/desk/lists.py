"""The list of matters: filters that stay, tabs with counts, sorting, pages, and a file of what is shown."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import BEIJING
from linli.core.errors import NotFound
from linli.foundation.accounts.models import Person
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.audit.services import look_record
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from .. import selectors
from ..models import Matter
from ..permissions import COMMITTEE_OR_STREET, can_intake_matter
from ..selectors import MatterFilters
from . import selectors as desk_selectors
from .forms import FilterForm
from .keeping import desk_page, page
from .shown import clock_level, state_tone

SIZES = (25, 50, 100)
MOST_EXPORTED = 20_000
REMEMBERED = "matters_list"
COLUMNS_KEPT = "matters_columns"
COLUMNS = {
    "category": gettext_lazy("类别"),
    "affair_class": gettext_lazy("三事"),
    "place": gettext_lazy("地点"),
    "unit": gettext_lazy("办理单位"),
    "channel": gettext_lazy("来源"),
    "reported_at": gettext_lazy("上报时间"),
}
USUAL = ("category", "affair_class", "place", "unit", "reported_at")
ORDERS = {
    "due": gettext_lazy("时限最近的在前"),
    "-reported": gettext_lazy("最新上报的在前"),
    "reported": gettext_lazy("最早上报的在前"),
}


@desk_page
def matter_list_page(request: HttpRequest) -> HttpResponse:
    """Show the matters that this actor may see, narrowed by the address."""
    if (back := _remembered(request)) is not None:
        return back
    actor = actor_of(request)
    form = _filter_form(request, actor)
    rows, tab = selectors.matter_list(actor, filters=_filters(actor, form)), _tab(request)
    counts = desk_selectors.tab_counts(rows)
    size = _size(request)
    keys = rows.filter(desk_selectors.tab_condition(tab)).values_list("pk", flat=True)
    shown = Paginator(keys, size)
    shown.count = counts[tab]  # known already; asking again would count twice
    current = shown.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "tabs": [
            (code, words, counts[code], code == tab) for code, (words, _q) in desk_selectors.TABS.items()
        ],
        "page": current,
        "rows": _rows(desk_selectors.matters_shown(list(current.object_list))),
        "columns": _columns(request),
        "all_columns": COLUMNS,
        "sizes": SIZES,
        "size": size,
        "orders": ORDERS,
        "order": form.chosen().get("order", "due"),
        "why_empty": _why_empty(actor, form, counts, tab),
        "is_narrowed": bool(_narrowing(form)),
        "has_more_filters": bool(_narrowing(form).keys() - {"q", "category"}),
        "stage": tab,
        "can_intake": can_intake_matter(actor),
        "has_posters": actor.function in COMMITTEE_OR_STREET,
        "has_affairs": actor.is_governing,
    }
    return page(request, "list", context)


def _remembered(request: HttpRequest) -> HttpResponse | None:
    """Keep what the list is narrowed by for the session; a bare address brings it back."""
    list_url = reverse("matters:list")
    if "reset" in request.GET:
        request.session.pop(REMEMBERED, None)
        return HttpResponseRedirect(f"{list_url}?stage=all")
    if request.GET:
        query = request.GET.copy()
        query.pop("page", None)
        columns = query.pop("columns", None)
        if columns is not None:
            request.session[COLUMNS_KEPT] = [name for name in columns if name in COLUMNS]
        if request.session.get(REMEMBERED) != query.urlencode():
            request.session[REMEMBERED] = query.urlencode()
        return None
    known = request.session.get(REMEMBERED)
    return HttpResponseRedirect(f"{list_url}?{known}") if known else None


def _filter_form(request: HttpRequest, actor: Actor) -> FilterForm:
    areas = desk_selectors.area_choices(actor, request.GET.get("area", ""))
    return FilterForm(request.GET, units=desk_selectors.unit_choices(actor), areas=areas)


def _filters(actor: Actor, form: FilterForm) -> MatterFilters:
    chosen = form.chosen()
    chosen.pop("stage", None)
    if code := chosen.pop("area", ""):
        chosen["area"] = desk_selectors.area_path_of(actor, code)
    return MatterFilters(**chosen)


def _tab(request: HttpRequest) -> str:
    tab = request.GET.get("stage", "all")
    return tab if tab in desk_selectors.TABS else "all"


def _size(request: HttpRequest) -> int:
    size = request.GET.get("size", "")
    return int(size) if size.isascii() and size.isdigit() and int(size) in SIZES else SIZES[0]


def _columns(request: HttpRequest) -> list[str]:
    return request.session.get(COLUMNS_KEPT) or list(USUAL)


def _narrowing(form: FilterForm) -> dict[str, Any]:
    return {name: value for name, value in form.chosen().items() if name not in ("stage", "order")}


def _rows(matters: list[Matter]) -> list[dict[str, Any]]:
    places = division_names({matter.area_path for matter in matters}, Level.STREET)
    units = desk_selectors.lead_units(matters)
    return [
        {
            "matter": matter,
            "tone": state_tone(matter.state),
            "level": clock_level(matter),
            "place": matter.address or places.get(matter.area_path, ""),
            "division": places.get(matter.area_path, ""),
            "unit": units.get(matter.pk, ""),
        }
        for matter in matters
    ]


def _why_empty(actor: Actor, form: FilterForm, counts: dict[str, int], tab: str) -> str:
    """Say why nothing is shown: by the search, by the filters, by the tab, or by what this role sees."""
    words = form.chosen().get("q", "")
    if counts["all"] and tab != "all":
        words_of_tab = {"tab": desk_selectors.TABS[tab][0], "all": counts["all"]}
        return _("「%(tab)s」里没有事项，「全部」里有%(all)d件。") % words_of_tab
    if words:
        return str(_("没有编号或内容含「%s」的事项。请换个词，或清除条件。") % words)
    if _narrowing(form):
        return _("没有符合这些条件的事项。请放宽条件。")
    if actor.is_executing:
        return _("还没有派给您单位的事项。派来后会出现在这里和待办里。")
    return _("您负责的区域里还没有事项。")


HEAD = (
    "编号",
    "标题",
    "状态",
    "类别",
    "三事分类",
    "地点",
    "办理单位",
    "来源",
    "上报时间",
    "当前时限",
    "办结时间",
)
EXPORTED = ("number", "title", "address")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """Return a value that a spreadsheet will not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _time(value: Any) -> str:
    return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if value else ""


def _lines(rows: QuerySet[Matter]) -> Iterator[tuple[str, ...]]:
    yield HEAD
    for row in desk_selectors.export_rows(rows, MOST_EXPORTED):
        matter = row.matter
        values = (
            matter.number,
            matter.title,
            matter.get_state_display(),
            matter.category or "",
            matter.get_affair_class_display(),
            f"{row.place}{matter.address}",
            row.unit,
            matter.get_channel_display(),
            _time(matter.reported_at),
            _time(matter.due_at),
            _time(matter.closed_at),
        )
        yield tuple(cell(value) for value in values)


@desk_page
def matter_list_file(request: HttpRequest) -> HttpResponse:
    """Send what the list shows as a CSV file that spreadsheets open; who took it is recorded."""
    actor = actor_of(request)
    form = _filter_form(request, actor)
    rows = selectors.matter_list(actor, filters=_filters(actor, form))
    rows = rows.filter(desk_selectors.tab_condition(_tab(request)))
    count = min(rows.count(), MOST_EXPORTED)
    if not count:
        raise NotFound(_("没有可以导出的事项。"), hint=_("请先放宽筛选条件。"))
    subject = Person.objects.get(pk=actor.person_id or 0)
    look_record(actor=actor, subject=subject, fields=EXPORTED, purpose=_("导出事项%d件") % count)
    text = StringIO()
    csv.writer(text).writerows(_lines(rows))
    name = f"matters-{clock.now():%Y%m%d-%H%M}.csv"
    return HttpResponse(
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
