"""What every reader of a container works with: bounded reading, and a clean copy as a list of pieces.

A reader never holds a recording in memory. It reads heads, and says what the clean copy consists of:
stretches of the original, zeros, and a few bytes of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from ..verdicts import NotAccepted

# An honest minute of video has some ten thousand parts; more is an attempt to keep the reader busy.
MOST_READS = 100_000
MOST_AT_ONCE = 4 * 1024 * 1024
CHUNK = 256 * 1024


class Damaged(NotAccepted):
    """The container does not hold together."""

    def __init__(self) -> None:
        super().__init__(_("这段录音或录像不完整，或者已经损坏。请重新录一段，或换一个文件。"))


@dataclass(frozen=True, slots=True)
class Copy:
    """A stretch of the original."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Zeros:
    """So many zero bytes."""

    length: int


Piece = Copy | Zeros | bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """A judged recording: what it is, how long, and what its clean copy is made of."""

    kind: str
    media_type: str
    milliseconds: int
    pieces: tuple[Piece, ...]
    width: int | None = None
    height: int | None = None


class Source:
    """A file of a known size that gives out only what it has, and only so often."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.size, self._reads = file, size, 0

    def at(self, start: int, length: int) -> bytes:
        """Return exactly these bytes; raises ``Damaged`` where there are fewer, or far too many steps."""
        self._reads += 1
        if not 0 <= start <= start + length <= self.size or length > MOST_AT_ONCE:
            raise Damaged
        if self._reads > MOST_READS:
            raise Damaged
        self.file.seek(start)
        found = self.file.read(length)
        if len(found) != length:
            raise Damaged
        return found

    def number(self, start: int, length: int) -> int:
        """Return an unsigned big-endian number."""
        return int.from_bytes(self.at(start, length), "big")


class Edits:
    """Changes in place: the clean copy keeps the original's length, so every offset stays valid."""

    def __init__(self) -> None:
        self._puts: list[tuple[int, bytes, int]] = []

    def put(self, start: int, head: bytes, length: int | None = None) -> None:
        """Write ``head``, then zeros up to ``length``."""
        length = len(head) if length is None else length
        if length:
            self._puts.append((start, head, length))

    def add(self, other: Edits) -> None:
        """Take over another's changes."""
        self._puts += other._puts

    def pieces(self, end: int) -> tuple[Piece, ...]:
        """Return the clean copy of the first ``end`` bytes; raises ``Damaged`` where changes overlap."""
        made: list[Piece] = []
        at = 0
        for start, head, length in sorted(self._puts, key=lambda put: put[0]):
            if start < at or start + length > end:
                raise Damaged
            made += [Copy(at, start - at), head, Zeros(length - len(head))]
            at = start + length
        made.append(Copy(at, end - at))
        return tuple(made)


def assembled(file: BinaryIO, pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield the clean copy, a chunk at a time."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        elif isinstance(piece, Zeros):
            for start in range(0, piece.length, CHUNK):
                yield bytes(min(CHUNK, piece.length - start))
        else:
            file.seek(piece.start)
            for start in range(0, piece.length, CHUNK):
                yield file.read(min(CHUNK, piece.length - start))
