"""The addresses of GeoReport v2: parse, call, render; a refusal is the specification's list of errors."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from linli.core.errors import NotFound, Refusal
from linli.core.words import gettext_lazy
from linli.foundation.clients.bearer import limit_headers

from . import document
from .attributes import attributes_of
from .intake import client_of, request_take
from .reading import asked, told
from .selectors import (
    category_of,
    jurisdiction_of,
    request_published,
    requests_published,
    service_list,
    token_request_id,
    updates_published,
)
from .shapes import DefinitionOut, Discovery, Endpoint, TokenOut, plain
from .writing import JSON, TYPES, XML, answered, refused

View = Callable[..., HttpResponse]
READS = ("GET", "HEAD")
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-26T00:00:00+08:00"


class WrongMethod(Refusal):
    """The address exists, but does not take this method."""

    code = "request.wrong_method"
    status = 405
    message = gettext_lazy("这个地址不接受这种请求方法。")
    hint = gettext_lazy("请看接口说明，或看应答头 Allow。")


def georeport(*methods: str) -> Callable[[View], View]:
    """Let a view answer these methods in XML or JSON, without session and cookie; refusals become errors."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @conditional_page
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, form: str = JSON, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise WrongMethod
                response = view(request, *args, form=form, **kwargs)
            except Refusal as refusal:
                response = refused(request, form, refusal)
            return _headed(request, response, methods)

        return inner

    return wrap


def _headed(request: HttpRequest, response: HttpResponse, methods: tuple[str, ...]) -> HttpResponse:
    """Say what holds for every answer: public reads may be read by any page, what was posted by nobody."""
    if response.status_code == WrongMethod.status:
        response["Allow"] = ", ".join(methods)
    if request.method in READS:
        response["Access-Control-Allow-Origin"] = "*"
        response["Cache-Control"] = "no-cache"
    else:
        response["Cache-Control"] = "no-store"
    usage = getattr(request, "usage", None)
    for name, value in (limit_headers(usage) if usage else {}).items():
        response[name] = value
    return response


@georeport(*READS)
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Say which versions are served where, and whom to ask."""
    base = settings.BASE_URL.rstrip("/")
    endpoint = Endpoint(
        specification=SPECIFICATION,
        url=f"{base}{reverse('open311:guide')}v2",
        changeset=CHANGESET,
        type="test" if settings.DEMO else "production",
        formats=[TYPES[XML].partition(";")[0], TYPES[JSON].partition(";")[0]],
    )
    found = Discovery(
        changeset=CHANGESET,
        contact=_("联系方式见 %s") % f"{base}{reverse('portal:help')}",
        key_service=_("密钥由单位管理员签发，见 %s") % f"{base}{reverse('open311:guide')}",
        endpoints=[endpoint],
    )
    return answered(form, "discovery", plain(found))


@georeport(*READS)
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """List what can be reported."""
    jurisdiction_of(asked(request))
    return answered(form, "services", [plain(row) for row in service_list()])


@georeport(*READS)
def definition(request: HttpRequest, code: str, *, form: str) -> HttpResponse:
    """Say which questions are asked for a service."""
    jurisdiction_of(asked(request))
    found = DefinitionOut(service_code=code, attributes=attributes_of(category_of(code)))
    return answered(form, "service_definition", plain(found))


@georeport(*READS, "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """List what is published, or take something in."""
    if request.method == "POST":
        said = told(request)
        posted = request_take(request, client_of(request, said), said)
        return answered(form, "service_requests", [plain(posted.answer)])
    said = asked(request)
    found = requests_published(jurisdiction_of(said), said)
    return answered(form, "service_requests", [plain(row) for row in found])


@georeport(*READS)
def one_request(request: HttpRequest, service_request_id: str, *, form: str) -> HttpResponse:
    """Show one published matter."""
    said = asked(request)
    is_extended = said.get("extensions") == "true"
    found = request_published(jurisdiction_of(said), service_request_id, is_extended=is_extended)
    return answered(form, "service_requests", [plain(row) for row in found])


@georeport(*READS)
def token(request: HttpRequest, token: str, *, form: str) -> HttpResponse:
    """Say under which id what was reported is public."""
    found = token_request_id(jurisdiction_of(asked(request)), token)
    answer = TokenOut(service_request_id=found, token=token)
    return answered(form, "service_requests", [plain(answer)])


@georeport(*READS)
def updates(request: HttpRequest, *, form: str) -> HttpResponse:
    """List how the status of what is published has changed."""
    said = asked(request)
    found = updates_published(jurisdiction_of(said), said)
    return answered(form, "service_requests_updates", [plain(row) for row in found])


@georeport(*READS)
def openapi(request: HttpRequest, *, form: str) -> HttpResponse:
    """Return the OpenAPI document of this interface."""
    return answered(JSON, "openapi", document.openapi())


@georeport(*READS, "POST", "PUT", "PATCH", "DELETE")
def nowhere(request: HttpRequest, rest: str, *, form: str) -> HttpResponse:
    """Answer an address that is none in the form that it seems to ask for."""
    wanted = XML if rest.endswith(".xml") else JSON
    words = _("没有这个接口地址，或格式不是 .json、.xml。")
    return refused(request, wanted, NotFound(words, hint=_("请核对网址；说明见 /open311/。")))
