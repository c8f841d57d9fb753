"""Pictures made for tests."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

GPS_IFD, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def picture(
    size: tuple[int, int] = (300, 200), kind: str = "JPEG", mode: str = "RGB", **options: Any
) -> bytes:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def secretive(orientation: int = 6) -> bytes:
    """Return a JPEG with a position, a maker, XMP, a colour profile and a comment, lying on its side."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, "SECRET-MAKER"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    return picture(
        exif=exif, xmp=b"<x>SECRET-XMP</x>", comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE" * 12
    )


def upload(content: bytes, name: str = "照片.jpg") -> SimpleUploadedFile:
    """Return bytes as a browser sends them."""
    return SimpleUploadedFile(name, content, "image/jpeg")
