"""Serving clean pictures; the rooms decide who may see them."""

from typing import Literal

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified

from . import storage
from .models import StoredFile

# A picture opened by itself is shown by the browser's own viewer, which styles inline; nothing may run.
ALONE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


def file_response(
    request: HttpRequest, stored: StoredFile, variant: Literal["clean", "thumb"]
) -> HttpResponseBase:
    """Return a stored photo's clean version or thumbnail; the original is never served.

    The caller has checked that this reader may see it. The address is private to the reader's cache.
    """
    relative = {"clean": stored.clean_path, "thumb": stored.thumb_path}[variant]
    if stored.state != StoredFile.State.READY or not relative:
        raise Http404
    tag = f'"{relative.rpartition("/")[2][:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag, "Cache-Control": "private, max-age=86400"})
    try:
        file = (storage.root() / relative).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/jpeg", filename=f"{stored.public_id}.jpg")
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = ALONE
    response["ETag"] = tag
    return response
