"""What acts on a ballot begin and end with: found, locked, allowed, not changed meanwhile, possible now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion, invalid
from linli.core.service import changes_of, record, require_service
from linli.core.timelimits import Limit
from linli.core.words import in_house_language
from linli.foundation.duties.services import duty_close, duty_open

from ..models import Ballot, Elector, Sheet
from ..permissions import can_run_ballot
from ..selectors import state_now
from ..words import ACTIONS
from ..workflow import WORKFLOW

ROOM = "ballots"
May = Callable[[Actor, Ballot], bool]


@require_service
def ballot_begin(
    *,
    actor: Actor,
    ballot_id: UUID,
    move: str,
    may: May = can_run_ballot,
    version: int | None = None,
    by_clock: bool = True,
) -> Ballot:
    """Lock a ballot for a move; every vote that is being cast is waited for, and none begins meanwhile.

    Checks in this order: seen, allowed, not changed meanwhile, possible in the state that the clock says (in
    the one that is written, for the job that writes what the clock says: ``by_clock=False``).
    """
    seen = Ballot.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=ballot_id)
    ballot = seen.first()
    if ballot is None:
        raise NotFound(_("没有找到这次表决。"))
    if not may(actor, ballot):
        raise NotAllowed(hint=_("表决由当地居委会或街镇组织。"))
    if version is not None and version != ballot.version:
        raise StaleVersion(_("在您打开页面之后，这次表决有了变化。"))
    WORKFLOW.require(state_now(ballot) if by_clock else ballot.state, move)
    return ballot


@require_service
def ballot_shared(*, actor: Actor, ballot_id: UUID, move: str, may: May) -> Ballot:
    """Return a ballot for what many do at once: nobody waits but who moves the ballot on."""
    hold(ballot_id=ballot_id)
    ballot = Ballot.objects.visible_to(actor).filter(public_id=ballot_id).first()
    if ballot is None:
        raise NotFound(_("没有找到这次表决。"))
    if not may(actor, ballot):
        raise NotAllowed()
    WORKFLOW.require(state_now(ballot), move)
    return ballot


@require_service
def hold(*, ballot_id: UUID) -> None:
    """Keep a ballot from moving on until this transaction ends, beside others who do the same.

    Moving it on takes the row whole and waits. SQLite lets one writer in at a time by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM ballots_ballot WHERE public_id = %s FOR KEY SHARE", [ballot_id])


@require_service
def ballot_move(
    *,
    ballot: Ballot,
    move: str,
    verb: str,
    touched: Sequence[type[Model]] = (),
    **after: Any,
) -> Ballot:
    """Set the state after a move that ``ballot_begin`` let through, and what else changes; record it."""
    state = WORKFLOW.moves[move].target or ballot.state
    changes = changes_of(ballot, state=state, version=ballot.version + 1, **after)
    record(f"ballot.{verb}", ballot, changes, touched=touched)
    return ballot


@require_service
def person_of(*, actor: Actor) -> int:
    """Return the natural person who acts; a machine writes no reading and takes no vote."""
    if actor.person_id is None:
        raise NotAllowed(_("这一步要由人来办。"))
    return actor.person_id


@require_service
def elector_locked(*, ballot: Ballot, elector_id: UUID) -> Elector:
    """Return a standing elector of the ballot, locked: what happens to one elector happens one by one."""
    rows = Elector.objects.select_for_update(of=("self",)).filter(ballot=ballot, public_id=elector_id)
    elector = rows.first()
    if elector is None:
        raise NotFound(_("名册上没有这位表决人。"))
    if not elector.is_standing:
        raise Conflict(_("这位表决人不在已确定的名册上，不能投票。"), hint=_("如认为有误，请联系组织单位。"))
    return elector


@require_service
def sheet_locked(*, ballot: Ballot, code: str) -> Sheet:
    """Return a sheet by the code that stands on it, locked."""
    rows = Sheet.objects.select_for_update(of=("self",)).filter(ballot=ballot, code=code)
    sheet = rows.select_related("elector").first()
    if sheet is None:
        raise invalid(code=_("没有这个票码，请照票纸（或票根）上的八位再输一遍。"))
    return sheet


@require_service
def text_required(*, value: str, name: str, words: str, most: int) -> str:
    """Return a text without blank edges; raises ``InvalidInput`` where it is missing or too long."""
    plain = value.strip()
    if not plain:
        raise invalid(**{name: words})
    if len(plain) > most:
        words = _("最多%(most)s个字，现在有%(count)s个字，请精简。") % {"most": most, "count": len(plain)}
        raise invalid(**{name: words})
    return plain


@require_service
def duty_put(
    *, ballot: Ballot, action: str, limit: Limit | None = None, due_at: Any = None, subject: str = ""
) -> None:
    """Put something on the list of who organises the ballot."""
    if ballot.unit is None:
        return
    with in_house_language():
        duty_open(
            room=ROOM,
            subject_id=subject or str(ballot.public_id),
            subject_number=ballot.number,
            title=ballot.title,
            url=reverse("ballots:record", args=[ballot.public_id]),
            action=action,
            action_label=ACTIONS[action],
            area_path=ballot.area_path,
            limit=limit,
            due_at=due_at,
            unit_id=ballot.unit_id,
            function=ballot.unit.function,
        )


@require_service
def duty_done(*, actor: Actor, ballot: Ballot, action: str | None = None, subject: str = "") -> None:
    """Take it off the list."""
    duty_close(room=ROOM, subject_id=subject or str(ballot.public_id), action=action, by=actor.person_id)
