"""Answers that come by a link, and those that somebody else asks for on the telephone or in person."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import service
from linli.core.words import gettext_lazy
from linli.foundation.accounts.rules import RateLimit

from ..models import Matter, RatingLink, RevisitCall, Way
from ..permissions import can_revisit_matter, handler_persons, handling_units
from ..refusals import invalid
from ..services.floods import Flood, visitor_limited
from ..services.rating import rating_keep, unhappiness_file
from ..services.steps import Step, step_begin
from . import selectors
from .rules import Said, revisit_refusal

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWERS = Flood(
    (RateLimit("matters.answer.browser.hour", 20, HOUR), RateLimit("matters.answer.browser.day", 60, DAY)),
    (RateLimit("matters.answer.network.hour", 300, HOUR), RateLimit("matters.answer.network.day", 2000, DAY)),
    gettext_lazy("没有登录时评价得太多了，请{wait}后再试。"),
)
Outcome = RevisitCall.Outcome
ASKED = (Way.PHONE, Way.IN_PERSON)


@service
def answer_by_link(
    *,
    actor: Actor,
    token: str,
    was_contacted: bool,
    was_solved: bool,
    was_satisfied: bool,
    reasons: Sequence[str] = (),
    comment: str = "",
    wants_reopen: bool = False,
) -> Matter:
    """Answer the three questions by the link that was sent, which is then used up.

    Whoever holds the link may answer, signed in or not. Late or used it is ``Expired``, unknown ``NotFound``.
    """
    visitor_limited(actor=actor, flood=ANSWERS)
    asked = selectors.link_get(token)
    step = step_begin(
        actor=actor,
        matter_id=asked.matter_id,
        move="rate",
        may=lambda who, matter: True,  # the link is the permission
        is_versioned=False,
        scope=Matter.objects.filter(pk=asked.matter_id),
    )
    link = RatingLink.objects.select_for_update().get(pk=asked.pk)
    selectors.link_checked(link)  # again, now that nobody else can use it
    link.used_at = step.at
    step.save_row(link, "used_at")
    said = Said(was_contacted, was_solved, was_satisfied, tuple(reasons), comment, wants_reopen)
    rating = rating_keep(step=step, said=said, way=Way.LINK)
    matter = step.finish("rate", note=rating.comment)
    unhappiness_file(actor=actor, rating=rating, said=said)
    return matter


@service(idempotent=True)
def revisit_record(
    *,
    actor: Actor,
    matter_id: int,
    outcome: str,
    way: str = Way.PHONE,
    was_contacted: bool | None = None,
    was_solved: bool | None = None,
    was_satisfied: bool | None = None,
    reasons: Sequence[str] = (),
    comment: str = "",
    wants_reopen: bool = False,
) -> Matter:
    """Write down a revisit: what the reporter answered, or why there is no answer.

    Whoever calls had no hand in the matter in this round, under any role, account or deputyship, nor is
    of the unit that handled it.
    """
    step = step_begin(
        actor=actor, matter_id=matter_id, move="revisit", may=can_revisit_matter, is_versioned=False
    )
    _may_call(step)
    call = RevisitCall(
        matter=step.matter,
        round=step.matter.round,
        outcome=_known(outcome, Outcome.values, "outcome"),
        at=step.at,
        by_id=actor.person_id,
        unit_id=actor.unit_id,
    )
    step.save_row(call)
    step.facts["outcome"] = call.outcome
    if call.outcome != Outcome.REACHED:
        return step.finish("revisit_try")
    said = _said(was_contacted, was_solved, was_satisfied, tuple(reasons), comment, wants_reopen)
    rating = rating_keep(step=step, said=said, way=Way(_known(way, [str(w) for w in ASKED], "way")))
    matter = step.finish("revisit", note=rating.comment)
    unhappiness_file(actor=actor, rating=rating, said=said)
    return matter


def _may_call(step: Step) -> None:
    refusal = revisit_refusal(
        persons=step.actor.person_ids,
        unit=step.actor.unit_id,
        handlers=handler_persons(step.matter),
        units=handling_units(step.matter),
    )
    if refusal:
        raise NotAllowed(refusal, hint=_("回访名单只列出您可以回访的事。"))
    if step.matter.ratings.filter(round=step.matter.round).exists():
        raise Conflict(_("这件事反映人已经评价过，不用再回访。"))
    today = step.matter.revisit_calls.filter(at__gte=clock.local_midnight(clock.today()))
    if today.filter(outcome=Outcome.REFUSED).exists():
        raise Conflict(_("反映人今天已说不愿回答，请不要再打。"))


def _known(value: str, offered: Sequence[str], name: str) -> str:
    if value not in offered:
        raise invalid(**{name: _("请选择一项。")})
    return value


def _said(
    contacted: bool | None,
    solved: bool | None,
    satisfied: bool | None,
    reasons: tuple[str, ...],
    comment: str,
    wants_reopen: bool,
) -> Said:
    given = {"was_contacted": contacted, "was_solved": solved, "was_satisfied": satisfied}
    missing = {name: _("请选择“是”或“否”。") for name, value in given.items() if value is None}
    if missing:
        raise invalid(**missing)
    return Said(bool(contacted), bool(solved), bool(satisfied), reasons, comment, wants_reopen)
