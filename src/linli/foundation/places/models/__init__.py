"""Divisions with their history and the acts that made it, boundaries, and address objects."""

from .address import FLOORS_MAX, Building, Part, PartKind, Stair
from .change import ChangeKind, DivisionChange, DivisionChangePart, DivisionMove
from .compound import YEARS, Compound, HousingType, Unplaced, UnplacedCompound
from .place import CODE_LENGTH, Boundary, Division, DivisionQuerySet, Level

__all__ = [
    "CODE_LENGTH",
    "FLOORS_MAX",
    "YEARS",
    "Boundary",
    "Building",
    "ChangeKind",
    "Compound",
    "Division",
    "DivisionChange",
    "DivisionChangePart",
    "DivisionMove",
    "DivisionQuerySet",
    "HousingType",
    "Level",
    "Part",
    "PartKind",
    "Stair",
    "Unplaced",
    "UnplacedCompound",
]
