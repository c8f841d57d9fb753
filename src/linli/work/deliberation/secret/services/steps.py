"""What every act on a key begins and ends with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotFound, StaleVersion
from linli.core.service import changes_of, record, require_service
from linli.core.words import in_house_language
from linli.foundation.duties.services import duty_close, duty_open

from ...ballots.models import Ballot, Channel
from ..models import FUNCTION_OF, Ceremony, Side, Trustee
from ..permissions import can_see_ceremony
from ..selectors import ceremony_of
from ..words import ACTIONS
from ..workflow import WORKFLOW

ROOM = "secret_ballots"


@require_service
def secret_ballot(*, actor: Actor, ballot_id: UUID) -> Ballot:
    """Return a secret ballot with votes on the web whose key the actor may see, or raise ``NotFound``."""
    ballot = Ballot.objects.select_related("unit").filter(public_id=ballot_id).first()
    if ballot is None or not (
        actor.function == Function.SYSTEM or can_see_ceremony(actor, ballot, ceremony_of(ballot))
    ):
        raise NotFound(_("没有找到这次表决。"))
    if not ballot.is_secret or not ballot.takes(Channel.WEB):
        raise Conflict(_("这次表决没有网上无记名投票，用不着密钥。"))
    return ballot


@require_service
def ceremony_begin(*, actor: Actor, ballot_id: UUID, move: str, version: int | None = None) -> Ceremony:
    """Lock a ballot's key for a move; checked in this order: seen, not changed meanwhile, possible now."""
    ballot = secret_ballot(actor=actor, ballot_id=ballot_id)
    ceremony = Ceremony.objects.select_for_update(of=("self",)).filter(ballot=ballot).first()
    if ceremony is None:
        raise Conflict(_("还没有指定密钥保管人。"), hint=_("请组织单位先指定三位保管人。"))
    ceremony.ballot = ballot
    if version is not None and version != ceremony.version:
        raise StaleVersion(_("在您打开页面之后，密钥的情况有了变化。"))
    WORKFLOW.require(ceremony.state, move)
    return ceremony


@require_service
def ceremony_move(
    *,
    ceremony: Ceremony,
    move: str,
    verb: str,
    touched: tuple[type[Model], ...] = (),
    **after: Any,
) -> Ceremony:
    """Set the state after a move and whatever else changes, and record it."""
    state = WORKFLOW.require(ceremony.state, move)
    changes = changes_of(ceremony, state=state, version=ceremony.version + 1, **after)
    record(verb, ceremony, changes, touched=touched)
    return ceremony


@require_service
def before_voting(*, ballot: Ballot) -> None:
    """Refuse to change a key to which choices may be sealed already."""
    if clock.now() >= ballot.opens_at:
        raise Conflict(
            _("投票已经开始，密钥和保管人不能再换。"),
            hint=_("份额遗失的，只要还有两份就能开票；不足两份只能取消，重新组织投票。"),
        )


@require_service
def duty_put(*, ceremony: Ceremony, action: str, due_at: Any, trustee: Trustee | None = None) -> None:
    """Put something on a trustee's list, or of who organises the ballot."""
    ballot = ceremony.ballot
    if trustee is None and ballot.unit is None:
        return
    function = FUNCTION_OF[Side(trustee.side)] if trustee else ballot.unit.function if ballot.unit else ""
    with in_house_language():
        duty_open(
            room=ROOM,
            subject_id=str(ceremony.public_id),
            subject_number=ballot.number,
            title=ballot.title,
            url=reverse("secret_ballots:ceremony", args=[ballot.public_id]),
            action=action,
            action_label=ACTIONS[action],
            area_path=ballot.area_path,
            limit=None,
            due_at=due_at,
            person_id=trustee.person_id if trustee else None,
            unit_id=None if trustee else ballot.unit_id,
            function=function,
        )


@require_service
def duty_done(*, ceremony: Ceremony, action: str | None = None, by: int | None = None) -> None:
    """Take it off the lists."""
    duty_close(room=ROOM, subject_id=str(ceremony.public_id), action=action, by=by)
