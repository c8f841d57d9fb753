"""Benefits paid of a file: written down, brought to a newer file, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from linli.core.service import require_service
from linli.foundation.imports.targets import Changed, Row

from ...facts.dictionary import Of
from ...importing.paid import PaidReading
from ...models import Receipt
from ...receipts.services import receipts_make, receipts_unmake


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


@require_service
def paid_import(*, read: PaidReading, rows: Sequence[Row]) -> list[int]:
    """Write down what rows say was paid; returns the receipts' ids in the rows' order."""
    source = rows[0].values["source"]
    done = receipts_make(of=Of.PERSON, rows=[read.paid(row) for row in rows], source=source)
    return [done.made[index] for index in range(len(rows))]


@require_service
def paid_change(*, read: PaidReading, pairs: Sequence[tuple[Row, int]]) -> list[Changed | str]:
    """Bring receipts to what rows say; returns how each was before."""
    source = pairs[0][0].values["source"]
    done = receipts_make(of=Of.PERSON, rows=[read.paid(row) for row, _pk in pairs], source=source)
    return [Changed(_plain(done.before.get(pk, {}))) for _row, pk in pairs]


@require_service
def paid_unmake(*, ids: Sequence[int]) -> dict[int, str]:
    """Take receipts away."""
    receipts_unmake(made=ids, before={})
    return {}


@require_service
def paid_restore(*, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Put receipts back to what they were."""
    for pk, kept in before.items():
        if kept:
            Receipt.objects.filter(pk=pk).update(**kept)
    return {}
