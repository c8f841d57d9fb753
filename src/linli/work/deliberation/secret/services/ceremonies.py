"""Naming the trustees, registering the key that they made in a browser, proving that shares are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, invalid, invalid_if
from linli.core.service import changes_of, record, service
from linli.core.words import in_house_language
from linli.foundation.notices.services import notice_queue

from ...ballots.models import Ballot
from ...ballots.workflow import RUNNING
from ...ballots.workflow import State as Ballots
from ..models import Ceremony, Side, Trustee
from ..permissions import can_appoint_trustees, trustee_of
from ..rules import key_faults
from ..selectors import ceremony_of, trustee_choices
from ..standing import barred_among, barred_trustees
from .steps import before_voting, ceremony_begin, ceremony_move, duty_done, duty_put, secret_ballot

PREPARING = (Ballots.DRAFT, Ballots.ANNOUNCED, *RUNNING)
AHEAD = timedelta(days=1)  # by when before voting the key should be there


@service
def trustees_appoint(
    *, actor: Actor, ballot_id: UUID, persons: Mapping[str, int], version: int | None = None
) -> Ceremony:
    """Name who holds the shares: ``persons`` is side → person, one each, three different people.

    May be done anew before voting begins; a key that was made is then worthless and is made again.
    """
    ballot = secret_ballot(actor=actor, ballot_id=ballot_id)
    if not can_appoint_trustees(actor, ballot):
        raise NotAllowed(hint=_("密钥保管人由组织投票的居委会或街道指定。"))
    _preparing(ballot)
    _persons_checked(ballot, persons)
    if ceremony_of(ballot) is not None:
        ceremony = ceremony_begin(actor=actor, ballot_id=ballot_id, move="appoint", version=version)
        ceremony.trustees.all().delete()
        duty_done(ceremony=ceremony)
        ceremony_move(
            ceremony=ceremony,
            move="appoint",
            verb="key.trustees",
            touched=(Trustee,),
            public_key="",
            keyed_at=None,
        )
    else:
        ceremony = Ceremony.objects.create(ballot=ballot, area_path=ballot.area_path)
        record("key.trustees", ceremony, touched=[Trustee])
    Trustee.objects.bulk_create(
        Trustee(ceremony=ceremony, seat=seat, side=side, person_id=persons[side])
        for seat, side in enumerate(Side.values, 1)
    )
    duty_put(ceremony=ceremony, action="key", due_at=ballot.opens_at - AHEAD)
    _told(ceremony, persons.values())
    return ceremony


def _preparing(ballot: Ballot) -> None:
    if ballot.state not in PREPARING:
        raise Conflict(_("这次表决的状态是「%s」，不能再指定保管人。") % ballot.get_state_display())
    before_voting(ballot=ballot)


def _persons_checked(ballot: Ballot, persons: Mapping[str, int]) -> None:
    offered = trustee_choices(ballot)
    for side in Side.values:
        if persons.get(side) not in offered[side]:
            raise invalid(**{side: _("请选择%s的一位在岗人员。") % Side(side).label})
    if len(set(persons.values())) < len(Side.values):
        raise invalid(street=_("三份密钥要由三个人保管，同一个人不能保管两份。"))
    barred = barred_among(ballot, persons.values())
    words = _("这位是这次投票的候选人，不能保管密钥，请另选一位。")
    invalid_if({side: words for side in Side.values if persons[side] in barred})


def _told(ceremony: Ceremony, persons: Iterable[int]) -> None:
    with in_house_language():
        notice_queue(
            person_ids=persons,
            kind="key.trustee",
            title=f"请保管选举密钥份额({ceremony.ballot.number})",
            body="请与另外两位保管人约定时间，一起办理密钥仪式。",
            url=f"/desk/council/ballots/{ceremony.ballot.public_id}/secret/",
        )


@service
def key_register(
    *,
    actor: Actor,
    ballot_id: UUID,
    public_key: str,
    share_hashes: Sequence[str],
    version: int | None = None,
) -> Ceremony:
    """Register the public key of a ceremony and what each share hashes to; the key itself never comes here.

    ``share_hashes`` are in the order of the trustees' seats, all in hex.
    """
    ceremony = ceremony_begin(actor=actor, ballot_id=ballot_id, move="register", version=version)
    if not (can_appoint_trustees(actor, ceremony.ballot) or trustee_of(actor, ceremony)):
        raise NotAllowed(hint=_("密钥仪式由组织单位和保管人办理。"))
    before_voting(ballot=ceremony.ballot)
    if barred_trustees(ceremony):
        raise Conflict(
            _("保管人里有这次投票的候选人，不能用他们的份额生成密钥。"),
            hint=_("请先更换这位保管人，再办理密钥仪式。"),
        )
    if faults := key_faults(public_key, share_hashes):
        raise invalid(**faults)
    for trustee, share_hash in zip(ceremony.trustees.all(), share_hashes, strict=True):
        trustee.share_hash = share_hash
        trustee.save(update_fields=["share_hash"])
        duty_put(ceremony=ceremony, action="keep", due_at=ceremony.ballot.opens_at, trustee=trustee)
    duty_done(ceremony=ceremony, action="key", by=actor.person_id)
    return ceremony_move(
        ceremony=ceremony,
        move="register",
        verb="key.register",
        touched=(Trustee,),
        public_key=public_key,
        keyed_at=clock.now(),
    )


@service
def share_keep(*, actor: Actor, ballot_id: UUID) -> Ceremony:
    """Say, as a trustee and in person, that one's share is kept and can be read; the third makes it ready."""
    ceremony = ceremony_begin(actor=actor, ballot_id=ballot_id, move="keep")
    trustee = trustee_of(actor, ceremony)
    if trustee is None:
        raise NotAllowed(_("您不是这次投票的密钥保管人。"))
    if trustee.kept_at is not None:
        raise Conflict(_("您已经确认过收好份额。"))
    if trustee.person_id in barred_trustees(ceremony):
        raise Conflict(
            _("您是这次投票的候选人，不能保管密钥。"),
            hint=_("请组织单位更换保管人，重新生成密钥；您手里的份额请当场销毁。"),
        )
    record("key.keep", trustee, changes_of(trustee, kept_at=clock.now()))
    _duty_of(ceremony, trustee)
    if not ceremony.trustees.filter(kept_at__isnull=True).exists():
        ceremony_move(ceremony=ceremony, move="ready", verb="key.keep")
    return ceremony


def _duty_of(ceremony: Ceremony, trustee: Trustee) -> None:
    """Take this trustee's own duty off the list; the others keep theirs."""
    duty_done(ceremony=ceremony, action="keep", by=trustee.person_id)
    for other in ceremony.trustees.filter(kept_at__isnull=True):
        duty_put(ceremony=ceremony, action="keep", due_at=ceremony.ballot.opens_at, trustee=other)
