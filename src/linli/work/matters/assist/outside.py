"""A larger model of somebody else (OpenAI-compatible), asked only where the operator has set its address.

It is asked when the embedded one is silent. What leaves is masked first and goes by the one outbound client;
whatever fails, the embedded answer stands, and the failure is counted.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings

from linli.core.actor import Actor
from linli.core.outbound import OutboundFailed, OutboundRefused, request

from ..models import Category
from .rules import masked
from .selectors import OUTSIDE, Suggested, Suggestion
from .services import outside_note

LONGEST = 1_000
MOST_BYTES = 100_000
ORDER = "你为社区工作人员推荐事项类别。只回答下列代码中的一个，不写其他内容；拿不准就回答 none。\n"


def asked_further(actor: Actor, text: str, said: Suggestion) -> Suggestion:
    """Return what the larger model says where the embedded one is silent, else what it said itself."""
    if not settings.ASSIST_URL or said.categories or not actor.is_staff:
        return said
    known = {category.code: category for category in Category.objects.offered()}
    began = time.monotonic()
    try:
        code = _answer(text, known)
    except (OutboundFailed, OutboundRefused, ValueError, LookupError, TypeError):
        code = None
    outside_note(
        actor=actor, is_answered=code is not None, milliseconds=int((time.monotonic() - began) * 1000)
    )
    if code is None or code not in known:
        return said
    version = f"{OUTSIDE}{settings.ASSIST_MODEL}"[:40]
    return replace(
        said, categories=(Suggested(known[code], None, ()),), abstained=False, model_version=version
    )


def _answer(text: str, known: Mapping[str, Category]) -> str:
    """Ask, and return the code that was answered; whatever is no answer raises."""
    codes = "\n".join(f"{code} {category.name}" for code, category in known.items())
    messages = [
        {"role": "system", "content": ORDER + codes},
        {"role": "user", "content": masked(text)[:LONGEST]},
    ]
    body = {"model": settings.ASSIST_MODEL, "messages": messages, "temperature": 0, "max_tokens": 20}
    headers = {"Content-Type": "application/json"}
    if settings.ASSIST_KEY:
        headers["Authorization"] = f"Bearer {settings.ASSIST_KEY}"
    said = request(
        "POST",
        f"{settings.ASSIST_URL.rstrip('/')}/chat/completions",
        headers=headers,
        body=json.dumps(body, ensure_ascii=False).encode(),
        timeout=settings.ASSIST_SECONDS,
        most_bytes=MOST_BYTES,
    )
    if not said.is_ok:
        raise ValueError(said.status)
    return str(json.loads(said.body)["choices"][0]["message"]["content"]).strip()
