"""Reading the life of divisions: what stood when, what came before and after, which acts made it so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas

from .models import CODE_LENGTH, ChangeKind, Division, DivisionChange, DivisionChangePart
from .rules import path_codes
from .workflow import ChangeState

_CARRIED_OUT = (ChangeState.MOVING, ChangeState.DONE)
DEPTH = 20  # acts back and forth that a history follows


def division_last(code: str, since: date) -> Division:
    """Return the division of a code that stands, or the last that stood after a day; ``NotFound``."""
    rows = Division.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since), code=code)
    found = rows.order_by("-valid_from").first()
    if found is None:
        raise NotFound(_("没有区划代码为“%s”的地区。") % code[:20], hint=_("请核对代码。"))
    return found


def division_children_between(path: str, level: int, since: date) -> list[Division]:
    """Return what stands below a path today or stood there after a day, each path once, by code."""
    rows = Division.objects.under(path).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since), level=level)
    latest = {row.path: row for row in rows.order_by("valid_from")}
    return sorted(latest.values(), key=lambda row: row.code)


def changes_since(path: str, day: date) -> QuerySet[DivisionChange]:
    """Return the acts carried out in or around a place whose first day came after ``day``."""
    around = ["".join(f"{code}/" for code in path_codes(path)[:n]) for n in range(1, len(CODE_LENGTH) + 1)]
    where = in_areas("scope", (path,)) | Q(scope__in=around)
    return DivisionChange.objects.filter(where, state__in=_CARRIED_OUT, effective_on__gt=day)


def has_changed(division: Division, since: date) -> bool:
    """Whether figures since a day differ by whose boundaries they are asked in."""
    return changes_since(division.path, since).exists()


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One act in the life of a division: what stood before, what after."""

    change: DivisionChange
    before: Sequence[DivisionChangePart]
    after: Sequence[DivisionChangePart]


def division_history(code: str) -> list[HistoryStep]:
    """Return the acts by which a division and what it came from and became were made, newest first.

    Followed from code to code, both ways, except over a boundary, where neither becomes the other. An act
    stands in the history of what it was about, not of everything below.
    """
    codes, seen, steps = {code}, set[int](), list[HistoryStep]()
    for _round in range(DEPTH):
        parts = DivisionChangePart.objects.filter(code__in=codes, change__state__in=_CARRIED_OUT)
        found = DivisionChange.objects.filter(pk__in=parts.values("change")).exclude(pk__in=seen)
        new = [_step(change) for change in found.prefetch_related("parts")]
        if not new:
            break
        steps += new
        seen |= {step.change.pk for step in new}
        follows = [step for step in new if step.change.kind != ChangeKind.BOUNDARY]
        codes |= {part.code for step in follows for part in (*step.before, *step.after)}
    return sorted(steps, key=lambda step: (step.change.effective_on, step.change.pk), reverse=True)


def _step(change: DivisionChange) -> HistoryStep:
    parts = list(change.parts.all())
    side = DivisionChangePart.Side
    return HistoryStep(
        change,
        [part for part in parts if part.side == side.BEFORE],
        [part for part in parts if part.side == side.AFTER],
    )


def division_names_before(code: str) -> QuerySet[Division]:
    """Return the ended rows of a code: what it was called and where it stood until when."""
    return Division.objects.filter(code=code, valid_to__isnull=False).order_by("-valid_to")


def change_list(actor: Actor, state: str = "", words: str = "") -> QuerySet[DivisionChange]:
    """Return the acts an actor may read, newest first, by state and by words in document, name or code."""
    rows = DivisionChange.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    if words:
        parts = DivisionChangePart.objects.filter(Q(name__contains=words) | Q(code__startswith=words))
        rows = rows.filter(Q(document__contains=words) | Q(pk__in=parts.values("change")))
    return rows.prefetch_related("parts")
