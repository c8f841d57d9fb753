"""A key ring that a test may change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from linli.core.crypto import KeyRing, key_ring


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[KeyRing]:
    """Give this test a ring of its own: what it makes and retires concerns no other."""
    own = KeyRing(tmp_path / "keys")
    own.found()
    shared = key_ring()
    kept = dict(vars(shared))
    vars(shared).update(vars(own))
    yield shared
    vars(shared).update(kept)
