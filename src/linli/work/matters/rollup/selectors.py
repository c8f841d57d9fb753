"""Reads of the roll-up: sums of an area, of the areas below it, of each category, class and unit, by day.

Down to a street the sums stand ready (``DayCell``); a committee and the committees of a street are summed
from the grain of matters. Which limits are past is as of the last following, a minute ago.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Level

from ..models import AffairClass, Category
from ..rules import Rate, ThreeRates, rates_counted
from ..selectors.figures import AreaFigures, Figures
from .models import (
    MATTER_MEASURES,
    MEASURES,
    MOVE_MEASURES,
    Axis,
    DayCell,
    MatterFact,
    MoveFact,
    RollupState,
)
from .statements import PATH_LENGTH
from .weighing import Weights, weights_on

Counts = Mapping[str, int]
READY = {Axis.WHOLE: Level.STREET, **dict.fromkeys(list(Axis)[1:], Level.COUNTY)}
FIELD = {Axis.CATEGORY: "category_id", Axis.AFFAIR_CLASS: "affair_class", Axis.UNIT: "unit_id"}


@dataclass(frozen=True, slots=True)
class Span:
    """An area and the days from–to, both included, of which something is asked."""

    area: str
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Sums:
    """What was counted, by the names of ``MEASURES``, and how the three rates are weighed in those days."""

    counts: Counts
    weights: Weights

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name) or 0

    @property
    def on_time(self) -> Rate:
        """Work of the lead that was done in time, of all that is done or late."""
        late = self["late"] + self["late_now"]
        return Rate(self["in_time"], self["in_time"] + late)

    @property
    def rates(self) -> ThreeRates:
        """The three rates, of the ratings that count, and what was left out."""
        parts = (self["contacted"], self["solved"], self["satisfied"])
        left_out = {
            _("引导后未回应"): self["left_silent"],
            _("导入"): self["left_imported"],
            _("经审批剔除"): self["left_excluded"],
            _("未评价"): self["unrated"],
        }
        return rates_counted(self["answered"], parts, self.weights.parts, left_out)

    def stage(self, name: str) -> Rate:
        """How many steps that end a stage were in time, of those for which a limit ran."""
        in_time = self[f"{name}_in_time"]
        return Rate(in_time, in_time + self[f"{name}_late"])


def level_of(path: str) -> Level:
    """Return the level of a path in the tree of divisions; the root is the province's."""
    found = [level for level, length in PATH_LENGTH.items() if length <= len(path)]
    return Level(max(found, default=Level.PROVINCE))


def _seen(actor: Actor, area: str) -> None:
    if not actor.covers(area):
        raise NotFound(_("没有找到这个区域。"))


def _summed(names: Sequence[str]) -> dict[str, Any]:
    return {f"n_{name}": Coalesce(Sum(name), 0) for name in names}


def _plain(row: Mapping[str, Any]) -> dict[str, int]:
    return {name[2:]: int(value) for name, value in row.items() if name.startswith("n_")}


def _cells(span: Span, axis: Axis, level: int) -> QuerySet[DayCell]:
    rows = DayCell.objects.filter(axis=axis, level=level, day__gte=span.from_on, day__lte=span.to_on)
    return rows.order_by()


def _facts(span: Span) -> QuerySet[MatterFact]:
    rows = MatterFact.objects.filter(in_areas("area", (span.area,)))
    return rows.filter(day__gte=span.from_on, day__lte=span.to_on).order_by()


# -- one area --------------------------------------------------------------------
def sums(actor: Actor, span: Span) -> Sums:
    """Return what was counted of an area in some days."""
    _seen(actor, span.area)
    level = level_of(span.area)
    if level <= Level.STREET:
        rows = _cells(span, Axis.WHOLE, level).filter(area=span.area)
        counts = _plain(rows.aggregate(**_summed(MEASURES)))
    else:
        counts = _plain(_facts(span).aggregate(**_summed(MATTER_MEASURES))) | _moves(span)
    return Sums(counts, weights_on(span.to_on))


def _moves(span: Span) -> dict[str, int]:
    """Count the moves of an area below the street, from their own grain."""
    of_area = MatterFact.objects.filter(in_areas("area", (span.area,))).values("pk")
    rows = MoveFact.objects.filter(matter_id__in=of_area, day__gte=span.from_on, day__lte=span.to_on)
    found = dict.fromkeys(MOVE_MEASURES, 0)
    counted = rows.order_by().values_list("kind", "change", "in_time").annotate(n=Count("pk"))
    for kind, change, in_time, n in counted:
        ends = {1: "_in_time", 0: "_late", None: ""}
        names = [f"{kind}{ends[in_time]}", {1: "opened", -1: "ended"}.get(change, "")]
        for name in names:
            if name in found:
                found[name] += n
    return found


