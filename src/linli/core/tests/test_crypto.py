"""Keys outside the database, and what a ciphertext is bound to."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.crypto import KeyLost, KeyRing, secret_read


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing(tmp_path_factory.mktemp("keys"))


@given(st.text(max_size=200))
def test_what_goes_in_comes_out(lasting: KeyRing, text: str) -> None:
    assert lasting.decrypt(lasting.encrypt(text, "a.b"), "a.b") == text


def test_the_same_text_never_looks_the_same(ring: KeyRing) -> None:
    assert ring.encrypt("王小明", "a.b") != ring.encrypt("王小明", "a.b")
    assert "王" not in ring.encrypt("王小明", "a.b")


def test_a_ciphertext_belongs_to_its_column(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        ring.decrypt(ring.encrypt("x", "a.b"), "a.c")


def test_old_rows_stay_readable_after_a_new_key(ring: KeyRing) -> None:
    old = ring.encrypt("x", "a.b")
    newer = KeyRing(ring.folder, current="data-2")
    assert newer.decrypt(old, "a.b") == "x"
    assert newer.encrypt("x", "a.b").startswith("data-2:")


def test_a_lost_key_is_named_and_not_made_anew(ring: KeyRing) -> None:
    token = ring.encrypt("x", "a.b")
    (ring.folder / "data-1.key").unlink()
    with pytest.raises(KeyLost, match=r"data-1\.key"):
        KeyRing(ring.folder).decrypt(token, "a.b")
    assert not (ring.folder / "data-1.key").exists()


def test_secrets_are_private_and_made_once(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(secret_read(tmp_path, "k"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found[0]) == 32
    assert (tmp_path / "k.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["k.key"]


def test_digests_are_keyed(ring: KeyRing) -> None:
    assert ring.digest("index", "x") == ring.digest("index", "x")
    assert ring.digest("index", "x") != ring.digest("other", "x")
