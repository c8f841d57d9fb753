"""Finding and revealing as JSON, for people at the desk; machines are granted no way to persons."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Router, Schema

from linli.foundation.accounts.permissions import actor_of

from .selectors import Hit
from .services import resident_reveal, residents_search

router = Router(tags=[_("居民登记")])


class SearchIn(Schema):
    """What is looked for; sent as a body, never in an address."""

    words: str = Field(
        max_length=80, description=_("姓名、姓名中的两个字、王*明、拼音、首字母、手机号或证件号。")
    )
    area: str = Field("", max_length=80, description=_("自己区域内的一个区域，空为全部。"))


class PersonOut(Schema):
    """A person as a list shows them."""

    public_id: UUID
    name: str = Field(description=_("只显示姓。"))
    number: str
    phone: str
    birth: str
    state: str
    home: str

    @staticmethod
    def resolve_public_id(hit: Hit) -> UUID:
        """Return the id by which the person is revealed."""
        return hit.resident.public_id

    @staticmethod
    def resolve_state(hit: Hit) -> str:
        """Return whether they are here, away, dead."""
        return hit.resident.state


class PeopleOut(Schema):
    """Who was found."""

    items: list[PersonOut]
    has_more: bool = Field(description=_("超过50人，请缩小范围。"))


class RevealIn(Schema):
    """Which values, and what for."""

    fields_asked: list[str] = Field(alias="fields", description="name, number, phone, birth")
    purpose: str = Field(description="visit, verify, handle, contact, rescue")


@router.post("/search", response=PeopleOut, operation_id="residents_search", summary=_("查找居民"))
def people_search(request: HttpRequest, sent: SearchIn) -> Any:
    """Find people of one's areas; recorded with a digest of the words."""
    found = residents_search(actor=actor_of(request), words=sent.words, area=sent.area)
    return {"items": found.hits, "has_more": found.has_more}


@router.post(
    "/{public_id}/reveal",
    response=dict[str, str],
    operation_id="resident_reveal",
    summary=_("为一个目的查看个人信息"),
)
def person_reveal(request: HttpRequest, public_id: UUID, sent: RevealIn) -> Any:
    """Show personal values for a purpose; recorded, and shown to the person."""
    return resident_reveal(
        actor=actor_of(request), resident_id=public_id, fields=sent.fields_asked, purpose=sent.purpose
    )
