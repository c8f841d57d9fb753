"""How a row is signed, how values are digested, how rows are sealed: values in, values out."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

EMPTY_ROOT = hashlib.sha256(b"\x02").hexdigest()
GENESIS = "0" * 64
MAC_COLUMNS = (
    "id",
    "at",
    "actor_key",
    "actor_function",
    "person_id",
    "role_id",
    "unit_id",
    "deputy_for",
    "service",
    "verb",
    "subject_kind",
    "subject_id",
    "area_path",
    "changes",
    "looked_at",
    "about_id",
    "purpose",
    "parent_id",
    "request_id",
)
SEAL_COLUMNS = ("number", "sealed_at", "row_count", "merkle_root", "previous_hash")


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if value is None or isinstance(value, bool | int | str | dict | list):
        return value
    return str(value)


def canonical(row: Mapping[str, Any], columns: Sequence[str]) -> bytes:
    """Return the one spelling of a row, the same before it is written and after it is read."""
    values = [_text(row[column]) for column in columns]
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def row_mac(secret: bytes, row: Mapping[str, Any]) -> str:
    """Return the HMAC-SHA-256 over every column of a row but ``mac`` itself."""
    return hmac.new(secret, canonical(row, MAC_COLUMNS), hashlib.sha256).hexdigest()


def value_digest(secret: bytes, place: str, value: Any) -> str | None:
    """Return a keyed digest of a field's value; ``place`` (kind, subject, field) keeps equal values apart."""
    if value is None:
        return None
    if isinstance(value, datetime):
        value = _text(value)
    elif isinstance(value, date):
        value = value.isoformat()
    return hmac.new(secret, f"{place}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def row_leaf(row: Mapping[str, Any]) -> bytes:
    """Return a row's leaf in the Merkle tree: its columns and its ``mac``."""
    return hashlib.sha256(b"\x00" + canonical(row, (*MAC_COLUMNS, "mac"))).digest()


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Return the root over leaves in order; an odd last node is carried up unpaired (RFC 6962 prefixes)."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex()


def seal_hash(seal: Mapping[str, Any]) -> str:
    """Return what is signed and what the next seal points back to."""
    return hashlib.sha256(canonical(seal, SEAL_COLUMNS)).hexdigest()
