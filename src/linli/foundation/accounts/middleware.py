"""Who acts in a request, and from where."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from linli.core.actor import Actor, visitor

from . import selectors
from .models import Account, Role
from .rules import network_of

VISITOR_COOKIE = "visitor"
VISITOR_DAYS = 14
CONSENT = "privacy_version"
ROLE, AREA, AREA_NAME, WAY = "role", "area", "area_name", "way"
_VISITOR_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """One line of the role menu."""

    id: str
    label: str
    area: str
    is_current: bool


class ActorRequest(HttpRequest):
    """A request as the middleware leaves it; annotate views with it."""

    actor: Actor
    roles: list[Role]
    role_choices: list[RoleChoice]
    whole_areas: tuple[str, ...]
    address: str
    unread_count: int


def address_of(request: HttpRequest) -> str:
    """Return the client's network: the one place that says where a request comes from.

    Anybody can send ``X-Forwarded-For``. Each own proxy adds whom it heard at the end, so that with
    ``LINLI_PROXIES`` of them the entry that many from the end is true, and none before it.
    """
    proxies: int = settings.PROXIES
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    said = forwarded[-proxies] if 0 < proxies <= len(forwarded) else ""
    return network_of(said) or network_of(str(request.META.get("REMOTE_ADDR", "")))


def role_key_of(role: Role) -> str:
    """Return what the session keeps of a chosen role: the role, or the deputyship it is held by."""
    deputyship = getattr(role, "deputyship_id", None)
    return f"d{deputyship}" if deputyship else f"r{role.pk}"


def session_begin(request: HttpRequest, account: Account) -> None:
    """Sign an account in: the session gets a new key, and drops what another account left in it."""
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    for name in (ROLE, AREA, AREA_NAME, CONSENT, WAY):
        request.session.pop(name, None)


def _visitor_id(request: HttpRequest) -> str:
    known = request.COOKIES.get(VISITOR_COOKIE, "")
    if _VISITOR_ID.fullmatch(known):
        return known
    fresh = secrets.token_hex(16)
    request.visitor_id = fresh  # type: ignore[attr-defined]
    return fresh


def _roles(request: HttpRequest) -> list[Role]:
    account = request.user
    if not isinstance(account, Account) or account.kind != Account.Kind.STAFF:
        return []
    return selectors.role_list(account.person)


def _current_role(request: Any) -> Role | None:
    roles = list(request.roles)
    chosen = request.session.get(ROLE)
    return next((role for role in roles if role_key_of(role) == chosen), roles[0] if roles else None)


def _load(request: Any) -> Actor:
    account = request.user
    if not account.is_authenticated:
        return visitor(_visitor_id(request), request.address)
    role = _current_role(request)
    if role is None:
        return selectors.actor_of_resident(account)
    actor = selectors.actor_of_role(account, role)
    request.whole_areas = actor.areas
    area = request.session.get(AREA, "")
    return actor.with_areas((area,)) if area and actor.covers(area) else actor


def _role_choices(request: Any) -> list[RoleChoice]:
    current, area = _current_role(request), request.session.get(AREA_NAME, "")
    choices = []
    for role in request.roles:
        is_current = role is current
        name = str(role)
        label = (
            _("代 %(name)s（%(name2)s）") % {"name": role.person.name, "name2": name}
            if role.deputyship_id
            else name
        )
        place = str(role.unit or "")
        choices.append(
            RoleChoice(
                role_key_of(role),
                label,
                _("%(place)s，只看%(area)s") % {"place": place, "area": area}
                if is_current and area
                else place,
                is_current,
            )
        )
    return choices


def _unread(actor: Actor) -> int:
    from linli.foundation.notices.selectors import unread_count  # notices stands on accounts

    return unread_count(actor) if actor.is_signed_in else 0


class ActorMiddleware:
    """Put the actor on the request, read only when asked for (two queries beside session and account)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Attach ``actor``, ``roles``, ``role_choices``, ``address`` and ``unread_count``."""
        request.address = address_of(request)
        request.whole_areas = ()
        request.roles = SimpleLazyObject(lambda: _roles(request))
        request.actor = SimpleLazyObject(lambda: _load(request))
        request.role_choices = SimpleLazyObject(lambda: _role_choices(request))
        request.unread_count = SimpleLazyObject(lambda: _unread(request.actor))
        response = self.get_response(request)
        if fresh := getattr(request, "visitor_id", ""):
            response.set_cookie(
                VISITOR_COOKIE,
                fresh,
                max_age=VISITOR_DAYS * 86400,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
