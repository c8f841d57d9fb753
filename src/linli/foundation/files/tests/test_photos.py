"""What counts as a photo, and what is left of it."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from linli.foundation.files.photos import CLEAN_PIXELS, THUMB_PIXELS, NotAPhoto, Photo, photo_judge

from .pictures import picture, secretive


def judged(content: bytes) -> Photo:
    return photo_judge(io.BytesIO(content))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "1", "image/png"),
        ("WEBP", "RGB", "image/webp"),
        ("GIF", "P", "image/gif"),
    ],
)
def test_four_kinds_become_two_jpegs(kind: str, mode: str, media_type: str) -> None:
    photo = judged(picture((2400, 1200), kind, mode))
    assert (photo.media_type, photo.width, photo.height) == (media_type, 2400, 1200)
    clean, thumb = opened(photo.clean), opened(photo.thumb)
    assert (clean.format, clean.size) == ("JPEG", (CLEAN_PIXELS, CLEAN_PIXELS // 2))
    assert (thumb.format, thumb.size) == ("JPEG", (THUMB_PIXELS, THUMB_PIXELS // 2))


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(judged(picture((30, 20))).clean).size == (30, 20)


def test_nothing_but_the_picture_is_left() -> None:
    original = secretive()
    assert b"SECRET" in original and opened(original).getexif()
    photo = judged(original)
    for made in (photo.clean, photo.thumb):
        assert b"SECRET" not in made and b"Exif" not in made
        assert not opened(made).getexif() and not set(opened(made).info) - {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
        }


def test_a_picture_on_its_side_is_set_upright() -> None:
    assert opened(secretive()).size == (300, 200)
    clean = opened(judged(secretive()).clean)
    assert clean.size == (200, 300)
    red, _, blue = clean.getpixel((100, 20))  # type: ignore[misc]
    assert red > 200 > blue  # the left half, turned by a quarter, is on top


def test_of_a_moving_picture_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    clean = opened(judged(out.getvalue()).clean)
    assert getattr(clean, "n_frames", 1) == 1
    assert clean.getpixel((20, 20))[0] > 200  # type: ignore[index]


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    assert min(opened(judged(out.getvalue()).clean).getpixel((20, 20))) > 250  # type: ignore[arg-type,type-var]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n" + b"x" * 500, "PDF"),
        (b"PK\x03\x04" + b"x" * 500, "压缩包"),
        (b"\x00\x00\x00\x18ftypheic" + b"x" * 500, "HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是照片"),
        (b"MZ" + b"\x00" * 500, "不是照片"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "不是照片"),
        (picture()[:400], "损坏"),
        (picture((20, 20), "BMP"), "不是照片"),
        (picture((20, 20), "TIFF"), "不是照片"),
    ],
)
def test_everything_else_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(NotAPhoto, match=words):
        judged(content)


def bomb(width: int, height: int) -> bytes:
    """A few hundred bytes that claim to be a huge PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 99))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [9_000, 15_000, 60_000])
def test_a_decompression_bomb_is_not_unpacked(side: int) -> None:
    with pytest.raises(NotAPhoto, match=r"像素太多|不是照片"):
        judged(bomb(side, side))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 4000))
def test_noise_in_a_picture_is_refused_or_harmless(noise: bytes, place: int) -> None:
    content = picture()
    place %= len(content)
    try:
        judged(content[:place] + noise + content[place + len(noise) :])
    except NotAPhoto as refusal:
        assert str(refusal).endswith("。")
