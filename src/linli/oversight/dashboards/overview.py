"""What the page of figures shows of one area in one period; read through other rooms' selectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import GOVERNING, Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.history import division_children_between, division_last
from linli.foundation.places.mapdata import boundary_features
from linli.foundation.places.models import Boundary, Division, Level
from linli.foundation.places.selectors import (
    division_by_code,
    division_children,
    division_first,
    division_trail,
)
from linli.work.matters.rollup.selectors import Span, rolled_by_area, rolled_figures
from linli.work.matters.selectors import AreaFigures, Figures, figures, figures_by_area

from .periods import Period, change_words, points_words


@dataclass(frozen=True, slots=True)
class Stat:
    """One big number, its change and its denominator."""

    label: str
    value: str
    unit: str = ""
    change: str = ""
    of: str = ""
    url: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One line of the table below the chart."""

    name: str
    url: str
    figures: AreaFigures


def can_see_figures(actor: Actor) -> bool:
    """Whether an actor reads figures at all."""
    return actor.function in GOVERNING


def area_of(actor: Actor, code: str, period: Period) -> Division:
    """Return the area asked for, or the one the actor's view begins with; outside is ``NotFound``.

    By the divisions of the day, one that stood in the period and has ended since may be asked for.
    """
    if code:
        division = division_last(code, period.before.from_on) if period.is_then else division_by_code(code)
        if not actor.covers(division.path):
            raise NotFound(_("没有找到这个区域。"))
        return division
    return division_first(actor)


def trail_of(actor: Actor, division: Division) -> list[Division]:
    """Return the way from where the actor's view begins down to a division."""
    trail = division_trail(actor, division)
    return trail if division.valid_to is None else [*trail, division]


def children_of(division: Division, period: Period) -> list[Division]:
    """Return the areas below a division, passing by a level that holds a single one (市辖区).

    By the divisions of the day these are all that stood there within the period.
    """
    if division.level >= Level.COMMITTEE:
        return []
    if period.is_then:
        return division_children_between(division.path, child_level(division), period.from_on)
    rows = list(division_children(division.path))
    if division.level == Level.PROVINCE:
        return [child for row in rows for child in division_children(row.path)]
    return rows


def child_level(division: Division) -> Level:
    """Return the level of the areas below a division."""
    if division.level <= Level.CITY:
        return Level.COUNTY
    return Level(min(division.level + 1, Level.COMMITTEE))


def has_outlines(division: Division) -> bool:
    """Whether a map of the areas below a division can be drawn."""
    rows = Boundary.objects.filter(division__level=child_level(division), division__valid_to__isnull=True)
    return rows.filter(in_areas("division__path", (division.path,))).exists()


def address_of(division: Division, period: Period, page: str = "dashboards:overview") -> str:
    """Return the address of a page for an area."""
    asked = {"area": division.code, "period": period.code}
    query = urlencode({**asked, "tree": "then"} if period.is_then else asked)
    return f"{reverse(page)}?{query}"


def figures_of(actor: Actor, division: Division, period: Period) -> Figures:
    """Return an area's figures: from the roll-up, or by the divisions of the day from the matters."""
    if period.is_then:
        return figures(actor, division.path, period.from_on, period.to_on, True)
    return rolled_figures(actor, Span(division.path, period.from_on, period.to_on))


def _by_area(
    actor: Actor, division: Division, children: Sequence[Division], period: Period
) -> dict[str, AreaFigures]:
    paths = [child.path for child in children]
    if period.is_then:
        return figures_by_area(actor, paths, period.from_on, period.to_on, True)
    return rolled_by_area(actor, Span(division.path, period.from_on, period.to_on), paths)


def area_rows(
    actor: Actor, division: Division, children: Sequence[Division], period: Period
) -> list[AreaRow]:
    """Return the counts of each child area, most received first."""
    counted = _by_area(actor, division, children, period)
    rows = [
        AreaRow(child.short_name or child.name, address_of(child, period), counted[child.path])
        for child in children
        if counted[child.path].received or child.valid_to is None
    ]
    return sorted(rows, key=lambda row: -row.figures.received)


def _rate(label: str, rate: Any, before: Any, of: str) -> Stat:
    value = "—" if rate.percent is None else f"{rate.percent:.1f}"
    return Stat(
        label,
        value,
        unit="%" if rate.percent is not None else "",
        change=points_words(rate.percent, before.percent),
        of=of % {"part": rate.part, "whole": rate.whole},
    )


def stats_of(division: Division, now: Figures, before: Figures, period: Period) -> list[list[Stat]]:
    """Return the page's big numbers: what came and went, then how well it was done."""
    shared = {"area": division.code, "from_on": str(period.from_on), "to_on": str(period.to_on)}
    links = {
        name: f"{reverse('matters:list')}?{urlencode({'stage': name, **shared})}"
        for name in ("all", "overdue")
    }
    work = [
        Stat(
            _("收到"),
            str(now.received),
            _("件"),
            change_words(now.received, before.received),
            _("其中紧急%d件") % now.emergencies,
            links["all"],
        ),
        Stat(
            _("已办结"),
            str(now.closed),
            _("件"),
            change_words(now.closed, before.closed),
            _("在办%d件") % now.open,
        ),
        Stat(
            _("超期未办"),
            str(now.overdue),
            _("件"),
            "",
            _("在办%d件中") % now.open,
            links["overdue"],
            is_late=now.overdue > 0,
        ),
    ]
    of_ratings = _("%(whole)d件评价中%(part)d件")
    rates = [
        _rate(_("按时办理率"), now.on_time, before.on_time, _("应办%(whole)d件中%(part)d件按时")),
        _rate(_("联系率"), now.rates.contacted, before.rates.contacted, of_ratings),
        _rate(_("解决率"), now.rates.solved, before.rates.solved, of_ratings),
        _rate(_("满意率"), now.rates.satisfied, before.rates.satisfied, of_ratings),
    ]
    return [work, rates]


def overview(actor: Actor, division: Division, period: Period) -> dict[str, Any]:
    """Return everything that the page shows."""
    now, before = (figures_of(actor, division, each) for each in (period, period.before))
    children = children_of(division, period)
    return {
        "division": division,
        "trail": [(row, address_of(row, period)) for row in trail_of(actor, division)],
        "stats": stats_of(division, now, before, period),
        "figures": now,
        "rows": area_rows(actor, division, children, period),
        "child_level": child_level(division).label,
        "left_out": now.rates.left_out,
    }


def map_features(actor: Actor, division: Division, period: Period) -> dict[str, Any]:
    """Return the outlines of the child areas with how many matters each received, as GeoJSON."""
    children = children_of(division, period)
    counted = _by_area(actor, division, children, period)
    known = {child.code: child for child in children}
    features = boundary_features(division.path, child_level(division)) if children else []
    for feature in features:
        child = known.get(feature["properties"]["code"])
        if child is not None:
            feature["properties"]["received"] = counted[child.path].received
            feature["properties"]["url"] = address_of(child, period)
    return {"type": "FeatureCollection", "features": features}
