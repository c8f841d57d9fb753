"""The frame around every page: who is here, where they can go, how they like to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function

from .nav import (
    ACCOUNT,
    DESK,
    FOOT,
    PORTAL,
    RAIL_LIMIT,
    SETTINGS,
    Link,
    NavEntry,
    address,
    links,
    sign_in_page,
)

LARGER_COOKIE = "larger"
PHONE_BAR = 4


class RoleChoice(Protocol):
    """One role that the signed-in person may act in; accounts puts a sequence on ``request.role_choices``."""

    id: str
    label: str
    area: str
    is_current: bool


@dataclass
class Frame:
    """What base templates read as ``frame``; everything costly is computed when it is drawn.

    From other rooms it takes, where their middleware has set them: ``request.actor``,
    ``request.unread_count`` (a number, may be lazy), ``request.role_choices`` (RoleChoices, may be lazy),
    ``request.place_name`` (the neighbourhood's name) and ``request.is_schematic`` (map outlines invented).
    """

    request: HttpRequest

    def _given(self, name: str, default: Any) -> Any:
        value = getattr(self.request, name, default)
        return value() if callable(value) else value

    @property
    def actor(self) -> Actor | None:
        """Return who acts, or ``None`` where no middleware has said so."""
        return getattr(self.request, "actor", None)

    @property
    def is_signed_in(self) -> bool:
        """Whether a person is signed in."""
        return bool(self.actor and self.actor.is_signed_in)

    @property
    def is_larger(self) -> bool:
        """Whether the reader chose the larger version (长辈版)."""
        return self.request.COOKIES.get(LARGER_COOKIE) == "1"

    @property
    def is_demo(self) -> bool:
        """Whether this installation shows invented people."""
        return bool(getattr(settings, "DEMO", False))

    @property
    def is_schematic(self) -> bool:
        """Whether the map shows invented outlines (示意)."""
        return bool(self._given("is_schematic", False))

    @property
    def is_desk(self) -> bool:
        """Whether the page belongs to the desk."""
        return self.request.path.startswith("/desk/")

    @property
    def base_template(self) -> str:
        """Return the face for pages that both faces share, such as refusals."""
        return "ui/desk.html" if self.is_desk and self.is_signed_in else "ui/portal.html"

    @property
    def here(self) -> str:
        """Return this page's own address, to come back to."""
        return self.request.get_full_path() if self.request.method == "GET" else self.request.path

    @property
    def place_name(self) -> str:
        """Return the neighbourhood's name for the portal's header."""
        return str(self._given("place_name", "") or _("邻里"))

    @cached_property
    def place_contact(self) -> Any:
        """Return whom the neighbourhood calls (``name``, ``phone``, ``dial``), or ``None``."""
        return self._given("place_contact", None)

    @property
    def draft_owner(self) -> str:
        """Return a short digest that keeps one person's drafts from the next on a shared computer."""
        if not self.is_signed_in or self.actor is None:
            return "visitor"
        return sha256(f"{settings.SECRET_KEY}:{self.actor.key}".encode()).hexdigest()[:12]

    def _links(self, entries: tuple[NavEntry, ...]) -> list[Link]:
        is_admin = bool(self.actor and (self.actor.is_unit_admin or self.actor.function == Function.OPERATOR))
        shown = tuple(entry for entry in entries if is_admin or not entry.is_for_admins)
        return links(shown, self.actor.function if self.actor else None, self.request.path)

    @cached_property
    def nav(self) -> list[Link]:
        """Return the desk's rail: at most eight entries."""
        return self._links(DESK)[:RAIL_LIMIT]

    @property
    def nav_first(self) -> list[Link]:
        """Return what fits into the desk's bar on a phone."""
        return self.nav if len(self.nav) <= PHONE_BAR + 1 else self.nav[:PHONE_BAR]

    @property
    def nav_rest(self) -> list[Link]:
        """Return what the phone's bar keeps behind 更多."""
        return self.nav[len(self.nav_first) :]

    @cached_property
    def tabs(self) -> list[Link]:
        """Return the portal's columns."""
        return self._links(PORTAL)

    @cached_property
    def account(self) -> list[Link]:
        """Return the account menu."""
        return self._links(ACCOUNT)

    @cached_property
    def manage(self) -> list[Link]:
        """Return what stands under 设置."""
        return self._links(SETTINGS)

    @cached_property
    def foot(self) -> list[Link]:
        """Return the links at the foot of the portal."""
        return self._links(FOOT)

    @cached_property
    def unread(self) -> Any:
        """Return how many messages are unread: a number, or something lazy that is drawn as one."""
        return self._given("unread_count", 0)

    @cached_property
    def roles(self) -> Sequence[RoleChoice]:
        """Return the roles that the person may act in."""
        return list(self._given("role_choices", ()) or ()) if address("accounts:role_switch") else []

    @property
    def _role(self) -> RoleChoice | None:
        return next((role for role in self.roles if role.is_current), None)

    @property
    def role_label(self) -> str:
        """Return the words for the present role."""
        return self._role.label if self._role else _("选择岗位")

    @property
    def area_label(self) -> str:
        """Return the words for the present role's area."""
        return self._role.area if self._role else ""

    @property
    def role_url(self) -> str:
        """Return where a role is switched."""
        return address("accounts:role_switch") or ""

    @property
    def area_url(self) -> str:
        """Return where the desk is narrowed to one area."""
        return address("accounts:area_switch") or ""

    @property
    def home_url(self) -> str:
        """Return the start page of the reader's face."""
        if self.is_desk and self.nav:
            return self.nav[0].url
        return "/"

    @property
    def search_url(self) -> str:
        """Return where the desk's search leads."""
        return address("portal:search") or address("matters:list") or ""

    @property
    def search_hits_url(self) -> str:
        """Return where the desk's search asks while somebody types."""
        return address("portal:search_hits") or ""

    @property
    def search_words(self) -> str:
        """Return what was searched for on this page."""
        return self.request.GET.get("q", "") if self.request.path == self.search_url else ""

    @property
    def inbox_url(self) -> str:
        """Return where messages are read."""
        return (address("notices:inbox") or "") if self.is_signed_in else ""

    @property
    def sign_in_url(self) -> str:
        """Return where to sign in, coming back to this page."""
        return f"{sign_in_page(self.request.path)}?{urlencode({'next': self.here})}"

    @property
    def sign_out_url(self) -> str:
        """Return where signing out is posted to."""
        return address("accounts:sign_out") or ""


def frame(request: HttpRequest) -> Mapping[str, Any]:
    """Give every template its frame."""
    return {"frame": Frame(request)}
