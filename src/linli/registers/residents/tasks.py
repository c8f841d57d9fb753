"""What the registry does by itself."""

import time

from linli.core.actor import system
from linli.foundation.keys.models import KeyRun
from linli.foundation.keys.selectors import runs_open

from .selectors.figures import counts_stale
from .services.alikes import BATCH as ALIKES_BATCH
from .services.alikes import alikes_find
from .services.counting import counts_keep
from .services.retoken import tokens_renew_batch
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


def alikes_look(seconds: float = SECONDS) -> int:
    """Look for registrations that may be one person among those that changed, for a while."""
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        found = alikes_find(actor=ACTOR)
        done += found
        if found < ALIKES_BATCH:
            break
    return done


def tokens_renew(seconds: float = SECONDS) -> int:
    """Go on with making tokens under a new search key, if that was begun; returns how many persons."""
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        run = runs_open().filter(kind=KeyRun.Kind.TOKENS).first()
        if run is None:
            break
        done += tokens_renew_batch(actor=ACTOR, run=run)
    return done


def counts_ahead(seconds: float = SECONDS) -> int:
    """Count large districts whose figures are some hours old, for a while; returns how many choices."""
    began, done = time.monotonic(), 0
    for path, wanted in counts_stale():
        counts_keep(actor=ACTOR, area_path=path, wanted=wanted)
        done += 1
        if time.monotonic() - began >= seconds:
            break
    return done
