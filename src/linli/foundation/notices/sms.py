"""Short messages over the operator's HTTP gateway, whatever its shape.

The gateway is described by settings: address, method, headers (JSON) and body, in which ``{phone}``,
``{text}``, ``{id}`` and ``{secret}`` stand for the values, written as the place demands (JSON, form,
XML, address); and a pattern that the answer to a message that was taken must hold.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _

from linli.core import outbound

from .rules import sms_segments

MARK = re.compile(r"\{(phone|text|id|secret)\}")
WAIT_SECONDS = 8.0
MOST_BYTES = 20_000
Write = Callable[[str], str]


def is_set_up() -> bool:
    """Whether the installation has a gateway."""
    return bool(settings.SMS["url"])


def signed(text: str) -> str:
    """Return the text as it arrives: with the signature that the carriers demand."""
    return f"【{settings.SMS['signature']}】{text}"


def segments(text: str) -> int:
    """Return how many messages the signed text is billed as."""
    return sms_segments(signed(text))


def price() -> Decimal:
    """Return the price of one segment in fen."""
    return Decimal(str(settings.SMS["price"]))


def sms_send(*, phone: str, text: str, ident: str) -> None:
    """Hand one message to the gateway; ``ident`` lets the gateway recognise a repeat.

    Raises ``OutboundRefused`` or ``OutboundFailed``; their words never hold the number or the text.
    """
    gateway = settings.SMS
    values = {"phone": phone, "text": signed(text), "id": ident, "secret": gateway["secret"]}
    headers = {name: _filled(value, values, str) for name, value in json.loads(gateway["headers"]).items()}
    body = _filled(gateway["body"], values, _writing(headers)).encode() if gateway["body"] else None
    answer = outbound.request(
        gateway["method"],
        _filled(gateway["url"], values, lambda value: quote(value, safe="")),
        headers=headers,
        body=body,
        timeout=WAIT_SECONDS,
        most_bytes=MOST_BYTES,
    )
    said = answer.body.decode(errors="replace")
    if not answer.is_ok or not re.search(gateway["success"], said):
        # The code alone: what a gateway says may repeat the number, or the secret.
        code = re.search(r'"?(?:code|status|result|error)"?\s*[:=]\s*"?([\w.-]{1,30})', said, re.IGNORECASE)
        raise outbound.OutboundFailed(
            _("短信网关没有收下：HTTP %(status)s，代码 %(code)s。")
            % {"status": answer.status, "code": code[1] if code else "—"}
        )


def _filled(template: str, values: dict[str, str], write: Write) -> str:
    """Put the values in, once: what is put in is not read again, so that a text cannot ask for the secret."""
    return MARK.sub(lambda mark: write(values[mark[1]]), template)


def _writing(headers: dict[str, str]) -> Write:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if "json" in kind:
        return lambda value: json.dumps(value)[1:-1]
    if "xml" in kind:
        return escape
    return quote_plus
