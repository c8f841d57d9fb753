"""One payment or grant as a file says it, and what may be wrong with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

MAX_POLICY, MAX_AUTHORITY = 80, 80
REVEALED_FOR = frozenset({"visit", "verify", "handle", "rescue"})  # a setting: not to notify people


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment or grant of a file; ``amount`` in fen, ``None`` where only the grant is known."""

    subject_id: int
    policy: str
    from_on: date
    to_on: date | None = None
    amount: int | None = None
    authority: str = ""


def paid_fault(row: Paid) -> str:
    """Return what is wrong with a row in words, empty if nothing is."""
    if not row.policy.strip() or len(row.policy) > MAX_POLICY:
        return _("请写明是什么待遇，最多80个字。")
    if row.amount is not None and row.amount < 0:
        return _("金额不能小于0。")
    if row.to_on is not None and row.to_on <= row.from_on:
        return _("结束日期要晚于开始日期。")
    return _("发放单位最多80个字。") if len(row.authority) > MAX_AUTHORITY else ""
