"""What the pages of authors share: how they answer, which draft they mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.core.errors import Conflict, NotFound
from linli.foundation.accounts.keeping import whose
from linli.foundation.accounts.permissions import actor_of

from ...models import PolicyVersion
from .. import selectors
from ..permissions import can_see_drafts


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> TemplateResponse:
    """Answer with a page of this room."""
    return TemplateResponse(
        request, f"benefits/{template}.html", {"whose": whose(request), **context}, status=status
    )


def number_of(text: str | None) -> int:
    """Return a number from an address or a form, or raise ``NotFound``."""
    if not (text or "").isdecimal():
        raise NotFound
    return int(text or "0")


def work_of(request: HttpRequest, public_id: UUID) -> PolicyVersion:
    """Return what is in work of a policy, or refuse in words."""
    actor = actor_of(request)
    policy = selectors.policy_get(actor, public_id)
    found = selectors.version_in_work(policy)
    if found is None or not can_see_drafts(actor, policy.area_path):
        raise Conflict(_("这项政策现在没有草稿。"), hint=_("请回到政策页面，点“起草新版本”。"))
    return found


def to_place(name: str, public_id: UUID, place: str) -> HttpResponse:
    """Send to a page about one place of a draft."""
    answer = redirect(f"benefits:{name}", public_id)
    if place not in ("", "when"):
        answer["Location"] += f"?{urlencode({'at': place})}"
    return answer