# -- the areas below ---------------------------------------------------------------
def sums_by_area(actor: Actor, span: Span, paths: Sequence[str]) -> dict[str, Sums]:
    """Return what was counted of several areas of one depth below the span's."""
    _seen(actor, span.area)
    if not paths:
        return {}
    level = level_of(paths[0])
    if level <= Level.STREET:
        rows: Any = _cells(span, Axis.WHOLE, level).filter(area__in=list(paths)).values("area")
        names: Sequence[str] = MEASURES
    else:
        rows, names = _facts(span).values("area"), MATTER_MEASURES
    counted = {row["area"]: _plain(row) for row in rows.annotate(**_summed(names))}
    weights = weights_on(span.to_on)
    return {path: Sums(counted.get(path, {}), weights) for path in paths}


# -- each key of one kind ------------------------------------------------------------
def sums_by_key(actor: Actor, span: Span, axis: Axis) -> dict[str, Sums]:
    """Return what was counted of an area by category, class or lead unit: key → sums."""
    _seen(actor, span.area)
    level = level_of(span.area)
    if level <= READY[axis]:
        rows: Any = _cells(span, axis, level).filter(area=span.area).values("key")
    else:
        rows = _facts(span).annotate(key=_key(axis)).values("key")
    counted = rows.annotate(**_summed(MATTER_MEASURES))
    weights = weights_on(span.to_on)
    return {row["key"]: Sums(_plain(row), weights) for row in counted}


def _key(axis: Axis) -> Any:
    text = CharField()
    return Coalesce(Cast(F(FIELD[axis]), text), Value(""), output_field=text)


# -- as the page of figures shows it -----------------------------------------------------
def rolled_figures(actor: Actor, span: Span) -> Figures:
    """Return what ``matters.selectors.figures`` counts, without the states, read from the roll-up."""
    whole = sums(actor, span)
    classes = sums_by_key(actor, span, Axis.AFFAIR_CLASS)
    received = {code: found["received"] for code, found in classes.items()}
    return Figures(
        **{name: whole[name] for name in ("received", "imported", "emergencies", "open", "closed")},
        provisional=whole["provisional"],
        overdue=whole["overdue"],
        by_state=(),
        by_class=tuple((code, str(label), received.get(code, 0)) for code, label in AffairClass.choices),
        unsorted=received.get("", 0),
        by_category=_by_category(sums_by_key(actor, span, Axis.CATEGORY)),
        on_time=whole.on_time,
        rates=whole.rates,
    )


def _by_category(found: Mapping[str, Sums]) -> tuple[tuple[str, int], ...]:
    names = category_names(found)
    rows = [(names[key], counted["received"]) for key, counted in found.items() if counted["received"]]
    return tuple(sorted(rows, key=lambda row: -row[1]))


def category_names(keys: Iterable[str]) -> dict[str, str]:
    """Return what the keys of the categories are called; the empty one is what has none."""
    known = dict(Category.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))
    return {key: known.get(int(key), key) if key else _("未分类") for key in keys}


def rolled_by_area(actor: Actor, span: Span, paths: Sequence[str]) -> dict[str, AreaFigures]:
    """Return what ``matters.selectors.figures_by_area`` counts, read from the roll-up."""
    found = sums_by_area(actor, span, paths)
    return {
        path: AreaFigures(path, each["received"], each["closed"], each["overdue"], each.on_time)
        for path, each in found.items()
    }


# -- by day --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OpenDay:
    """One day of an area: what came, what ended, and how many were open when it was over."""

    day: date
    opened: int
    ended: int
    open: int


def open_by_day(actor: Actor, span: Span) -> list[OpenDay]:
    """Return the days of an area with how many matters were open at the end of each."""
    _seen(actor, span.area)
    changes = _changes(span.area, span.to_on)
    standing = sum(came - went for day, (came, went) in changes.items() if day < span.from_on)
    found = []
    for ordinal in range(span.from_on.toordinal(), span.to_on.toordinal() + 1):
        day = date.fromordinal(ordinal)
        came, went = changes.get(day, (0, 0))
        standing += came - went
        found.append(OpenDay(day, came, went, standing))
    return found


def _changes(area: str, to_on: date) -> dict[date, tuple[int, int]]:
    level = level_of(area)
    if level <= Level.STREET:
        rows = DayCell.objects.filter(axis=Axis.WHOLE, level=level, area=area, day__lte=to_on).order_by()
        return {day: (came, went) for day, came, went in rows.values_list("day", "opened", "ended")}
    of_area = MatterFact.objects.filter(in_areas("area", (area,))).values("pk")
    moves = MoveFact.objects.filter(matter_id__in=of_area, day__lte=to_on).order_by().values("day")
    counted = moves.annotate(came=Count("pk", filter=Q(change=1)), went=Count("pk", filter=Q(change=-1)))
    return {row["day"]: (row["came"], row["went"]) for row in counted}


def counted_until() -> datetime | None:
    """Return until when the roll-up has taken everything in; ``None`` before the first time."""
    return RollupState.objects.filter(pk=1).values_list("followed_at", flat=True).first()
