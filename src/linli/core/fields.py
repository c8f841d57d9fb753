"""Model fields that several rooms need."""

import json
import os
import secrets
import time
import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Expression

from .crypto import key_ring

if TYPE_CHECKING:  # Django's fields take their types only from the stubs
    TextField = models.TextField[str, str]
    CharField = models.CharField[str, str]
else:
    TextField, CharField = models.TextField, models.CharField


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): in order of making, 62 bits random.

    The 12 bits after the milliseconds hold the fraction of the millisecond (RFC 9562, 6.2, method 3), so
    that what one process makes in a row also sorts in a row.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (nanoseconds * 4096 // 1_000_000) << 64
    value |= 0x2 << 62
    value |= int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=value)


def public_number(length: int = 8) -> str:
    """Return a number that people read out: digits only, unguessable order, no leading zero."""
    return str(secrets.randbelow(9 * 10 ** (length - 1)) + 10 ** (length - 1))


class EncryptedTextField(TextField):
    """Text kept as ciphertext (``core.crypto``); empty text stays empty so that it can be counted."""

    def context(self) -> str:
        """Return what the ciphertext is bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        return key_ring().encrypt(str(value), self.context()) if value else ""

    def from_db_value(self, value: str | None, expression: Expression, connection: Any) -> str:
        """Decrypt on the way back."""
        return key_ring().decrypt(value, self.context()) if value else ""


class PathField(CharField):
    """A place in today's tree of divisions: codes from the province down, each followed by a slash.

    Compared bytewise on both databases, so that ``path >= prefix`` and ``path < prefix + '0'`` is the
    range of an area (``'0'`` is the character after ``'/'``).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> Any:
        """Use the C collation on PostgreSQL; SQLite compares bytes already."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


@PathField.register_lookup
@models.DateTimeField.register_lookup
class Walked(models.Transform):
    """The same value, on SQLite hidden from the choice of an index.

    Without a histogram SQLite takes any range for a small one; a list that is read in the order of another
    index says ``in_areas("area_path__walked", …)`` instead.
    """

    lookup_name = "walked"
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Say the column behind a plus."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **more)


@models.AutoField.register_lookup
@models.BigAutoField.register_lookup
@models.CharField.register_lookup
class Among(models.Lookup[Any]):
    """One of a list of numbers or texts that may be long: the list is one parameter, and drives the plan."""

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        """Pass the list on as it is."""
        return "%s", [value]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Unpack the list from JSON."""
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Pass an array."""
        lhs, params = self.process_lhs(compiler, connection)
        kind = "text" if isinstance(self.lhs.output_field, models.CharField) else "bigint"
        return f"{lhs} = ANY(%s::{kind}[])", [*params, self.rhs]


def in_areas(field: str, areas: tuple[str, ...]) -> models.Q:
    """Return the condition that a path lies in one of the areas; no area means no row."""
    if "" in areas:
        return models.Q()
    condition = models.Q(pk__in=[])
    for area in areas:
        condition |= models.Q(**{f"{field}__gte": area, f"{field}__lt": area[:-1] + "0"})
    return condition
