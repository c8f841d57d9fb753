"""Reads of clients: whose token this is, who manages them, what they are called."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function, Scope
from linli.core.crypto import key_ring
from linli.core.errors import NotFound
from linli.foundation.accounts.selectors import unit_scope

from .models import Client, ClientToken

KEY = "client"


def token_digest(secret: str) -> str:
    """Return the keyed digest by which a token is found; the secret itself is kept nowhere."""
    return key_ring().digest("client-token", secret)


def token_find(secret: str) -> ClientToken | None:
    """Return the token with this secret, with its client and unit, whatever its state (one query)."""
    tokens = ClientToken.objects.select_related("client__unit")
    return tokens.filter(digest=token_digest(secret)).first()


def actor_of_client(client: Client) -> Actor:
    """Return the actor of a client: its unit's system, in its areas, with what it was granted."""
    known = {scope.value for scope in Scope}
    return Actor(
        key=f"{KEY}:{client.public_id}",
        function=Function.CLIENT,
        name=client.name,
        unit_id=client.unit_id,
        areas=client.area_paths,
        scopes=frozenset(Scope(scope) for scope in client.scopes if scope in known),
    )


def client_scope(actor: Actor) -> QuerySet[Client]:
    """Return the clients of the units that an administrator manages."""
    return Client.objects.filter(unit__in=unit_scope(actor)).select_related("unit")


def client_list(actor: Actor) -> QuerySet[Client]:
    """Return the clients of an administrator's units, standing ones first, with ``used_at``."""
    used = Max("tokens__uses__minute")
    return client_scope(actor).annotate(used_at=used).order_by("-closed_at", "unit__name", "name")


def client_for_management(actor: Actor, public_id: str) -> Client:
    """Return a client in the actor's scope, or raise ``NotFound``."""
    client = client_scope(actor).filter(public_id=public_id).first()
    if client is None:
        raise NotFound(_("没有找到这个接口。"))
    return client


def token_list(client: Client) -> QuerySet[ClientToken]:
    """Return a client's tokens, newest first, with ``used_at`` and ``used_today`` (requests in 24 hours)."""
    day = Q(uses__minute__gte=clock.now() - timedelta(days=1))
    return client.tokens.annotate(used_at=Max("uses__minute"), used_today=Sum("uses__count", filter=day))


def client_names(keys: Iterable[str]) -> dict[str, Any]:
    """Return actor key → name of the clients among the keys of audit records (one query)."""
    ids = [key.partition(":")[2] for key in keys]
    return {f"{KEY}:{c.public_id}": c.name for c in Client.objects.filter(public_id__in=ids)} if ids else {}


def client_of_actor(actor: Actor) -> Client | None:
    """Return the client that acts, with its unit; ``None`` for everybody else."""
    if actor.function != Function.CLIENT:
        return None
    return Client.objects.select_related("unit").filter(public_id=actor.key.partition(":")[2]).first()
