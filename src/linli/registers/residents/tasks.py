"""What the registry does by itself."""

import time

from linli.core.actor import system

from .services.upkeep import BATCH, tokens_follow

ACTOR = system("registry")
SECONDS = 30


def tokens_keep() -> int:
    """Give persons whom a change of divisions carried into another county its tokens, for a while."""
    began, done = time.monotonic(), 0
    while time.monotonic() - began < SECONDS:
        found = tokens_follow(actor=ACTOR)
        done += found
        if found < BATCH:
            break
    return done
