"""Ogg with Opus or Vorbis: the comment header becomes an empty one of the same length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .source import Damaged, Edits, Recording, Source

HEAD = 27
BEGINS = 2
OPUS_RATE = 48_000
EMPTY_OPUS = b"OpusTags" + bytes(8)  # no vendor, no comments
EMPTY_VORBIS = b"\x03vorbis" + bytes(8) + b"\x01"


def _crc_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        value = number << 24
        for _bit in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        table.append(value & 0xFFFFFFFF)
    return tuple(table)


TABLE = _crc_table()


def crc(content: bytes) -> int:
    """Return Ogg's checksum of a page whose checksum field is zero."""
    value = 0
    for byte in content:
        value = (value << 8 & 0xFFFFFFFF) ^ TABLE[value >> 24 ^ byte]
    return value


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it stands, its flags, position in time, stream, and the lengths of its segments."""

    start: int
    flags: int
    granule: int
    stream: bytes
    laces: bytes
    end: int

    @property
    def body(self) -> int:
        """Return where the content begins."""
        return self.start + HEAD + len(self.laces)


def _pages(source: Source) -> Iterator[Page]:
    start = 0
    while start + HEAD <= source.size:
        head = source.at(start, HEAD)
        if head[:5] != b"OggS\x00":
            return  # what follows the last page is not part of the recording
        laces = source.at(start + HEAD, head[26])
        end = start + HEAD + len(laces) + sum(laces)
        if end > source.size:
            raise Damaged
        granule = int.from_bytes(head[6:14], "little", signed=True)
        yield Page(start, head[5], granule, head[14:18], laces, end)
        start = end


@dataclass(slots=True)
class _Codec:
    rate: int
    skip: int
    empty: bytes


def _codec(packet: bytes) -> _Codec:
    """Return what the first packet says; raises ``Damaged`` for anything but Opus and Vorbis."""
    if packet[:8] == b"OpusHead" and len(packet) >= 19:
        return _Codec(OPUS_RATE, int.from_bytes(packet[10:12], "little"), EMPTY_OPUS)
    if packet[:7] == b"\x01vorbis" and len(packet) >= 30:
        return _Codec(int.from_bytes(packet[12:16], "little") or 1, 0, EMPTY_VORBIS)
    raise Damaged


def _comment_stretch(page: Page) -> tuple[int, bool]:
    """Return how many bytes of a page belong to the packet that it begins with, and whether it ends here."""
    length = 0
    for lace in page.laces:
        length += lace
        if lace < 255:
            return length, True
    return length, False


def _emptied(source: Source, edits: Edits, page: Page, head: bytes, length: int) -> None:
    """Write the beginning of a page anew: ``head``, then zeros; with the right checksum."""
    raw = bytearray(source.at(page.start, page.end - page.start))
    at = page.body - page.start
    raw[at : at + length] = head + bytes(length - len(head))
    raw[22:26] = bytes(4)
    raw[22:26] = crc(bytes(raw)).to_bytes(4, "little")
    edits.put(page.start, bytes(raw))


def ogg_read(source: Source) -> Recording:
    """Read an Ogg file with one stream of sound; raises ``NotAccepted``."""
    edits, pages = Edits(), _pages(source)
    first = next(pages, None)
    if first is None or not first.flags & BEGINS:
        raise Damaged
    codec = _codec(source.at(first.body, first.end - first.body))
    left, in_comments, last, end = codec.empty, True, 0, first.end
    for page in pages:
        if page.stream != first.stream or page.flags & BEGINS:
            raise Damaged  # several streams, or one behind the other
        if in_comments:
            length, is_last = _comment_stretch(page)
            head, left = left[:length], left[length:]
            _emptied(source, edits, page, head, length)
            in_comments = not is_last
        last, end = max(last, page.granule), page.end
    if in_comments or left:
        raise Damaged
    milliseconds = max(last - codec.skip, 0) * 1000 // codec.rate
    return Recording("voice", "audio/ogg", milliseconds, edits.pieces(end))
