"""Seals written down outside the database: one JSON line each, to a file that only ever grows."""

import json
import os
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .models import Seal
from .signing import public_key


@dataclass(frozen=True, slots=True)
class Anchor:
    """One seal as it was written down."""

    number: int
    hash: str
    signature: str
    public_key: str


class AnchorUnreadable(Exception):
    """An anchor file holds a line that is no anchor; the message says which (Chinese)."""


def line_of(seal: Seal) -> str:
    """Return a seal as one line of an anchor file."""
    return json.dumps(
        {
            "number": seal.number,
            "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "row_count": seal.row_count,
            "merkle_root": seal.merkle_root,
            "previous_hash": seal.previous_hash,
            "hash": seal.hash,
            "signature": seal.signature,
            "public_key": public_key(),
        }
    )


def anchor_read(path: Path) -> list[Anchor]:
    """Return the anchors of a file in order; raises ``AnchorUnreadable``."""
    found = []
    for position, line in enumerate(path.read_text().splitlines(), 1):
        try:
            row = json.loads(line)
            found.append(Anchor(row["number"], row["hash"], row["signature"], row["public_key"]))
        except (ValueError, KeyError, TypeError) as error:
            raise AnchorUnreadable(
                _("锚定文件第 %(position)s 行读不出来。") % {"position": position}
            ) from error
    return found


def _last_number(path: Path) -> int:
    if not path.exists() or not (size := path.stat().st_size):
        return 0
    with path.open("rb") as file:
        file.seek(max(0, size - 4096))
        return int(json.loads(file.read().splitlines()[-1])["number"])


def anchor_append(path: Path | None = None) -> int:
    """Write the seals that a file lacks behind its last line, flushed to disk; returns how many."""
    path = path or Path(settings.AUDIT_ANCHOR)
    lines = [line_of(seal) + "\n" for seal in Seal.objects.filter(number__gt=_last_number(path))]
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
    return len(lines)
