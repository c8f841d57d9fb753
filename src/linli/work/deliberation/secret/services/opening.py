"""Handing out what was sealed, without anybody's row, and taking back what two trustees counted."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, invalid
from linli.core.service import changes_of, record, service

from ...ballots.models import Ballot
from ...ballots.selectors import questions_asked
from ...ballots.workflow import State as Ballots
from ..models import Ceremony, Opening
from ..permissions import trustee_of
from ..rules import (
    ENOUGH,
    SHARES,
    counts_of,
    groups_merged,
    receipt_of,
    receipts_digest,
    result_digest,
    result_faults,
    standing,
)
from ..selectors import sealed_rows
from ..standing import barred_trustees
from ..workflow import State
from .closing import closed
from .steps import ceremony_begin, ceremony_move, duty_done


@dataclass(frozen=True, slots=True)
class Handed:
    """What trustees fetch: groups of sealed choices (base64), each sorted by its hash; no row, no time."""

    groups: list[dict[str, Any]]
    digest: str


@service
def sealed_hand_out(*, actor: Actor, ballot_id: UUID) -> Handed:
    """Hand the sealed choices to a trustee after the close; refused where they are not those sealed then."""
    ceremony = ceremony_begin(actor=actor, ballot_id=ballot_id, move="hand_out")
    trustee = trustee_of(actor, ceremony)
    if trustee is None:
        raise NotAllowed(_("加密的选票只有密钥保管人本人能取。"))
    _no_candidate(ceremony, {trustee.seat})
    if ceremony.state == State.READY:
        closed(ceremony=ceremony)
    rows = sealed_rows(ceremony.ballot)
    found = {receipt_of(sealed): (sealed, place) for sealed, place in rows}
    if len(found) != len(rows) or receipts_digest(found) != ceremony.receipts_digest:
        raise Conflict(
            _("现在的加密选票与截止时封存的不一致：有选票被改动、增加或删除。"),
            hint=_("请不要开票，保留现场，报告街道和监督委员会，由系统管理员核查留痕。"),
        )
    groups = _grouped(ceremony, found)
    record("sealed.hand_out", ceremony)
    return Handed(groups, ceremony.receipts_digest)


def _no_candidate(ceremony: Ceremony, seats: set[int]) -> None:
    """Refuse to open with the share of somebody who stands: any two others suffice."""
    barred = barred_trustees(ceremony)
    if ceremony.trustees.filter(seat__in=seats, person_id__in=barred).exists():
        raise Conflict(
            _("这位保管人是这次投票的候选人，不能参加开票。"), hint=_("请另外两位保管人开票，两份就够。")
        )


def _grouped(ceremony: Ceremony, found: dict[str, tuple[bytes, str]]) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for _sealed, place in found.values():
        counts[place] = counts.get(place, 0) + 1
    merged = groups_merged(counts, ceremony.ballot.area_path)
    sealed: dict[str, list[str]] = {str(group["key"]): [] for group in ceremony.groups}
    for receipt in sorted(found):
        one, place = found[receipt]
        sealed[merged[place]].append(base64.b64encode(one).decode())
    return [
        {"key": group["key"], "label": group["label"], "sealed": sealed[str(group["key"])]}
        for group in ceremony.groups
    ]


@service
def opening_return(*, actor: Actor, ballot_id: UUID, seats: Sequence[int], result: Any) -> Opening:
    """Take back what two trustees counted on their machine; every sealed ballot must be accounted for.

    ``result`` is as in ``Opening``; ``seats`` are the two whose shares were joined. A second opening is
    compared with the first: where they differ no result stands until a further one agrees with one of them.
    """
    ceremony = ceremony_begin(actor=actor, ballot_id=ballot_id, move="return")
    trustee = trustee_of(actor, ceremony)
    if trustee is None:
        raise NotAllowed(_("开票结果只有密钥保管人本人能送回。"))
    if ceremony.ballot.state not in (*_VOTING, Ballots.CLOSED):
        raise Conflict(
            _("票已经计完，不能再送回开票结果。"), hint=_("如有异议，请先由组织单位决定重新计票。")
        )
    chosen = sorted({int(seat) for seat in seats})
    if len(chosen) != ENOUGH or not set(chosen) <= set(range(1, SHARES + 1)):
        raise invalid(result=_("开票要用两位保管人的份额。"))
    _no_candidate(ceremony, {trustee.seat, *chosen})
    asked = questions_asked(ceremony.ballot)
    if words := result_faults(ceremony.groups, asked, ceremony.receipts, result):
        raise invalid(result=words + _("请重新取回选票，再开一次。"))
    opening = Opening.objects.create(
        ceremony=ceremony,
        number=ceremony.openings.count() + 1,
        seats=chosen,
        result=result,
        digest=result_digest(result),
        unopened=sum(len(group["unopened"]) for group in result),
        at=clock.now(),
        by_id=trustee.person_id,
    )
    _settle(ceremony, actor)
    return opening


_VOTING = (Ballots.FROZEN, Ballots.OPEN)  # the close by the clock goes before the job that writes it down


def _settle(ceremony: Ceremony, actor: Actor) -> None:
    """Put the result that stands on the ballot, or take it away where openings differ."""
    openings = list(ceremony.openings.all())
    digest = standing([one.digest for one in openings])
    held = next((one for one in openings if one.digest == digest), None)
    counts: dict[str, Any] = {}
    if held is not None:
        counts = counts_of(questions_asked(ceremony.ballot), held.result) | {"receipts": ceremony.receipts}
    changes_of(ceremony.ballot, sealed_counts=counts)
    if held is not None:
        duty_done(ceremony=ceremony, action="open", by=actor.person_id)
    ceremony_move(ceremony=ceremony, move="return", verb="sealed.return", touched=(Opening, Ballot))
