"""Who in the common sign-in is which of our accounts: claimed, confirmed, entered by hand, ended."""

from django.conf import settings
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service

from ..models import Account, Identity
from ..oidc import Claims
from ..permissions import can_link_identity


def _free(account: Account, issuer: str, subject: str) -> None:
    """Raise where the subject or the account is linked already."""
    standing = Identity.objects.filter(issuer=issuer, ended_at__isnull=True)
    if standing.filter(subject=subject).exists():
        raise Conflict(_("这个统一认证标识已经关联了账号。"), hint=_("请先在原来的人员那里解除。"))
    if standing.filter(account=account).exists():
        raise Conflict(_("这个账号已经关联了统一认证。"), hint=_("请先解除原来的，再登记新的。"))


@service
def identity_claim(*, actor: Actor, account: Account, claims: Claims) -> Identity:
    """Note that somebody of the common sign-in says to be an account's holder; it waits to be confirmed."""
    if actor.function != Function.VISITOR or account.kind != Account.Kind.STAFF or not account.is_active:
        raise NotAllowed()
    _free(account, claims.issuer, claims.subject)
    made = Identity.objects.create(
        account=account, issuer=claims.issuer, subject=claims.subject, created_at=clock.now()
    )
    record("identity.claim", made)
    return made


@service
def identity_link(*, actor: Actor, account: Account, subject: str) -> Identity:
    """Enter by hand which subject an account's holder is; it holds at once."""
    plain = subject.strip()
    if not can_link_identity(actor, account):
        raise NotAllowed(_("您不能关联这个账号。"), hint=_("本人的统一认证由另一位管理员办理。"))
    if not plain or len(plain) > 255 or not plain.isprintable():
        words = _("请填写统一认证平台给出的用户标识（sub）。")
        raise InvalidInput(words, details={"subject": words})
    _free(account, settings.OIDC_ISSUER, plain)
    now = clock.now()
    made = Identity.objects.create(
        account=account,
        issuer=settings.OIDC_ISSUER,
        subject=plain,
        created_at=now,
        confirmed_at=now,
        confirmed_by_id=actor.person_id,
    )
    record("identity.link", made)
    return made


@service
def identity_confirm(*, actor: Actor, identity: Identity) -> Identity:
    """Confirm that it is the same person; from now on the common sign-in lets them in."""
    if not can_link_identity(actor, identity.account):
        raise NotAllowed(_("您不能关联这个账号。"), hint=_("本人的统一认证由另一位管理员办理。"))
    if identity.ended_at is not None or identity.confirmed_at is not None:
        raise Conflict(_("这个统一认证身份已经处理过。"))
    changes = changes_of(identity, confirmed_at=clock.now(), confirmed_by_id=actor.person_id)
    record("identity.confirm", identity, changes)
    return identity


@service
def identity_end(*, actor: Actor, identity: Identity) -> Identity:
    """Refuse a claim, or unlink: the common sign-in no longer lets this subject in."""
    if not can_link_identity(actor, identity.account):
        raise NotAllowed()
    if identity.ended_at is not None:
        raise Conflict(_("这个统一认证身份已经解除。"))
    record("identity.end", identity, changes_of(identity, ended_at=clock.now()))
    return identity
