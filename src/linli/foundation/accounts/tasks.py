"""What the worker does for accounts."""

from linli.core.actor import system

from .services import rate_hits_clear


def forget_rate_hits() -> None:
    """Forget counted tries and old codes, as the privacy notice promises."""
    rate_hits_clear(actor=system("housekeeping"))
