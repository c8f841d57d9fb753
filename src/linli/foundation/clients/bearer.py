"""Who comes with ``Authorization: Bearer``: no session, no cookie, no CSRF token, every request counted."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer, SessionAuth

from linli.core import clock
from linli.core.actor import Actor, Scope
from linli.core.errors import NotAllowed, NotSignedIn, TooMany
from linli.core.words import gettext_lazy

from .models import ClientToken
from .rules import is_allowed_from
from .selectors import actor_of_client, token_find
from .services import Usage, token_use


class TokenRefused(NotSignedIn):
    """The token is unknown, revoked or over."""

    code = "client.token_refused"
    message = gettext_lazy("接口令牌无效。")
    hint = gettext_lazy("请核对请求头 Authorization: Bearer；令牌由本单位管理员在“设置 → 接口”里签发。")


def client_enter(request: HttpRequest, secret: str) -> Actor:
    """Put the client of a token on the request as its actor, and count the request.

    Raises ``TokenRefused``, ``NotAllowed`` (from this address), ``TooMany``.
    """
    token = token_find(secret)
    if token is None:
        raise TokenRefused()
    if fault := _fault(token):
        raise TokenRefused(fault)
    if not is_allowed_from(str(getattr(request, "address", "")), token.client.addresses.split()):
        raise NotAllowed(
            _("不接受来自这个网络地址的请求。"), hint=_("请联系签发令牌的管理员登记贵方的出口地址。")
        )
    actor = actor_of_client(token.client)
    usage = token_use(actor=actor, token=token)
    request.actor, request.usage = actor, usage  # type: ignore[attr-defined]
    if usage.is_over:
        words = _("请求太频繁：每分钟最多%d次。") % usage.limit
        raise TooMany(words, hint=_("请等到下一分钟再继续。"), details={"retry_after": usage.resets_in})
    return actor


def _fault(token: ClientToken) -> str:
    client, today = token.client, clock.today()
    if token.revoked_at is not None:
        return _("这个接口令牌已经吊销。")
    if client.closed_at is not None or (client.unit.closed_on and client.unit.closed_on <= today):
        return _("这个接口已经停用。")
    if client.expires_on < today:
        return _("这个接口已经到期，请联系管理员延长。")
    return ""


def limit_headers(usage: Usage) -> dict[str, str]:
    """Return the headers that say how many requests are left."""
    return {
        "RateLimit-Limit": str(usage.limit),
        "RateLimit-Remaining": str(usage.remaining),
        "RateLimit-Reset": str(usage.resets_in),
    }


class ClientBearer(HttpBearer):
    """Let a client in that was granted one of ``scopes``; with none, an act that is for people only."""

    openapi_description = gettext_lazy("接口令牌，由单位管理员在“设置 → 接口”签发。")

    def __init__(self, *scopes: Scope) -> None:
        self.scopes = frozenset(scopes)
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the client's actor; raises what ``client_enter`` raises, and ``NotAllowed``."""
        actor = client_enter(request, token)
        if self.scopes & actor.scopes:
            return actor
        if not self.scopes:
            raise NotAllowed(_("这一步只能由工作人员办理，接口不能代办。"), hint=_("请在工作台办理。"))
        missing = "、".join(sorted(self.scopes))
        raise NotAllowed(_("这个接口没有所需的授权：%s。") % missing, hint=_("请联系签发令牌的管理员。"))


class PageSession(SessionAuth):
    """The session of a person's browser, with its CSRF token."""


def let_in(*scopes: Scope) -> list[HttpBearer | SessionAuth]:
    """Return the two ways into an interface: a client that was granted one of ``scopes``, a person."""
    return [ClientBearer(*scopes), PageSession(csrf=True)]
