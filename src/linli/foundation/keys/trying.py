"""Trying whether what is encrypted can be opened."""

from collections.abc import Iterator

from linli.core.crypto import KeyLost, key_ring
from linli.core.crypto.usage import Column

from .renewing import older

CHUNK = 5_000
NO_KEY = "-"  # no key is called so: every row is older


def unreadable(column: Column) -> Iterator[tuple[str, str]]:
    """Yield primary key and reason of every row whose ciphertext cannot be opened."""
    ring, after = key_ring(), ""
    while rows := older(column, NO_KEY, after, CHUNK):
        for key, token in rows:
            try:
                ring.decrypt_bytes(token, column.context)
            except (KeyLost, ValueError) as fault:
                yield str(key), str(fault)
        after = str(rows[-1][0])
