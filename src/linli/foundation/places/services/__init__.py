"""Every write of places: divisions, outlines and compounds from files, division changes, address objects."""

from .boundaries import BoundaryResult, boundary_load_batch
from .buildings import (
    building_add,
    building_close,
    building_grids_set,
    building_reopen,
    building_update,
    stair_add,
    stair_remove,
    stair_update,
)
from .changes import (
    division_change_apply,
    division_change_cancel,
    division_change_confirm,
    division_change_note_failure,
    division_change_plan,
    division_records_move,
)
from .compoundload import CompoundsResult, compounds_load, unplaced_dismiss, unplaced_place
from .compounds import compound_add, compound_confirm_committee, compound_update
from .divisions import DivisionsResult, divisions_load
from .homes import HomeRow, HomesMade, homes_ensure, homes_make
from .parts import (
    PartsMade,
    PartsUndone,
    part_add,
    part_close,
    part_reopen,
    part_update,
    parts_make,
    parts_undo,
)

__all__ = [
    "BoundaryResult",
    "CompoundsResult",
    "DivisionsResult",
    "HomeRow",
    "HomesMade",
    "PartsMade",
    "PartsUndone",
    "boundary_load_batch",
    "building_add",
    "building_close",
    "building_grids_set",
    "building_reopen",
    "building_update",
    "compound_add",
    "compound_confirm_committee",
    "compound_update",
    "compounds_load",
    "division_change_apply",
    "division_change_cancel",
    "division_change_confirm",
    "division_change_note_failure",
    "division_change_plan",
    "division_records_move",
    "divisions_load",
    "homes_ensure",
    "homes_make",
    "part_add",
    "part_close",
    "part_reopen",
    "part_update",
    "parts_make",
    "parts_undo",
    "stair_add",
    "stair_remove",
    "stair_update",
    "unplaced_dismiss",
    "unplaced_place",
]
