"""The signature, when a message is tried again, when a receiver is given up: pure decisions.

The signature is that of the open specification Standard Webhooks (https://www.standardwebhooks.com), so
that a receiver can check it with a library of its own language.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

PREFIX = "whsec_"
SECRET_BYTES = 32
# After each failure the next attempt waits so long; after the last the message is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60))
FAILING_FOR = timedelta(days=2)
QUIET, LONGEST_QUIET = timedelta(seconds=5), timedelta(minutes=10)
GONE = 410  # the receiver says that it wants no more
LEASE = timedelta(minutes=2)  # whoever sends a message and dies leaves it to others after this time
FORMER_SECRET = timedelta(hours=24)
KEPT = timedelta(days=30)


def secret_new() -> str:
    """Return a new secret as receivers write it into their settings."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return ``v1,`` and the HMAC-SHA256 of id, timestamp and body, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(secrets_: list[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of one request; with two secrets (one is being changed) both signatures."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, message_id, timestamp, body) for one in secrets_),
    }


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """Return when a message that failed so many times is tried again; ``None`` gives it up."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def quiet_until(failures: int, at: datetime) -> datetime:
    """Return until when a receiver that failed so often in a row is left alone, doubled each time."""
    doubled: int = 2 ** min(failures - 1, 10)
    return at + min(QUIET * doubled, LONGEST_QUIET)


def is_given_up(status: int | None, failing_since: datetime, at: datetime) -> bool:
    """Whether nothing more is sent to a receiver: it says that it is gone, or has failed for too long."""
    return status == GONE or at - failing_since >= FAILING_FOR
