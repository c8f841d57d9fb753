"""Give each request a number to quote, and turn refusals raised anywhere in a view into answers."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from linli.core.errors import Refusal
from linli.core.service import request_id

from .refusals import number_new, refusal_response


class RefusalMiddleware:
    """Stand right around the views; the number also reaches the audit records of the services called."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on under a new number; a number sent by the client is not believed."""
        number = number_new()
        request.request_id = number  # type: ignore[attr-defined]
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers.setdefault("X-Request-Id", number)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; everything else is a fault and stays one."""
        return refusal_response(request, exception) if isinstance(exception, Refusal) else None


FOLLOW = "X-Linli-Follow"


class FollowMiddleware:
    """Tell a redirect in a header to the script that sends forms: where it followed the redirect itself, the
    page would be drawn twice, and the message of what was saved be gone with the one that nobody sees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 204 and the address where the request asks not to be redirected."""
        response = self.get_response(request)
        if request.headers.get(FOLLOW) == "no" and isinstance(response, HttpResponseRedirect):
            response.status_code = HTTPStatus.NO_CONTENT
            response[FOLLOW] = response.url
            del response["Location"]
        return response
