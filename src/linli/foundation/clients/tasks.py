"""What the worker does for clients."""

from linli.core.actor import system

from .services import uses_clear


def forget_uses() -> None:
    """Forget how often tokens were used more than a month ago."""
    uses_clear(actor=system("housekeeping"))
