"""Keys outside the database, and what a ciphertext is bound to."""

import re
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from hypothesis import given
from hypothesis import strategies as st

from linli.core.crypto import FOUNDING, KeyFileUnfit, KeyLost, KeyRing, KeyUnfit, secret_make, secret_read
from linli.core.crypto.files import current_write

PACKAGE = Path(__file__).resolve().parents[2]


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys")
    ring.found()
    return ring


@pytest.fixture(scope="module", params=["aes", "sm4"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    ring = KeyRing(tmp_path_factory.mktemp("keys"), cipher=request.param)
    ring.found()
    return ring


RARE = "㛃𬭩𠮷é\0\u200d·"
TEXTS = (
    st.text(max_size=200)
    | st.text(st.sampled_from(RARE), max_size=60)
    | st.builds(lambda sign, times: sign * times, st.sampled_from(RARE), st.integers(0, 20_000))
)


@given(TEXTS)
def test_what_goes_in_comes_out(lasting: KeyRing, text: str) -> None:
    assert lasting.decrypt(lasting.encrypt(text, "a.b"), "a.b") == text


@given(TEXTS)
def test_a_data_key_opens_what_it_sealed(lasting: KeyRing, text: str) -> None:
    wrapped, key = lasting.key_make()
    assert lasting.key_open(wrapped).open(key.seal(text, "a.b"), "a.b") == text


@given(st.text(min_size=1, max_size=40), st.data())
def test_a_token_changed_in_one_character_is_refused(
    lasting: KeyRing, text: str, data: st.DataObject
) -> None:
    key = lasting.key_open(lasting.key_new())
    token = key.seal(text, "a.b")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(max_codepoint=0x3000).filter(lambda c: c != token[at]))
    with pytest.raises(ValueError, match=r"does not fit|no cipher"):
        key.open(token[:at] + other + token[at + 1 :], "a.b")


@given(st.text(min_size=1, max_size=40), st.data())
def test_so_is_a_changed_token_of_the_ring(lasting: KeyRing, text: str, data: st.DataObject) -> None:
    token = lasting.encrypt(text, "a.b")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(max_codepoint=0x3000).filter(lambda c: c != token[at]))
    with pytest.raises((ValueError, KeyLost)):
        lasting.decrypt(token[:at] + other + token[at + 1 :], "a.b")


def test_a_seal_belongs_to_its_column_and_its_record(lasting: KeyRing) -> None:
    mine, other = lasting.key_make()[1], lasting.key_make()[1]
    token = mine.seal("王小明", "a.b")
    for key, context in ((mine, "a.c"), (other, "a.b")):
        with pytest.raises(ValueError, match="does not fit"):
            key.open(token, context)


def test_empty_stays_empty(ring: KeyRing) -> None:
    key = ring.key_make()[1]
    assert key.seal("", "a.b") == key.open("", "a.b") == ""


def test_what_one_cipher_wrote_is_read_under_the_other(ring: KeyRing) -> None:
    chinese = KeyRing(ring.folder, cipher="sm4")
    wrapped, key = ring.key_make()
    for here, there in ((ring, chinese), (chinese, ring)):
        assert there.decrypt(here.encrypt("㛃𬭩", "a.b"), "a.b") == "㛃𬭩"
        assert there.key_open(wrapped).open(here.key_open(wrapped).seal("㛃𬭩", "a.b"), "a.b") == "㛃𬭩"
    assert chinese.encrypt("x", "a.b").startswith("data-1.sm4:")
    assert key.seal("x", "a.b").startswith("aes:")
    assert chinese.key_open(wrapped).seal("x", "a.b").startswith("sm4:")


def test_an_unknown_cipher_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aes or sm4"):
        KeyRing(tmp_path, cipher="des")


def test_the_same_text_never_looks_the_same(ring: KeyRing) -> None:
    assert ring.encrypt("王小明", "a.b") != ring.encrypt("王小明", "a.b")
    assert "王" not in ring.encrypt("王小明", "a.b")


