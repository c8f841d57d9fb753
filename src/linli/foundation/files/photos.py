"""What is accepted as a photo and how it is made clean: bytes in, pictures out."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PHOTOS = 6
MAX_PIXELS = 80_000_000
CLEAN_PIXELS = 1600
THUMB_PIXELS = 400
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
FORMATS = tuple(MEDIA_TYPES)


class NotAPhoto(Exception):
    """The content cannot be shown as a photo; the message says why (Chinese)."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A judged photo: what it was, and two JPEGs without any metadata."""

    media_type: str
    width: int
    height: int
    clean: bytes
    thumb: bytes


def _words(head: bytes) -> str:
    known = {b"%PDF": "PDF 文件", b"PK\x03\x04": "Office 文档或压缩包", b"ftyp": "视频或 HEIC 照片"}
    for mark, name in known.items():
        if mark in head[:16]:
            return f"这是{name}，不是可用的照片。请上传 JPEG、PNG、WebP 或 GIF 图片。"
    return "这个文件不是照片，或者已经损坏。请上传 JPEG、PNG、WebP 或 GIF 图片。"


def _open(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise NotAPhoto(_words(content)) from error
    if image.width * image.height > MAX_PIXELS:
        raise NotAPhoto("照片的像素太多了（超过 8000 万），请缩小后再上传。")
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


def _jpeg(image: Image.Image, pixels: int) -> bytes:
    small = image.copy()
    small.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", small.size)  # a new picture carries no EXIF, XMP, ICC or comment
    bare.paste(small)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def photo_judge(content: bytes) -> Photo:
    """Return a photo's clean version (long side ≤ 1600) and thumbnail (≤ 400); raises ``NotAPhoto``.

    The content decides, not the name. Everything but the picture itself is dropped.
    """
    image = _open(content)
    media_type, width, height = MEDIA_TYPES[str(image.format)], image.width, image.height
    try:
        flat = _flat(image)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise NotAPhoto("这张照片已经损坏，打不开。请换一张，或重新拍摄。") from error
    return Photo(media_type, width, height, _jpeg(flat, CLEAN_PIXELS), _jpeg(flat, THUMB_PIXELS))
