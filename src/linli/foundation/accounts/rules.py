"""Decisions about numbers, codes, levels and windows: values in, values out."""

import hashlib
import hmac
import re
import struct
import unicodedata
from base64 import b32decode
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.core.actor import EXECUTING, GOVERNING, Function
from linli.core.errors import InvalidInput

CODE_DIGITS = 6
CODE_MINUTES = 5
CODE_ATTEMPTS = 5
TEMPORARY_PASSWORD_LENGTH = 12
# Letters and digits that nobody confuses when reading them out: no 0 O o 1 l I.
READABLE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TOTP_SECONDS = 30
TOTP_TOLERANCE = 1
LEVEL = {Function.COMMITTEE: 1, Function.STREET: 2, Function.DISTRICT: 3, Function.CITY: 4}
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``times`` uses of ``kind`` for one key inside a sliding window."""

    kind: str
    times: int
    window: timedelta


CODE_LIMITS_PER_PHONE = (
    RateLimit("code.phone.minute", 1, timedelta(seconds=60)),
    RateLimit("code.phone.hour", 5, timedelta(hours=1)),
    RateLimit("code.phone.day", 10, timedelta(days=1)),
)
CODE_LIMITS_PER_ADDRESS = (
    RateLimit("code.address.hour", 30, timedelta(hours=1)),
    RateLimit("code.address.day", 100, timedelta(days=1)),
)
CODE_LIMIT_OF_ALL = RateLimit("code.all.day", 50_000, timedelta(days=1))
CODE_TRY_LIMIT = RateLimit("code.try.hour", 60, timedelta(hours=1))
TOTP_TRY_LIMIT = RateLimit("totp.try", 5, timedelta(minutes=5))


def phone_normal(text: str) -> str:
    """Return the 11 digits of a mainland mobile number typed in any usual way.

    Accepts full-width digits, spaces, hyphens, and the country code as ``+86``, ``0086`` or ``86``.
    """
    plain = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text or ""))
    digits = re.sub(r"^(\+86|0086|86(?=1[0-9]{10}$))", "", plain)
    if not _MOBILE.fullmatch(digits):
        words = "请填写11位手机号，例如 138 0013 8000。固定电话收不到验证码。"
        raise InvalidInput(words, details={"phone": words})
    return digits


def phone_masked(phone: str) -> str:
    """Return a number as it may stand on a page: 138****8000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else ""


def code_normal(text: str) -> str:
    """Return a typed code as plain digits; full-width digits and spaces are understood."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))


def retry_after(hits: list[datetime], limit: RateLimit, at: datetime) -> int:
    """Return the seconds until ``limit`` allows another use, 0 when it allows one now."""
    recent = sorted(hit for hit in hits if hit > at - limit.window)
    if len(recent) < limit.times:
        return 0
    return max(1, int((recent[-limit.times] + limit.window - at).total_seconds()) + 1)


def wait_words(seconds: int) -> str:
    """Return a waiting time as people say it."""
    if seconds < 60:
        return f"{seconds}秒"
    if seconds < 3600:
        return f"{-(-seconds // 60)}分钟"
    return f"{-(-seconds // 3600)}小时"


def totp_value(secret: str, step: int) -> str:
    """Return the six digits of a base-32 secret for one time step (RFC 6238 with SHA-1)."""
    mac = hmac.new(b32decode(secret, casefold=True), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def totp_step(secret: str, code: str, at: datetime, after: int = 0) -> int | None:
    """Return the time step that ``code`` belongs to, one step of drift either way, or ``None``.

    Steps up to ``after`` do not count: a code that has been used is not taken again.
    """
    now = int(at.timestamp()) // TOTP_SECONDS
    for step in range(now - TOTP_TOLERANCE, now + TOTP_TOLERANCE + 1):
        if step > after and hmac.compare_digest(totp_value(secret, step), code):
            return step
    return None


def is_above(function: str, other: str) -> bool:
    """Whether a governing function stands above another; executing units answer to streets and up."""
    if function not in LEVEL:
        return False
    rank = LEVEL[Function(other)] if other in LEVEL else 1
    return LEVEL[Function(function)] > rank


def functions_of_unit(unit_function: str) -> frozenset[Function]:
    """Return the functions that roles in a unit of this function may have."""
    own = Function(unit_function)
    if own in (Function.COMMITTEE, Function.STREET):
        return frozenset({own, Function.GRID_WORKER})
    return frozenset({own})


def lies_within(paths: tuple[str, ...], areas: tuple[str, ...]) -> bool:
    """Whether every path lies in one of the areas; no path lies nowhere."""
    return bool(paths) and all(any(path.startswith(area) for area in areas) for path in paths)


UNIT_FUNCTIONS = GOVERNING | EXECUTING | {Function.SUPERVISOR, Function.OPERATOR}
