"""When and how messages go out: values in, values out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_UP, Decimal

from django.utils.translation import gettext as _

from linli.core.clock import BEIJING

MOST_ATTEMPTS = 8
SECOND_PERSON_ABOVE = 500
ONE_SEGMENT, LONG_SEGMENT = 70, 67
# Pages behind a key of their own in the address, such as the three questions about a closed matter.
FOR_ANYONE = ("/r/",)
# An identity number or a mobile number has no place in a text that goes to many.
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")


def retry_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 30 s, doubled each time, at most a day."""
    doubled = 1 << (max(attempts, 1) - 1)
    return min(timedelta(seconds=30) * doubled, timedelta(days=1))


def opens_for_anyone(url: str) -> bool:
    """Whether a notice's page opens without signing in, so that its address belongs into a short message."""
    return url.startswith(FOR_ANYONE)


def is_quiet(at: datetime, begins: int, ends: int) -> bool:
    """Whether nothing but emergencies goes out: from the hour ``begins`` to the hour ``ends`` in Beijing."""
    hour = at.astimezone(BEIJING).hour
    return begins <= hour or hour < ends if begins > ends else begins <= hour < ends


def quiet_end(at: datetime, begins: int, ends: int) -> datetime:
    """Return ``at``, or the end of the quiet hours that it lies in."""
    if not is_quiet(at, begins, ends):
        return at
    local = at.astimezone(BEIJING)
    day = local.date() + timedelta(days=1 if local.hour >= ends else 0)
    return datetime.combine(day, time(ends), BEIJING)


def needs_second_person(people: int) -> bool:
    """Whether a broadcast to so many people must be approved by another person."""
    return people > SECOND_PERSON_ABOVE


def sms_segments(text: str) -> int:
    """Return how many short messages a text is billed as: 70 letters, longer ones 67 each (UTF-16 units)."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= ONE_SEGMENT else -(-units // LONG_SEGMENT)


def whole_fen(amount: Decimal) -> int:
    """Return an amount in fen, rounded up to a whole one."""
    return int(amount.to_integral_value(ROUND_UP))


def personal_details(text: str) -> list[str]:
    """Return what looks like an identity number or a mobile number."""
    return [found[0] for pattern in (_IDENTITY, _MOBILE) for found in pattern.finditer(text)]


def common_path(paths: Iterable[str]) -> str:
    """Return the smallest area that holds all: their common beginning, whole codes only."""
    split = [path.rstrip("/").split("/") for path in paths]
    if not split:
        return ""
    same = 0
    for codes in zip(*split, strict=False):
        if len(set(codes)) > 1:
            break
        same += 1
    return "/".join(split[0][:same]) + "/" if same else ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one notice over one channel: it goes out, or is held for a reason."""

    is_held: bool = False
    reason: str = ""


def fate(*, is_information: bool, is_emergency: bool, has_refused: bool, sent_today: int, most: int) -> Fate:
    """Decide whether a notice goes out over a channel; the inbox has it in any case."""
    if has_refused and not is_emergency:
        return Fate(True, _("本人不接收"))
    if is_information and sent_today >= most:
        return Fate(True, _("已到每日上限"))
    return Fate()
