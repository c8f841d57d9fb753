"""Boxes for secret sheets: set up, sealed by two, counted by two people each for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound, invalid
from linli.core.service import changes_of, record, require_service, service

from ..models import Ballot, Box, BoxCount, Channel, Sheet
from ..permissions import can_run_ballot, can_take_votes
from ..rules import counts_faults
from ..selectors import questions_asked
from .steps import ballot_begin, person_of, text_required


@service
def box_make(*, actor: Actor, ballot_id: UUID, kind: str, place: str) -> Box:
    """Set up a box of a secret ballot, standing or carried."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="box")
    if not ballot.is_secret:
        raise Conflict(_("记名的票逐张登记，不用票箱。"))
    if kind not in Box.Kind.values or (kind == Box.Kind.MOBILE and not ballot.takes(Channel.BOX)):
        raise invalid(kind=_("请选择票箱的种类；公告里没有写的途径不能用。"))
    where = text_required(value=place, name="place", words=_("请写明票箱放在哪里。"), most=120)
    last = Box.objects.filter(ballot=ballot).aggregate(last=Max("number"))["last"] or 0
    box = Box.objects.create(ballot=ballot, number=last + 1, kind=kind, place=where)
    record("box.make", box)
    return box


@require_service
def box_locked(*, ballot: Ballot, box_id: UUID) -> Box:
    """Return a box of the ballot, locked."""
    box = Box.objects.select_for_update(of=("self",)).filter(ballot=ballot, public_id=box_id).first()
    if box is None:
        raise NotFound(_("没有找到这个票箱。"))
    return box


@service
def box_seal(*, actor: Actor, ballot_id: UUID, box_id: UUID, witness: int) -> Box:
    """Seal a box with a second person; nothing goes in afterwards."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="box", may=can_take_votes)
    box = box_locked(ballot=ballot, box_id=box_id)
    if box.sealed_at is not None:
        raise Conflict(_("这个票箱已经封存。"))
    if witness in actor.person_ids:
        raise invalid(witness=_("封箱要两个人在场，请选另一位。"))
    changes = changes_of(box, sealed_at=clock.now(), sealed_by_id=actor.person_id, witness_id=witness)
    record("box.seal", box, changes)
    return box


@service
def box_count(
    *,
    actor: Actor,
    ballot_id: UUID,
    box_id: UUID,
    counts: Mapping[str, Any],
    difference_reason: str = "",
) -> Box:
    """Write down what one person counted in a box after the close; the second's settles it if it is the same.

    ``counts`` is ``{"sheets": n, question: {choice: n, "invalid": n}}``. Two counts that differ are both
    taken back. A number of sheets other than of stubs handed in needs a reason.
    """
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="count_box", may=can_run_ballot)
    box = box_locked(ballot=ballot, box_id=box_id)
    if box.counted_at is not None:
        raise Conflict(_("这个票箱已经清点完毕。"))
    if faults := counts_faults(questions_asked(ballot), counts):
        raise invalid(**faults)
    first = BoxCount.objects.filter(box=box).first()
    if first is not None and first.person_id in actor.person_ids:
        raise Conflict(_("这个票箱您已经点过一遍，第二遍要由另一个人来点。"))
    if first is not None and first.counts != dict(counts):
        first.delete()
        changes = changes_of(box, difference_reason="两遍清点不一致，已清空重点")
        record("box.count", box, changes, touched=[BoxCount])
        return box
    BoxCount.objects.create(box=box, person_id=person_of(actor=actor), counts=dict(counts), at=clock.now())
    settled = {} if first is None else _settled(box, counts, difference_reason)
    record("box.count", box, changes_of(box, **settled), touched=[BoxCount])
    return box


def _settled(box: Box, counts: Mapping[str, Any], reason: str) -> dict[str, Any]:
    stubs = Sheet.objects.filter(box=box, state=Sheet.State.RETURNED).count()
    if counts["sheets"] != stubs and not reason.strip():
        raise invalid(
            difference_reason=_("箱里有%(n)d张票，票根登记的是%(stubs)d张，请写明原因。")
            % {"n": counts["sheets"], "stubs": stubs}
        )
    return {"counts": dict(counts), "counted_at": clock.now(), "difference_reason": reason.strip()[:300]}
