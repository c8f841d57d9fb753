"""Reading imports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed, NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Division, Level

from .mapping import MapSpec, spec_fits, spec_read
from .models import ColumnMap, Import, ImportedRow, QuarantinedRow
from .permissions import can_see_rows
from .previewing import lines_unpacked
from .targets import target_get

MOST_KEPT_SHOWN = 50
MOST_PLACES = 400
MOST_COUNTED = 5_000


def import_list(actor: Actor) -> QuerySet[Import]:
    """Return the imports that an actor may see, the latest first."""
    return Import.objects.visible_to(actor).select_related("created_by", "unit")


def import_get(actor: Actor, public_id: UUID | str) -> Import:
    """Return one of them; raises ``NotFound``."""
    found = import_list(actor).filter(public_id=public_id).select_related("progress").first()
    if found is None:
        raise NotFound(_("没有找到这次导入。"))
    return found


def import_rows_get(actor: Actor, public_id: UUID | str) -> Import:
    """Return an import of which the actor may look at the rows; raises ``NotFound`` or ``NotAllowed``."""
    job = import_get(actor, public_id)
    if not can_see_rows(actor, job):
        raise NotAllowed(_("这些行可能含个人信息，由上传的人或当地管理员查看。"))
    return job


def imports_silent(since: datetime) -> QuerySet[Import]:
    """Return imports under way whose job has not been heard of since."""
    working = (Import.State.CHECKING, Import.State.RUNNING, Import.State.UNDOING)
    return Import.objects.filter(state__in=working, progress__beat_at__lt=since)


def map_list(actor: Actor, target: str = "") -> QuerySet[ColumnMap]:
    """Return the maps that the actor's unit keeps (for a target), the latest first."""
    kept = ColumnMap.objects.filter(target=target) if target else ColumnMap.objects.all()
    return kept.filter(unit=actor.unit_id) if actor.unit_id else kept.filter(unit__isnull=True)


def map_by_name(actor: Actor, target: str, name: str) -> MapSpec:
    """Return a kept map; raises ``NotFound``."""
    kept = map_list(actor, target).filter(name=name).first()
    if kept is None:
        raise NotFound(_("没有名为“%s”的对应关系。") % name[:60])
    return spec_read(kept.spec)


def map_fitting(actor: Actor, target: str, headers: Sequence[str]) -> ColumnMap | None:
    """Return the latest kept map of which every column stands in a file."""
    kept = map_list(actor, target)[:50]
    return next((one for one in kept if spec_fits(spec_read(one.spec), headers)), None)


def progress_percent(job: Import) -> int:
    """Return how much of the present step is done, 0 to 99."""
    progress = getattr(job, "progress", None)
    whole = job.rows.count() if job.state == Import.State.UNDOING else job.total
    done = progress.done if progress is not None else 0
    return min(99, 100 * done // max(whole, 1))


class PreviewLines:
    """The lines of one outcome of a preview, cut as a page asks (``len`` and slices, for a ``Paginator``)."""

    def __init__(self, job: Import, outcome: str) -> None:
        self._pages = job.pages.filter(outcome=outcome)

    def __len__(self) -> int:
        total: int = self._pages.aggregate(total=Sum("count"))["total"] or 0
        return total

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        first, last = wanted.start or 0, wanted.stop
        found: list[dict[str, Any]] = []
        for page in self._pages.filter(first__lt=last, first__gt=first - F("count")):
            lines = lines_unpacked(page.lines_text)
            found += lines[max(0, first - page.first) : last - page.first]
        return found


def conflict_rows(job: Import) -> QuerySet[QuarantinedRow]:
    """Return the rows that wait for a decision, by their numbers."""
    return job.quarantine.filter(is_conflict=True, is_corrected=False)


def clashes_shown(job: Import, row: QuarantinedRow, *, is_clear: bool) -> list[dict[str, Any]]:
    """Return what disagrees in a row; personal values are masked unless a recorded look asked for them."""
    target = target_get(job.target)
    masked = set() if is_clear else {item.code for item in target.fields if item.is_personal}

    def shown(clash: dict[str, Any], side: str) -> str:
        text: str = clash[side]
        return target.mask(clash["field"], text) if clash["field"] in masked else text

    return [
        {**clash, "ours": shown(clash, "ours"), "theirs": shown(clash, "theirs")} for clash in row.clashes
    ]


def conflict_counts(job: Import) -> dict[str, tuple[str, int]]:
    """Return field → (label, rows) of what waits for a decision."""
    counts: dict[str, tuple[str, int]] = {}
    for row in job.quarantine.filter(is_conflict=True)[:MOST_COUNTED]:
        for clash in row.clashes:
            label, count = counts.get(clash["field"], (clash["label"], 0))
            counts[clash["field"]] = (label, count + 1)
    return counts


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that an undo left, and why."""

    number: int
    words: str
    address: str
    reason: str


def kept_rows(job: Import) -> list[Kept]:
    """Return the first records that an undo left."""
    rows = list(job.rows.filter(outcome=ImportedRow.Outcome.KEPT).order_by("number")[:MOST_KEPT_SHOWN])
    named = target_get(job.target).named([row.subject_id for row in rows])
    return [Kept(row.number, *named.get(row.subject_id, ("", "")), row.reason) for row in rows]


def place_choices(areas: Sequence[str]) -> list[tuple[str, str]]:
    """Return the streets and committees of some areas as (code, name); nothing where they are too many."""
    rows = Division.objects.on().filter(
        in_areas("path", tuple(areas)), level__in=(Level.STREET, Level.COMMITTEE)
    )
    found = list(rows.order_by("path").values_list("code", "name", "level")[: MOST_PLACES + 1])
    if len(found) > MOST_PLACES:
        return []
    return [(code, name if level == Level.STREET else f"　{name}") for code, name, level in found]


def reason_counts(rows: Iterable[QuarantinedRow]) -> list[tuple[str, int]]:
    """Return the reasons of quarantined rows, the most frequent first."""
    counts: dict[str, int] = {}
    for row in rows:
        for reason in row.reasons:
            counts[reason] = counts.get(reason, 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])
