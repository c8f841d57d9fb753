"""MP4, M4A, MOV, 3GP (ISO base media): boxes that nobody needs for playing become empty ``free`` boxes.

What is kept is a list, not what is dropped: position, device, names, covers, chapters and whatever else a
telephone writes (``udta``, ``meta``, ``uuid``, tracks that are neither picture nor sound, with their
samples) is zeroed in place, creation times too. Not looked into: the pictures and sounds themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..verdicts import NotAccepted
from .source import Damaged, Edits, Recording, Source

Tree = Mapping[str, Any]
SOUND, PICTURE = "soun", "vide"


def _leaves(names: str) -> dict[str, Tree]:
    return {name: {} for name in names.split()}


STBL = _leaves("stsd stts ctts cslg stsc stsz stz2 stco co64 stss stps sdtp sgpd sbgp subs saiz saio")
MINF = {**_leaves("vmhd smhd dinf hdlr"), "stbl": STBL}
MDIA = {**_leaves("mdhd hdlr"), "minf": MINF}
TRAK = {**_leaves("tkhd edts tapt"), "mdia": MDIA}
MOOV = {**_leaves("mvhd iods"), "trak": TRAK, "mvex": _leaves("mehd trex")}
TRAF = _leaves("tfhd tfdt trun sdtp sgpd sbgp subs saiz saio")
TOP: Tree = {
    **_leaves("ftyp styp mdat sidx mfra"),
    "moov": MOOV,
    "moof": {**_leaves("mfhd"), "traf": TRAF},
}
# Their version and flags are followed by two times, when made and when changed: 4 or 8 bytes each.
TIMED = frozenset({"mvhd", "tkhd", "mdhd"})


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its kind and where its head, its body and it itself begin and end."""

    kind: str
    start: int
    body: int
    end: int


@dataclass(slots=True)
class Track:
    """What is known of one track."""

    number: int = 0
    handler: str = ""
    timescale: int = 0
    units: int = 0
    width: int = 0
    height: int = 0
    tables: dict[str, bytes] = field(default_factory=dict)

    @property
    def milliseconds(self) -> int:
        """Return how long it plays."""
        return self.units * 1000 // self.timescale if self.timescale else 0


def _boxes(source: Source, start: int, end: int, is_top: bool = False) -> Iterator[Box]:
    while start < end:
        size, body = source.number(start, 4), start + 8
        kind = source.at(start + 4, 4).decode("latin-1")
        if size == 1:
            size, body = source.number(start + 8, 8), start + 16
        elif size == 0 and is_top:
            size = end - start
        if size < body - start or start + size > end:
            raise Damaged
        yield Box(kind, start, body, start + size)
        start += size


