"""The figures under every picture as files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, Text, listing_add
from linli.foundation.places.models import Division

from .overview import area_of, area_rows, can_see_figures, children_of, figures_of
from .periods import Period, period_of
from .pictures import PICTURES, Cell, Reading

Conditions = list[tuple[Text, Text]]


def _asked(actor: Actor, query: QueryDict) -> tuple[Division, Period, Conditions]:
    if not can_see_figures(actor):
        raise NotAllowed(_now("您的岗位不查看数据。"), hint=_now("数据供居委会、街镇、区和市查看。"))
    period = period_of(query.get("period", ""), clock.today(), query.get("tree") == "then")
    division = area_of(actor, query.get("area", ""), period)
    days = _now("%(first)s至%(last)s，按上报日统计") % {"first": period.from_on, "last": period.to_on}
    tree = _("当时区划") if period.is_then else _("现行区划")
    return division, period, [(_("区域"), division.name), (_("时段"), days), (_("区划口径"), tree)]


def _by_area(actor: Actor, query: QueryDict) -> Chosen:
    division, period, conditions = _asked(actor, query)
    return Chosen(area_rows(actor, division, children_of(division, period), period), conditions)


def _by_class(actor: Actor, query: QueryDict) -> Chosen:
    division, period, conditions = _asked(actor, query)
    found = figures_of(actor, division, period)
    rows = [(words, count) for _code, words, count in found.by_class]
    return Chosen([*rows, (_now("待研判"), found.unsorted)], conditions)


def _by_category(actor: Actor, query: QueryDict) -> Chosen:
    division, period, conditions = _asked(actor, query)
    return Chosen(figures_of(actor, division, period).by_category, conditions)


COUNTED = (
    Column(_("名称"), lambda row: row[0], width=24),
    Column(_("件数"), lambda row: row[1], Kind.NUMBER, 10),
)
listing_add(
    Listing(
        "figures-by-area",
        _("各区域收到的事项"),
        (
            Column(_("区域"), lambda row: row.name, width=24),
            Column(_("收到"), lambda row: row.figures.received, Kind.NUMBER, 10),
            Column(_("超期"), lambda row: row.figures.overdue, Kind.NUMBER, 10),
            Column(_("办结"), lambda row: row.figures.closed, Kind.NUMBER, 10),
            Column(_("应办"), lambda row: row.figures.on_time.whole, Kind.NUMBER, 10),
            Column(_("按时"), lambda row: row.figures.on_time.part, Kind.NUMBER, 10),
            Column(_("按时率（%）"), lambda row: row.figures.on_time.percent, Kind.NUMBER, 12),
        ),
        _by_area,
    ),
    Listing("figures-by-class", _("三事分类件数"), COUNTED, _by_class),
    Listing("figures-by-category", _("各类别件数"), COUNTED, _by_category),
)


# -- the pictures of the page of rates -----------------------------------------------
TITLES = {
    "by-area": _("各区域的三率"),
    "by-stage": _("各环节是否按时"),
    "open-by-day": _("在办事项的变化"),
    "moves": _("退单、退回、重办、吹哨、督办"),
    "by-unit": _("各主办单位"),
    "by-class-rates": _("三事的三率"),
    "by-category": _("各类别"),
}
RATES = (_("联系率"), _("解决率"), _("满意率"))
WORK = (_("按时率"), _("退单"), _("重办"), _("吹哨"))
HEADS: dict[str, tuple[Text, ...]] = {
    "by-area": (_("区域"), _("收到"), *RATES, *WORK),
    "by-stage": (_("环节"), _("按时"), _("超时"), _("按时率"), _("上期按时率")),
    "open-by-day": (_("日期"), _("期末在办"), _("新增"), _("办结或结束")),
    "moves": (_("步骤"), _("本期"), _("上期")),
    "by-unit": (_("主办单位"), _("按时率"), *RATES, *WORK[1:]),
    "by-class-rates": (_("分类"), _("收到"), *RATES, *WORK),
    "by-category": (_("类别"), _("收到"), *RATES, *WORK),
}


def _choose(code: str) -> Callable[[Actor, QueryDict], Chosen]:
    def choose(actor: Actor, query: QueryDict) -> Chosen:
        division, period, conditions = _asked(actor, query)
        picture = PICTURES[code](Reading(actor, division, replace(period, is_then=False)))
        return Chosen(picture.rows, [*conditions[:2], (_("怎么来的"), picture.how)])

    return choose


def _columns(heads: Sequence[Text]) -> Iterator[Column]:
    """Numbers stand as numbers; what a percentage is of has a column of its own."""
    for place, words in enumerate(heads):
        if place == 0:
            yield Column(words, lambda row: row[0].words, width=24)
            continue
        kind = Kind.NUMBER
        yield Column(words, lambda row, at=place: row[at].value, kind, 12)  # type: ignore[misc]
        if str(words).endswith("率"):
            of = format_lazy("{}{}", words, _("（件数）"))
            yield Column(of, lambda row, at=place: _of(row[at]), width=12)  # type: ignore[misc]


def _of(cell: Cell) -> str:
    return cell.of or (cell.words if "/" in cell.words else "")


listing_add(
    *(
        Listing(f"rates-{code}", TITLES[code], tuple(_columns(heads)), _choose(code))
        for code, heads in HEADS.items()
    )
)
