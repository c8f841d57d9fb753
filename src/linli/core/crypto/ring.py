"""The key ring: secrets outside the database, text encrypted under them, keyed digests.

A ciphertext carries its key's id, so that old rows stay readable after a new key is made current. A key is
made by an explicit act (founding the ring, beginning a rotation) and never because one is missing: a lost
key must be noticed, not replaced.
"""

import functools
import os
import time
from pathlib import Path

from cryptography.exceptions import InvalidTag

from linli.core.errors import Refusal
from linli.core.words import gettext_lazy as _

from . import files
from .ciphers import CIPHERS, DIGESTERS, Cipher, Digester, open_bytes, seal_bytes

WRAP_CONTEXT = "data-key"
LOOK_SECONDS = 1.0  # how long another process's change of the current key may go unnoticed
# What a ring begins with. Data keys (data-N) and search keys (tokens-N) come by rotation later.
FOUNDING = (
    *("audit", "audit-seal", "audit-values", "client-token", "code", "index", "rate", "recovery"),
    *("search-words", "tombstone", "tokens-1"),
)
SIGNING = ("audit", "audit-seal", "audit-values")  # used by the audit room's own means, not for digests


class KeyLost(Refusal):
    """The ring lacks a key that is needed; nothing is guessed and none is made in its place."""

    code = "key.lost"
    status = 503
    message = _("系统缺少密钥 {key}，用它加密的资料现在读不出来。")
    hint = _("资料没有被改动。请告诉系统管理员：从密钥备份放回 {key}.key，再运行 linli doctor。")

    def __init__(self, key: str, folder: Path) -> None:
        self.key, self.folder = key, folder
        super().__init__(self.message.format(key=key), hint=self.hint.format(key=key))

    def __str__(self) -> str:
        """Name the file, for logs and the operator."""
        return f"the key ring {self.folder} holds no key {self.key}.key"


class KeyUnfit(KeyLost):
    """A key's file is there and is none: unreadable, empty, too short or too long."""

    code = "key.unfit"
    message = _("密钥文件 {key}.key 读不出来或已损坏，用它加密的资料现在读不出来。")

    def __str__(self) -> str:
        """Say what is wrong with the file."""
        return str(self.__cause__ or f"the key file {self.folder / self.key}.key is none")


class DataKey:
    """The key of one record's personal fields."""

    __slots__ = ("_ciphers", "_kind", "_secret")

    def __init__(self, secret: bytes, kind: str) -> None:
        self._secret, self._kind = secret, kind
        self._ciphers: dict[str, Cipher] = {}

    def _cipher(self, kind: str) -> Cipher:
        if kind not in self._ciphers:
            if kind not in CIPHERS:
                raise ValueError(f"no cipher is called {kind[:8]}")
            self._ciphers[kind] = CIPHERS[kind](self._secret)
        return self._ciphers[kind]

    def seal(self, text: str, context: str) -> str:
        """Encrypt ``text``, bound to ``context`` (table.column); empty text stays empty."""
        return f"{self._kind}:{seal_bytes(self._cipher(self._kind), text.encode(), context)}" if text else ""

    def open(self, token: str, context: str) -> str:
        """Return the text sealed for the same context; ``ValueError`` for anything else."""
        if not token:
            return ""
        kind, _sep, body = token.partition(":")
        return open_bytes(self._cipher(kind), body, context).decode()

    def seal_piece(self, plain: bytes, context: str) -> bytes:
        """Encrypt bytes of a file, bound to ``context``, to bytes."""
        return f"{self._kind}:".encode() + self._cipher(self._kind).seal(plain, context.encode())

    def open_piece(self, sealed: bytes, context: str) -> bytes:
        """Return the bytes sealed for the same context; ``ValueError`` for anything else."""
        kind, _sep, body = sealed.partition(b":")
        try:
            return self._cipher(kind.decode("ascii", "replace")).open(body, context.encode())
        except (InvalidTag, ValueError) as error:
            raise ValueError(f"the ciphertext of {context} does not fit its key or its place") from error


