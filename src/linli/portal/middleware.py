"""The neighbourhood that the reader chose, for the header of every portal page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from linli.work.matters.resident.browser import neighbourhood_of


class NeighbourhoodMiddleware:
    """Let the frame ask for the neighbourhood's name; nothing is read where the header is not drawn."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach ``place_name`` as something to be called."""
        request.place_name = lambda: _name(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _name(request: HttpRequest) -> str:
    division = neighbourhood_of(request)
    return division.short_name or division.name if division else ""
