"""Figures with their denominators and what was left out of them （三率； weights are settings）."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Substr, TruncDate
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.fields import in_areas
from linli.foundation.places.models import Division

from ..models import AffairClass, Assignment, ClosedAs, Matter, Rating
from ..rules import Rate, ThreeRates, three_rates
from ..workflow import ENDED, State


@dataclass(frozen=True, slots=True)
class Figures:
    """One area in one period, both days included; counted by the day of reporting.

    ``on_time`` is of matters handed to a unit that is done or late; ``rates`` of ratings given.
    """

    received: int
    imported: int
    emergencies: int
    open: int
    overdue: int
    by_state: tuple[tuple[str, str, int], ...]
    by_class: tuple[tuple[str, str, int], ...]
    unsorted: int
    provisional: int
    by_category: tuple[tuple[str, int], ...]
    closed: int
    on_time: Rate
    rates: ThreeRates


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """One line of the table below an area: the next level's path and its counts."""

    area_path: str
    received: int
    closed: int
    overdue: int
    on_time: Rate


def _placed(rows: Any, is_then: bool, matter: str = "") -> Any:
    """Give rows ``placed``: the path of their place today, or in the tree of the day of reporting.

    The place of that day is found by the code of its day (``place_code``), whose row had not ended yet;
    what was reported before the first edition stands where that puts it.
    """
    if not is_then:
        return rows.annotate(placed=F(f"{matter}area_path"))
    day = TruncDate(f"{matter}reported_at", tzinfo=clock.BEIJING)
    then = Division.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("placed_day")),
        code=OuterRef(f"{matter}place_code"),
    )
    path = Subquery(then.order_by("valid_from").values("path")[:1])
    return rows.annotate(placed_day=day).annotate(placed=Coalesce(path, F(f"{matter}area_path")))


def _scope(actor: Actor, area: str, from_on: date, to_on: date, is_then: bool) -> QuerySet[Matter]:
    rows: QuerySet[Matter] = _placed(Matter.objects.counted_for(actor).order_by(), is_then)
    if area:
        rows = rows.filter(in_areas("placed" if is_then else "area_path", (area,)))
    return rows.filter(
        reported_at__gte=local_midnight(from_on), reported_at__lt=local_midnight(to_on + timedelta(days=1))
    )


def _late() -> Q:
    return Q(due_at__lt=clock.now()) & ~Q(state__in=(*ENDED, State.SUSPENDED))


def figures(actor: Actor, area: str, from_on: date, to_on: date, is_then: bool = False) -> Figures:
    """Return the figures of what was reported in an area between two days (twelve queries).

    Imported matters count as received, but in the three rates only where their import is counted. Guided
    matters closed in silence are left out of the rates; so is whatever nobody rated. What was left out is
    listed. ``is_then`` counts by the divisions of the day of reporting, otherwise by those of today.
    """
    from ..rollup.weighing import weights_on  # its room stands on this one

    rows = _scope(actor, area, from_on, to_on, is_then)
    totals = rows.aggregate(
        received=Count("pk"),
        imported=Count("pk", filter=Q(is_imported=True)),
        emergencies=Count("pk", filter=Q(is_emergency=True)),
        open=Count("pk", filter=~Q(state__in=ENDED)),
        overdue=Count("pk", filter=_late()),
        closed=Count("pk", filter=Q(state=State.CLOSED)),
        provisional=Count("pk", filter=~Q(affair_class="") & Q(class_confirmed_by__isnull=True)),
    )
    states = dict(rows.values_list("state").annotate(Count("pk")))
    classes = dict(rows.values_list("affair_class").annotate(Count("pk")))
    categories = rows.values_list("category__name").annotate(count=Count("pk")).order_by("-count")
    return Figures(
        received=totals["received"],
        imported=totals["imported"],
        emergencies=totals["emergencies"],
        open=totals["open"],
        overdue=totals["overdue"],
        by_state=tuple((s, str(label), states.get(s, 0)) for s, label in State.choices),
        by_class=tuple((c, str(label), classes.get(c, 0)) for c, label in AffairClass.choices),
        unsorted=classes.get("", 0),
        provisional=totals["provisional"],
        by_category=tuple((name or _("未分类"), count) for name, count in categories),
        closed=totals["closed"],
        on_time=_on_time(rows),
        rates=_rates(rows, weights_on(to_on).parts),
    )


