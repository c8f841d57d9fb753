"""Every write about resolutions, one function for one thing a person does."""

from .ending import (
    filing_ask,
    filing_receive,
    filing_return,
    resolution_finish,
    resolution_publish,
    resolution_withdraw,
)
from .making import resolution_from_ballot, resolution_from_item
from .photos import task_photos_publish
from .tasks import task_add, task_drop, task_extend, task_progress, task_to_matter

__all__ = [
    "filing_ask",
    "filing_receive",
    "filing_return",
    "resolution_finish",
    "resolution_from_ballot",
    "resolution_from_item",
    "resolution_publish",
    "resolution_withdraw",
    "task_add",
    "task_drop",
    "task_extend",
    "task_photos_publish",
    "task_progress",
    "task_to_matter",
]
