"""Decisions about numbers, codes, levels and windows: values in, values out."""

import hashlib
import hmac
import re
import struct
import unicodedata
from base64 import b32decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.utils.translation import gettext as _

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
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](:\d+)?|(?P<four>[0-9.]+):\d+")
HOUSEHOLD_BITS = 64


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
        words = _("请填写11位手机号，例如 138 0013 8000。固定电话收不到验证码。")
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


def network_of(address: str) -> str:
    """Return what one connection is known by, ``""`` where the text is no address.

    An IPv4 address stands for itself, an IPv6 address for its /64: a household has 2^64 of them and could
    otherwise take a new one for every request. A port behind the address is left out.
    """
    plain = address.strip()
    if found := _WITH_PORT.fullmatch(plain):
        plain = found["six"] or found["four"]
    try:
        known = ip_address(plain.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(known, IPv6Address):
        return str(known)
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(IPv6Network((known, HOUSEHOLD_BITS), strict=False).network_address)


def wait_words(seconds: int) -> str:
    """Return a waiting time as people say it."""
    if seconds < 60:
        return _("%(seconds)s秒") % {"seconds": seconds}
    if seconds < 3600:
        return _("%(seconds)s分钟") % {"seconds": -(-seconds // 60)}
    return _("%(seconds)s小时") % {"seconds": -(-seconds // 3600)}


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


class CodeAnswer(StrEnum):
    """What came of trying a one-time code."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    MISSING = "missing"


def code_answer(attempts: int, expires_at: datetime, is_right: bool, at: datetime) -> CodeAnswer:
    """Judge one try of a code that was tried ``attempts`` times before; a spent one is never right."""
    if at >= expires_at:
        return CodeAnswer.EXPIRED
    if attempts >= CODE_ATTEMPTS:
        return CodeAnswer.EXHAUSTED
    return CodeAnswer.RIGHT if is_right else CodeAnswer.WRONG


def code_words(answer: CodeAnswer, attempts_left: int) -> str:
    """Return what the reader is told about a try that was not right."""
    if answer == CodeAnswer.WRONG and attempts_left:
        return _("验证码不对，还可以试%(attempts_left)s次。") % {"attempts_left": attempts_left}
    return {
        CodeAnswer.WRONG: _("验证码不对，次数已用完，请重新获取。"),
        CodeAnswer.EXHAUSTED: _("这个验证码试错次数已用完，请重新获取。"),
        CodeAnswer.EXPIRED: _("验证码已过期，请重新获取。"),
        CodeAnswer.MISSING: _("验证码已使用过或已失效，请重新获取。"),
    }.get(answer, "")


def username_normal(text: str) -> str:
    """Return a user name in lower case: 3–40 letters, digits, dots, hyphens, underscores."""
    plain = unicodedata.normalize("NFKC", text or "").strip().lower()
    if not _USERNAME.fullmatch(plain):
        words = _("用户名为3至40位，只能用小写字母、数字、点、横线和下划线。")
        raise InvalidInput(words, details={"username": words})
    return plain


class SignInStep(StrEnum):
    """What a staff member who gave the right password still has to do."""

    CODE = "code"
    PHONE = "phone"
    PASSWORD = "password"  # noqa: S105 a step's name
    ENROL = "enrol"
    DONE = "done"


def sign_in_step(
    *, has_totp: bool, code_passed: bool, must_prove_phone: bool, must_change_password: bool, needs_totp: bool
) -> SignInStep:
    """Return the next step of a staff sign-in; nobody changes anything before the second factor."""
    if has_totp and not code_passed:
        return SignInStep.CODE
    if must_prove_phone:
        return SignInStep.PHONE
    if must_change_password:
        return SignInStep.PASSWORD
    if needs_totp and not has_totp:
        return SignInStep.ENROL
    return SignInStep.DONE
