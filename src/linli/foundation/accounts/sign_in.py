"""A resident's way in: the tries of a code are kept even when the entry is refused.

That is why this is not one service: a refusal rolls a service back, and a try must count.
"""

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import InvalidInput

from .models import Account
from .privacy import notice_current
from .rules import CodeAnswer, code_words
from .services import code_try, resident_enter
from .services.codes import CodeTry


def code_verify(*, actor: Actor, phone: str, code: str, purpose: str, address: str = "") -> CodeTry:
    """Return the proof of a right code, or raise ``InvalidInput`` with what to do."""
    tried = code_try(actor=actor, phone=phone, code=code, purpose=purpose, address=address)
    if tried.answer != CodeAnswer.RIGHT:
        words = code_words(tried.answer, tried.attempts_left)
        raise InvalidInput(words, details={"code": words})
    return tried


def resident_sign_in_or_up(
    *, actor: Actor, phone: str, code: str, privacy_version: str, address: str = ""
) -> Account:
    """Let a resident in by phone and code; the consent is looked at before a code is spent."""
    if privacy_version != notice_current().version:
        words = _("请先阅读并勾选同意个人信息处理告知。")
        raise InvalidInput(words, details={"privacy_version": words})
    tried = code_verify(actor=actor, phone=phone, code=code, purpose="sign_in", address=address)
    return resident_enter(actor=actor, phone=phone, tried=tried, privacy_version=privacy_version)
