"""What happens by itself: uploads that nobody used go away."""

from linli.core.actor import system

from .services import SWEEP_BATCH, files_sweep


def sweep_unused() -> int:
    """Delete uploads that were not used within seven days; returns how many."""
    gone = total = files_sweep(actor=system("files-sweep"))
    while gone >= SWEEP_BATCH:
        gone = files_sweep(actor=system("files-sweep"))
        total += gone
    return total
