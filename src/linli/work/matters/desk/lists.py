"""The list of matters: filters that stay, tabs with counts, sorting, pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.lists.opening import opens_as_left
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from ..models import Matter
from ..permissions import COMMITTEE_OR_STREET, can_intake_matter
from ..selectors import Counted, MatterFilters
from . import selectors as desk_selectors
from .bulk import bulk_choices
from .forms import ORDERS, FilterForm
from .keeping import page
from .shown import clock_level, state_tone

SIZES = (25, 50, 100)
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


@desk_page
@opens_as_left("matters", leave_out=("columns",))
def matter_list_page(request: HttpRequest) -> HttpResponse:
    """Show the matters that this actor may see, narrowed by the address."""
    actor = actor_of(request)
    form = filter_form(actor, request.GET)
    listed, tab = desk_selectors.TabbedList(actor, filters_of(actor, form)), tab_of(request.GET)
    counts, size = listed.counts(), _size(request)
    keys = desk_selectors.Keys(listed, tab, counts[tab].number)
    current = Paginator(keys, size).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "tabs": [
            (code, words, counts[code], code == tab) for code, (words, _q) in desk_selectors.TABS.items()
        ],
        "page": current,
        "total": counts[tab],
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
        "bulk_choices": bulk_choices(actor),
        "has_posters": actor.function in COMMITTEE_OR_STREET,
        "has_affairs": actor.is_governing,
        "has_closings": actor.is_governing,
    }
    return page(request, "list", context)


def _columns(request: HttpRequest) -> list[str]:
    """Return the columns that are shown, as somebody last chose them in this session."""
    if asked := [name for name in request.GET.getlist("columns") if name in COLUMNS]:
        request.session[COLUMNS_KEPT] = asked
    return request.session.get(COLUMNS_KEPT) or list(USUAL)


def filter_form(actor: Actor, query: QueryDict) -> FilterForm:
    """Return the list's filters as an address has them."""
    areas = desk_selectors.area_choices(actor, query.get("area", ""))
    return FilterForm(query, units=desk_selectors.unit_choices(actor), areas=areas)


def filters_of(actor: Actor, form: FilterForm) -> MatterFilters:
    """Return what a filter form narrows the list by; raises ``NotFound`` for an area of others."""
    chosen = form.chosen()
    chosen.pop("stage", None)
    if code := chosen.pop("area", ""):
        chosen["area"] = desk_selectors.area_path_of(actor, code)
    return MatterFilters(**chosen)


def tab_of(query: QueryDict) -> str:
    """Return the tab that an address opens."""
    tab = query.get("stage", "all")
    return tab if tab in desk_selectors.TABS else "all"


def _size(request: HttpRequest) -> int:
    size = request.GET.get("size", "")
    return int(size) if size.isascii() and size.isdigit() and int(size) in SIZES else SIZES[0]


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


def _why_empty(actor: Actor, form: FilterForm, counts: dict[str, Counted], tab: str) -> str:
    """Say why nothing is shown: by the search, by the filters, by the tab, or by what this role sees."""
    words = form.chosen().get("q", "")
    if counts["all"].number and tab != "all":
        words_of_tab = {"tab": desk_selectors.TABS[tab][0], "all": counts["all"]}
        return _("「%(tab)s」里没有事项，「全部」里有%(all)s件。") % words_of_tab
    if words:
        return str(_("没有编号或内容含「%s」的事项。请换个词，或清除条件。") % words)
    if _narrowing(form):
        return _("没有符合这些条件的事项。请放宽条件。")
    if actor.is_executing:
        return _("还没有派给您单位的事项。派来后会出现在这里和待办里。")
    if not actor.is_governing:
        return _("这里只有您登记的和派给您单位的事项，现在还没有。")
    return _("您负责的区域里还没有事项。")
