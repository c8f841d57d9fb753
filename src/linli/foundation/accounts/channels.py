"""How a one-time code reaches its phone. There is no SMS gateway yet: the server's console stands in."""

import sys

from .rules import phone_masked


def code_deliver(phone: str, code: str) -> None:
    """Hand a code over for sending; the console shows it with the number masked, and logs nothing."""
    sys.stderr.write(f"[验证码] {phone_masked(phone)} → {code}（尚未接入短信网关，请由管理员转告）\n")
    sys.stderr.flush()
