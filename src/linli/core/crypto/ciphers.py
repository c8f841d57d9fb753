"""The two ciphers that a text may be sealed with, and the two digests: international and 国密.

Sealed text is ``nonce + ciphertext + tag`` in base64. Every cipher opens only what it sealed for the same
context; a changed byte is refused.
"""

import base64
import binascii
import hmac
import os
from collections.abc import Callable
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher as Engine
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hmac import HMAC

NONCE_BYTES, TAG_BYTES, SM4_KEY_BYTES = 12, 16, 16
Digester = Callable[[bytes], bytes]


class Cipher(Protocol):
    """Seals and opens bytes under one secret."""

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return nonce, ciphertext and tag."""

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed; raises ``InvalidTag``."""


class Aes:
    """AES-256-GCM under the secret itself."""

    __slots__ = ("_engine",)

    def __init__(self, secret: bytes) -> None:
        self._engine = AESGCM(secret)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return nonce, ciphertext and tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._engine.encrypt(nonce, plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed; raises ``InvalidTag``."""
        return self._engine.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)


class Sm4:
    """SM4-GCM under the first 16 bytes of HMAC-SM3 of the secret (its keys are half as long)."""

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        self._key = SM4(sm3_digester(secret)(b"linli sm4-gcm")[:SM4_KEY_BYTES])

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return nonce, ciphertext and tag."""
        nonce = os.urandom(NONCE_BYTES)
        engine = Engine(self._key, GCM(nonce)).encryptor()
        engine.authenticate_additional_data(context)
        return nonce + engine.update(plain) + engine.finalize() + engine.tag

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed; raises ``InvalidTag``."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise InvalidTag
        nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
        engine = Engine(self._key, GCM(nonce, tag)).decryptor()
        engine.authenticate_additional_data(context)
        return engine.update(body) + engine.finalize()


CIPHERS: dict[str, Callable[[bytes], Cipher]] = {"aes": Aes, "sm4": Sm4}


def seal_bytes(cipher: Cipher, plain: bytes, context: str) -> str:
    """Return sealed bytes in base64."""
    return base64.b64encode(cipher.seal(plain, context.encode())).decode("ascii")


def open_bytes(cipher: Cipher, body: str, context: str) -> bytes:
    """Return what was sealed; raises ``ValueError`` for a changed body, another key or another context."""
    try:
        raw = base64.b64decode(body, validate=True)
        if base64.b64encode(raw).decode("ascii") != body:  # base64 has spare bits: only one spelling counts
            raise binascii.Error("spelt otherwise than it was written")
        return cipher.open(raw, context.encode())
    except (InvalidTag, ValueError) as error:
        raise ValueError(f"the ciphertext of {context} does not fit its key or its place") from error


def sm3_digester(secret: bytes) -> Digester:
    """Return HMAC-SM3 under a secret."""
    keyed = HMAC(secret, hashes.SM3())

    def digest(text: bytes) -> bytes:
        engine = keyed.copy()
        engine.update(text)
        return engine.finalize()

    return digest


def sha256_digester(secret: bytes) -> Digester:
    """Return HMAC-SHA-256 under a secret."""
    return lambda text: hmac.digest(secret, text, "sha256")


DIGESTERS: dict[str, Callable[[bytes], Digester]] = {"sha256": sha256_digester, "sm3": sm3_digester}
