"""What is accepted as a photo and how it is made clean: a file in, two pictures out."""

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .verdicts import NotAccepted

MAX_PIXELS = 80_000_000
CLEAN_PIXELS = 1600
THUMB_PIXELS = 400
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
FORMATS = tuple(MEDIA_TYPES)


class NotAPhoto(NotAccepted):
    """The content cannot be shown as a photo; the message says why."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A judged photo: what it was, and two JPEGs without any metadata."""

    media_type: str
    width: int
    height: int
    clean: bytes
    thumb: bytes


def _words(head: bytes) -> str:
    use = _("请上传照片（JPEG、PNG、WebP 或 GIF）、录音或短视频。")
    if head[4:8] == b"ftyp":  # what is a video has gone another way
        return _("这是 HEIC 照片，只有苹果设备能显示。请在相机设置的“格式”里选“兼容性最佳”，或截一张图再传。")
    known = {b"%PDF": _("PDF 文件"), b"PK\x03\x04": _("Office 文档或压缩包")}
    for mark, name in known.items():
        if head.startswith(mark):
            return _("这是%(name)s，不能使用。%(use)s") % {"name": name, "use": use}
    return _("这个文件不是照片、录音或视频，或者已经损坏。%(use)s") % {"use": use}


def _open(file: BinaryIO) -> Image.Image:
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise NotAPhoto(_words(head)) from error
    if image.width * image.height > MAX_PIXELS:
        raise NotAPhoto(_("照片的像素太多了（超过 8000 万），请缩小后再上传。"))
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Return the first frame upright, in RGB, transparency on white."""
    image.seek(0)
    image.draft("RGB", (CLEAN_PIXELS, CLEAN_PIXELS))  # lets a JPEG decode at a fraction of its size
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    return upright.convert("RGB")


def jpeg(image: Image.Image, pixels: int) -> bytes:
    """Return a picture as a JPEG with at most so many pixels on the long side, and nothing else in it."""
    small = image.copy()
    small.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", small.size)  # a new picture carries no EXIF, XMP, ICC or comment
    bare.paste(small)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def photo_judge(file: BinaryIO) -> Photo:
    """Return a photo's clean version (long side ≤ 1600) and thumbnail (≤ 400); raises ``NotAPhoto``.

    The content decides, not the name. Everything but the picture itself is dropped.
    """
    image = _open(file)
    media_type, width, height = MEDIA_TYPES[str(image.format)], image.width, image.height
    try:
        flat = _flat(image)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise NotAPhoto(_("这张照片已经损坏，打不开。请换一张，或重新拍摄。")) from error
    return Photo(media_type, width, height, jpeg(flat, CLEAN_PIXELS), jpeg(flat, THUMB_PIXELS))
