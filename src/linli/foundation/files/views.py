"""Serving clean copies; the rooms decide who may see them."""

import re
from collections.abc import Iterable
from typing import Literal

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
    StreamingHttpResponse,
)

from . import storage
from .models import PublicCopy, StoredFile
from .proposals import Proposal

# A picture opened by itself is shown by the browser's own viewer, which styles inline; nothing may run.
ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
JPEG = "image/jpeg"
ENDINGS = {
    **{JPEG: "jpg", "video/mp4": "mp4", "video/webm": "webm", "audio/mp4": "m4a", "audio/webm": "weba"},
    **{"audio/ogg": "ogg", "audio/wav": "wav", "audio/mpeg": "mp3", "audio/aac": "aac", "audio/amr": "amr"},
}
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
Variant = Literal["clean", "thumb"]


def file_response(request: HttpRequest, stored: StoredFile, variant: Variant) -> HttpResponseBase:
    """Return a stored file's clean copy or thumbnail, or a stretch of it; the original is never served.

    The caller has checked that this reader may see it. The address is private to the reader's cache.
    """
    relative = {"clean": stored.clean_path, "thumb": stored.thumb_path}[variant]
    if stored.state != StoredFile.State.READY:
        raise Http404
    media_type = JPEG if stored.is_photo else stored.media_type
    return _answer(request, relative, media_type, str(stored.public_id))


def proposals_response(found: Iterable[Proposal]) -> JsonResponse:
    """Return where a photo probably shows faces and number plates, for the page that blurs it."""
    response = JsonResponse({"proposals": [{"kind": one.kind, "box": one.box} for one in found]})
    response["Cache-Control"] = "no-store"
    return response


def public_copy_response(request: HttpRequest, copy: PublicCopy, variant: Variant) -> HttpResponseBase:
    """Return what the public sees of a photo; gone as soon as it was taken down."""
    relative = {"clean": copy.path, "thumb": copy.thumb_path}[variant]
    return _answer(request, relative, JPEG, str(copy.public_id))


def _answer(request: HttpRequest, relative: str, media_type: str, name: str) -> HttpResponseBase:
    if not relative:
        raise Http404
    tag = f'"{relative.rpartition("/")[2][:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag, "Cache-Control": "private, max-age=86400"})
    try:
        size = storage.size(relative)
        first, length, is_part = _stretch(request, size, tag)
        response: HttpResponseBase = (
            StreamingHttpResponse(storage.stream(relative, first, length), status=206 if is_part else 200)
            if length
            else HttpResponse(status=416)
        )
    except FileNotFoundError as error:
        raise Http404 from error
    if is_part:
        last = first + length - 1
        response["Content-Range"] = f"bytes {first}-{last}/{size}" if length else f"bytes */{size}"
    response["Content-Type"] = media_type
    response["Content-Length"] = str(length)
    response["Accept-Ranges"] = "bytes"
    # Compressing a picture gains nothing, and a stretch of a compressed file is not a stretch of the file.
    response["Content-Encoding"] = "identity"
    response["Content-Disposition"] = f'inline; filename="{name}.{ENDINGS[media_type]}"'
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = ALONE
    response["ETag"] = tag
    return response


def _stretch(request: HttpRequest, size: int, tag: str) -> tuple[int, int, bool]:
    """Return (first byte, how many, whether a stretch was asked for); none where it lies outside.

    Players ask for one stretch; whoever asks for several, or of an older version, gets the whole.
    """
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked[0] == "bytes=-" or request.headers.get("If-Range", tag) != tag:
        return 0, size, False
    first, last = asked[1], asked[2]
    if not first:
        length = min(int(last), size)
        return size - length, length, True
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    return start, max(end - start + 1, 0), True
