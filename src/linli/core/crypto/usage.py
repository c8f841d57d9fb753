"""Which keys the database names: what must not be lost, and what a rotation has left to do.

Two kinds of columns name a key of the ring: an ``EncryptedTextField``, and a column called ``data_key``,
which holds a record's own key, wrapped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from ..fields import EncryptedTextField
from .ring import WRAP_CONTEXT, key_ring

WRAPPED = "data_key"


@dataclass(frozen=True, slots=True)
class Column:
    """A column whose values begin with the name of a data key."""

    model: type[models.Model]
    field: models.Field[Any, Any]

    @property
    def context(self) -> str:
        """What its values are bound to."""
        return self.field.context() if isinstance(self.field, EncryptedTextField) else WRAP_CONTEXT


def columns() -> Iterator[Column]:
    """Return every encrypted column and every column of wrapped keys of the rooms."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField) or field.name == WRAPPED:
                yield Column(model, field)


@dataclass(frozen=True, slots=True)
class Kept:
    """Ciphertexts inside other values of a model: which keys they name, and renewing them."""

    model: type[models.Model]
    named: Callable[[], set[str]]
    renew: Callable[[], int]


_KEPT: dict[str, Kept] = {}


def kept_add(name: str, kept: Kept) -> None:
    """Declare such ciphertexts; a room calls this in ``ready()``."""
    _KEPT[name] = kept


def kept_keys_named() -> set[str]:
    """Return the data keys that they name."""
    return set().union(*(kept.named() for kept in _KEPT.values()))


def kept_models() -> list[type[models.Model]]:
    """Return the models that hold them."""
    return [kept.model for kept in _KEPT.values()]


def kept_renew() -> int:
    """Encrypt them anew under the current key, inside a service; returns how many it were."""
    return sum(kept.renew() for kept in _KEPT.values())


def keys_named() -> set[str]:
    """Return the data keys that are named by the oldest and the newest row of every such column."""
    named = kept_keys_named()
    quote = connection.ops.quote_name
    for column in columns():
        name, key = quote(str(column.field.column)), quote(str(column.model._meta.pk.column))
        table = quote(column.model._meta.db_table)
        for order in ("ASC", "DESC"):
            sql = f"SELECT {name} FROM {table} WHERE {name} <> '' ORDER BY {key} {order} LIMIT 1"  # noqa: S608
            named |= {key_of(value) for (value,) in _rows(sql)}
    return named


def key_of(token: str) -> str:
    """Return the name of the data key that a token was made under."""
    return token.partition(":")[0].partition(".")[0]


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def ring_found() -> None:
    """Found this installation's key ring; no first data key where rows name one that is gone."""
    ring = key_ring()
    ring.found(with_data=not ring.data_keys() and not keys_named())
