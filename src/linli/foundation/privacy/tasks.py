"""What happens by itself: an answer that is late is told to the street."""

from linli.core.actor import system

from .selectors import requests_to_urge
from .services import request_urge

URGER = system("privacy")


def urge_late() -> int:
    """Put every answer that a committee owes beyond the limit on its street's list once; returns how many."""
    return len([request_urge(actor=URGER, request_id=one.pk) for one in requests_to_urge()])