def _on_time(rows: QuerySet[Matter]) -> Rate:
    """Count lead assignments of the present round that are done or late, what is not counted left out."""
    leads = Assignment.objects.filter(
        matter__in=rows.filter(is_counted=True).values("pk"),
        part=Assignment.Part.LEAD,
        round=F("matter__round"),
        due_at__isnull=False,
    ).exclude(state__in=(Assignment.State.MOVED, Assignment.State.RETURNED))
    in_time = Q(handled_at__lte=F("due_at"))
    late = Q(handled_at__gt=F("due_at")) | Q(handled_at__isnull=True, due_at__lt=clock.now()) & ~Q(
        matter__state=State.SUSPENDED
    )
    counts = leads.aggregate(in_time=Count("pk", filter=in_time), late=Count("pk", filter=late))
    return Rate(counts["in_time"], counts["in_time"] + counts["late"])


def _rates(rows: QuerySet[Matter], weights: tuple[int, int, int]) -> ThreeRates:
    """Count the ratings of each last round; a merged matter's reporter has an answer of their own."""
    rated = (
        Rating.objects.filter(matter__in=rows.values("pk"))
        .filter(Q(matter__state=State.CLOSED, round=F("matter__round")) | Q(matter__state=State.MERGED))
        .order_by()
    )
    excluded = _excluded()
    valid = rated.filter(matter__is_counted=True).exclude(matter__closed_as=ClosedAs.GUIDED_SILENT)
    valid = valid.exclude(matter_id__in=excluded)
    answers = list(valid.values_list("was_contacted", "was_solved", "was_satisfied"))
    ended = rows.filter(state=State.CLOSED).exclude(pk__in=excluded)
    imported = ended.filter(is_counted=False).count()
    silent = ended.filter(is_counted=True, closed_as=ClosedAs.GUIDED_SILENT).count()
    own = valid.filter(matter__state=State.CLOSED).count()
    left_out = {
        _("引导后未回应"): silent,
        _("导入"): imported,
        _("经审批剔除"): _left_out(rows, rated, excluded),
        _("未评价"): max(ended.count() - silent - imported - own, 0),
    }
    return three_rates(answers, weights, left_out)


def _excluded() -> QuerySet[Any, Any]:
    from ..rollup.models import Exclusion  # its room stands on this one

    return Exclusion.objects.filter(outcome="granted", ended_at__isnull=True).values("matter_id")


def _left_out(rows: QuerySet[Matter], rated: QuerySet[Rating], excluded: QuerySet[Any, Any]) -> int:
    asked = Q(state=State.CLOSED) | Q(pk__in=rated.values("matter_id"))
    return rows.filter(asked, pk__in=excluded).count()


def figures_by_area(
    actor: Actor, paths: Sequence[str], from_on: date, to_on: date, is_then: bool = False
) -> dict[str, AreaFigures]:
    """Return counts for several areas of one depth (the children of a division); two queries."""
    if not paths:
        return {}
    length = len(paths[0])
    rows = _scope(actor, "", from_on, to_on, is_then)
    rows = rows.filter(in_areas("placed" if is_then else "area_path", tuple(paths)))
    totals = (
        rows.annotate(child=Substr("placed", 1, length))
        .values("child")
        .annotate(
            received=Count("pk"),
            closed=Count("pk", filter=Q(state=State.CLOSED)),
            overdue=Count("pk", filter=_late()),
        )
    )
    counted = {row["child"]: (row["received"], row["closed"], row["overdue"]) for row in totals}
    times = _on_time_by_area(rows, length, is_then)
    return {
        path: AreaFigures(
            path,
            *counted.get(path, (0, 0, 0)),
            times.get(path, Rate(0, 0)),
        )
        for path in paths
    }


def _on_time_by_area(rows: QuerySet[Matter], length: int, is_then: bool) -> dict[str, Rate]:
    handed = Assignment.objects.filter(
        matter__in=rows.filter(is_counted=True).values("pk"),
        part=Assignment.Part.LEAD,
        round=F("matter__round"),
    )
    leads = (
        _placed(handed, is_then, "matter__")
        .exclude(state__in=(Assignment.State.MOVED, Assignment.State.RETURNED))
        .annotate(child=Substr("placed", 1, length))
        .order_by()
        .values("child")
        .annotate(
            in_time=Count("pk", filter=Q(handled_at__lte=F("due_at"))),
            late=Count(
                "pk",
                filter=Q(handled_at__gt=F("due_at"))
                | Q(handled_at__isnull=True, due_at__lt=clock.now()) & ~Q(matter__state=State.SUSPENDED),
            ),
        )
    )
    return {row["child"]: Rate(row["in_time"], row["in_time"] + row["late"]) for row in leads}
