"""What counts as a recording, how long it is, and what is left of it."""

import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as speed
from hypothesis import strategies as st

from linli.foundation.files.judging import recording_judge
from linli.foundation.files.media.ogg import crc
from linli.foundation.files.media.source import CHUNK, Damaged, Edits, Recording, Source
from linli.foundation.files.verdicts import NotAccepted

from . import recordings as made

MAKERS: dict[str, tuple[Callable[..., bytes], str, str]] = {
    "m4a": (made.mp4, "voice", "audio/mp4"),
    "m4a of a browser": (made.fragmented_mp4, "voice", "audio/mp4"),
    "weba": (made.webm, "voice", "audio/webm"),
    "opus": (made.opus, "voice", "audio/ogg"),
    "wav": (made.wav, "voice", "audio/wav"),
    "mp3": (made.mp3, "voice", "audio/mpeg"),
    "aac": (made.aac, "voice", "audio/aac"),
    "amr": (made.amr, "voice", "audio/amr"),
}
EVERY = pytest.mark.parametrize("name", MAKERS)


def judged(content: bytes) -> tuple[Recording, bytes]:
    clean = recording_judge(io.BytesIO(content), len(content))
    return clean.recording, b"".join(clean.chunks)


@EVERY
def test_every_kind_is_known_with_its_length(name: str) -> None:
    make, kind, media_type = MAKERS[name]
    found, _clean = judged(make(seconds=7))
    assert (found.kind, found.media_type) == (kind, media_type)
    assert 6_800 <= found.milliseconds <= 7_200


@EVERY
def test_nothing_but_the_recording_is_left(name: str) -> None:
    content = MAKERS[name][0]()
    _found, clean = judged(content)
    assert made.SECRET not in clean and b"SECRET" not in clean
    assert clean and len(clean) <= len(content) + 64
    again, cleaner = judged(clean)
    assert cleaner == clean and again.milliseconds == judged(content)[0].milliseconds


@pytest.mark.parametrize("make", [made.mp4, made.webm, made.opus])
def test_what_is_emptied_in_place_keeps_every_offset(make: Callable[..., bytes]) -> None:
    content = make()
    _found, clean = judged(content)
    assert len(clean) == len(content)


def test_times_handlers_and_tracks_of_positions_are_emptied() -> None:
    content = made.mp4(handler=b"vide")
    found, clean = judged(content)
    assert (found.kind, found.media_type, found.width, found.height) == ("video", "video/mp4", 640, 360)
    assert b"\xda\x7e\x00" in content and b"\xda\x7e\x00" not in clean
    assert content.count(b"trak") == 2 and clean.count(b"trak") == 1
    assert b"x" * 100 in clean  # the sound itself stays


def test_a_video_of_a_browser_says_so() -> None:
    found, clean = judged(made.webm(kinds=(1, 2)))
    assert (found.kind, found.media_type) == ("video", "video/webm")
    assert clean.startswith(b"\x1a\x45\xdf\xa3")


def test_the_emptied_page_has_the_right_checksum() -> None:
    _found, clean = judged(made.opus())
    second = clean.index(b"OggS", 4)
    third = clean.index(b"OggS", second + 4)
    page = clean[second:third]
    assert crc(page[:22] + bytes(4) + page[26:]) == struct.unpack("<I", page[22:26])[0]
    assert page[28:36] == b"OpusTags"


# -- limits ---------------------------------------------------------------------
@EVERY
def test_what_is_too_long_is_told_with_both_lengths(name: str) -> None:
    with pytest.raises(NotAccepted, match=r"长10分钟，最长只能3分钟"):
        judged(MAKERS[name][0](seconds=600))


def test_a_video_may_be_a_minute(settings: Any) -> None:
    assert judged(made.mp4(seconds=60, handler=b"vide"))[0].kind == "video"
    with pytest.raises(NotAccepted, match=r"视频长10分钟，最长只能1分钟"):
        judged(made.mp4(seconds=600, handler=b"vide"))
    settings.VIDEO_SECONDS = 900
    assert judged(made.mp4(seconds=600, handler=b"vide"))


def test_a_head_that_lies_about_the_length_is_not_believed() -> None:
    content = made.mp4(seconds=600)
    lie = content.replace(struct.pack(">II", 1000, 600_000), struct.pack(">II", 1000, 5_000))
    assert lie != content
    with pytest.raises(NotAccepted, match="10分钟"):
        judged(lie)


@pytest.mark.parametrize("make", [made.fragmented_mp4, made.webm])
def test_an_empty_recording_is_told(make: Callable[..., bytes]) -> None:
    with pytest.raises(NotAccepted, match="是空的"):
        judged(make(seconds=0))


# -- bad input ------------------------------------------------------------------
def huge_box() -> bytes:
    return made.box(b"ftyp", b"mp42" + bytes(4)) + b"\x3b\x9a\xca\x00moov" + bytes(64)


def huge_box_64() -> bytes:
    return made.box(b"ftyp", b"mp42" + bytes(4)) + struct.pack(">I4sQ", 1, b"moov", 2**62) + bytes(64)


def boxes_without_size() -> bytes:
    return made.box(b"ftyp", b"mp42" + bytes(4)) + made.box(b"moov", bytes(400))


def ten_million_samples() -> bytes:
    table = struct.pack(">II", 0, 10_000_000)
    return made.mp4().replace(struct.pack(">II", 0, 1) + struct.pack(">II", 5, 1000), table + bytes(8))


