"""Every write of places: divisions and outlines from files, division changes, compounds and buildings."""

from .boundaries import BoundaryResult, boundary_load_batch
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
    "divisions_load",
]
