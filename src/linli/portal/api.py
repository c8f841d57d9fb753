"""The JSON interface: every room's router under one address, one sign-in, one form of refusal."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import SessionAuth

from linli.core.errors import InvalidInput, NotSignedIn, Refusal
from linli.foundation.ui.refusals import refusal_response
from linli.work.matters.api import router as matters

api = NinjaAPI(
    title="Linli", version="1", urls_namespace="portal:api", auth=SessionAuth(csrf=True), docs_url=None
)
api.add_router("/matters", matters)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal as the pages do, as JSON."""
    return refusal_response(request, refusal)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Nobody is signed in."""
    return refusal_response(request, NotSignedIn())


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Input of the wrong shape, field by field."""
    details = {".".join(map(str, row["loc"][2:] or row["loc"])): row["msg"] for row in error.errors}
    return refusal_response(request, InvalidInput("请求的格式不对。", details=details))
