"""Every write about whistles, one function for one thing a person does."""

from .calling import whistle_blow, whistle_cancel, whistle_lead
from .coming import call_answer, call_check_in, call_reply, whistle_log
from .ending import call_rate, whistle_finish

__all__ = [
    "call_answer",
    "call_check_in",
    "call_rate",
    "call_reply",
    "whistle_blow",
    "whistle_cancel",
    "whistle_finish",
    "whistle_lead",
    "whistle_log",
]