def test_a_ciphertext_belongs_to_its_column(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        ring.decrypt(ring.encrypt("x", "a.b"), "a.c")


def test_old_rows_stay_readable_after_a_new_key(ring: KeyRing) -> None:
    old = ring.encrypt("x", "a.b")
    secret_make(ring.folder, "data-2")
    current_write(ring.folder, "data-2")
    newer = KeyRing(ring.folder)
    assert newer.decrypt(old, "a.b") == "x"
    assert newer.encrypt("x", "a.b").startswith("data-2:")
    wrapped, key = ring.key_make()
    renewed = newer.rewrapped(wrapped)
    assert renewed.startswith("data-2:")
    assert newer.key_open(renewed).open(key.seal("x", "a.b"), "a.b") == "x"


def test_a_running_process_notices_the_new_key(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ring.current == "data-1"
    secret_make(ring.folder, "data-2")
    current_write(ring.folder, "data-2")
    monkeypatch.setattr("linli.core.crypto.ring.LOOK_SECONDS", 0.0)
    assert ring.encrypt("x", "a.b").startswith("data-2:")


def test_a_lost_key_is_named_and_not_made_anew(ring: KeyRing) -> None:
    token = ring.encrypt("x", "a.b")
    (ring.folder / "data-1.key").unlink()
    for act in (lambda ring: ring.decrypt(token, "a.b"), lambda ring: ring.encrypt("x", "a.b")):
        with pytest.raises(KeyLost, match=r"data-1\.key") as lost:
            act(KeyRing(ring.folder))
        assert "data-1" in lost.value.message and "data-1.key" in lost.value.hint
    assert not (ring.folder / "data-1.key").exists()


def test_a_lost_secret_of_digests_is_not_made_anew(ring: KeyRing) -> None:
    (ring.folder / "index.key").unlink()
    with pytest.raises(KeyLost, match=r"index\.key"):
        KeyRing(ring.folder).digest("index", "x")
    assert not (ring.folder / "index.key").exists()


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_file_is_named(ring: KeyRing, content: bytes) -> None:
    (ring.folder / "data-1.key").write_bytes(content)
    with pytest.raises(KeyUnfit, match=r"data-1\.key holds") as unfit:
        KeyRing(ring.folder).encrypt("x", "a.b")
    assert "data-1" in unfit.value.message


def test_an_unreadable_key_file_is_named(ring: KeyRing) -> None:
    (ring.folder / "data-1.key").unlink()
    (ring.folder / "data-1.key").mkdir()
    with pytest.raises(KeyUnfit, match=r"data-1\.key cannot be read"):
        KeyRing(ring.folder).encrypt("x", "a.b")


@pytest.mark.parametrize("content", ["", "index", "data-x"])
def test_a_current_file_that_names_no_data_key_is_refused(ring: KeyRing, content: str) -> None:
    (ring.folder / "current").write_text(content)
    with pytest.raises(KeyUnfit, match="current names no data key"):
        KeyRing(ring.folder).encrypt("x", "a.b")


def test_founding_makes_what_is_used_and_keeps_what_is_there(ring: KeyRing) -> None:
    before = {path.name: path.read_bytes() for path in ring.folder.iterdir()}
    ring.found()
    assert {path.name: path.read_bytes() for path in ring.folder.iterdir()} == before
    used = set()
    for path in PACKAGE.rglob("*.py"):
        if "tests" not in path.parts:
            used |= set(
                re.findall(r'key_ring\(\)\.(?:secret|digest|digester)\(\s*"([\w-]+)"', path.read_text())
            )
    assert {"index", "audit"} <= used <= set(FOUNDING)


def test_secrets_are_private_and_made_once(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(secret_make(tmp_path, "k").value)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found[0]) == 32
    assert (tmp_path / "k.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["k.key"]


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "k.key").write_bytes(b"x")
    for act in (secret_read, secret_make):
        with pytest.raises(KeyFileUnfit, match=r"k\.key holds 1 bytes"):
            act(tmp_path, "k")


def test_an_installation_that_began_with_sm4_digests_with_sm3(ring: KeyRing, tmp_path: Path) -> None:
    chinese = KeyRing(tmp_path / "sm", cipher="sm4")
    chinese.found()
    assert chinese.digester("index")(b"x") == KeyRing(chinese.folder).digester("index")(b"x")
    keyed = hmac.HMAC(chinese.secret("index"), hashes.SM3())
    keyed.update(b"x")
    assert chinese.digest("index", "x") == keyed.finalize().hex()
    keyed = hmac.HMAC(ring.secret("index"), hashes.SHA256())
    keyed.update(b"x")
    assert KeyRing(ring.folder, cipher="sm4").digest("index", "x") == keyed.finalize().hex()


def test_digests_are_keyed(ring: KeyRing) -> None:
    assert ring.digest("index", "x") == ring.digest("index", "x")
    assert ring.digest("index", "x") != ring.digest("rate", "x")
