"""What persons do about their own data: name, consent, a copy of everything, the end."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import blind_index
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service

from ..models import Account, OneTimeCode, Person, PrivacyConsent, Role
from ..privacy import notice_current
from ..rules import phone_normal
from .codes import CodeTry, proof_take

NAME_LENGTH = 40


def _own_person(actor: Actor) -> Person:
    if actor.person_id is None or actor.deputy_for is not None:
        raise NotAllowed(_("只能由本人办理。"), hint=_("请切换到本人的岗位，或用本人的手机号登录。"))
    return Person.objects.get(pk=actor.person_id)


@service
def name_change(*, actor: Actor, name: str) -> Person:
    """Say how one wants to be called; a resident may also leave it empty."""
    person = _own_person(actor)
    if len(name.strip()) > NAME_LENGTH:
        words = _("称呼不能超过%(name_length)s个字。") % {"name_length": NAME_LENGTH}
        raise InvalidInput(words, details={"name": words})
    if actor.is_staff:
        raise NotAllowed(_("工作人员的姓名由单位管理员维护。"), hint=_("请联系本单位管理员更正。"))
    changes = changes_of(person, name=name.strip())
    if changes:
        record("person.update", person, changes)
    return person


@service
def consent_agree(*, actor: Actor, version: str) -> PrivacyConsent:
    """Agree to the notice as it stands now."""
    person = _own_person(actor)
    if version != notice_current().version:
        words = _("隐私政策已更新，请阅读新版本后再同意。")
        raise InvalidInput(words, details={"version": words})
    consent, is_new = PrivacyConsent.objects.get_or_create(
        person=person, version=version, withdrawn_at=None, defaults={"agreed_at": clock.now()}
    )
    if is_new:
        record("consent.agree", consent)
    return consent


@service
def consent_withdraw(*, actor: Actor) -> int:
    """Take back every agreement to the notice; returns how many. Acting asks for a new agreement first.

    What was done while it stood remains lawful (PIPL 15); what is read without signing in stays open.
    """
    person = _own_person(actor)
    standing = list(PrivacyConsent.objects.filter(person=person, withdrawn_at__isnull=True))
    for consent in standing:
        record("consent.withdraw", consent, changes_of(consent, withdrawn_at=clock.now()))
    return len(standing)


@service
def phone_change(*, actor: Actor, phone: str, tried: CodeTry, tried_old: CodeTry) -> Person:
    """Move a resident's account to another number: codes to the new and to the old one prove both."""
    person = _own_person(actor)
    if actor.is_staff:
        raise NotAllowed(_("工作人员的手机号由单位管理员维护。"), hint=_("请联系本单位管理员更正。"))
    digits = phone_normal(phone)
    if blind_index("phone", digits) != tried.phone_index or person.phone_index != tried_old.phone_index:
        raise NotAllowed(_("请先验证新旧两个手机号。"))
    proof_take(tried=tried, purpose="phone_new")
    proof_take(tried=tried_old, purpose="phone_old")
    if Person.objects.filter(phone_index=tried.phone_index).exists():
        raise Conflict(_("这个手机号已有账号。"), hint=_("请用那个手机号登录；要合并请提交更正申请。"))
    changes = changes_of(person, phone=digits, phone_index=tried.phone_index)
    record("person.phone_change", person, changes, touched=[OneTimeCode])
    return person


@service
def own_data_export(*, actor: Actor) -> Person:
    """Record that the actor takes along what is held about them, and return the person."""
    person = _own_person(actor)
    record("person.export", person, purpose="本人查阅复制（个人信息保护法第45条）")
    return person


@service
def account_erase(*, actor: Actor, confirmation: str) -> None:
    """End the account and erase the person's name and phone; matters stay without them.

    Refused while the person holds a role: work is handed over first. Sessions end because the
    password's hash changes and the account is no longer active.
    """
    person = _own_person(actor)
    if confirmation.strip() != "注销":
        words = _("请在方框里填写“注销”两个字，以免误操作。")
        raise InvalidInput(words, details={"confirmation": words})
    if Role.objects.valid_on(clock.today()).filter(person=person).exists():
        raise Conflict(
            _("您现在还有工作岗位，不能直接注销。"), hint=_("请先由单位管理员办理离岗移交，再来注销。")
        )
    accounts = list(Account.objects.filter(person=person))
    Authenticator.objects.filter(user__in=accounts).delete()
    OneTimeCode.objects.filter(phone_index=person.phone_index).delete()
    for account in accounts:
        changes_of(
            account,
            username=f"erased-{account.public_id.hex}",
            email="",
            is_active=False,
            password=make_password(None),
        )
    changes = changes_of(person, name="", phone="", phone_index=None, erased_at=clock.now())
    record("person.erase", person, changes, touched=[Account, Authenticator, OneTimeCode])
