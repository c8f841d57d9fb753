"""MP3, AAC (ADTS) and AMR: streams of frames that each say how long they are. Only frames stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .source import Copy, Damaged, Piece, Recording, Source

FEWEST_FRAMES = 3
LEAST_SHARE = 0.5  # of what follows the tags; less is not a recording with a tag, but something else
MPEG_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
ADTS_RATES = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350),
)
AMR_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6)
AMR_WIDE_SIZES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6)
AMR_MICROSECONDS = 20_000


@dataclass(frozen=True, slots=True)
class Frame:
    """How many bytes a frame has and how long it sounds."""

    size: int
    microseconds: int


Measure = Callable[[bytes], Frame | None]


def _mp3(head: bytes) -> Frame | None:
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if head[0] != 0xFF or head[1] < 0xE0 or version == 1 or layer != 1 or rate == 3 or bits in (0, 15):
        return None
    hertz, is_first = MPEG_RATES[version][rate], version == 3
    kbits = (KBITS_1 if is_first else KBITS_2)[bits]
    samples = 1152 if is_first else 576
    return Frame(samples // 8 * kbits * 1000 // hertz + padding, samples * 1_000_000 // hertz)


def _adts(head: bytes) -> Frame | None:
    rate = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or rate >= len(ADTS_RATES) or size < 8:
        return None
    return Frame(size, 1024 * 1_000_000 // ADTS_RATES[rate])


def _amr(sizes: tuple[int, ...]) -> Measure:
    def measure(head: bytes) -> Frame | None:
        mode = head[0] >> 3 & 15
        if head[0] & 0x83:
            return None
        size = sizes[mode] if mode < len(sizes) else 1 if mode >= 14 else 0  # 14, 15: nothing was said
        return Frame(size, AMR_MICROSECONDS) if size else None

    return measure


def _frames(source: Source, start: int, measure: Measure) -> tuple[int, int]:
    """Return where the frames that follow each other from ``start`` end, and how long they sound."""
    at = start
    microseconds = count = 0
    while at < source.size:
        frame = measure(source.at(at, min(8, source.size - at)).ljust(8, b"\x00"))
        if frame is None or at + frame.size > source.size:
            break
        at, microseconds, count = at + frame.size, microseconds + frame.microseconds, count + 1
    if count < FEWEST_FRAMES or at - start < (source.size - start) * LEAST_SHARE:
        raise Damaged
    return at, microseconds // 1000


def _behind_tags(source: Source) -> int:
    """Return where the first frame stands, behind ID3 tags."""
    at = 0
    while source.size - at > 10 and source.at(at, 3) == b"ID3":
        head = source.at(at, 10)
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    return at


def _read(source: Source, start: int, measure: Measure, media_type: str, head: bytes = b"") -> Recording:
    end, milliseconds = _frames(source, start, measure)
    pieces: tuple[Piece, ...] = (head, Copy(start, end - start))
    return Recording("voice", media_type, milliseconds, pieces)


def mpeg_read(source: Source) -> Recording:
    """Read MP3 or a stream of AAC (ADTS); tags before and behind go; raises ``NotAccepted``."""
    start = _behind_tags(source)
    if source.at(start, 2)[1] & 0x06:
        return _read(source, start, _mp3, "audio/mpeg")
    return _read(source, start, _adts, "audio/aac")


def amr_read(source: Source) -> Recording:
    """Read AMR, narrow or wide, as older telephones record it; raises ``NotAccepted``."""
    for mark, sizes in ((b"#!AMR-WB\n", AMR_WIDE_SIZES), (b"#!AMR\n", AMR_SIZES)):
        if source.size > len(mark) and source.at(0, len(mark)) == mark:
            return _read(source, len(mark), _amr(sizes), "audio/amr", mark)
    raise Damaged
