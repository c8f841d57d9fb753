"""Everything that changes the roll-up, and what is left out of the three rates."""

from .excluding import exclusion_ask, exclusion_decide, exclusion_end
from .rolling import (
    FOLLOW,
    rebuild_begin,
    rebuild_step,
    rollup_checked,
    rollup_follow,
    rollup_mend,
)

__all__ = [
    "FOLLOW",
    "exclusion_ask",
    "exclusion_decide",
    "exclusion_end",
    "rebuild_begin",
    "rebuild_step",
    "rollup_checked",
    "rollup_follow",
    "rollup_mend",
]