def recursive_ebml() -> bytes:
    body = b"\xff" * 40
    for _depth in range(60):
        body = made.element("1f43b675", body, True)
    return made.element("1a45dfa3", made.element("4282", b"webm")) + made.element("18538067", body, True)


def child_larger_than_its_parent() -> bytes:
    inside = bytes.fromhex("1654ae6b") + b"\x84" + bytes.fromhex("ae") + b"\x10\xff\xff\xff"
    return made.element("1a45dfa3", made.element("4282", b"webm")) + made.element("18538067", inside)


def many_tiny_elements() -> bytes:
    cluster = made.element("1f43b675", b"\xec\x80" * 400_000, True)
    head = made.element("1a45dfa3", made.element("4282", b"webm"))
    return head + made.element("18538067", cluster, True)


def two_ogg_streams() -> bytes:
    return made.opus() + made.opus().replace(made.OGG_STREAM, b"ELSE")


BAD: tuple[Callable[[], bytes], ...] = (
    *(huge_box, huge_box_64, boxes_without_size, ten_million_samples, recursive_ebml),
    *(child_larger_than_its_parent, many_tiny_elements, two_ogg_streams),
)


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_bad_structures_are_refused_in_words(make: Callable[[], bytes]) -> None:
    with pytest.raises(NotAccepted, match=r"。$"):
        judged(make())


@EVERY
def test_a_recording_that_breaks_off_is_refused_or_shorter(name: str) -> None:
    content = MAKERS[name][0]()
    for end in (9, len(content) // 3, len(content) - 30):
        try:
            _found, clean = judged(content[:end])
        except NotAccepted as refusal:
            assert str(refusal).endswith("。")
        else:
            assert len(clean) <= end + 64


@pytest.mark.parametrize(
    "payload",
    [b"PK\x03\x04" + b"zip" * 50, b"<html><script>alert(1)</script>", b"\xff\xd8\xff\xe0jpeg"],
)
@pytest.mark.parametrize("name", ["mp3", "amr", "opus", "wav", "weba"])
def test_what_hangs_behind_a_recording_is_cut(name: str, payload: bytes) -> None:
    content = MAKERS[name][0](**({"is_open": False} if name == "weba" else {}))
    _found, clean = judged(content + payload)
    assert payload not in clean


def test_what_hangs_behind_an_mp4_is_refused_or_emptied() -> None:
    with pytest.raises(NotAccepted):
        judged(made.mp4(extra=b"PK\x03\x04" + b"zip" * 50))
    _found, clean = judged(made.mp4(extra=made.box(b"html", b"<script>alert(1)</script>")))
    assert b"script" not in clean


def test_subtitles_and_other_tracks_are_told() -> None:
    with pytest.raises(NotAccepted, match="字幕"):
        judged(made.webm(kinds=(2, 17)))
    with pytest.raises(NotAccepted, match="附加数据"):
        judged(_mixed())


def _mixed() -> bytes:
    """A fragmented MP4 with sound and a track of positions."""
    content = made.fragmented_mp4()
    track = made.track(2, b"meta", 0, 0, 0)
    at = content.index(b"moov") - 4
    size = struct.unpack(">I", content[at : at + 4])[0]
    head = content[:at] + struct.pack(">I", size + len(track)) + content[at + 4 : at + size]
    return head + track + content[at + size :]


def test_changes_that_overlap_are_refused() -> None:
    edits = Edits()
    edits.put(0, b"abc")
    edits.put(2, b"abc")
    with pytest.raises(Damaged):
        edits.pieces(10)


def test_a_source_gives_only_what_it_has() -> None:
    source = Source(io.BytesIO(b"abc"), 3)
    assert source.at(1, 2) == b"bc"
    for start, length in ((2, 2), (-1, 1), (4, 0), (0, 2**40)):
        with pytest.raises(Damaged):
            source.at(start, length)


class Watched(io.BytesIO):
    """A file that notes the largest read."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, and note how much."""
        self.most = max(self.most, size or 0)
        return super().read(size)


def test_a_large_recording_is_read_in_pieces() -> None:
    content = made.mp4(payload=b"x" * (8 * CHUNK))
    file = Watched(content)
    clean = recording_judge(file, len(content))
    assert sum(map(len, clean.chunks)) == len(content)
    assert 0 < file.most <= CHUNK


def _wounded() -> Iterator[bytes]:
    yield from (make() for make, _kind, _type in MAKERS.values())
    yield made.mp4(handler=b"vide")
    yield made.webm(kinds=(1, 2), is_open=False)


@speed(max_examples=300, deadline=None)
@given(
    st.sampled_from(list(_wounded())),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=12)), max_size=4),
    st.integers(0, 200),
)
def test_noise_is_refused_or_harmless(content: bytes, wounds: list[tuple[int, bytes]], cut: int) -> None:
    hurt = bytearray(content[: len(content) - cut])
    for place, noise in wounds:
        place %= len(hurt)
        hurt[place : place + len(noise)] = noise
    try:
        found, clean = judged(bytes(hurt))
    except NotAccepted as refusal:
        assert str(refusal).endswith("。")
    else:
        assert found.milliseconds > 0 and len(clean) <= len(hurt) + 64


STARTS = [b"\x00\x00\x00\x18ftypmp42", b"\x1a\x45\xdf\xa3", b"OggS\x00\x02", b"RIFF\x00\x00\x00\x00WAVE"]


@speed(max_examples=200, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=600))
def test_noise_behind_a_good_beginning_is_refused(start: bytes, noise: bytes) -> None:
    with pytest.raises(NotAccepted):
        judged(start + noise)
