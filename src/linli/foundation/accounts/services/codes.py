"""One-time codes by phone: sent, tried, and good for one entry."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import blind_index, key_ring
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.retention import period
from linli.core.service import record, require_service, service

from ..channels import code_deliver
from ..models import Account, OneTimeCode, Person, PrivacyConsent, RateHit
from ..permissions import can_use_account
from ..privacy import notice_current
from ..rules import (
    CODE_ATTEMPTS,
    CODE_DIGITS,
    CODE_LIMIT_OF_ALL,
    CODE_LIMITS_PER_ADDRESS,
    CODE_LIMITS_PER_PHONE,
    CODE_MINUTES,
    CODE_TRY_LIMIT,
    CodeAnswer,
    code_answer,
    code_normal,
    phone_masked,
    phone_normal,
)
from .rates import rate_check

KEPT = period("rate_hit")


@dataclass(frozen=True, slots=True)
class SentCode:
    """What the page may say about a code; ``shown`` is the code itself in the demo, else empty."""

    phone_masked: str
    expires_at: datetime
    shown: str


@dataclass(frozen=True, slots=True)
class CodeTry:
    """What came of one try; ``code_id`` proves a right one to the service that uses it."""

    answer: CodeAnswer
    attempts_left: int
    phone_index: str
    code_id: int


def _digest(purpose: str, index: str, code: str) -> str:
    return key_ring().digest("code", f"{purpose}:{index}:{code}")


@service
def code_send(*, actor: Actor, phone: str, purpose: str, address: str) -> SentCode:
    """Send a fresh code to a phone; an earlier code for the same purpose stops being good.

    ``address`` is the client's network address, counted and kept as a keyed digest only.
    """
    digits = phone_normal(phone)
    rate_check(limits=CODE_LIMITS_PER_PHONE, key=f"phone:{digits}")
    rate_check(limits=CODE_LIMITS_PER_ADDRESS, key=f"address:{address}")
    rate_check(limits=[CODE_LIMIT_OF_ALL], key="all")
    index, now = blind_index("phone", digits), clock.now()
    OneTimeCode.objects.filter(phone_index=index, purpose=purpose, expires_at__gt=now).update(expires_at=now)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    row = OneTimeCode.objects.create(
        phone_index=index,
        purpose=purpose,
        code_digest=_digest(purpose, index, code),
        created_at=now,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )
    record("code.send", row, touched=[OneTimeCode])
    if not settings.SHOW_CODES:
        transaction.on_commit(lambda: code_deliver(digits, code))
    return SentCode(phone_masked(digits), row.expires_at, code if settings.SHOW_CODES else "")


@service
def code_try(*, actor: Actor, phone: str, code: str, purpose: str, address: str = "") -> CodeTry:
    """Try a code and count the try. A wrong one is an answer, not an error: the count must be kept."""
    if address:
        rate_check(limits=[CODE_TRY_LIMIT], key=f"address:{address}")
    index = blind_index("phone", phone_normal(phone))
    rows = OneTimeCode.objects.select_for_update().filter(phone_index=index, purpose=purpose)
    row = rows.filter(used_at__isnull=True).order_by("-pk").first()
    if row is None:
        return CodeTry(CodeAnswer.MISSING, 0, index, 0)
    is_right = secrets.compare_digest(row.code_digest, _digest(purpose, index, code_normal(code)))
    answer = code_answer(row.attempts, row.expires_at, is_right, clock.now())
    if answer in (CodeAnswer.RIGHT, CodeAnswer.WRONG):
        row.attempts += 1
        row.used_at = clock.now() if answer == CodeAnswer.RIGHT else None
        row.save(update_fields=["attempts", "used_at"])
        record("code.accept" if answer == CodeAnswer.RIGHT else "code.refuse", row, touched=[row])
    return CodeTry(answer, CODE_ATTEMPTS - row.attempts, index, row.pk)


@require_service
def proof_take(*, tried: CodeTry, purpose: str) -> None:
    """Take a right code as proof of the phone, once and only while it is fresh."""
    fresh = clock.now() - timedelta(minutes=CODE_MINUTES)
    proofs = OneTimeCode.objects.filter(
        pk=tried.code_id, phone_index=tried.phone_index, purpose=purpose, used_at__gte=fresh
    )
    if tried.answer != CodeAnswer.RIGHT or not proofs.delete()[0]:
        raise NotAllowed(_("请先验证手机号。"))


@service
def resident_enter(*, actor: Actor, phone: str, tried: CodeTry, privacy_version: str) -> Account:
    """Let the owner of a proven phone in; a new phone becomes a person with an account.

    The consent to ``privacy_version`` is kept with its time.
    """
    if privacy_version != notice_current().version:
        words = _("隐私政策已更新，请阅读后重新勾选同意。")
        raise InvalidInput(words, details={"privacy_version": words})
    digits = phone_normal(phone)
    if blind_index("phone", digits) != tried.phone_index:
        raise NotAllowed(_("请先验证手机号。"))
    proof_take(tried=tried, purpose="sign_in")
    now = clock.now()
    person, _made = Person.objects.get_or_create(
        phone_index=tried.phone_index, defaults={"phone": digits, "created_at": now}
    )
    account, is_new = Account.objects.get_or_create(
        person=person,
        kind=Account.Kind.PHONE,
        defaults={
            "username": f"p-{person.public_id.hex}",
            "password": make_password(None),
            "created_at": now,
        },
    )
    if not account.is_active:
        raise NotAllowed(_("这个账号已停用。"), hint=_("如有疑问，请联系居委会。"))
    PrivacyConsent.objects.get_or_create(
        person=person, version=privacy_version, withdrawn_at=None, defaults={"agreed_at": now}
    )
    account.signed_in_at = now
    account.save(update_fields=["signed_in_at"])
    verb = "account.sign_up" if is_new else "account.sign_in"
    record(verb, account, touched=[Account, Person, PrivacyConsent, OneTimeCode])
    return account


@service
def link_prove(*, actor: Actor, account: Account, tried: CodeTry) -> Account:
    """Accept a code as proof that a staff account and a known phone belong to the same person."""
    if not can_use_account(actor, account) or account.person.phone_index != tried.phone_index:
        raise NotAllowed(_("请先验证手机号。"))
    proof_take(tried=tried, purpose="link")
    account.must_prove_phone = False
    account.save(update_fields=["must_prove_phone"])
    record("account.link_prove", account, {"must_prove_phone": (True, False)}, touched=[OneTimeCode])
    return account


@service
def rate_hits_clear(*, actor: Actor) -> int:
    """Forget what was counted, and codes, after two days; returns how many rows went."""
    before = clock.now() - KEPT
    hits, _rows = RateHit.objects.filter(at__lt=before).delete()
    old = OneTimeCode.objects.filter(created_at__lt=before)
    first = old.first()
    if first is None:
        return hits
    codes, _rows = old.delete()
    record("code.clear", first, touched=[OneTimeCode])
    return hits + codes
