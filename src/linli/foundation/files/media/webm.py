"""WebM and Matroska: tags, attachments, chapters, titles and dates become empty ``Void`` elements.

What is kept is a list. Only the segment and its clusters may be of unknown size (that is how browsers
record); nothing nests deeper than the list says, so nothing recurs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ..verdicts import NotAccepted
from .source import Damaged, Edits, Recording, Source

Tree = Mapping[int, Any]
EBML, DOC_TYPE, SEGMENT, CLUSTER, VOID = 0x1A45DFA3, 0x4282, 0x18538067, 0x1F43B675, 0xEC
TIMESTAMP_SCALE, DURATION, MUXING_APP, WRITING_APP = 0x2AD7B1, 0x4489, 0x4D80, 0x5741
TRACK_TYPE, PIXEL_WIDTH, PIXEL_HEIGHT = 0x83, 0xB0, 0xBA
TIMESTAMP, SIMPLE_BLOCK, BLOCK, BLOCK_DURATION = 0xE7, 0xA3, 0xA1, 0x9B
SOUND, PICTURE = 2, 1


def _leaves(*ids: int) -> dict[int, Tree]:
    return {number: {} for number in ids}


INFO = _leaves(TIMESTAMP_SCALE, DURATION, MUXING_APP, WRITING_APP)
VIDEO = {
    **_leaves(0x9A, 0x9D, 0x53B8, 0x53C0, PIXEL_WIDTH, PIXEL_HEIGHT),
    **_leaves(0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x54B0, 0x54BA, 0x54B2, 0x54B3),
    # colour
    0x55B0: _leaves(*range(0x55B1, 0x55BE)),
}
AUDIO = _leaves(0xB5, 0x78B5, 0x9F, 0x6264)
ENTRY = {
    **_leaves(0xD7, 0x73C5, TRACK_TYPE, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23E383),
    **_leaves(0x86, 0x63A2, 0x56AA, 0x56BB, 0x22B59C, 0xAA),
    0xE0: VIDEO,
    0xE1: AUDIO,
}
GROUP = _leaves(BLOCK, BLOCK_DURATION, 0xFB, 0xFA, 0xA4, 0x75A2)
IN_CLUSTER = {**_leaves(TIMESTAMP, SIMPLE_BLOCK, 0xAB, 0xA7), 0xA0: GROUP}
IN_SEGMENT: Tree = {
    0x1549A966: INFO,
    0x1654AE6B: {0xAE: ENTRY},
    CLUSTER: IN_CLUSTER,
    **_leaves(0x1C53BB6B, 0x114D9B74),
}  # info, tracks, clusters; cues and the seek head are only places


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its number, where it, its body and its end stand; ``is_open`` where no size is said."""

    number: int
    start: int
    body: int
    end: int
    is_open: bool = False


def _vint(source: Source, at: int, longest: int, keeps_mark: bool) -> tuple[int, int, bool]:
    """Return (value, length, all ones) of a number of variable length; raises ``Damaged``."""
    first = source.number(at, 1)
    length = 9 - first.bit_length()
    if length > longest:
        raise Damaged
    raw = source.number(at, length)
    mark = 1 << (7 * length)
    value = raw if keeps_mark else raw & (mark - 1)
    return value, length, raw & (mark - 1) == mark - 1


def _element(source: Source, at: int, end: int) -> Element:
    number, id_length, _ones = _vint(source, at, 4, keeps_mark=True)
    size, size_length, is_open = _vint(source, at + id_length, 8, keeps_mark=False)
    body = at + id_length + size_length
    is_open = is_open and number in (SEGMENT, CLUSTER)
    stop = end if is_open else body + size
    if body > end or stop > end:
        raise Damaged
    return Element(number, at, body, stop, is_open)


def _elements(source: Source, start: int, end: int) -> Iterator[Element]:
    while start < end:
        found = _element(source, start, end)
        yield found
        start = found.end


def _void(length: int) -> bytes:
    """Return the head of an empty element that is ``length`` bytes long in all."""
    if length <= 128:
        return bytes([VOID, 0x80 | (length - 2)])
    return bytes([VOID, 0x01]) + (length - 9).to_bytes(7, "big")


