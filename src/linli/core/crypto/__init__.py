"""Keys outside the database, encrypted fields, data keys of records, blind indexes and keyed digests."""

from .files import KeyFileUnfit, secret_make, secret_read
from .ring import FOUNDING, DataKey, KeyLost, KeyRing, KeyUnfit, blind_index, key_ring

__all__ = [
    "FOUNDING",
    "DataKey",
    "KeyFileUnfit",
    "KeyLost",
    "KeyRing",
    "KeyUnfit",
    "blind_index",
    "key_ring",
    "secret_make",
    "secret_read",
]
