"""Every night: let go what the rules say."""

import logging
import time

from linli.core import clock, retention
from linli.core.actor import system

from .selectors import NIGHT_HOUR
from .services import retention_apply

log = logging.getLogger(__name__)
KEEPER = system("retention")
SECONDS_A_ROUND = 20.0
NIGHT_HOURS = 4


def let_go() -> int:
    """Let due records go between 2 and 6 in the night, for ``SECONDS_A_ROUND`` a round; returns how many."""
    if not NIGHT_HOUR <= clock.now().hour < NIGHT_HOUR + NIGHT_HOURS:
        return 0
    return let_go_now()


def let_go_now() -> int:
    """Let due records go at once; a kind that fails is logged and does not stop the others."""
    ends, gone = time.monotonic() + SECONDS_A_ROUND, 0
    for rule in retention.rules():
        if not rule.is_carried_out_here:
            continue
        try:
            while time.monotonic() < ends and (n := retention_apply(actor=KEEPER, kind=rule.kind)):
                gone += n
        except Exception:
            log.exception("retention of %s failed", rule.kind)
    return gone