class _Reader:
    """Walks the elements once; collects lengths, tracks and changes."""

    def __init__(self, source: Source) -> None:
        self.source, self.edits = source, Edits()
        self.scale, self.last, self.cluster_at, self.said = 1_000_000, 0, 0, 0.0
        self.kinds: set[int] = set()
        self.width = self.height = 0

    def segment(self, start: int, end: int) -> None:
        while start < end:
            element = _element(self.source, start, end)
            if element.number == CLUSTER and element.is_open:
                start = self._open_cluster(element)
                continue
            self._kept(IN_SEGMENT, element)
            start = element.end

    def _open_cluster(self, cluster: Element) -> int:
        """Read a cluster of unknown size: it ends where something begins that cannot stand in it."""
        at = cluster.body
        while at < cluster.end:
            element = _element(self.source, at, cluster.end)
            if element.number in IN_SEGMENT or element.number in (SEGMENT, EBML):
                break
            self._kept(IN_CLUSTER, element)
            at = element.end
        return at

    def _kept(self, tree: Tree, element: Element) -> None:
        if element.number not in tree:
            length = element.end - element.start
            self.edits.put(element.start, _void(length), length)
        elif tree[element.number]:
            for child in _elements(self.source, element.body, element.end):
                self._kept(tree[element.number], child)
        else:
            self._leaf(element)

    def _leaf(self, element: Element) -> None:
        if element.number in (MUXING_APP, WRITING_APP):
            self.edits.put(element.body, b"", element.end - element.body)
        elif element.number in (SIMPLE_BLOCK, BLOCK):
            self._block(element)
        elif element.end - element.body <= 8 and element.number != DURATION:
            self._number(element)
        elif element.number == DURATION:
            self.said = _float(self.source.at(element.body, element.end - element.body))

    def _block(self, element: Element) -> None:
        _track, length, _ones = _vint(self.source, element.body, 8, keeps_mark=False)
        offset = int.from_bytes(self.source.at(element.body + length, 2), "big", signed=True)
        self.last = max(self.last, self.cluster_at + offset)

    def _number(self, element: Element) -> None:
        value = self.source.number(element.body, element.end - element.body)
        if element.number == TIMESTAMP_SCALE:
            self.scale = value
        elif element.number == TIMESTAMP:
            self.cluster_at = value
        elif element.number == TRACK_TYPE:
            self.kinds.add(value)
        elif element.number == PIXEL_WIDTH:
            self.width = value
        elif element.number == PIXEL_HEIGHT:
            self.height = value


def _float(raw: bytes) -> float:
    if len(raw) not in (4, 8):
        raise Damaged
    value: float = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]
    return value if 0 <= value < 1e15 else 0.0


def _doc_type(source: Source, head: Element) -> bytes:
    for child in _elements(source, head.body, head.end):
        if child.number == DOC_TYPE:
            return source.at(child.body, child.end - child.body).rstrip(b"\x00")
    return b""


def webm_read(source: Source) -> Recording:
    """Read a WebM or Matroska file; raises ``NotAccepted``."""
    head = _element(source, 0, source.size)
    if head.number != EBML or _doc_type(source, head) not in (b"webm", b"matroska"):
        raise Damaged
    segment = _element(source, head.end, source.size)
    if segment.number != SEGMENT:
        raise Damaged
    reader = _Reader(source)
    reader.segment(segment.body, segment.end)
    if not reader.kinds:
        raise Damaged
    if reader.kinds - {SOUND, PICTURE}:
        raise NotAccepted(_("只能收有声音或画面的录音录像，这个文件里还有字幕等别的内容。请重新录一段。"))
    is_video = PICTURE in reader.kinds
    length = max(float(reader.last), reader.said) * reader.scale / 1_000_000
    return Recording(
        kind="video" if is_video else "voice",
        media_type="video/webm" if is_video else "audio/webm",
        milliseconds=int(min(length, 2**40)),
        pieces=reader.edits.pieces(segment.end),
        width=reader.width if is_video else None,
        height=reader.height if is_video else None,
    )
