"""Where a request comes from: only what own proxies added is believed."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from linli.foundation.accounts.middleware import address_of

PROXY, CLIENT, LIE = "127.0.0.1", "198.51.100.4", "203.0.113.66"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", PROXY),
        (0, LIE, PROXY),  # nobody vouches for it
        (1, CLIENT, CLIENT),
        (1, f"{LIE}, {CLIENT}", CLIENT),  # what the client sent itself stands before what the proxy heard
        (2, f"{LIE}, {CLIENT}, 10.0.0.2", CLIENT),
        (2, CLIENT, PROXY),  # came past the outer proxy
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, f"{CLIENT}:4711", CLIENT),
        (1, "2001:db8::5:6:7:8", "2001:db8::"),
    ],
)
def test_the_address_is_the_one_an_own_proxy_heard(
    settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)) == address


def test_several_headers_are_one_list(settings: Any) -> None:
    settings.PROXIES = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=f"{LIE},{LIE} ,, {CLIENT} ")
    assert address_of(request) == CLIENT


def test_a_server_behind_a_socket_has_no_address_of_its_own() -> None:
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="")) == ""


@pytest.mark.django_db
def test_a_visitor_comes_from_a_network_and_a_resident_from_none(cast: Any) -> None:
    answer = Client(REMOTE_ADDR=CLIENT).get("/sign-in/")
    assert answer.wsgi_request.actor.network == CLIENT  # type: ignore[attr-defined]
    assert cast.client("resident").get("/").wsgi_request.actor.network == ""
