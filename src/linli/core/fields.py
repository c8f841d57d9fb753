"""Model fields that several rooms need."""

import os
import secrets
import time
import uuid
from typing import Any

from django.db import models
from django.db.models import Expression

from .crypto import key_ring


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): sorted by time of making, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def public_number(length: int = 8) -> str:
    """Return a number that people read out: digits only, unguessable order, no leading zero."""
    return str(secrets.randbelow(9 * 10 ** (length - 1)) + 10 ** (length - 1))


class EncryptedTextField(models.TextField[str, str]):
    """Text kept as AES-256-GCM ciphertext; empty text stays empty so that it can be counted."""

    def _context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        return key_ring().encrypt(str(value), self._context()) if value else ""

    def from_db_value(self, value: str | None, expression: Expression, connection: Any) -> str:
        """Decrypt on the way back."""
        return key_ring().decrypt(value, self._context()) if value else ""


class PathField(models.CharField[str, str]):
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


def in_areas(field: str, areas: tuple[str, ...]) -> models.Q:
    """Return the condition that a path lies in one of the areas; no area means no row."""
    if "" in areas:
        return models.Q()
    condition = models.Q(pk__in=[])
    for area in areas:
        condition |= models.Q(**{f"{field}__gte": area, f"{field}__lt": area[:-1] + "0"})
    return condition
