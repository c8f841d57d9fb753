"""Benefits paid of a file: whose they are, by the number; which are known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from linli.core.errors import InvalidInput
from linli.core.fields import in_areas
from linli.foundation.imports.targets import Field, Kind, Row, Scope

from ..entries import name_read
from ..models import Receipt, Resident
from ..numbers import number_plain
from ..receipts.rules import Paid, paid_fault
from ..sealing import number_index, sealed_get
from ..tokens import name_plain
from . import wording

CODE = "receipts"


def fen_of(text: str) -> int:
    """Return an amount in fen; refuses what is less than nothing or no number."""
    try:
        fen = Decimal(text.replace(",", "").removeprefix("¥").removesuffix("元").strip()) * 100
    except InvalidOperation:
        fen = Decimal(-1)
    if not fen.is_finite() or fen < 0 or fen > 10**13 or fen != fen.to_integral_value():
        raise InvalidInput(_("金额要填不小于0的数，单位元，最多两位小数。"))
    return int(fen)


def fields() -> tuple[Field, ...]:
    """Return every field of a file of benefits paid."""
    return (
        wording.source_field(CODE, "civil_affairs"),
        wording.field(
            CODE,
            "number",
            lazy("证件号码"),
            parse=number_plain,
            longest=40,
            is_required=True,
            is_personal=True,
        ),
        wording.field(CODE, "name", lazy("姓名"), parse=name_read, longest=60, is_personal=True),
        wording.field(CODE, "policy", lazy("待遇"), longest=80, is_required=True, is_fixable=True),
        wording.field(CODE, "amount", lazy("金额"), parse=fen_of, is_personal=True),
        wording.field(CODE, "from_on", lazy("起"), Kind.DATE, is_required=True),
        wording.field(CODE, "to_on", lazy("止"), Kind.DATE),
        wording.field(CODE, "authority", lazy("发放单位"), longest=80, is_fixable=True),
    )


def key(values: Mapping[str, Any]) -> str:
    """Return what names the same payment in the next file of the same office."""
    return "\0".join(str(values.get(name, "")) for name in ("source", "number", "policy", "from_on"))


@dataclass(slots=True)
class PaidReading:
    """The persons whom a batch names, by the blind index of their number, and what they have already."""

    people: dict[str, Resident]
    known: dict[tuple[int, str, str], int]

    def person(self, row: Row) -> Resident | None:
        """Return whose payment a row is."""
        return self.people.get(number_index(row.values.get("number", "")) or "")

    def paid(self, row: Row) -> Paid:
        """Return a row as the registry takes it."""
        values, person = row.values, self.person(row)
        until = values.get("to_on")
        return Paid(
            person.pk if person else 0,
            values["policy"],
            date.fromisoformat(values["from_on"]),
            date.fromisoformat(until) if until else None,
            values.get("amount"),
            values.get("authority", ""),
        )


def paid_read(scope: Scope, rows: Sequence[Row]) -> PaidReading:
    """Return what these rows are checked against, within the areas of the import."""
    indexes = {index for row in rows if (index := number_index(row.values.get("number", "")))}
    people = Resident.objects.filter(in_areas("area_path", scope.areas), number_index__in=indexes)
    found = {person.number_index or "": person for person in people}
    receipts = Receipt.objects.filter(resident__in=[person.pk for person in found.values()])
    rows_known = receipts.values_list("resident_id", "policy", "from_on", "pk")
    return PaidReading(found, {(who or 0, what, day.isoformat()): pk for who, what, day, pk in rows_known})


def paid_match(*, read: PaidReading, rows: Sequence[Row]) -> dict[int, int]:
    """Return row → the same benefit from the same day that is on record."""
    found = {}
    for row in rows:
        person = read.person(row)
        if person and (pk := read.known.get((person.pk, row.values["policy"], row.values["from_on"]))):
            found[row.number] = pk
    return found


def paid_check(read: PaidReading, rows: Sequence[Row]) -> None:
    """Add what is wrong with each row."""
    for row in rows:
        person, name = read.person(row), row.values.get("name", "")
        if person is None:
            row.reasons.append(_("您的服务范围内没有登记这个证件号码的人，请先登记。"))
        elif name and name_plain(sealed_get(person, "name")) != name_plain(name):
            row.reasons.append(_("姓名与这个证件号码登记的不一致，请核对。"))
        elif fault := paid_fault(read.paid(row)):
            row.reasons.append(fault)
