"""The file of an import is sealed piece by piece: it comes back whole, or not at all."""

from pathlib import Path

import pytest
from django.conf import settings

from linli.foundation.files import storage
from linli.foundation.imports import keeping
from linli.foundation.imports.keeping import file_keep, file_read
from linli.foundation.imports.models import Import

CONTENT = "证件号码,姓名\n310101198005060119,王大明\n".encode()


def kept(content: bytes) -> Import:
    path, data_key = file_keep(content)
    return Import(path=path, data_key=data_key)


def bytes_of(job: Import) -> Path:
    return Path(settings.MEDIA_ROOT) / job.path


@pytest.mark.parametrize("size", [0, 1, 4, 5, 8, 41])
def test_a_file_comes_back_whole(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(keeping, "PIECE", 4)
    content = (CONTENT * 2)[:size]
    assert file_read(kept(content)) == content


def test_the_same_file_twice_is_kept_twice_and_shows_nothing() -> None:
    first, second = kept(CONTENT), kept(CONTENT)
    assert first.path != second.path and first.data_key != second.data_key
    stored = bytes_of(first).read_bytes()
    for value in ("310101198005060119", "王大明", "证件号码"):
        assert value.encode() not in stored and value.encode("gb18030") not in stored


def test_a_file_that_was_kept_in_clear_stays_readable() -> None:
    assert file_read(Import(path=storage.write("import", CONTENT))) == CONTENT


def test_a_file_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PIECE", 8)
    job = kept(CONTENT)
    whole = bytes_of(job).read_bytes()
    length = 4 + int.from_bytes(whole[:4])
    first, second, rest = whole[:length], whole[length : 2 * length], whole[2 * length :]
    changed = {
        "a byte": whole[:-1] + bytes([whole[-1] ^ 1]),
        "pieces swapped": second + first + rest,
        "the end missing": first + second,
        "a piece missing": first + rest,
        "a piece added": whole + whole[-length:],
        "cut in a piece": whole[:-3],
        "nothing left": b"",
    }
    for what, content in changed.items():
        bytes_of(job).write_bytes(content)
        with pytest.raises(ValueError, match=r"imports_import\.file"):
            file_read(job)
            pytest.fail(what)
    bytes_of(job).write_bytes(whole)
    job.data_key = kept(b"").data_key
    with pytest.raises(ValueError, match="does not fit its key"):
        file_read(job)
