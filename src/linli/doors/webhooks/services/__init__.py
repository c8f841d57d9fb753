"""Every write: setting up and stopping by people, reading the stream and sending by the machine."""

from .sending import (
    BATCH,
    attempt_note,
    message_drop,
    message_take,
    messages_collect,
    messages_forget,
)
from .setting import (
    Opened,
    message_retry,
    message_test,
    secret_renew,
    subscription_change,
    subscription_close,
    subscription_open,
    subscription_pause,
    subscription_resume,
)

__all__ = [
    "BATCH",
    "Opened",
    "attempt_note",
    "message_drop",
    "message_retry",
    "message_take",
    "message_test",
    "messages_collect",
    "messages_forget",
    "secret_renew",
    "subscription_change",
    "subscription_close",
    "subscription_open",
    "subscription_pause",
    "subscription_resume",
]
