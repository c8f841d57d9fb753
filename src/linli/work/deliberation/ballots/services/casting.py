"""Casting a named vote: by the elector on the web, or taken down at the door and by telephone.

One elector has one vote by a constraint. Everything about one elector happens under the elector's lock; the
ballot is only held from moving on, so that many vote at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Assurance, Function
from linli.core.errors import Conflict, Expired, NotAllowed, NotFound, StaleVersion, invalid
from linli.core.fields import uuid7
from linli.core.rows import row_insert
from linli.core.service import changes_of, record, require_service, service
from linli.registers.residents.linking.selectors import resident_linked

from ..models import Ballot, Channel, Elector, Sheet, Vote, VoteBefore
from ..permissions import can_take_votes
from ..rules import Choices, casting_refusal, marks_faults, receipt_of
from ..selectors import questions_asked
from .proxies import proxy_of_vote
from .steps import elector_locked, hold

NONE_YET = -1
ON_PAPER = (Sheet.State.RETURNED,)


@service(idempotent=True)
def vote_cast(
    *,
    actor: Actor,
    ballot_id: UUID,
    elector_id: UUID,
    choices: Mapping[str, Sequence[str]],
    seen: int = NONE_YET,
) -> Vote:
    """Cast one's own named vote, or that of who gave one a proxy; whole; change it where the rule allows.

    ``choices`` is question → marked choices. ``seen`` is how often the vote had been changed on the page that
    was sent (-1: there was none), so that a stale page never undoes what happened since. Needs assurance 2.
    """
    ballot, elector = _own_elector(actor, ballot_id, elector_id)
    if not ballot.takes(Channel.WEB):
        raise Conflict(_("这次表决不能在网上投票。"), hint=_("请联系组织单位领取纸质票。"))
    if Sheet.objects.filter(elector=elector, state__in=ON_PAPER).exists():
        raise Conflict(
            _("您已经交回纸质票，不能再在网上投票。"), hint=_("如要改票，请带身份证到组织单位办理换票。")
        )
    marked = _whole(ballot, choices)
    return vote_set(
        actor=actor, ballot=ballot, elector=elector, choices=marked, channel=Channel.WEB, seen=seen
    )


def _own_elector(actor: Actor, ballot_id: UUID, elector_id: UUID) -> tuple[Ballot, Elector]:
    if actor.function != Function.RESIDENT or actor.person_id is None:
        raise NotAllowed(_("请用居民账号投票。"), hint=_("工作账号不能替别人投票。"))
    if actor.assurance < Assurance.REGISTERED:
        raise NotAllowed(
            _("投票要先确认您是名册上的哪一位。"), hint=_("请在“我的”里关联居民登记，或到居委会办理。")
        )
    ballot = _running(ballot_id)
    resident = resident_linked(actor.person_id)
    elector = elector_locked(ballot=ballot, elector_id=elector_id)
    proxy_of_vote(ballot=ballot, elector=elector, resident=resident)
    return ballot, elector


def _running(ballot_id: UUID) -> Ballot:
    """Return a ballot that takes votes now, held until this transaction ends; late is ``Expired``."""
    hold(ballot_id=ballot_id)
    ballot = Ballot.objects.public().filter(public_id=ballot_id).first()
    if ballot is None:
        raise NotFound(_("没有找到这次表决。"))
    now = clock.now()
    if words := casting_refusal(ballot.state, ballot.opens_at, ballot.closes_at, now):
        if now >= ballot.closes_at:
            raise Expired(words, hint=_("截止时间以服务器为准；结果计出后会在这里公布。"))
        raise Conflict(words, hint=_("请在公告的时间内投票。"))
    if ballot.is_secret:
        raise Conflict(_("这次表决是无记名的，不能用记名的方式投票。"), hint=_("请刷新页面后再投。"))
    return ballot


def _whole(ballot: Ballot, choices: Mapping[str, Sequence[str]]) -> Choices:
    if faults := marks_faults(questions_asked(ballot), choices):
        raise invalid(**{f"q{key}": words for key, words in faults.items()})
    return {key: sorted(marks) for key, marks in choices.items()}


@service(idempotent=True)
def vote_take(
    *,
    actor: Actor,
    ballot_id: UUID,
    elector_id: UUID,
    choices: Mapping[str, Sequence[str]],
    channel: str,
    witness: int | None = None,
    seen: int = NONE_YET,
) -> Vote:
    """Write down what an elector chose at the door or on the telephone; ``witness`` is who was there too.

    At the door the elector signs the paper that goes with it; on the telephone a second person listens in and
    is named. Only where the ballot is named.
    """
    ballot = _running(ballot_id)
    if not can_take_votes(actor, ballot):
        raise NotAllowed(_("代为登记投票由当地居委会、街镇和网格员办理。"))
    if channel not in (Channel.DOOR, Channel.PHONE) or not ballot.takes(channel):
        raise invalid(channel=_("这次表决不接受这种投票途径。"))
    if witness is None or witness in actor.person_ids:
        raise invalid(witness=_("请选另一位在场（或一起接听）的同事作见证。"))
    elector = elector_locked(ballot=ballot, elector_id=elector_id)
    if Sheet.objects.filter(elector=elector, state__in=ON_PAPER).exists():
        raise Conflict(_("这位表决人已经交回纸质票。"), hint=_("如要改票，请先把那张票作废。"))
    marked = _whole(ballot, choices)
    return vote_set(
        actor=actor,
        ballot=ballot,
        elector=elector,
        choices=marked,
        channel=channel,
        taken_by=actor.person_id,
        witness=witness,
        seen=seen,
    )


@require_service
def vote_set(
    *,
    actor: Actor,
    ballot: Ballot,
    elector: Elector,
    choices: Choices,
    channel: str,
    taken_by: int | None = None,
    witness: int | None = None,
    at: object = None,
    seen: int | None = None,
) -> Vote:
    """Write an elector's vote, or change it; the elector is locked, the ballot held."""
    when = at or clock.now()
    before = Vote.objects.filter(elector=elector).first()
    if seen is not None and seen != (before.changed if before else NONE_YET):
        raise StaleVersion(
            _("在您打开页面之后，这一票已经有了变化。"), hint=_("请刷新页面，看清现在的票再决定要不要改。")
        )
    new_id = before.public_id if before else uuid7()
    columns = {
        "choices": choices,
        "channel": str(channel),
        "cast_at": when,
        "taken_by_id": taken_by,
        "witness_id": witness,
        "receipt": receipt_of(new_id, choices),
    }
    if before is None:
        vote = row_insert(Vote(public_id=new_id, ballot=ballot, elector=elector, **columns))
        record("vote.cast", vote)
        return vote
    return _changed(ballot, before, columns)


def _changed(ballot: Ballot, vote: Vote, columns: dict[str, object]) -> Vote:
    if not ballot.may_change:
        raise Conflict(
            _("这一票已经投过（%(how)s），不能再改。") % {"how": vote.get_channel_display()},
            hint=_("按这次表决的规则，投出的票不能更改。"),
        )
    VoteBefore.objects.create(
        vote=vote,
        choices=vote.choices,
        channel=vote.channel,
        cast_at=vote.cast_at,
        taken_by_id=vote.taken_by_id,
        receipt=vote.receipt,
        replaced_at=clock.now(),
    )
    changes = changes_of(vote, changed=vote.changed + 1, **columns)
    record("vote.change", vote, changes, touched=[VoteBefore])
    return vote
