"""Objections to a roll or to a result, and the rulings on them, each within its lawful days."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Assurance, Function
from linli.core.errors import Conflict, Expired, NotAllowed, NotFound, invalid
from linli.core.rows import row_insert
from linli.core.service import changes_of, record, require_service, service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties.calendar import holiday_calendar
from linli.foundation.notices.services import notice_queue

from ...law.dates import days_after
from ..models import Ballot, Elector, Objection
from ..permissions import can_run_ballot, can_take_votes
from ..selectors import public_url, rule_kept
from ..wording import day_words
from .steps import ballot_begin, ballot_shared, duty_done, duty_put, text_required

USUAL_RULING_DAYS = 3  # where the rule names none: a setting
MOVES = {Objection.About.ROLL: "object_roll", Objection.About.RESULT: "object_result"}
RULINGS = {Objection.About.ROLL: "rule_roll", Objection.About.RESULT: "rule_result"}


@service(idempotent=True)
def objection_make(
    *,
    actor: Actor,
    ballot_id: UUID,
    about: str,
    text: str,
    elector_id: UUID | None = None,
    by_name: str = "",
) -> Objection:
    """Object to the roll or the result within the days given for it; a ruling is then somebody's duty.

    A resident objects for themselves; who works there writes down what somebody says at the counter
    (``by_name``).
    """
    if about not in MOVES:
        raise invalid(about=_("请选择对名册还是对结果有异议。"))
    ballot = ballot_shared(
        actor=actor, ballot_id=ballot_id, move=MOVES[Objection.About(about)], may=_may_object
    )
    _in_time(ballot, about)
    words = text_required(value=text, name="text", words=_("请写明哪里不对、应当怎样。"), most=1000)
    is_worker = actor.function != Function.RESIDENT
    name = by_name.strip()
    if is_worker and not name:
        raise invalid(by_name=_("请填写是谁提出的异议。"))
    elector = Elector.objects.filter(ballot=ballot, public_id=elector_id).first() if elector_id else None
    now, days = clock.now(), rule_kept(ballot).ruling_days or USUAL_RULING_DAYS
    objection = row_insert(
        Objection(
            ballot=ballot,
            about=about,
            elector=elector,
            text=words,
            by_id=None if is_worker else actor.person_id,
            by_name=name[:60] if is_worker else "",
            made_at=now,
            taken_by_id=actor.person_id if is_worker else None,
            due_on=days_after(now.date(), days, holiday_calendar()),
        )
    )
    record("objection.make", objection)
    limit = Limit(days, LimitUnit.DAY, source=rule_kept(ballot).source)
    duty_put(ballot=ballot, action="rule", limit=limit, subject=str(objection.public_id))
    return objection


def _may_object(actor: Actor, ballot: Ballot) -> bool:
    if actor.function != Function.RESIDENT:
        return can_take_votes(actor, ballot)
    if actor.assurance < Assurance.DWELLING:
        raise NotAllowed(
            _("提出异议要先确认您住在这里。"), hint=_("请在“我的”里关联居民登记，或到居委会当面提出。")
        )
    return True


def _in_time(ballot: Ballot, about: str) -> None:
    until: date | None = (
        ballot.roll_objections_until if about == Objection.About.ROLL else ballot.result_objections_until
    )
    if until is not None and clock.today() > until:
        raise Expired(
            _("异议期到%s为止，已经过了。") % day_words(until), hint=_("如有新的证据，请向街镇反映。")
        )


@service
def objection_rule(
    *, actor: Actor, ballot_id: UUID, objection_id: UUID, is_upheld: bool, ruling: str
) -> Objection:
    """Rule on an objection with words; who objected by account is told. The roll is put right by itself."""
    about = Objection.objects.filter(public_id=objection_id).values_list("about", flat=True).first()
    if about is None:
        raise NotFound(_("没有找到这件异议。"))
    move = RULINGS[Objection.About(about)]
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move=move, may=can_run_ballot)
    objection = Objection.objects.select_for_update().filter(ballot=ballot, public_id=objection_id).first()
    if objection is None:
        raise NotFound(_("没有找到这件异议。"))
    if objection.state != Objection.State.OPEN:
        raise Conflict(_("这件异议已经处理过。"))
    words = text_required(value=ruling, name="ruling", words=_("请写明处理意见和依据。"), most=500)
    changes = changes_of(
        objection,
        state=Objection.State.UPHELD if is_upheld else Objection.State.REJECTED,
        ruling=words,
        ruled_at=clock.now(),
        ruled_by_id=actor.person_id,
    )
    record("objection.rule", objection, changes)
    duty_done(actor=actor, ballot=ballot, subject=str(objection.public_id))
    _tell(objection, ballot)
    return objection


def _tell(objection: Objection, ballot: Ballot) -> None:
    if objection.by_id is None:
        return
    said = "成立" if objection.state == Objection.State.UPHELD else "不成立"
    notice_queue(
        person_ids=[objection.by_id],
        kind="ballot.objection",
        title=f"您的异议已处理：{said}（表决{ballot.number}）",
        body="处理意见请打开查看。",
        url=public_url(ballot),
    )


@require_service
def objections_settled(*, ballot: Ballot, about: str) -> None:
    """Refuse to go on while an objection waits."""
    waiting = Objection.objects.filter(ballot=ballot, about=about, state=Objection.State.OPEN).count()
    if waiting:
        raise Conflict(_("还有%d件异议没有处理。") % waiting, hint=_("请先逐件处理。"))
