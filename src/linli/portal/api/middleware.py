"""What every answer of the interface carries, and what is refused before a view reads anything."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response, patch_vary_headers

from linli.core.errors import Refusal
from linli.foundation.clients.bearer import limit_headers
from linli.foundation.ui.refusals import refusal_response

from .faults import NoAddress, TooLarge, WrongMethod, WrongType

START = "/api/"
JSON, FORM = "application/json", "multipart/form-data"
UPLOADS = "/api/v1/files"
IMPORTS = re.compile(r"/api/v1/imports(?:/[0-9a-f-]{36}/rows)?")


class InterfaceMiddleware:
    """Stand around the interface's views: strict about bodies, one form of refusal, ETags, limits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; pages pass untouched."""
        response = self.get_response(request)
        if not request.path.startswith(START):
            return response
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            response = refusal_response(request, WrongMethod())
            response["Allow"] = allowed
        elif response.status_code == 404 and request.resolver_match is None:
            response = refusal_response(request, NoAddress())
        usage = getattr(request, "usage", None)
        for name, value in (limit_headers(usage) if usage else {}).items():
            response[name] = value
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Bearer realm="linli"'
        return _conditional(request, response)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse a body that is no JSON or too large, before anybody reads it."""
        if not request.path.startswith(START) or request.method != "POST":
            return None
        fault = _body_fault(request)
        return refusal_response(request, fault) if fault else None


def _body_fault(request: HttpRequest) -> Refusal | None:
    length, megabytes = str(request.META.get("CONTENT_LENGTH") or "0"), _file_megabytes(request.path)
    # a file goes to the disk in chunks, its form around it is small
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + megabytes * 1024 * 1024
    if not length.isdigit() or int(length) > most:
        return TooLarge()
    wanted = FORM if megabytes else JSON
    return None if int(length) == 0 or request.content_type == wanted else WrongType()


def _file_megabytes(path: str) -> int:
    """Return how large a file an address takes, in MB; 0 where it takes JSON."""
    if path == UPLOADS:
        return settings.RECORDING_MB  # type: ignore[no-any-return]
    return max(settings.IMPORT_MB, settings.REGISTRY_MB) if IMPORTS.fullmatch(path) else 0


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give a read an ETag, and answer 304 to whoever has it already; nothing else is kept anywhere."""
    patch_vary_headers(response, ["Authorization", "Cookie", "Accept-Language"])
    if request.method != "GET" or response.status_code != 200 or response.streaming:
        response["Cache-Control"] = "no-store"
        return response
    response["Cache-Control"] = "private, no-cache"
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=response)
    return found if isinstance(found, HttpResponse) else response
