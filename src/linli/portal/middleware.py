"""The neighbourhood that the reader chose, for the header of every portal page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from linli.work.matters.resident.browser import neighbourhood_of

from .contacts import Contact, contact_list


class NeighbourhoodMiddleware:
    """Let pages ask for the neighbourhood's name, number and code; nothing is read where none is drawn."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach ``place_name``, ``place_contact`` and ``place_code`` as something to be called."""
        request.place_name = lambda: _name(request)  # type: ignore[attr-defined]
        request.place_contact = lambda: _contact(request)  # type: ignore[attr-defined]
        request.place_code = lambda: _code(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _name(request: HttpRequest) -> str:
    division = neighbourhood_of(request)
    return division.short_name or division.name if division else ""


def _contact(request: HttpRequest) -> Contact | None:
    division = neighbourhood_of(request)
    found = contact_list(division) if division else []
    return next((contact for contact in found if contact.dial), None)


def _code(request: HttpRequest) -> str:
    division = neighbourhood_of(request)
    return division.code if division else ""
