"""Benefits that were paid already, as the paying office's file says: a step of an import, and by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.core.service import record, require_service, service

from ..checking import reason_checked
from ..facts.dictionary import Of
from ..facts.permissions import can_record_facts
from ..facts.subjects import Subject, accounts_of, column_of, of_what, standing_check, subject_seen
from ..finding.services import PURPOSES_KEPT
from ..models import Household, Receipt, Resident
from ..services.acts import Act
from .rules import REVEALED_FOR, Paid, paid_fault

CHUNK = 500
WORKER = "worker"
CHANGEABLE = ("amount", "to_on", "authority", "source")


@dataclass(slots=True)
class Receipts:
    """What became of the rows, by their place; ``before`` is how changed ones were, to take them back."""

    made: dict[int, int] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)
    unchanged: list[int] = field(default_factory=list)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)


@require_service
def receipts_make(*, of: Of, rows: Sequence[Paid], source: str) -> Receipts:
    """Write down what a file says was paid; the same benefit from the same day again is changed, not doubled.

    The rows were checked (``paid_fault``); the caller records (``touched=[Receipt]``).
    """
    column, at, done = f"{column_of(of)}_id", clock.now(), Receipts()
    known = Receipt.objects.filter(**{f"{column_of(of)}__in": {row.subject_id for row in rows}})
    standing = {(getattr(row, column), row.policy, row.from_on): row for row in known}
    fresh: dict[int, Receipt] = {}
    changed: list[Receipt] = []
    for index, row in enumerate(rows):
        place = (row.subject_id, row.policy.strip(), row.from_on)
        after = {"amount": row.amount, "to_on": row.to_on, "authority": row.authority, "source": source}
        receipt = standing.get(place)
        if receipt is None:
            receipt = Receipt(
                **{column: row.subject_id}, policy=place[1], from_on=row.from_on, recorded_at=at, **after
            )
            standing[place] = fresh[index] = receipt
        elif _is_same(receipt, after):
            done.unchanged.append(index)
        else:
            _change(receipt, after, index, done)
            changed.append(receipt)
    Receipt.objects.bulk_create(fresh.values(), batch_size=CHUNK)
    Receipt.objects.bulk_update([row for row in changed if row.pk], CHANGEABLE, batch_size=CHUNK)
    done.made = {index: receipt.pk for index, receipt in fresh.items()}
    return done


def _is_same(receipt: Receipt, after: dict[str, Any]) -> bool:
    return all(getattr(receipt, name) == value for name, value in after.items())


def _change(receipt: Receipt, after: dict[str, Any], index: int, done: Receipts) -> None:
    if receipt.pk is not None:  # of this very batch: the later line simply counts
        done.before.setdefault(receipt.pk, {name: getattr(receipt, name) for name in CHANGEABLE})
        done.changed[index] = receipt.pk
    for name, value in after.items():
        setattr(receipt, name, value)


@require_service
def receipts_unmake(*, made: Iterable[int], before: dict[int, dict[str, Any]]) -> None:
    """Take a batch back: what it made goes, what it changed is as it was."""
    Receipt.objects.filter(pk__in=list(made)).delete()
    rows = list(Receipt.objects.filter(pk__in=list(before)))
    for row in rows:
        for name, value in before[row.pk].items():
            setattr(row, name, value)
    Receipt.objects.bulk_update(rows, CHANGEABLE, batch_size=CHUNK)


@service
def receipt_add(
    *, actor: Actor, subject: Subject, paid: Paid, reason: str = "", source: str = WORKER
) -> Receipt:
    """Write down one benefit by hand; ``paid.subject_id`` is the subject's. Can be taken back."""
    seen = _keeping(actor, subject)
    standing_check(seen)
    if fault := paid_fault(paid):
        raise InvalidInput(fault)
    column, policy = column_of(of_what(seen)), paid.policy.strip()
    if Receipt.objects.filter(**{column: seen}, policy=policy, from_on=paid.from_on).exists():
        raise _refused("policy", _("这项待遇从这一天起已经登记过；金额、日期不对的请用“更正”。"))
    act = Act(actor, "receipt.add", reason=reason, source=source)
    receipt = act.add(
        Receipt(
            **{column: seen},
            policy=policy,
            amount=paid.amount,
            from_on=paid.from_on,
            to_on=paid.to_on,
            authority=paid.authority.strip(),
            source=act.source,
            recorded_at=act.at,
        )
    )
    act.finish(receipt, says=["receipt"])
    return receipt


@service
def receipt_correct(
    *,
    actor: Actor,
    receipt_id: UUID | str,
    amount: int | None = None,
    to_on: date | None = None,
    authority: str = "",
    reason: str,
) -> Receipt:
    """Correct amount (fen), last day, paying office; what is not given stays. Can be taken back."""
    receipt, seen = _receipt(actor, receipt_id)
    why = reason_checked(reason, is_required=True)
    said = {"amount": amount, "to_on": to_on, "authority": authority.strip() or None}
    after = {name: value for name, value in said.items() if value is not None}
    kept = {name: getattr(receipt, name) for name in said}
    if fault := paid_fault(Paid(seen.pk, receipt.policy, receipt.from_on, **{**kept, **after})):
        raise InvalidInput(fault)
    act = Act(actor, "receipt.correct", reason=why)
    if not act.change(receipt, **after):
        raise InvalidInput(_("没有要更正的内容：请填写金额、结束日期或发放单位。"))
    act.finish(receipt, says=["receipt"])
    return receipt


@service
def receipt_drop(*, actor: Actor, receipt_id: UUID | str, reason: str) -> Subject:
    """Take away a benefit that was written down wrongly; returns whose it was. Can be taken back."""
    receipt, seen = _receipt(actor, receipt_id)
    act = Act(actor, "receipt.drop", reason=reason_checked(reason, is_required=True))
    act.drop(receipt)
    act.finish(seen, says=["receipt"])
    return seen


@service
def household_receipts_reveal(*, actor: Actor, household: Household, purpose: str) -> set[int]:
    """Open the benefits of a household and its people for a purpose; returns their ids, each look recorded.

    Nothing is opened, and nothing recorded, for a purpose that does not need them, or where there are none.
    """
    if purpose not in REVEALED_FOR or not can_record_facts(actor, household.area_path):
        return set()
    members = Resident.objects.visible_to(actor).filter(
        memberships__household=household, memberships__to_on__isnull=True
    )
    opened: set[int] = set()
    for subject in [household, *members.distinct().order_by("pk")]:
        found = set(
            Receipt.objects.filter(**{column_of(of_what(subject)): subject}).values_list("pk", flat=True)
        )
        if found:
            opened |= found
            for about in accounts_of(subject) or [None]:
                record(
                    "receipts.reveal",
                    subject,
                    purpose=PURPOSES_KEPT[purpose],
                    looked_at=["receipt"],
                    about_id=about,
                )
    return opened


def _keeping(actor: Actor, subject: Subject) -> Subject:
    seen: Subject = subject_seen(actor, subject, lock=True)
    if not can_record_facts(actor, seen.area_path):
        raise NotAllowed
    return seen


def _receipt(actor: Actor, receipt_id: UUID | str) -> tuple[Receipt, Subject]:
    """Return a benefit and whose it is, locked; missing and hidden are the same ``NotFound``."""
    receipt = Receipt.objects.select_for_update(of=("self",)).filter(public_id=receipt_id).first()
    subject = (receipt.resident or receipt.household) if receipt is not None else None
    if receipt is None or subject is None:
        raise NotFound(_("没有找到这项待遇。"))
    return receipt, _keeping(actor, subject)


def _refused(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})
