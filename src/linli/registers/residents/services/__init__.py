"""Every write of the registry about homes and people; facts, titles and links have their own packages."""

from .establishments import establishment_close, establishment_move, establishment_open, establishment_update
from .households import (
    head_change,
    household_merge,
    household_move,
    household_move_in,
    household_move_out,
    household_open,
    household_split,
    member_correct,
    occupancy_tenure_set,
)
from .people import (
    birth_register,
    death_register,
    guardian_end,
    guardian_set,
    resident_correct,
    resident_enter,
    resident_move,
    resident_move_away,
    resident_register,
)
from .undoing import act_undo

__all__ = [
    "act_undo",
    "birth_register",
    "death_register",
    "establishment_close",
    "establishment_move",
    "establishment_open",
    "establishment_update",
    "guardian_end",
    "guardian_set",
    "head_change",
    "household_merge",
    "household_move",
    "household_move_in",
    "household_move_out",
    "household_open",
    "household_split",
    "member_correct",
    "occupancy_tenure_set",
    "resident_correct",
    "resident_enter",
    "resident_move",
    "resident_move_away",
    "resident_register",
]