class _Reader:
    """Walks the boxes once; collects tracks and changes."""

    def __init__(self, source: Source) -> None:
        self.source, self.edits = source, Edits()
        self.tracks: list[Track] = []
        self.defaults: dict[int, int] = {}
        self.fragments: dict[int, int] = {}
        self.track = Track()
        self.fragment = (0, 0)
        self.movie = (0, 0)
        self.foreign: list[Track] = []

    def walk(self, tree: Tree, start: int, end: int, *, is_top: bool = False) -> None:
        for box in _boxes(self.source, start, end, is_top):
            if box.kind not in tree:
                self._blank(box)
            elif box.kind == "trak":
                self._trak(box)
            elif tree[box.kind]:
                self.walk(tree[box.kind], box.body, box.end)
            else:
                self._leaf(box)

    def _blank(self, box: Box) -> None:
        self.edits.put(box.start + 4, b"free")
        self.edits.put(box.body, b"", box.end - box.body)

    def _trak(self, box: Box) -> None:
        whole, self.edits, self.track = self.edits, Edits(), Track()
        self.walk(TRAK, box.body, box.end)
        inner, self.edits = self.edits, whole
        if self.track.handler in (SOUND, PICTURE):
            self.edits.add(inner)
            self.tracks.append(self.track)
        else:
            self._blank(box)
            self.foreign.append(self.track)

    def _leaf(self, box: Box) -> None:
        if box.kind in TIMED:
            self._times(box)
        read = getattr(self, f"_{box.kind}", None)
        if read is not None:
            read(box)

    def _times(self, box: Box) -> None:
        size = 16 if self.source.number(box.body, 1) == 1 else 8
        if box.body + 4 + size > box.end:
            raise Damaged
        self.edits.put(box.body + 4, b"", size)

    def _duration(self, box: Box) -> tuple[int, int]:
        """Return (timescale, duration) of an mvhd or mdhd."""
        if self.source.number(box.body, 1) == 1:
            return self.source.number(box.body + 20, 4), self.source.number(box.body + 24, 8)
        return self.source.number(box.body + 12, 4), self.source.number(box.body + 16, 4)

    def _mvhd(self, box: Box) -> None:
        self.movie = self._duration(box)

    def _mdhd(self, box: Box) -> None:
        self.track.timescale, _length = self._duration(box)

    def _tkhd(self, box: Box) -> None:
        self.track.number = self.source.number(box.body + (20 if self.source.number(box.body, 1) else 12), 4)
        self.track.width = self.source.number(box.end - 8, 4) >> 16
        self.track.height = self.source.number(box.end - 4, 4) >> 16

    def _hdlr(self, box: Box) -> None:
        kind = self.source.at(box.body + 8, 4).decode("latin-1")
        self.track.handler = self.track.handler or kind  # a second one, in minf, speaks of the data
        if box.end > box.body + 24:
            self.edits.put(box.body + 24, b"", box.end - box.body - 24)

    def _stts(self, box: Box) -> None:
        table = self._table(box, 8)
        self.track.units += sum(count * each for count, each in table)

    def _table(self, box: Box, width: int, head: int = 4) -> list[tuple[int, ...]]:
        """Return the rows of a table of 32-bit numbers, ``width`` bytes a row."""
        count = self.source.number(box.body + head, 4)
        if box.body + head + 4 + count * width > box.end:
            raise Damaged
        raw = self.source.at(box.body + head + 4, count * width)
        numbers = [int.from_bytes(raw[at : at + 4], "big") for at in range(0, len(raw), 4)]
        step = width // 4
        return [tuple(numbers[at : at + step]) for at in range(0, len(numbers), step)]

    def _keep(self, box: Box) -> None:
        self.track.tables[box.kind] = self.source.at(box.body, box.end - box.body)

    _stsc = _stsz = _stz2 = _stco = _co64 = _keep

    # -- fragments, as browsers record them ------------------------------------
    def _trex(self, box: Box) -> None:
        self.defaults[self.source.number(box.body + 4, 4)] = self.source.number(box.body + 12, 4)

    def _tfhd(self, box: Box) -> None:
        flags, number = self.source.number(box.body + 1, 3), self.source.number(box.body + 4, 4)
        at = box.body + 8 + (8 if flags & 1 else 0) + (4 if flags & 2 else 0)
        each = self.source.number(at, 4) if flags & 8 else self.defaults.get(number, 0)
        self.fragment = (number, each)

    def _trun(self, box: Box) -> None:
        flags, count = self.source.number(box.body + 1, 3), self.source.number(box.body + 4, 4)
        number, each = self.fragment
        width = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
        start = box.body + 8 + (4 if flags & 1 else 0) + (4 if flags & 4 else 0)
        if start + width * count > box.end:
            raise Damaged
        units = count * each
        if flags & 0x100:
            raw = self.source.at(start, width * count)
            units = sum(int.from_bytes(raw[at : at + 4], "big") for at in range(0, len(raw), width))
        self.fragments[number] = self.fragments.get(number, 0) + units


def _ranges(track: Track) -> Iterator[tuple[int, int]]:
    """Yield (start, length) of the chunks of a track, from its tables; raises ``Damaged``."""
    tables = track.tables
    wide = "co64" in tables
    places = _numbers(tables.get("co64" if wide else "stco", b""), 4, 8 if wide else 4)
    sizes = _sizes(tables)
    runs = _numbers(tables.get("stsc", b""), 4, 4)
    firsts = [(runs[at], runs[at + 1]) for at in range(0, len(runs) - 2, 3)]
    at = run = 0
    for chunk, place in enumerate(places, 1):
        while run + 1 < len(firsts) and firsts[run + 1][0] <= chunk:
            run += 1
        count = firsts[run][1] if firsts else 0
        yield place, sum(sizes[at : at + count])
        at += count


def _sizes(tables: Mapping[str, bytes]) -> list[int]:
    raw = tables.get("stsz", b"")
    same, count = int.from_bytes(raw[4:8], "big"), int.from_bytes(raw[8:12], "big")
    if "stz2" in tables or (same and count > len(raw) * 100_000):
        raise Damaged
    if same:
        return [same] * min(count, 1_000_000)
    return _numbers(raw, 8, 4)


def _numbers(raw: bytes, head: int, width: int) -> list[int]:
    """Return the numbers of a table behind its count, or none where there is no table."""
    body = raw[head + 4 :]
    return [int.from_bytes(body[at : at + width], "big") for at in range(0, len(body) - width + 1, width)]


def mp4_read(source: Source) -> Recording:
    """Read an ISO base media file; raises ``NotAccepted``."""
    reader = _Reader(source)
    reader.walk(TOP, 0, source.size, is_top=True)
    if not reader.tracks:
        raise Damaged
    for track in reader.foreign:
        if reader.fragments:
            raise NotAccepted(_("这段录像里带有去不掉的附加数据，不能使用。请用手机自带的相机重新录一段。"))
        for start, length in _ranges(track):
            reader.edits.put(start, b"", length)
    for track in reader.tracks:
        track.units += reader.fragments.get(track.number, 0)
    scale, units = reader.movie
    longest = max(track.milliseconds for track in reader.tracks)
    said = units * 1000 // scale if scale and units < 2**32 - 1 else 0
    picture = next((track for track in reader.tracks if track.handler == PICTURE), None)
    return Recording(
        kind="video" if picture else "voice",
        media_type="video/mp4" if picture else "audio/mp4",
        milliseconds=max(longest, said),
        pieces=reader.edits.pieces(source.size),
        width=picture.width if picture else None,
        height=picture.height if picture else None,
    )
