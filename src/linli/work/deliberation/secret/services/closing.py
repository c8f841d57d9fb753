"""Sealing what was cast when the time is up, and destroying it when the result stands."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.places.selectors import division_names

from ...ballots.models import Elector
from ...ballots.workflow import State as Ballots
from ..models import Ceremony, Trustee
from ..permissions import can_appoint_trustees, trustee_of
from ..rules import groups_merged, receipt_of, receipts_digest
from ..selectors import sealed_rows
from ..workflow import State
from .steps import ceremony_begin, ceremony_move, duty_done, duty_put

OPEN_WITHIN = timedelta(days=1)  # of the close
FORGET_WITHIN = timedelta(days=7)  # of the destruction


@service
def sealed_close(*, actor: Actor, ballot_id: UUID) -> Ceremony:
    """Write down, once the time is up, what was sealed: receipts without electors, groups, one digest."""
    return closed(ceremony=ceremony_begin(actor=actor, ballot_id=ballot_id, move="close"))


@require_service
def closed(*, ceremony: Ceremony) -> Ceremony:
    """Seal a locked key's ballots as they are; refused before the close."""
    ballot = ceremony.ballot
    if clock.now() < ballot.closes_at or ballot.state == Ballots.CANCELLED:
        raise Conflict(_("投票还没有截止，加密的选票现在谁也不能取。"))
    rows = sealed_rows(ballot)
    places = Counter(place for _sealed, place in rows)
    groups = groups_merged(places, ballot.area_path)
    sums = Counter[str]()
    for place, count in places.items():
        sums[groups[place]] += count
    receipts = sorted(receipt_of(sealed) for sealed, _place in rows)
    for trustee in ceremony.trustees.all():
        due_at = ballot.closes_at + OPEN_WITHIN
        duty_put(ceremony=ceremony, action="open", due_at=due_at, trustee=trustee)
    return ceremony_move(
        ceremony=ceremony,
        move="close",
        verb="sealed.close",
        groups=_labelled(sums, ballot.area_path),
        receipts=receipts,
        receipts_digest=receipts_digest(receipts),
        sealed_at=clock.now(),
    )


def _labelled(sums: Counter[str], root: str) -> list[dict[str, object]]:
    names = division_names(sums)
    alone = len(sums) < 2
    return [
        {
            "key": path,
            "label": "全部" if alone else f"{names[path]}（其余）" if path == root else names[path],
            "ballots": count,
        }
        for path, count in sorted(sums.items())
    ]


@service
def sealed_destroy(*, actor: Actor, ballot_id: UUID) -> Ceremony:
    """Destroy what is sealed once the result is final or the ballot cancelled; receipts and counts stay."""
    ceremony = ceremony_begin(actor=actor, ballot_id=ballot_id, move="destroy")
    ballot = ceremony.ballot
    if not (actor.function == Function.SYSTEM or can_appoint_trustees(actor, ballot)):
        raise NotAllowed(hint=_("加密的选票由组织单位销毁。"))
    if ballot.state not in (Ballots.SETTLED, Ballots.CANCELLED):
        raise Conflict(
            _("结果还没有最后生效，加密的选票要留着备查。"), hint=_("异议期满、结果生效后会自动销毁。")
        )
    if ceremony.state in (State.READY, State.SEALED) and ballot.state == Ballots.SETTLED:
        raise Conflict(_("加密的选票还没有开，不能销毁。"))
    Elector.objects.filter(ballot=ballot, sealed_choice__isnull=False).update(sealed_choice=None)
    duty_done(ceremony=ceremony)
    for trustee in ceremony.trustees.exclude(share_hash=""):
        due_at = clock.now() + FORGET_WITHIN
        duty_put(ceremony=ceremony, action="destroy", due_at=due_at, trustee=trustee)
    return ceremony_move(
        ceremony=ceremony,
        move="destroy",
        verb="sealed.destroy",
        touched=(Elector,),
        destroyed_at=clock.now(),
    )


@service
def share_destroyed(*, actor: Actor, ballot_id: UUID) -> Trustee:
    """Say, as a trustee and in person, that one's share is destroyed: file deleted, paper shredded."""
    ceremony = ceremony_begin(actor=actor, ballot_id=ballot_id, move="forget")
    trustee = trustee_of(actor, ceremony)
    if trustee is None:
        raise NotAllowed(_("您不是这次投票的密钥保管人。"))
    if trustee.destroyed_at is not None:
        raise Conflict(_("您已经确认过销毁份额。"))
    record("key.destroy", trustee, changes_of(trustee, destroyed_at=clock.now()))
    duty_done(ceremony=ceremony, action="destroy", by=trustee.person_id)
    for other in ceremony.trustees.filter(destroyed_at__isnull=True).exclude(share_hash=""):
        duty_put(ceremony=ceremony, action="destroy", due_at=clock.now() + FORGET_WITHIN, trustee=other)
    return trustee
