"""Outlines from a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.service import record, service

from ..boundarybatch import BoundaryBatch, boundaries_of_batch, is_same, without_real
from ..digests import changes_digest
from ..models import Boundary, Division, Level
from ..permissions import can_load_divisions
from ..selectors import unbounded_list

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class BoundaryResult:
    """What loading boundaries did; ``unbounded`` names the divisions of the level without a real one."""

    loaded: int
    same: int
    schematic_removed: int
    unbounded: tuple[str, ...]


def _schematic_beside(new: Sequence[Boundary], fresh_ids: set[int]) -> list[int]:
    """Return stand-ins of the same parents, which have no place beside real outlines."""
    if not new or new[0].is_schematic:
        return []
    rows = Boundary.objects.filter(
        is_schematic=True,
        division__level=new[0].division.level,
        division__parent__in={boundary.division.parent_id for boundary in new},
    )
    return list(rows.exclude(division__in=fresh_ids).values_list("pk", flat=True))


@service
def boundary_load_batch(*, actor: Actor, batch: BoundaryBatch) -> BoundaryResult:
    """Give divisions the outlines of a file, all or none; the same file again does nothing.

    Real outlines replace schematic ones and take away the schematic cells beside them in the same parent;
    schematic ones never replace real ones.
    """
    if not can_load_divisions(actor):
        raise NotAllowed
    new = boundaries_of_batch(batch)
    known = {b.division_id: b for b in Boundary.objects.filter(division__level=batch.level)}
    if batch.is_schematic:
        new = without_real(new, known.values())
    fresh = [b for b in new if b.division_id not in known or not is_same(known[b.division_id], b)]
    replaced = {b.division_id for b in fresh}
    beside = _schematic_beside(new, replaced)
    if fresh or beside:
        Boundary.objects.filter(division__in=replaced).delete()
        Boundary.objects.filter(pk__in=beside).delete()
        Boundary.objects.bulk_create(fresh, batch_size=BATCH)
        digest = changes_digest(
            [[b.division.code, b.geometry] for b in fresh] + [["removed", pk] for pk in beside]
        )
        record(
            "boundary.load",
            Division.objects.get(level=Level.PROVINCE, code=new[0].division.code[:2], valid_to=None),
            touched=[Boundary],
            purpose=f"装入{len(fresh)}，去掉示意{len(beside)} digest={digest}",
        )
    unbounded = unbounded_list(batch.level).values_list("parent__name", "name")
    names = tuple(f"{parent or ''}{name}" for parent, name in unbounded)
    return BoundaryResult(len(fresh), len(new) - len(fresh), len(beside), names)