class KeyRing:
    """The secrets of one installation: a current data key, older ones, and keys for digests."""

    def __init__(self, folder: Path, current: str = "", cipher: str = "aes") -> None:
        if cipher not in CIPHERS:
            raise ValueError(f"LINLI_CIPHER is {cipher}: it can be aes or sm4")
        self.folder, self.cipher = folder, cipher
        self._fixed = current
        self._seen = (current or "", 0.0)
        self._secrets: dict[str, files.Secret] = {}
        self._ciphers: dict[tuple[str, str], Cipher] = {}

    @property
    def current(self) -> str:
        """The data key that new text is encrypted under; a rotation elsewhere is seen within a second."""
        name, at = self._seen
        if not name or (not self._fixed and time.monotonic() - at > LOOK_SECONDS):
            try:
                name = files.current_read(self.folder)
            except files.KeyFileUnfit as error:
                raise KeyUnfit(files.CURRENT, self.folder) from error
            self._seen = (name, time.monotonic())
        return name

    def found(self, *, with_data: bool = True) -> None:
        """Make what a ring begins with, and leave what is there: an explicit act, at installation."""
        digests = "sm3" if self.cipher == "sm4" else "sha256"
        for name in FOUNDING:
            files.secret_make(self.folder, name, digests="sha256" if name in SIGNING else digests)
        if with_data:
            files.secret_make(self.folder, "data-1")

    def data_keys(self) -> list[str]:
        """Return the names of the data keys that the ring holds, oldest first."""
        names = {path.stem for path in self.folder.glob("data-*.key")}
        return sorted((name for name in names if name[5:].isdecimal()), key=lambda name: int(name[5:]))

    def token_keys(self) -> list[str]:
        """Return the names of the search keys, oldest first; raises ``KeyLost`` where there is none."""
        names = sorted(
            (path.stem for path in self.folder.glob("tokens-*.key")), key=lambda name: int(name[7:] or 0)
        )
        if not names:
            raise KeyLost("tokens-1", self.folder)
        return names

    def key_add(self, kind: str) -> str:
        """Make the next key of a kind (``data`` or ``tokens``), current from now on; returns its name."""
        held = self.data_keys() if kind == "data" else self.token_keys()
        numbers = [int(name.partition("-")[2]) for name in held] or [0]
        name = f"{kind}-{numbers[-1] + 1}"
        files.secret_make(
            self.folder, name, digests="sm3" if kind == "tokens" and self.cipher == "sm4" else "sha256"
        )
        if kind == "data":
            files.current_write(self.folder, name)
            self._seen = (name, time.monotonic())
        return name

    def key_retire(self, name: str) -> Path:
        """Take a key out of use: its file is renamed, to be destroyed by the operator."""
        path = self.folder / f"{name}.key"
        self._secrets.pop(name, None)
        for cipher in CIPHERS:
            self._ciphers.pop((name, cipher), None)
        return path.rename(path.with_suffix(".retired"))

    def unfit(self) -> list[str]:
        """Return the names of key files that are none."""
        return [path.stem for path in sorted(self.folder.glob("*.key")) if not self._is_fit(path.stem)]

    def _is_fit(self, name: str) -> bool:
        try:
            files.secret_read(self.folder, name)
        except files.KeyFileUnfit:
            return False
        return True

    def _read(self, name: str) -> files.Secret:
        if name not in self._secrets:
            try:
                self._secrets[name] = files.secret_read(self.folder, name)
            except FileNotFoundError as error:
                raise KeyLost(name, self.folder) from error
            except files.KeyFileUnfit as error:
                raise KeyUnfit(name, self.folder) from error
        return self._secrets[name]

    def secret(self, name: str) -> bytes:
        """Return a secret; raises ``KeyLost`` where the ring holds none of that name."""
        return self._read(name).value

    def _cipher(self, name: str, kind: str) -> Cipher:
        cipher = self._ciphers.get((name, kind))
        if cipher is None:
            if kind not in CIPHERS:
                raise ValueError(f"no cipher is called {kind[:8]}")
            cipher = self._ciphers[name, kind] = CIPHERS[kind](self.secret(name))
        return cipher

    def encrypt(self, text: str, context: str) -> str:
        """Encrypt ``text``; ``context`` (table.column) is bound in as associated data."""
        return self._sealed(text.encode(), context)

    def _sealed(self, plain: bytes, context: str) -> str:
        name = self.current
        mark = name if self.cipher == "aes" else f"{name}.{self.cipher}"
        return f"{mark}:{seal_bytes(self._cipher(name, self.cipher), plain, context)}"

    def decrypt(self, token: str, context: str) -> str:
        """Return the text of a token made for the same context; raises ``KeyLost`` or ``ValueError``."""
        return self.decrypt_bytes(token, context).decode()

    def decrypt_bytes(self, token: str, context: str) -> bytes:
        """Return what a token holds, as bytes (a wrapped key is no text); raises as ``decrypt``."""
        mark, _sep, body = token.partition(":")
        name, _dot, kind = mark.partition(".")
        if not name.startswith("data-") or not name[5:].isdecimal():
            raise ValueError(f"the ciphertext of {context} names no data key")
        return open_bytes(self._cipher(name, kind or "aes"), body, context)

    def key_make(self) -> tuple[str, DataKey]:
        """Make a data key; return it wrapped under the current key, and ready for use."""
        secret = os.urandom(files.SECRET_BYTES)
        return self._sealed(secret, WRAP_CONTEXT), DataKey(secret, self.cipher)

    def key_new(self) -> str:
        """Return a new data key, wrapped under the current key."""
        return self.key_make()[0]

    def key_open(self, wrapped: str) -> DataKey:
        """Return the data key of a record; raises ``KeyLost`` or ``ValueError``."""
        return DataKey(self.decrypt_bytes(wrapped, WRAP_CONTEXT), self.cipher)

    def rewrapped(self, token: str, context: str = WRAP_CONTEXT) -> str:
        """Return the same text under the current key: what a rotation does to every row."""
        return self._sealed(self.decrypt_bytes(token, context), context)

    def digester(self, key_name: str) -> Digester:
        """Return the keyed digest of bytes under a secret, by the algorithm that the secret began with."""
        secret = self._read(key_name)
        return DIGESTERS[secret.digests](secret.value)

    def digest(self, key_name: str, text: str) -> str:
        """Return a keyed digest (HMAC, 256 bits, hex) under the secret ``key_name``."""
        return self.digester(key_name)(text.encode()).hex()


@functools.cache
def key_ring() -> KeyRing:
    """Return this installation's key ring."""
    from django.conf import settings

    return KeyRing(Path(settings.KEYS_DIR), cipher=settings.CIPHER)


def blind_index(kind: str, text: str) -> str:
    """Return the token by which an encrypted value is found again (exact match only)."""
    return key_ring().digest("index", f"{kind}\0{text}") if text else ""
