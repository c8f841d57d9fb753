"""Answers in the two forms of GeoReport v2, XML and JSON, and its list of errors."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as Xml

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput, NotSignedIn, Refusal

JSON, XML = "json", "xml"
TYPES = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
# What an entry of each list is called; the whole answer is an entry or a list of its own name.
ENTRIES = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "service_requests": "request",
    "service_requests_updates": "request_update",
    "media_urls": "media_url",
    "errors": "error",
}
# Which parameter a service's field came from.
NAMES = {
    "text": "description",
    "photos": "media_url",
    "address": "address_string",
    "place": "lat, long",
    "position": "lat, long",
    "happened_at": "requested_datetime",
    "reporter_name": "first_name, last_name",
    "reporter_phone": "phone",
}
BAD_REQUEST, NO_KEY, UNREADABLE = 400, 403, 422
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answered(form: str, root: str, content: Any, status: int = 200) -> HttpResponse:
    """Return an answer: JSON as it is, XML inside an element called ``root``."""
    if form == XML:
        return HttpResponse(xml_of(root, content), status=status, content_type=TYPES[XML])
    return JsonResponse(
        content,
        status=status,
        safe=False,
        json_dumps_params={"ensure_ascii": False},
        content_type=TYPES[JSON],
    )


def xml_of(root: str, content: Any) -> bytes:
    """Write mappings, lists, texts, numbers, truths and nothing as one XML document."""
    element = Xml.Element(root)
    _write(element, content)
    return bytes(Xml.tostring(element, encoding="utf-8", xml_declaration=True))


def _write(element: Xml.Element, content: Any) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _write(Xml.SubElement(element, name), value)
    elif isinstance(content, list):
        for value in content:
            _write(Xml.SubElement(element, ENTRIES[element.tag]), value)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = _NOT_XML.sub("", str(content))


def refused(request: HttpRequest, form: str, refusal: Refusal) -> HttpResponse:
    """Answer a refusal as the specification's list of errors, one a field, in the reader's language."""
    status = _status(refusal)
    errors = [{"code": status, "description": words} for words in _words(refusal)]
    response = answered(form, "errors", errors, status)
    if retry_after := refusal.details.get("retry_after"):
        response["Retry-After"] = str(retry_after)
    return response


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, NotSignedIn):
        return NO_KEY
    return BAD_REQUEST if refusal.status == UNREADABLE else refusal.status


def _words(refusal: Refusal) -> Sequence[str]:
    fields = {
        NAMES.get(name, name): words for name, words in refusal.details.items() if isinstance(words, str)
    }
    if not isinstance(refusal, InvalidInput) or not fields:
        return [f"{refusal.message}{refusal.hint}"]
    return [_("%(name)s：%(words)s") % {"name": name, "words": words} for name, words in fields.items()]
