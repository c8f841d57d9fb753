"""Accounts of staff: made, changed, reset, and proven by password and authenticator."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import blind_index, key_ring
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service
from linli.foundation.places.models import Division

from ..models import Account, Person, Role, Unit
from ..permissions import can_grant_role, can_manage_account, can_use_account
from ..rules import (
    READABLE,
    TEMPORARY_PASSWORD_LENGTH,
    TOTP_TRY_LIMIT,
    code_normal,
    phone_normal,
    totp_step,
    username_normal,
)
from .rates import rate_check
from .roles import role_grant

SECRET_CONTEXT = "mfa_authenticator.totp"  # noqa: S105 where the ciphertext belongs
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A new account, its first role, and the temporary password that is shown once."""

    account: Account
    role: Role
    password: str


def _temporary_password() -> str:
    letters = "".join(secrets.choice(READABLE) for _ in range(TEMPORARY_PASSWORD_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _person(name: str, phone: str, username: str) -> tuple[Person, bool]:
    """Return the person behind a new account, and whether the phone was somebody's already."""
    if Account.objects.filter(username=username).exists():
        words = _("这个用户名已被使用，请换一个。")
        raise InvalidInput(words, details={"username": words})
    if not name:
        raise InvalidInput(_("请填写姓名。"), details={"name": _("请填写姓名。")})
    digits = phone_normal(phone) if phone.strip() else ""
    known = Person.objects.filter(phone_index=blind_index("phone", digits)).first() if digits else None
    if known is not None:
        return known, True
    fresh = Person.objects.create(
        name=name, phone=digits, phone_index=blind_index("phone", digits) or None, created_at=clock.now()
    )
    return fresh, False


@service
def account_create_staff(
    *,
    actor: Actor,
    unit: Unit,
    function: str,
    name: str,
    username: str,
    phone: str = "",
    email: str = "",
    title: str = "",
    areas: Iterable[Division] = (),
    is_unit_admin: bool = False,
    password: str = "",
    is_demo: bool = False,
) -> StaffAccount:
    """Make an account and its first role; without ``password`` a temporary one is made and returned.

    A phone that already belongs to somebody makes this one more account of the same person; whoever
    then signs in must first prove that the phone is theirs.
    """
    places, username = list(areas), username_normal(username)
    if not can_grant_role(actor, unit, function, tuple(place.path for place in places)):
        raise NotAllowed(_("您不能为这个单位添加这样的人员。"), hint=_("请联系该单位或上级单位的管理员。"))
    person, is_known = _person(name.strip(), phone, username)
    temporary = password or _temporary_password()
    account = Account.objects.create(
        kind=Account.Kind.STAFF,
        username=username,
        person=person,
        email=email.strip(),
        password=make_password(temporary),
        must_change_password=not password,
        must_prove_phone=is_known,
        is_demo=is_demo,
        created_at=clock.now(),
    )
    record("account.create", account, touched=[Person])
    role = role_grant(
        actor=actor,
        person=person,
        unit=unit,
        function=function,
        areas=places,
        title=title,
        is_unit_admin=is_unit_admin,
    )
    return StaffAccount(account, role, "" if password else temporary)


@service
def account_update(*, actor: Actor, account: Account, name: str, email: str) -> Account:
    """Correct a staff member's name or work e-mail."""
    if not can_manage_account(actor, account):
        raise NotAllowed
    if not name.strip():
        raise InvalidInput(_("请填写姓名。"), details={"name": _("请填写姓名。")})
    changes = changes_of(account.person, name=name.strip())
    if changes:
        record("person.update", account.person, changes)
    changes = changes_of(account, email=email.strip())
    if changes:
        record("account.update", account, changes)
    return account


@service
def account_state_set(*, actor: Actor, account: Account, is_active: bool) -> Account:
    """Stop an account or let it sign in again; stopping ends its sessions at the next page."""
    if not can_manage_account(actor, account) or account.pk == actor.account_id:
        raise NotAllowed(_("您不能停用或启用这个账号。"))
    changes = changes_of(account, is_active=is_active)
    if changes:
        record("account.enable" if is_active else "account.disable", account, changes)
    return account


@service
def account_reset(*, actor: Actor, account: Account) -> str:
    """Give a staff account a temporary password, shown once, and forget its authenticator."""
    if not can_manage_account(actor, account) or account.kind != Account.Kind.STAFF:
        raise NotAllowed(_("您不能重置这个账号。"), hint=_("请联系该人员所在单位或上级单位的管理员。"))
    temporary = _temporary_password()
    Authenticator.objects.filter(user=account).delete()
    changes = changes_of(account, password=make_password(temporary), must_change_password=True)
    record("account.reset", account, changes, touched=[Authenticator])
    return temporary


@service
def password_change(*, actor: Actor, account: Account, password: str, repeated: str) -> Account:
    """Set the password that a person chose; every other session of the account ends."""
    if not can_use_account(actor, account):
        raise NotAllowed
    words = _("两次填写的密码不一样。") if password != repeated else ""
    if not words and account.check_password(password):
        words = _("新密码不能和现在的密码相同。")
    if not words:
        try:
            validate_password(password, account)
        except ValidationError as error:
            words = "".join(error.messages)
    if words:
        raise InvalidInput(words, details={"password": words})
    changes = changes_of(account, password=make_password(password), must_change_password=False)
    record("account.password_change", account, changes)
    return account


def _encrypted(secret: str) -> str:
    return key_ring().encrypt(secret, SECRET_CONTEXT)


def _digest(account: Account, code: str) -> str:
    return key_ring().digest("recovery", f"{account.pk}:{code}")


@service
def totp_enrol(*, actor: Actor, account: Account, secret: str, code: str) -> list[str]:
    """Bind an authenticator after its first right code; returns recovery codes, shown once."""
    if not can_use_account(actor, account):
        raise NotAllowed
    step = totp_step(secret, code_normal(code), clock.now())
    if step is None:
        words = _("验证码不对。请核对手机时间是否准确，再输入最新的6位数字。")
        raise InvalidInput(words, details={"code": words})
    if Authenticator.objects.filter(user=account).exists():
        raise Conflict(_("这个账号已经绑定了身份验证器。"), hint=_("如需更换，请联系单位管理员重置。"))
    totp = Authenticator.objects.create(
        user=account,
        type=Authenticator.Type.TOTP,
        data={"secret": _encrypted(secret), "last_step": step},
        created_at=clock.now(),
    )
    codes = ["".join(secrets.choice(READABLE) for _ in range(8)) for _ in range(RECOVERY_CODES)]
    Authenticator.objects.create(
        user=account,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"digests": [_digest(account, one) for one in codes]},
        created_at=clock.now(),
    )
    record("account.totp_enrol", account, touched=[totp])
    return codes


@service
def totp_try(*, actor: Actor, account: Account, code: str) -> bool:
    """Try a code of the authenticator, or a recovery code; each is good once, tries are limited."""
    if not can_use_account(actor, account):
        raise NotAllowed
    rate_check(limits=[TOTP_TRY_LIMIT], key=f"account:{account.pk}")
    typed = code_normal(code)
    rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=account)}
    is_right = _totp_used(rows.get("totp"), typed) or _recovery_used(
        rows.get("recovery_codes"), _digest(account, typed)
    )
    record("account.totp_accept" if is_right else "account.totp_refuse", account, touched=[Authenticator])
    return is_right


def _totp_used(row: Authenticator | None, typed: str) -> bool:
    if row is None:
        return False
    secret = key_ring().decrypt(row.data["secret"], SECRET_CONTEXT)
    step = totp_step(secret, typed, clock.now(), after=row.data["last_step"])
    if step is None:
        return False
    row.data["last_step"], row.last_used_at = step, clock.now()
    row.save()
    return True


def _recovery_used(row: Authenticator | None, digest: str) -> bool:
    if row is None or digest not in row.data["digests"]:
        return False
    row.data["digests"].remove(digest)
    row.last_used_at = clock.now()
    row.save()
    return True


@service
def staff_enter(*, actor: Actor, account: Account) -> Account:
    """Record that a staff account has passed every step and is signed in."""
    if not can_use_account(actor, account):
        raise NotAllowed
    record("account.sign_in", account, changes_of(account, signed_in_at=clock.now()))
    return account
