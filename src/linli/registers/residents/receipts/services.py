"""Benefits that were paid already, as the paying office's file says: a step of an import, and by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import record, require_service, service

from ..facts.dictionary import Of
from ..facts.permissions import can_record_facts
from ..facts.subjects import Subject, column_of, of_what, standing_check, subject_seen
from ..models import Receipt
from .rules import Paid, paid_fault

CHUNK = 500
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
def receipt_add(*, actor: Actor, subject: Subject, paid: Paid, source: str = "worker") -> Receipt:
    """Write down one benefit by hand; ``paid.subject_id`` is the subject's."""
    seen: Subject = subject_seen(actor, subject, lock=True)
    if not can_record_facts(actor, seen.area_path):
        raise NotAllowed
    standing_check(seen)
    if fault := paid_fault(paid):
        raise InvalidInput(fault)
    of = of_what(seen)
    done = receipts_make(of=of, rows=[paid], source=source)
    pk = next(iter([*done.made.values(), *done.changed.values()]), None)
    if pk is None:
        raise InvalidInput(_("这项待遇已经登记过，内容相同。"))
    receipt = Receipt.objects.get(pk=pk)
    record("receipts.take", receipt, touched=[Receipt])
    return receipt
