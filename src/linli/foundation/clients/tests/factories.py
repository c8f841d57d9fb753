"""A client of the cast's world and a browserless caller with its token."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client as Caller

from linli.core import clock
from linli.core.actor import Actor, Scope
from linli.foundation.clients.models import Client, ClientToken
from linli.foundation.clients.selectors import actor_of_client
from linli.foundation.clients.services import client_open, token_issue
from tests.people import SETUP, Cast


@dataclass
class Machine:
    """A connected system: its record, its token, and how it calls."""

    client: Client
    token: ClientToken
    secret: str

    @property
    def actor(self) -> Actor:
        """Who acts when it calls."""
        return actor_of_client(Client.objects.get(pk=self.client.pk))

    @property
    def caller(self) -> Caller:
        """Return a fresh caller without cookies that sends the token, strict about CSRF as a server is."""
        bearer = {"Authorization": f"Bearer {self.secret}"}
        return Caller(enforce_csrf_checks=True, headers=bearer)

    def get(self, path: str, **query: Any) -> Any:
        """Read something below ``/api/v1``."""
        return self.caller.get(f"/api/v1{path}", query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON to something below ``/api/v1``."""
        sent = {} if body is None else body
        return self.caller.post(f"/api/v1{path}", sent, content_type="application/json", headers=headers)


def machine(
    cast: Cast, unit: str, place: str, *scopes: Scope, name: str = "联调系统", **more: Any
) -> Machine:
    """Connect a system of a unit in one place and give it a token."""
    client = client_open(
        actor=SETUP,
        unit=cast.units[unit],
        name=name,
        scopes=scopes,
        areas=[cast.places[place]],
        expires_on=clock.today() + timedelta(days=30),
        **more,
    )
    issued = token_issue(actor=SETUP, client=client, label="测试")
    return Machine(client, issued.token, issued.secret)
