"""Every write of the registry about homes and people; facts, titles and links have their own packages."""

from .duplicates import duplicates_merge, duplicates_refuse
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
from .transfers import resident_claim, transfer_confirm, transfer_refuse, transfer_withdraw
from .undoing import act_undo

__all__ = [
    "act_undo",
    "birth_register",
    "death_register",
    "duplicates_merge",
    "duplicates_refuse",
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
    "resident_claim",
    "resident_correct",
    "resident_enter",
    "resident_move",
    "resident_move_away",
    "resident_register",
    "transfer_confirm",
    "transfer_refuse",
    "transfer_withdraw",
]
