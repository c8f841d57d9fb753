"""An interface's own document, served by the application to tests that send what it allows and forbids."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections


@contextmanager
def served(address: str) -> Iterator[Any]:
    """Yield the document at an address; requests made of it leave the test's connection open."""
    endings = (request_started, request_finished)
    for ending in endings:
        ending.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi(address, get_wsgi_application())
    finally:
        for ending in endings:
            ending.connect(close_old_connections)
