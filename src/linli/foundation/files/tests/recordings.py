"""Recordings made for tests, each with everything in it that must not be seen afterwards."""

import struct

from linli.foundation.files.media.ogg import crc

SECRET = b"SECRET-PLACE"
OGG_STREAM = b"LINL"


# -- MP4 ------------------------------------------------------------------------
def box(kind: bytes, body: bytes = b"") -> bytes:
    """Return one box."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def _header(kind: bytes, scale: int, units: int) -> bytes:
    times = struct.pack(">II", 0xDA7E0001, 0xDA7E0002)
    return box(kind, bytes(4) + times + struct.pack(">II", scale, units) + bytes(80))


def track(number: int, handler: bytes, seconds: int, place: int, size: int) -> bytes:
    """Return a track with one sample."""
    tkhd = bytes(4) + struct.pack(">IIII", 0xDA7E0001, 0xDA7E0002, number, 0) + bytes(56)
    tkhd += struct.pack(">II", 640 << 16, 360 << 16)
    stbl = box(
        b"stbl",
        box(b"stsd", bytes(8))
        + box(b"stts", struct.pack(">IIII", 0, 1, seconds, 1000))
        + box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1))
        + box(b"stsz", struct.pack(">IIII", 0, 0, 1, size))
        + box(b"stco", struct.pack(">III", 0, 1, place)),
    )
    hdlr = box(b"hdlr", bytes(8) + handler + bytes(12) + SECRET + b"\x00")
    minf = box(b"minf", box(b"smhd", bytes(8)) + stbl)
    mdia = box(b"mdia", _header(b"mdhd", 1000, 0) + hdlr + minf)
    return box(b"trak", box(b"tkhd", tkhd) + mdia + box(b"udta", box(b"name", SECRET)))


def mp4(seconds: int = 5, handler: bytes = b"soun", payload: bytes = b"x" * 100, extra: bytes = b"") -> bytes:
    """Return an MP4 with one track, a track of positions, and secrets wherever telephones put them."""
    position = SECRET * 3
    head = box(b"ftyp", b"mp42" + bytes(4) + b"isom") + box(b"uuid", bytes(16) + SECRET)
    place = len(head) + 8
    mdat = box(b"mdat", payload + position)
    tracks = track(1, handler, seconds, place, len(payload))
    tracks += track(2, b"meta", seconds, place + len(payload), len(position))
    udta = box(b"udta", box(b"\xa9xyz", b"+31.2/121.4/" + SECRET) + box(b"loci", SECRET))
    meta = box(b"meta", bytes(4) + box(b"ilst", SECRET))
    moov = box(b"moov", _header(b"mvhd", 1000, seconds * 1000) + tracks + udta + meta)
    return head + mdat + moov + box(b"free", SECRET) + extra


def fragmented_mp4(seconds: int = 5, samples: int = 50) -> bytes:
    """Return an MP4 as browsers record it: no length in its head, one fragment after the other."""
    moov = _header(b"mvhd", 1000, 0) + track(1, b"soun", 0, 0, 0)
    moov += box(b"mvex", box(b"trex", struct.pack(">IIIIII", 0, 1, 1, 20, 0, 0)))
    made = box(b"ftyp", b"iso5" + bytes(4)) + box(b"moov", moov)
    for _second in range(seconds):
        tfhd = box(b"tfhd", struct.pack(">II", 0, 1))
        trun = box(b"trun", struct.pack(">II", 0, samples))
        made += box(b"moof", box(b"mfhd", bytes(8)) + box(b"traf", tfhd + trun)) + box(b"mdat", b"x" * 40)
    return made


# -- WebM -----------------------------------------------------------------------
def element(number: str, body: bytes, is_open: bool = False) -> bytes:
    """Return one element; ``is_open`` says no size."""
    size = b"\x01" + b"\xff" * 7 if is_open else b"\x01" + len(body).to_bytes(7, "big")
    return bytes.fromhex(number) + size + body


def webm(seconds: int = 5, kinds: tuple[int, ...] = (2,), is_open: bool = True, extra: bytes = b"") -> bytes:
    """Return a WebM as Chromium records it, with title, date, tags and an attachment."""
    entries = b"".join(
        element("ae", element("d7", bytes([n])) + element("83", bytes([kind])) + element("536e", SECRET))
        for n, kind in enumerate(kinds, 1)
    )
    info = element("2ad7b1", (1_000_000).to_bytes(3, "big")) + element("4d80", SECRET)
    info += element("7ba9", SECRET) + element("4461", SECRET[:8])
    inside = element("1549a966", info) + element("1654ae6b", entries)
    for second in range(seconds):
        blocks = element("e7", (second * 1000).to_bytes(4, "big"))
        blocks += b"".join(
            element("a3", b"\x81" + at.to_bytes(2, "big") + b"\x80sound") for at in range(0, 1000, 100)
        )
        inside += element("1f43b675", blocks, is_open)
    inside += element("1254c367", SECRET * 20) + element("1941a469", SECRET)
    head = element("1a45dfa3", element("4282", b"webm"))
    return head + element("18538067", inside, is_open) + extra


# -- Ogg ------------------------------------------------------------------------
def ogg_page(body: bytes, number: int, granule: int, flags: int = 0) -> bytes:
    """Return one page that holds one packet."""
    laces = bytes([255] * (len(body) // 255) + [len(body) % 255])
    head = b"OggS\x00" + bytes([flags]) + struct.pack("<q", granule) + OGG_STREAM
    head += struct.pack("<I", number)
    tail = bytes([len(laces)]) + laces + body
    return head + struct.pack("<I", crc(head + bytes(4) + tail)) + tail


def opus(seconds: int = 5) -> bytes:
    """Return Ogg Opus with a vendor and a comment."""
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", len(SECRET)) + SECRET + struct.pack("<I", 1)
    tags += struct.pack("<I", 9 + len(SECRET)) + b"LOCATION=" + SECRET
    made = ogg_page(head, 0, 0, 2) + ogg_page(tags, 1, 0)
    for second in range(1, seconds + 1):
        made += ogg_page(b"sound" * 60, second + 1, second * 48_000 + 312)
    return made


# -- WAV, MP3, AAC, AMR -----------------------------------------------------------
def chunk(name: bytes, body: bytes) -> bytes:
    """Return one RIFF chunk."""
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def wav(seconds: int = 5) -> bytes:
    """Return 8 kHz of silence, with a broadcast chunk and a list of names."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16)
    inside = chunk(b"bext", SECRET) + chunk(b"fmt ", form) + chunk(b"LIST", b"INFO" + SECRET)
    inside += chunk(b"data", bytes(16_000 * seconds)) + chunk(b"id3 ", SECRET)
    return b"RIFF" + struct.pack("<I", 4 + len(inside)) + b"WAVE" + inside


def id3() -> bytes:
    """Return an ID3v2 tag."""
    return b"ID3\x04\x00\x00" + bytes([0, 0, 0, len(SECRET)]) + SECRET


def mp3(seconds: int = 5) -> bytes:
    """Return MPEG-1 layer III, 32 kbit/s at 48 kHz (24 ms a frame), tags before and behind."""
    frame = b"\xff\xfb\x14\xc0" + bytes(92)
    return id3() + frame * (seconds * 1000 // 24) + b"TAG" + SECRET.ljust(125, b"\x00")


def aac(seconds: int = 5) -> bytes:
    """Return ADTS frames of 64 ms (16 kHz)."""
    size = 40
    head = bytes([0xFF, 0xF1, 0x60, 0x40, size >> 3, (size & 7) << 5 | 0x1F, 0xFC])
    return id3() + (head + bytes(size - 7)) * (seconds * 1000 // 64)


def amr(seconds: int = 5) -> bytes:
    """Return AMR at 12.2 kbit/s, 20 ms a frame."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * (seconds * 50) + SECRET
