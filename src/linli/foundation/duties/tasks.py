"""What happens by itself: reminders."""

from linli.core.actor import system

from .services import BATCH, duties_remind


def mark_overdue() -> int:
    """Tell people of what is soon due or overdue; returns how many duties were stepped."""
    stepped = total = duties_remind(actor=system("reminders"))
    while stepped >= BATCH:
        stepped = duties_remind(actor=system("reminders"))
        total += stepped
    return total
