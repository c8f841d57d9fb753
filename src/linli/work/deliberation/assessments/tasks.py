"""What happens by itself: people are warned before a year passes without an assessment."""

from linli.core.actor import system

from .services import assessments_watch


def dates_watch() -> int:
    """Look at every committee; returns how many duties changed."""
    return assessments_watch(actor=system("assessments"))
