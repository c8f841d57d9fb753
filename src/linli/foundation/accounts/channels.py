"""How a one-time code reaches its phone: by short message, or over the server's console without a gateway."""

import sys
import uuid

from django.utils.translation import gettext as _

from linli.core.errors import Refusal
from linli.core.outbound import OutboundFailed

from .rules import CODE_MINUTES, phone_masked


def code_deliver(phone: str, code: str) -> None:
    """Hand a code over for sending; raises ``OutboundFailed`` in words for the person who waits for it.

    Without a gateway the console shows it with the number masked, and logs nothing.
    """
    from linli.foundation.notices import sms  # notices stands on accounts

    if not sms.is_set_up():
        sys.stderr.write(f"[验证码] {phone_masked(phone)} → {code}（尚未接入短信网关，请由管理员转告）\n")
        sys.stderr.flush()
        return
    text = _("验证码%(code)s，%(minutes)s分钟内有效。请勿告诉他人。") % {
        "code": code,
        "minutes": CODE_MINUTES,
    }
    try:
        sms.sms_send(phone=phone, text=text, ident=uuid.uuid4().hex)
    except Refusal as refusal:
        raise OutboundFailed(
            _("验证码短信没有发出去。"), hint=_("请过一会儿再试；一直收不到请致电居委会。")
        ) from refusal
