"""Keys outside the database, encrypted fields, blind indexes and keyed digests.

A key ring is a folder of files readable by the service's user alone: one 32-byte secret a name. A
ciphertext carries its key's id, so that old rows stay readable after a new key is made current.
"""

import base64
import functools
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class KeyLost(Exception):
    """A ciphertext names a key that the ring does not hold; the message says which."""


def secret_read(folder: Path, name: str) -> bytes:
    """Return the 32-byte secret ``name`` of a key ring, making it on first use (mode 0600)."""
    path = folder / f"{name}.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f".{name}.{secrets.token_hex(4)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # fails if another process was first: then its secret is the one
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


class KeyRing:
    """The secrets of one installation: a current data key, older ones, and keys for digests."""

    def __init__(self, folder: Path, current: str = "data-1") -> None:
        self.folder = folder
        self.current = current
        self._secrets: dict[str, bytes] = {}

    def secret(self, name: str) -> bytes:
        """Return a secret, making it on first use."""
        if name not in self._secrets:
            self._secrets[name] = secret_read(self.folder, name)
        return self._secrets[name]

    def _existing(self, name: str) -> bytes:
        if name not in self._secrets and not (self.folder / f"{name}.key").exists():
            raise KeyLost(f"the key ring {self.folder} holds no key {name}.key")
        return self.secret(name)

    def encrypt(self, text: str, context: str) -> str:
        """Encrypt ``text``; ``context`` (table.column) is bound in as associated data."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.secret(self.current)).encrypt(nonce, text.encode(), context.encode())
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, token: str, context: str) -> str:
        """Return the text of a token made for the same context; raises ``KeyLost`` or ``ValueError``."""
        key_id, _, body = token.partition(":")
        raw = base64.b64decode(body)
        try:
            plain = AESGCM(self._existing(key_id)).decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()
            )
        except InvalidTag as error:
            raise ValueError(f"the ciphertext of {context} does not fit its key or its place") from error
        return plain.decode()

    def digest(self, key_name: str, text: str) -> str:
        """Return a keyed digest (HMAC-SHA-256, hex) under the secret ``key_name``."""
        return hmac.new(self.secret(key_name), text.encode(), hashlib.sha256).hexdigest()


@functools.cache
def key_ring() -> KeyRing:
    """Return this installation's key ring."""
    from django.conf import settings

    return KeyRing(Path(settings.KEYS_DIR))


def blind_index(kind: str, text: str) -> str:
    """Return the token by which an encrypted value is found again (exact match only)."""
    return key_ring().digest("index", f"{kind}\0{text}") if text else ""
