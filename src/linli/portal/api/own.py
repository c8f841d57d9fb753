"""What a client may ask about itself: who it is, what it was granted, until when."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Router, Schema

from linli.core.actor import Function, Scope
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.selectors import client_of_actor
from linli.foundation.places.models import Division

router = Router(tags=[_("关于自己")])


class AreaOut(Schema):
    """A division that the caller covers."""

    code: str
    name: str


class SelfOut(Schema):
    """Who asks."""

    name: str
    function: str = Field(description=_("client 表示接入的系统，其他是人的岗位。"))
    unit: str
    areas: list[AreaOut]
    scopes: list[str] = Field(description=_("授权，只有接入的系统才有。"))
    expires_on: date | None = Field(description=_("接口到期日。"))
    requests_a_minute: int | None


@router.get(
    "/me",
    response=SelfOut,
    auth=let_in(*Scope),
    operation_id="self_get",
    summary=_("我是谁"),
    description=_("联调第一步：令牌对不对、授权了什么、哪些区域、何时到期。"),
)
def me(request: HttpRequest) -> dict[str, Any]:
    """Return who the caller is and what was granted."""
    actor = actor_of(request)
    client = client_of_actor(actor)
    areas = Division.objects.filter(path__in=actor.areas, valid_to__isnull=True).order_by("path")
    unit = client.unit.name if client else ""
    return {
        "name": actor.name if actor.function == Function.CLIENT else "",
        "function": actor.function.value,
        "unit": unit,
        "areas": list(areas),
        "scopes": sorted(actor.scopes),
        "expires_on": client.expires_on if client else None,
        "requests_a_minute": client.requests_a_minute if client else None,
    }
