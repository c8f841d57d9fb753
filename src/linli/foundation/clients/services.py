"""Every write of clients and their tokens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.models import Unit
from linli.foundation.places.models import Division

from .models import Client, ClientToken, TokenUse
from .permissions import can_clear_uses, can_manage_client, can_open_client
from .rules import MOST_TOKENS, REQUESTS, SHOWN, expiry_fault, networks_of, scopes_for, secret_new
from .selectors import token_digest

KEPT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token and its secret, which is shown once and kept nowhere."""

    token: ClientToken
    secret: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of this minute's requests a client has used; ``resets_in`` is in seconds."""

    limit: int
    used: int
    resets_in: int

    @property
    def remaining(self) -> int:
        """How many requests are left in this minute."""
        return max(self.limit - self.used, 0)

    @property
    def is_over(self) -> bool:
        """Whether this request was one too many."""
        return self.used > self.limit


def _refuse(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})


def _checked(unit: Unit, scopes: Iterable[str], addresses: str, limit: int, expires_on: date) -> list[str]:
    """Return the scopes in one order, or raise ``InvalidInput`` beside the field."""
    wanted, allowed = set(scopes), scopes_for(unit.function)
    if not wanted:
        raise _refuse("scopes", _("请至少选择一项授权。"))
    if wanted - allowed:
        raise _refuse("scopes", _("这类单位的系统不能有这项授权：%s。") % "、".join(sorted(wanted - allowed)))
    if expiry_fault(expires_on, clock.today()):
        raise _refuse("expires_on", _("到期日应在今天之后、一年之内；到期前可以延长。"))
    if not REQUESTS[0] <= limit <= REQUESTS[1]:
        raise _refuse("requests_a_minute", _("每分钟请求数应在1到6000之间。"))
    try:
        networks_of(addresses)
    except ValueError as error:
        words = _("“%s”不是网络地址。请写成 10.1.2.3 或 10.1.0.0/16，每行一个。") % error
        raise _refuse("addresses", words) from error
    return sorted(wanted)


def _areas_checked(actor: Actor, unit: Unit, areas: list[Division]) -> None:
    if not areas:
        raise _refuse("areas", _("请选择这个系统可以看到的区域。"))
    if not can_open_client(actor, unit, tuple(area.path for area in areas)):
        raise NotAllowed(
            _("您不能为这个单位设立这样的接口。"),
            hint=_("区域须在该单位范围内，由该单位或上级的管理员办理。"),
        )


@service
def client_open(
    *,
    actor: Actor,
    unit: Unit,
    name: str,
    scopes: Iterable[str],
    areas: Iterable[Division],
    expires_on: date,
    addresses: str = "",
    requests_a_minute: int = 120,
    contact_name: str = "",
    contact_phone: str = "",
) -> Client:
    """Connect a system of a unit; it can do nothing before a token was issued."""
    places = list(areas)
    _areas_checked(actor, unit, places)
    granted = _checked(unit, scopes, addresses, requests_a_minute, expires_on)
    client = Client.objects.create(
        unit=unit,
        name=_named(unit, name),
        scopes=granted,
        addresses="\n".join(networks_of(addresses)),
        requests_a_minute=requests_a_minute,
        contact_name=contact_name.strip(),
        contact_phone=contact_phone.strip(),
        expires_on=expires_on,
        created_at=clock.now(),
    )
    client.areas.set(places)
    record("client.open", client, touched=[Client.areas.through])
    return client


def _named(unit: Unit, name: str, client: Client | None = None) -> str:
    """Return a name that no other standing client of the unit has."""
    plain = name.strip()
    if not plain:
        raise _refuse("name", _("请填写系统名称，例如：12345热线平台。"))
    others = Client.objects.filter(unit=unit, name=plain, closed_at__isnull=True)
    if others.exclude(pk=client.pk if client else 0).exists():
        raise _refuse("name", _("本单位已有同名的接口。"))
    return plain


