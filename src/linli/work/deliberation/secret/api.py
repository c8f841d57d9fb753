"""Secret ballots as JSON: casting a sealed choice, fetching what is sealed, reading key and receipts."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_noop as _
from ninja import Field, Router, Schema

from linli.core.errors import InvalidInput, NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Input, Nothing

from ..ballots.selectors import questions_asked
from . import selectors, services
from .rules import plain_length

router = Router(tags=[_("无记名投票")])
LONGEST = 20_000  # letters of base64


class SealedIn(Input):
    """A choice sealed to the ballot's key (libsodium's crypto_box_seal), padded to ``length`` before."""

    elector: UUID = Field(description=_("名册上的哪一行。"))
    sealed: str = Field(max_length=LONGEST, description=_("密文，base64。"))


class SealedOut(Schema):
    """That the sealed choice hangs on the roll; nothing of it is said."""

    is_replaced: bool = Field(description=_("之前投过，这次的代替了它。"))


class SealedGroup(Schema):
    key: str
    label: str
    sealed: list[str] = Field(description=_("密文，base64，按收据号排序。"))


class HandedOut(Schema):
    """What trustees open: no row of the roll, no time, sorted by hash."""

    groups: list[SealedGroup]
    digest: str = Field(description=_("全部收据号的摘要，与截止时公布的一致。"))


class KeyOut(Schema):
    """The key of a secret ballot, and after the close the receipts of everything that was sealed to it."""

    state: str
    public_key: str = Field(description=_("X25519 公钥，十六进制。"))
    length: int = Field(description=_("选择补齐到多少字节再加密。"))
    closes_at: datetime
    receipts: list[str] = Field(description=_("收据号：密文的 SHA-256；截止以后公布。"))
    receipts_digest: str


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        words = _now("选票没有完整送到，请刷新页面后重新选择再投。")
        raise InvalidInput(words, details={"sealed": words}) from error


@router.get(
    "/ballots/{uuid:public_id}/key",
    response=KeyOut,
    auth=None,
    summary=_("无记名投票的公钥和收据"),
    operation_id="secret_key",
    url_name="secret_key",
)
def key(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return the public key of an announced secret ballot and, after the close, the receipts."""
    ballot = selectors.ballot_public(public_id)
    ceremony = selectors.ceremony_of(ballot)
    if ceremony is None or not ceremony.public_key:
        raise NotFound(_now("没有找到这次表决。"))
    return {
        "state": ceremony.state,
        "public_key": ceremony.public_key,
        "length": plain_length(questions_asked(ballot)),
        "closes_at": ballot.closes_at,
        "receipts": ceremony.receipts,
        "receipts_digest": ceremony.receipts_digest,
    }


@router.post(
    "/ballots/{uuid:public_id}/sealed",
    response=SealedOut,
    auth=let_in(),
    summary=_("无记名投票"),
    operation_id="choice_seal",
    url_name="choice_seal",
)
def seal(request: HttpRequest, public_id: UUID, said: SealedIn) -> dict[str, bool]:
    """Cast a sealed choice, or replace an earlier one before the close; sending it again changes nothing."""
    is_replaced = services.choice_seal(
        actor=actor_of(request), ballot_id=public_id, elector_id=said.elector, sealed=_bytes(said.sealed)
    )
    return {"is_replaced": is_replaced}


@router.post(
    "/ballots/{uuid:public_id}/sealed/hand-out",
    response=HandedOut,
    auth=let_in(),
    summary=_("取回加密选票"),
    operation_id="sealed_hand_out",
    url_name="sealed_hand_out",
)
def hand_out(request: HttpRequest, public_id: UUID, said: Nothing) -> services.Handed:
    """Hand the sealed choices to a trustee after the close; every fetching is recorded."""
    return services.sealed_hand_out(actor=actor_of(request), ballot_id=public_id)
