"""WAV: of all chunks only format and sound stay."""

from __future__ import annotations

from .source import Copy, Damaged, Piece, Recording, Source

HEAD = 12
OPEN = (0, 0xFFFFFFFF)  # a recorder that was stopped had no time to write the length
FORMATS = {1, 3, 6, 7, 0xFFFE}  # PCM, float, A-law, µ-law, extensible


def _little(source: Source, at: int, length: int) -> int:
    return int.from_bytes(source.at(at, length), "little")


def wave_read(source: Source) -> Recording:
    """Read a RIFF WAVE file; raises ``NotAccepted``."""
    if source.at(0, 4) != b"RIFF" or source.at(8, 4) != b"WAVE":
        raise Damaged
    at, rate, form = HEAD, 0, b""
    while at + 8 <= source.size:
        name, length = source.at(at, 4), _little(source, at + 4, 4)
        if name == b"data" and form:
            return _recording(source, at + 8, length, rate, form)
        if name == b"fmt ":
            form = source.at(at + 8, min(length, 40))
            rate = int.from_bytes(form[8:12], "little")
            if len(form) < 16 or int.from_bytes(form[:2], "little") not in FORMATS:
                raise Damaged
        at += 8 + length + length % 2
    raise Damaged


def _recording(source: Source, start: int, length: int, rate: int, form: bytes) -> Recording:
    if length in OPEN:
        length = source.size - start
    if not rate or not length or start + length > source.size:
        raise Damaged
    inner = b"fmt " + len(form).to_bytes(4, "little") + form + b"data" + length.to_bytes(4, "little")
    padding = bytes(length % 2)
    total = 4 + len(inner) + length + len(padding)
    head = b"RIFF" + total.to_bytes(4, "little") + b"WAVE" + inner
    pieces: tuple[Piece, ...] = (head, Copy(start, length), padding)
    return Recording("voice", "audio/wav", length * 1000 // rate, pieces)
