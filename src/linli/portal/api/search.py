"""The search over everything as JSON, for people: the groups and hits of the page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.foundation.accounts.permissions import actor_of

from ..finding import DESK_KINDS, RESIDENT_KINDS, find

router = Router(tags=[_("搜索")])


class HitOut(Schema):
    """One thing that was found."""

    title: str
    detail: str
    url: str = Field(description=_("本站的网页地址。"))


class GroupOut(Schema):
    """What was found of one kind."""

    kind: str = Field(alias="code")
    label: str
    hits: list[HitOut]

    @staticmethod
    def resolve_label(group: Any) -> str:
        """Say the kind in the reader's language."""
        return str(group.label)


class FoundOut(Schema):
    """Everything that was found; kinds without a hit are left out."""

    groups: list[GroupOut]


@router.get("/search", response=FoundOut, operation_id="search", summary=_("搜索全部内容"))
def search(
    request: HttpRequest,
    q: str = Query(max_length=200, description=_("至少两个连续的字，或编号、拼音、首字母。")),  # type: ignore[type-arg]
    limit: int = Query(6, ge=1, le=20, description=_("每类最多几条。")),  # type: ignore[type-arg]
) -> Any:
    """Return what somebody may see and that holds the words, kind by kind."""
    actor = actor_of(request)
    return {"groups": find(actor, q, DESK_KINDS if actor.is_staff else RESIDENT_KINDS, limit)}
