"""Reading and setting the personal values of a record, which stand sealed under its own data key.

A *keyed* record has a ``data_key`` and columns ``…_sealed`` (``Resident``, ``Household``); a ``Fact`` is
sealed under the key of whom it is about. Values are text; a day of birth is ISO text.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from linli.core.crypto import DataKey, blind_index, key_ring
from linli.core.errors import Conflict, ProgrammingFault

from .models import Fact, Household, Resident
from .numbers import number_plain

PERSONAL = ("name", "number", "phone", "birth")  # of a Resident
Keyed = Resident | Household
_OPENED = "_opened_data_key"


def key_owner(row: models.Model) -> Keyed:
    """Return the record under whose data key a row's values are sealed."""
    if isinstance(row, Fact):
        owner = row.resident if row.resident_id else row.household
        assert owner is not None
        return owner
    assert isinstance(row, Resident | Household)
    return row


def context_of(row: models.Model, name: str) -> str:
    """Return what a sealed column of this row's table is bound to."""
    return f"{row._meta.db_table}.{name}_sealed"


def _key(owner: Keyed) -> DataKey:
    """Open the owner's data key once for this object; an erased record has none."""
    kept = owner.__dict__.get(_OPENED)
    if kept is not None and kept[0] == owner.data_key:
        key: DataKey = kept[1]
        return key
    key = key_ring().key_open(owner.data_key)
    owner.__dict__[_OPENED] = (owner.data_key, key)
    return key


def sealed_get(row: models.Model, name: str) -> str:
    """Return one personal value (``name``, ``number``, ``phone``, ``birth``; a fact's ``value``) in clear.

    Empty where nothing is known or the record was erased; raises ``KeyLost``.
    """
    token: str = getattr(row, f"{name}_sealed")
    owner = key_owner(row)
    return _key(owner).open(token, context_of(row, name)) if token and owner.data_key else ""


def sealed_many(rows: Iterable[models.Model], *names: str) -> list[dict[str, str]]:
    """Return the named personal values of many rows, in their order."""
    return [{name: sealed_get(row, name) for name in names} for row in rows]


def sealed_values(row: models.Model, **plain: "str | date | None") -> dict[str, Any]:
    """Return the columns that hold these personal values, for ``changes_of`` or a new row.

    Brings along what depends on them: a first ``data_key``, a number's blind index, the month of birth. A
    value that stays the same is left out (sealed anew it would look changed). Refuses an erased record.
    """
    columns: dict[str, Any] = {}
    key = _key_for_writing(row, columns)
    for name, value in plain.items():
        text = value.isoformat() if isinstance(value, date) else value or ""
        if getattr(row, f"{name}_sealed") and sealed_get(row, name) == text:
            continue
        columns[f"{name}_sealed"] = key.seal(text, context_of(row, name))
        columns |= _beside(row, name, text)
    return columns


def _key_for_writing(row: models.Model, columns: dict[str, Any]) -> DataKey:
    owner = key_owner(row)
    if owner.data_key:
        return _key(owner)
    if getattr(owner, "erased_at", None) is not None:
        raise Conflict(_("这个人的资料已经依法删除，不能再填写。"), hint=_("如确有需要，请重新登记。"))
    if owner is not row:
        raise ProgrammingFault(f"{owner} has no data key yet: save key_values(owner) first")
    columns |= key_values(owner)
    owner.__dict__[_OPENED] = (columns["data_key"], key_ring().key_open(columns["data_key"]))
    key: DataKey = owner.__dict__[_OPENED][1]
    return key


def key_values(owner: Keyed) -> dict[str, str]:
    """Return the column with a first data key for a record that has none; nothing where it has one."""
    return {} if owner.data_key else {"data_key": key_ring().key_new()}


def _beside(row: models.Model, name: str, text: str) -> dict[str, Any]:
    if name == "number" and isinstance(row, Household):
        return {"number_index": blind_index("household", number_plain(text)) or None}
    if name == "number":
        return {"number_index": number_index(text)}
    if name == "birth":
        return {"birth_month": date.fromisoformat(text).replace(day=1) if text else None}
    return {}


def number_index(number: str) -> str | None:
    """Return the blind index by which a person's number is recognised everywhere; None for no number."""
    return blind_index("number", number_plain(number)) or None


def sealed_set(row: models.Model, **plain: "str | date | None") -> list[str]:
    """Set personal values on an unsaved row and return the names of the columns that were set."""
    columns = sealed_values(row, **plain)
    for name, value in columns.items():
        setattr(row, name, value)
    return list(columns)
