"""Casting a sealed choice: one row of the roll changes, and nothing anywhere says with what."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Assurance, Function
from linli.core.errors import Conflict, Expired, NotAllowed, NotFound, invalid
from linli.core.service import record, require_service, service
from linli.registers.residents.linking.selectors import resident_linked

from ...ballots.models import Ballot, Channel, Elector
from ...ballots.rules import casting_refusal
from ...ballots.selectors import proxies_given, questions_asked
from ...ballots.services.steps import elector_locked, hold
from ..models import Ceremony
from ..rules import sealed_length
from ..selectors import ceremony_of
from ..workflow import State


@service
def choice_seal(*, actor: Actor, ballot_id: UUID, elector_id: UUID, sealed: bytes) -> bool:
    """Put a sealed choice on one's own row of the roll; says whether it took the place of an earlier one.

    Sending the same again changes nothing, so that no request key is needed: a key would keep a digest of the
    choice. For the same reason the record of the act names the ballot and no field.
    """
    ballot = _voter_checked(actor, ballot_id)
    _ceremony_ready(ballot)
    elector = _own(actor, ballot, elector_id)
    if len(sealed) != sealed_length(questions_asked(ballot)):
        raise invalid(sealed=_("选票没有完整送到，请刷新页面后重新选择再投。"))
    is_replaced = elector.sealed_choice is not None
    Elector.objects.filter(pk=elector.pk).update(sealed_choice=sealed)
    record("choice.seal", ballot, touched=[Elector])
    return is_replaced


def _voter_checked(actor: Actor, ballot_id: UUID) -> Ballot:
    if actor.function != Function.RESIDENT or actor.person_id is None:
        raise NotAllowed(_("请用居民账号投票。"), hint=_("工作账号不能替别人投票。"))
    if actor.assurance < Assurance.REGISTERED:
        raise NotAllowed(
            _("投票要先确认您是名册上的哪一位。"), hint=_("请在“我的”里关联居民登记，或到居委会办理。")
        )
    return running(ballot_id=ballot_id)


@require_service
def running(*, ballot_id: UUID) -> Ballot:
    """Return a secret ballot that takes votes on the web now, held until the transaction ends."""
    hold(ballot_id=ballot_id)
    ballot = Ballot.objects.public().filter(public_id=ballot_id).first()
    if ballot is None:
        raise NotFound(_("没有找到这次表决。"))
    now = clock.now()
    if words := casting_refusal(ballot.state, ballot.opens_at, ballot.closes_at, now):
        if now >= ballot.closes_at:
            raise Expired(words, hint=_("截止时间以服务器为准；结果计出后会在这里公布。"))
        raise Conflict(words, hint=_("请在公告的时间内投票。"))
    if not ballot.is_secret or not ballot.takes(Channel.WEB):
        raise Conflict(_("这次表决不能在网上无记名投票。"), hint=_("请按公告写明的途径投票。"))
    return ballot


def _ceremony_ready(ballot: Ballot) -> Ceremony:
    ceremony = ceremony_of(ballot)
    if ceremony is None or ceremony.state != State.READY:
        raise Conflict(
            _("这次投票的密钥还没有准备好，暂时不能在网上投票。"),
            hint=_("请稍后再来，或到居委会领取纸质票。"),
        )
    return ceremony


def _own(actor: Actor, ballot: Ballot, elector_id: UUID) -> Elector:
    resident = resident_linked(actor.person_id)
    elector = elector_locked(ballot=ballot, elector_id=elector_id)
    if resident is None or elector.resident_id != resident.pk:
        raise NotFound(_("名册上没有这位表决人。"))
    if elector.voided_web_at is not None:
        raise Conflict(_("您已经领了纸质票，网上的票已经作废。"), hint=_("请用纸质票投票；一人只能投一次。"))
    if proxies_given(ballot, [elector]):
        raise Conflict(_("您已经委托别人代投这一票。"), hint=_("要自己投，请先在表决页面撤销委托。"))
    return elector
