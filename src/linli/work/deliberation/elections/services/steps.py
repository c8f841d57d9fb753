"""What every act on an election or a recall begins and ends with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor, Assurance, Function
from linli.core.errors import NotAllowed, NotFound, StaleVersion
from linli.core.service import changes_of, record, require_service
from linli.core.words import in_house_language
from linli.foundation.duties.services import duty_close, duty_open
from linli.registers.residents.linking.selectors import resident_linked
from linli.registers.residents.models import Resident

from ..models import Election, Recall
from ..permissions import can_run_election
from ..words import ACTIONS
from ..workflow import RECALL, WORKFLOW

ROOM = "elections"


@require_service
def election_begin(
    *, actor: Actor, election_id: UUID, move: str, version: int | None = None, by_voter: bool = False
) -> Election:
    """Lock an election for a move: seen, allowed, not changed meanwhile, possible now."""
    rows = Election.objects.all() if by_voter else Election.objects.visible_to(actor)
    election = rows.select_for_update(of=("self",)).filter(public_id=election_id).first()
    if not isinstance(election, Election):
        raise NotFound(_("没有找到这次选举。"))
    if not by_voter and not can_run_election(actor, election):
        raise NotAllowed(hint=_("选举由当地居委会或街镇组织。"))
    if version is not None and version != election.version:
        raise StaleVersion(_("在您打开页面之后，这次选举有了变化。"))
    WORKFLOW.require(election.state, move)
    return election


@require_service
def election_move(
    *, election: Election, move: str, touched: tuple[type[Model], ...] = (), **after: Any
) -> Election:
    """Set the state after a move and whatever else changes, and record it."""
    state = WORKFLOW.require(election.state, move)
    changes = changes_of(election, state=state, version=election.version + 1, **after)
    record(f"election.{move}", election, changes, touched=touched)
    return election


@require_service
def recall_begin(*, actor: Actor, recall_id: UUID, move: str, by_voter: bool = False) -> Recall:
    """Lock a recall for a move."""
    rows = Recall.objects.all() if by_voter else Recall.objects.visible_to(actor)
    recall = rows.select_for_update(of=("self",)).filter(public_id=recall_id).first()
    if not isinstance(recall, Recall):
        raise NotFound(_("没有找到这件罢免提议。"))
    if not by_voter and not can_run_election(actor, recall):
        raise NotAllowed(hint=_("罢免由当地居委会或街镇组织。"))
    RECALL.require(recall.state, move)
    return recall


@require_service
def voter_of(*, actor: Actor, area_path: str) -> Resident:
    """Return the registered resident who acts for themselves in their own neighbourhood."""
    if actor.function != Function.RESIDENT or actor.assurance < Assurance.REGISTERED:
        raise NotAllowed(
            _("要先确认您是登记的哪一位居民。"), hint=_("请在“我的”里关联居民登记，或到居委会办理。")
        )
    resident = resident_linked(actor.person_id)
    if resident is None or not resident.area_path.startswith(area_path):
        raise NotAllowed(_("您不在这次选举的范围内。"))
    return resident


@require_service
def resident_seen(*, actor: Actor, resident_id: UUID) -> Resident:
    """Return a living person of the registry in the actor's areas."""
    person = Resident.objects.visible_to(actor).filter(public_id=resident_id).first()
    if person is None or person.state not in (Resident.State.HERE, Resident.State.AWAY):
        raise NotFound(_("没有找到这个人。"))
    found: Resident = person
    return found


@require_service
def duty_put(*, election: Election, action: str, due_at: Any) -> None:
    """Put something on the list of who organises the election."""
    with in_house_language():
        duty_open(
            room=ROOM,
            subject_id=str(election.public_id),
            subject_number=election.number,
            title=election.title,
            url=reverse("elections:record", args=[election.public_id]),
            action=action,
            action_label=ACTIONS[action],
            area_path=election.area_path,
            limit=None,
            due_at=due_at,
            unit_id=election.unit_id,
            function=election.unit.function,
        )


@require_service
def duty_done(*, election: Election, action: str | None = None, by: int | None = None) -> None:
    """Take it off the list."""
    duty_close(room=ROOM, subject_id=str(election.public_id), action=action, by=by)