@service
def client_update(
    *,
    actor: Actor,
    client: Client,
    name: str,
    scopes: Iterable[str],
    areas: Iterable[Division],
    expires_on: date,
    addresses: str,
    requests_a_minute: int,
    contact_name: str,
    contact_phone: str,
) -> Client:
    """Change what a system may do, from where and until when; its tokens follow with the next request."""
    _standing(actor, client)
    places = list(areas)
    _areas_checked(actor, client.unit, places)
    granted = _checked(client.unit, scopes, addresses, requests_a_minute, expires_on)
    changes = changes_of(
        client,
        name=_named(client.unit, name, client),
        scopes=granted,
        addresses="\n".join(networks_of(addresses)),
        requests_a_minute=requests_a_minute,
        contact_name=contact_name.strip(),
        contact_phone=contact_phone.strip(),
        expires_on=expires_on,
    )
    former = {area.pk for area in client.areas.all()}
    if former != {area.pk for area in places}:
        client.areas.set(places)
    record("client.update", client, changes, touched=[Client.areas.through])
    return client


def _standing(actor: Actor, client: Client) -> None:
    if not can_manage_client(actor, client):
        raise NotAllowed()
    if client.closed_at is not None:
        raise Conflict(_("这个接口已经停用。"), hint=_("如需再用，请另设一个。"))


@service
def client_close(*, actor: Actor, client: Client) -> Client:
    """End a system's access at once, with all its tokens; what it did stays in the record under its name."""
    _standing(actor, client)
    at = clock.now()
    for token in client.tokens.filter(revoked_at__isnull=True):
        record("token.revoke", token, changes_of(token, revoked_at=at))
    record("client.close", client, changes_of(client, closed_at=at))
    return client


@service
def token_issue(*, actor: Actor, client: Client, label: str = "") -> IssuedToken:
    """Issue a token; its secret is in the result and nowhere else."""
    _standing(actor, client)
    Client.objects.select_for_update().get(pk=client.pk)
    if client.tokens.filter(revoked_at__isnull=True).count() >= MOST_TOKENS:
        raise Conflict(
            _("一个接口同时最多有%d个令牌。") % MOST_TOKENS, hint=_("请先吊销不再使用的令牌，再签发新的。")
        )
    secret = secret_new()
    token = ClientToken.objects.create(
        client=client,
        label=label.strip()[:40],
        prefix=secret[:SHOWN],
        digest=token_digest(secret),
        created_at=clock.now(),
    )
    record("token.issue", token)
    return IssuedToken(token, secret)


@service
def token_revoke(*, actor: Actor, token: ClientToken) -> ClientToken:
    """Take a token out of use; the next request with it is refused."""
    _standing(actor, token.client)
    if token.revoked_at is not None:
        raise Conflict(_("这个令牌已经吊销。"))
    record("token.revoke", token, changes_of(token, revoked_at=clock.now()))
    return token


@service
def token_use(*, actor: Actor, token: ClientToken) -> Usage:
    """Count one request of a client, refused ones too, and return what is left of its minute."""
    at = clock.now()
    minute = at.replace(second=0, microsecond=0)
    _count(token, minute)
    together = TokenUse.objects.filter(token__client=token.client_id, minute=minute).aggregate(n=Sum("count"))
    return Usage(token.client.requests_a_minute, together["n"], 60 - at.second)


def _count(token: ClientToken, minute: datetime) -> None:
    row = TokenUse.objects.filter(token=token, minute=minute)
    if row.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            TokenUse.objects.create(token=token, minute=minute)
    except IntegrityError:  # another request of this minute was first
        row.update(count=F("count") + 1)


@service
def uses_clear(*, actor: Actor) -> int:
    """Forget what was counted more than a month ago; returns how many rows went."""
    if not can_clear_uses(actor):
        raise NotAllowed()
    gone, _rows = TokenUse.objects.filter(minute__lt=clock.now() - KEPT).delete()
    return gone
