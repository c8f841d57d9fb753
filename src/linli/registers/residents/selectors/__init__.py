"""Reading the registry; every read is scoped by ``visible_to`` or ``countable_by``."""

from .cards import HouseholdCard, PersonLine, household_get, household_view
from .homes import (
    BuildingPlan,
    Home,
    HouseholdHere,
    building_plan,
    compound_choices,
    part_home,
    visible_building,
)

__all__ = [
    "BuildingPlan",
    "Home",
    "HouseholdCard",
    "HouseholdHere",
    "PersonLine",
    "building_plan",
    "compound_choices",
    "household_get",
    "household_view",
    "part_home",
    "visible_building",
]
