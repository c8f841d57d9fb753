"""Key files: one 32-byte secret a file, readable by the service's user alone.

A secret whose file begins with ``sm3:`` digests with HMAC-SM3, every other with HMAC-SHA-256: what was
digested under a secret stays findable whatever the installation is set to later.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

SECRET_BYTES = 32
SM3_MARK = b"sm3:"
CURRENT = "current"  # the file that names the data key under which new text is encrypted


class KeyFileUnfit(ValueError):
    """A key file is there and is none: unreadable, empty, too short or too long."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        super().__init__(f"the key file {path} {why}; put it back from the backup of the keys")


@dataclass(frozen=True, slots=True)
class Secret:
    """32 secret bytes and how they digest (``sha256`` or ``sm3``)."""

    value: bytes
    digests: str = "sha256"


def secret_read(folder: Path, name: str) -> Secret:
    """Return a secret; raises ``FileNotFoundError`` or ``KeyFileUnfit``."""
    path = folder / f"{name}.key"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileUnfit(path, f"cannot be read ({error.strerror})") from error
    marked = len(raw) == len(SM3_MARK) + SECRET_BYTES and raw.startswith(SM3_MARK)
    value = raw.removeprefix(SM3_MARK) if marked else raw
    if len(value) != SECRET_BYTES:
        raise KeyFileUnfit(path, f"holds {len(raw)} bytes where {SECRET_BYTES} belong")
    return Secret(value, "sm3" if marked else "sha256")


def secret_make(folder: Path, name: str, *, digests: str = "sha256") -> Secret:
    """Make a secret unless it is there (mode 0600), and return the one that is."""
    if not (folder / f"{name}.key").exists():
        mark = SM3_MARK if digests == "sm3" else b""
        _write(folder, f"{name}.key", mark + secrets.token_bytes(SECRET_BYTES))
    return secret_read(folder, name)


def _write(folder: Path, name: str, content: bytes, *, replace: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{name}.{secrets.token_hex(4)}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            fresh.replace(folder / name)
        else:
            os.link(fresh, folder / name)  # fails if another process was first: then its secret is the one
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    _settled(folder)


def _settled(folder: Path) -> None:
    """Have the folder's entry on disk before anything is encrypted under a new key."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def current_read(folder: Path) -> str:
    """Return the name of the current data key; ``data-1`` where none was ever chosen."""
    path = folder / CURRENT
    try:
        name = path.read_text().strip()
    except FileNotFoundError:
        return "data-1"
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileUnfit(path, "cannot be read") from error
    if not name.startswith("data-") or not name[5:].isdecimal():
        raise KeyFileUnfit(path, "names no data key")
    return name


def current_write(folder: Path, name: str) -> None:
    """Choose the current data key."""
    _write(folder, CURRENT, f"{name}\n".encode(), replace=True)
