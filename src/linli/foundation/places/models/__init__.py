"""Divisions with their history and the acts that made it, compounds and buildings, boundaries."""

from .change import ChangeKind, DivisionChange, DivisionChangePart, DivisionMove
from .place import CODE_LENGTH, Boundary, Building, Compound, Division, DivisionQuerySet, Level

__all__ = [
    "CODE_LENGTH",
    "Boundary",
    "Building",
    "ChangeKind",
    "Compound",
    "Division",
    "DivisionChange",
    "DivisionChangePart",
    "DivisionMove",
    "DivisionQuerySet",
    "Level",
]
