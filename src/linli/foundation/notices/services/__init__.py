"""Every write of messages: the outbox, one's own inbox, broadcasts."""

from .broadcasts import (
    Draft,
    broadcast_approve,
    broadcast_cancel,
    broadcast_draft,
    broadcast_edit,
    broadcast_resend,
    broadcast_return,
    broadcast_stop,
    broadcast_submit,
    broadcast_try,
)
from .inbox import (
    neighbourhood_subscribe,
    neighbourhood_unsubscribe,
    notice_read,
    notices_read_all,
    refusals_set,
)
from .outbox import (
    LEASE,
    deliveries_claim,
    deliveries_make,
    delivery_retry,
    delivery_settle,
    notice_queue,
)
from .spreading import (
    Telling,
    broadcast_begin,
    broadcast_finish,
    broadcast_settle_stop,
    broadcast_spread,
    notice_spread,
)

__all__ = [
    "LEASE",
    "Draft",
    "Telling",
    "broadcast_approve",
    "broadcast_begin",
    "broadcast_cancel",
    "broadcast_draft",
    "broadcast_edit",
    "broadcast_finish",
    "broadcast_resend",
    "broadcast_return",
    "broadcast_settle_stop",
    "broadcast_spread",
    "broadcast_stop",
    "broadcast_submit",
    "broadcast_try",
    "deliveries_claim",
    "deliveries_make",
    "delivery_retry",
    "delivery_settle",
    "neighbourhood_subscribe",
    "neighbourhood_unsubscribe",
    "notice_queue",
    "notice_read",
    "notice_spread",
    "notices_read_all",
    "refusals_set",
]
