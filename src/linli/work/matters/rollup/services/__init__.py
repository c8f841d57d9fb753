"""Everything that changes the roll-up, what is left out of the three rates, and how they are weighed."""

from .excluding import exclusion_ask, exclusion_decide, exclusion_end
from .rolling import (
    FOLLOW,
    rebuild_begin,
    rebuild_step,
    rollup_checked,
    rollup_follow,
    rollup_mend,
)
from .ruling import exclusion_reason_add, exclusion_reason_use, rates_rule_set, rates_rule_withdraw

__all__ = [
    "FOLLOW",
    "exclusion_ask",
    "exclusion_decide",
    "exclusion_end",
    "exclusion_reason_add",
    "exclusion_reason_use",
    "rates_rule_set",
    "rates_rule_withdraw",
    "rebuild_begin",
    "rebuild_step",
    "rollup_checked",
    "rollup_follow",
    "rollup_mend",
]
