"""Bytes on disk under HOME/files: written whole and flushed before their name exists."""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from linli.core import clock

FRESH_SECONDS = 3600


def root() -> Path:
    """Return the folder of all uploads."""
    return Path(settings.MEDIA_ROOT)


def write(kind: str, content: bytes) -> str:
    """Keep bytes under their SHA-256 in ``kind/xx/``; returns the path below the root.

    The same content is kept once. On return it is on the disk, not in a buffer.
    """
    name = sha256(content).hexdigest()
    relative = Path(kind) / name[:2] / name
    path = root() / relative
    if path.exists():
        os.utime(path)
        return str(relative)
    for folder in (root(), path.parent.parent, path.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{secrets.token_hex(8)}")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _flush_folder(path.parent)
    return str(relative)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(relative: str) -> bytes:
    """Return the bytes kept under a path that ``write`` gave out."""
    return (root() / relative).read_bytes()


def remove(relative: str) -> None:
    """Delete a kept file, unless it was written or asked for again within the hour (an upload under way)."""
    path = root() / relative
    if path.exists() and clock.now().timestamp() - path.stat().st_mtime > FRESH_SECONDS:
        path.unlink(missing_ok=True)
