"""Every write of places: divisions and outlines from files, division changes, compounds and buildings."""

from .boundaries import BoundaryResult, boundary_load_batch
from .changes import (
    division_change_apply,
    division_change_cancel,
    division_change_confirm,
    division_change_note_failure,
    division_change_plan,
    division_records_move,
)
from .compounds import (
    building_add,
    building_update,
    compound_add,
    compound_confirm_committee,
    compound_update,
)
from .divisions import DivisionsResult, divisions_load

__all__ = [
    "BoundaryResult",
    "DivisionsResult",
    "boundary_load_batch",
    "building_add",
    "building_update",
    "compound_add",
    "compound_confirm_committee",
    "compound_update",
    "division_change_apply",
    "division_change_cancel",
    "division_change_confirm",
    "division_change_note_failure",
    "division_change_plan",
    "division_records_move",
    "divisions_load",
]
