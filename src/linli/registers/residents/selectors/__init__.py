"""Reading the registry; every read is scoped by ``visible_to`` or ``countable_by``."""

from .cards import HouseholdCard, PersonLine, household_get, household_view
from .counted import CountedKeys
from .counts import (
    BandRow,
    CountFilters,
    Counts,
    count_area,
    count_trail,
    resident_counts,
)
from .homes import (
    BuildingPlan,
    Home,
    HouseholdHere,
    building_plan,
    compound_choices,
    part_home,
    visible_building,
)
from .lists import (
    EstablishmentRow,
    HouseholdFilters,
    HouseholdRow,
    PeopleFilters,
    PersonRow,
    establishment_get,
    establishment_list,
    establishment_rows,
    household_list,
    household_rows,
    people_list,
    people_rows,
)

__all__ = [
    "BandRow",
    "BuildingPlan",
    "CountFilters",
    "CountedKeys",
    "Counts",
    "EstablishmentRow",
    "Home",
    "HouseholdCard",
    "HouseholdFilters",
    "HouseholdHere",
    "HouseholdRow",
    "PeopleFilters",
    "PersonLine",
    "PersonRow",
    "building_plan",
    "compound_choices",
    "count_area",
    "count_trail",
    "establishment_get",
    "establishment_list",
    "establishment_rows",
    "household_get",
    "household_list",
    "household_rows",
    "household_view",
    "part_home",
    "people_list",
    "people_rows",
    "resident_counts",
    "visible_building",
]
