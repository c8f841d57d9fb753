"""Transfers between committees, as the asking and the giving side may see them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound

from ..locking import is_seen
from ..masking import masked
from ..models import Membership, Transfer
from ..permissions import can_decide_transfer, can_withdraw_transfer
from ..placing import home_of, part_of
from ..sealing import sealed_get
from .people import Proposal, head_proposals

MOST = 200


@dataclass(frozen=True, slots=True)
class TransferCard:
    """One transfer: the name masked, and for the giving side where the person is registered.

    ``heads`` are who may become head of those who stay, where the head would go.
    """

    transfer: Transfer
    name: str
    where: str
    can_decide: bool
    can_withdraw: bool
    heads: tuple[Proposal, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is still to decide."""
        return bool(self.transfer.state == Transfer.State.ASKED)


def transfer_list(actor: Actor) -> list[TransferCard]:
    """Return the transfers from and to the actor's areas: those that wait first, then the latest."""
    rows = Transfer.objects.visible_to(actor).select_related(
        "resident", "part__building__compound", "part__stair__building__compound", "asked_unit"
    )
    latest = list(rows[:MOST])
    return [_card(actor, row) for row in sorted(latest, key=lambda row: row.state != Transfer.State.ASKED)]


def transfer_card(actor: Actor, public_id: UUID) -> TransferCard:
    """Return one transfer; hidden ones answer like missing ones."""
    rows = Transfer.objects.visible_to(actor).select_related("resident", "part", "asked_unit")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这件迁移。"))
    return _card(actor, found, with_heads=True)


def _card(actor: Actor, transfer: Transfer, *, with_heads: bool = False) -> TransferCard:
    is_waiting = transfer.state == Transfer.State.ASKED
    may_decide = is_waiting and can_decide_transfer(actor, transfer)
    home = home_of(transfer.resident) if is_seen(actor, transfer.resident) else None
    part = part_of(home.household) if home and is_waiting else None
    heads: list[Proposal] = []
    is_heads = home is not None and home.relation == Membership.Relation.HEAD
    if with_heads and may_decide and home is not None and is_heads and not transfer.is_whole_household:
        heads = head_proposals(actor, home.household, without=transfer.resident.public_id)
    return TransferCard(
        transfer,
        masked("name", sealed_get(transfer.resident, "name")),
        str(part or ""),
        may_decide,
        is_waiting and can_withdraw_transfer(actor, transfer),
        tuple(heads),
    )
