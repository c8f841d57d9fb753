"""The installation's signature under its seals (Ed25519, secret ``audit-seal`` of the key ring)."""

import functools

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from linli.core.crypto import key_ring


@functools.lru_cache(maxsize=4)
def _private(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


def _key() -> Ed25519PrivateKey:
    return _private(key_ring().secret("audit-seal"))


def sign(text: str) -> str:
    """Return the signature of a text, in hex."""
    return _key().sign(text.encode()).hex()


def public_key() -> str:
    """Return the public half, in hex, for auditors who check seals without this installation."""
    return _key().public_key().public_bytes_raw().hex()


def is_signed(text: str, signature: str, key: str = "") -> bool:
    """Whether a signature fits a text under a public key (default: this installation's own)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key or public_key())).verify(
            bytes.fromhex(signature), text.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
