"""Renewing under a new key, a while at a time, while people work."""

import time
from contextlib import suppress

from linli.core.actor import system
from linli.core.errors import Busy

from .models import KeyRun
from .selectors import runs_open
from .services import key_renew_batch

ACTOR = system("keys")
SECONDS = 25


def renew(seconds: float = SECONDS) -> int:
    """Go on with the renewal that was begun, if any; returns how many rows were renewed."""
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        run = runs_open().filter(kind=KeyRun.Kind.DATA).first()
        if run is None:
            break
        with suppress(Busy):  # people wrote the same rows and went first: the batch once more
            done += key_renew_batch(actor=ACTOR, run=run)
    return done
