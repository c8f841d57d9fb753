"""Opening and closing by the clock; counting, counting again, and letting a result stand."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import service
from linli.foundation.duties.calendar import holiday_calendar

from ...law.dates import days_after
from ..models import Ballot, Box, Elector, Objection
from ..selectors import rule_kept
from ..tallies import ballot_bundle, ballot_tally
from ..wording import day_words
from .making import electors_told
from .objecting import objections_settled
from .paper import sheets_settled
from .rolls import roll_checked
from .steps import ballot_begin, ballot_move, duty_done, duty_put, text_required

USUAL_OBJECTION_DAYS = 5  # where the rule names none: a setting


def _by_machine(actor: Actor, ballot: Ballot) -> bool:
    return actor.function == Function.SYSTEM


@service
def ballot_open(*, actor: Actor, ballot_id: UUID) -> Ballot:
    """Write down that a ballot is open, as the clock says already."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="open", may=_by_machine, by_clock=False)
    if clock.now() < ballot.opens_at:
        raise Conflict(_("表决还没有开始。"))
    body = f"请在{day_words(clock.local_date(ballot.closes_at))}截止以前投票。"
    electors_told(actor=actor, ballot=ballot, kind="open", title="表决开始", body=body)
    return ballot_move(ballot=ballot, move="open", verb="open")


@service
def ballot_close(*, actor: Actor, ballot_id: UUID) -> Ballot:
    """Write down that a ballot is over, as the clock says already; counting is then somebody's duty."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="close", may=_by_machine, by_clock=False)
    if clock.now() < ballot.closes_at:
        raise Conflict(_("还没有到截止时间。"))
    duty_put(ballot=ballot, action="count", due_at=_count_by(ballot))
    return ballot_move(ballot=ballot, move="close", verb="close", closed_at=clock.now())


def _count_by(ballot: Ballot) -> object:
    days = rule_kept(ballot).announce_days or 1
    last = days_after(clock.local_date(ballot.closes_at), days + 1, holiday_calendar())
    return clock.local_midnight(last)


@service
def ballot_count(*, actor: Actor, ballot_id: UUID, version: int | None = None) -> Ballot:
    """Count: only after the close, with every sheet accounted for, on the roll that was frozen.

    The result is public from here on and may be objected to for the days of the rule.
    """
    if actor.function == Function.SYSTEM:
        raise NotAllowed(_("计票要由人来办。"))
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="count", version=version)
    roll_checked(ballot=ballot)
    sheets_settled(ballot=ballot)
    _secret_settled(ballot)
    tally = ballot_tally(ballot)
    days = rule_kept(ballot).objection_days or USUAL_OBJECTION_DAYS
    duty_done(actor=actor, ballot=ballot, action="count")
    counted = ballot_move(
        ballot=ballot,
        move="count",
        verb="count",
        tally=tally,
        tally_digest=ballot_bundle(ballot)["digest"],
        counted_at=clock.now(),
        closed_at=ballot.closed_at or clock.now(),
        result_objections_until=days_after(clock.today(), days, holiday_calendar()),
    )
    duty_put(ballot=ballot, action="settle", due_at=_settle_by(ballot))
    electors_told(actor=actor, ballot=ballot, kind="count", title="表决结果", body="结果和算法请打开查看。")
    return counted


def _settle_by(ballot: Ballot) -> object:
    until = ballot.result_objections_until or clock.today()
    return clock.local_midnight(days_after(until, 2, holiday_calendar()))


def _secret_settled(ballot: Ballot) -> None:
    if not ballot.is_secret:
        return
    uncounted = Box.objects.filter(ballot=ballot, counted_at__isnull=True).count()
    if uncounted:
        raise Conflict(_("还有%d个票箱没有点完两遍。") % uncounted, hint=_("请由另一位同事点第二遍。"))
    sealed = Elector.objects.filter(ballot=ballot, sealed_choice__isnull=False).exists()
    if sealed and not ballot.sealed_counts:
        raise Conflict(_("网上的密票还没有解密。"), hint=_("请由三位保管人中的两位打开解密页。"))


@service
def ballot_recount(*, actor: Actor, ballot_id: UUID, reason: str) -> Ballot:
    """Take a result back to be counted anew, with the reason that everybody reads."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="recount")
    why = text_required(value=reason, name="reason", words=_("请写明为什么重新计票。"), most=300)
    duty_done(actor=actor, ballot=ballot, action="settle")
    moved = ballot_move(
        ballot=ballot, move="recount", verb="recount", recount_reason=why, result_objections_until=None
    )
    duty_put(ballot=ballot, action="count", due_at=_count_by(ballot))
    return moved


@service
def ballot_settle(*, actor: Actor, ballot_id: UUID, version: int | None = None) -> Ballot:
    """Let a result stand once nobody can object to it any more and every objection is ruled on."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="settle", version=version)
    until = ballot.result_objections_until
    if until is not None and clock.today() <= until:
        raise Conflict(_("结果的异议期到%s为止，期满以后才能确认。") % day_words(until))
    objections_settled(ballot=ballot, about=Objection.About.RESULT)
    duty_done(actor=actor, ballot=ballot)
    return ballot_move(ballot=ballot, move="settle", verb="settle", settled_at=clock.now())
