"""Acts that change divisions: planned with a document, confirmed, carried out on their day."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service

from ..changeops import Ops, change_ops, moves_of, refused
from ..changeplan import ChangePlan, plan_read
from ..models import (
    Boundary,
    Compound,
    Division,
    DivisionChange,
    DivisionChangePart,
    DivisionMove,
    Level,
)
from ..permissions import can_change_divisions, can_confirm_division_change, can_handle_division_change
from ..records import (
    area_models,
    division_holders,
    division_keys,
    has_records_left,
    records_left,
    records_move,
)
from ..rules import path_codes
from ..workflow import CHANGE, ChangeState
from .tree import ops_apply

INLINE = 20_000  # so many records follow within the act itself; more follow in batches
BATCH = 5_000
YEARS_AHEAD = 3
DOCUMENT_MAX = 200


def _level_and_scope(ops: Ops) -> tuple[int, str]:
    """Return the highest level that an act concerns, and the smallest place that holds all of it."""
    divisions = [*(alter.division for alter in ops.alter), *(end.division for end in ops.end)]
    above = [begun.parent.path for begun in ops.begin]
    above += [division.path[: -len(division.code) - 1] for division in divisions]
    above += [division.path for division in ops.stale]
    levels = [*(begun.parent.level + 1 for begun in ops.begin), *(division.level for division in divisions)]
    # Who gives a part away or gets one: counted where it is a district, or where only compounds move.
    levels += [d.level for d in ops.stale if not levels or d.level <= Level.COUNTY]
    first = path_codes(above[0])
    while first and not all(path.startswith("/".join(first) + "/") for path in above):
        first.pop()
    return min(levels), "".join(f"{code}/" for code in first)


def _document(text: str) -> str:
    document = " ".join(text.split())
    if not document or len(document) > DOCUMENT_MAX:
        raise refused(_("请填写批准文号，如 沪府〔2026〕12号。"), field_name="document")
    return document


def _day(day: date | None) -> date:
    if day is None or day > clock.today() + timedelta(days=366 * YEARS_AHEAD):
        raise refused(_("请填写生效日期，不晚于三年以后。"), field_name="effective_on")
    return day


@service(idempotent=True)
def division_change_plan(
    *, actor: Actor, plan: ChangePlan, document: str, effective_on: date | None
) -> DivisionChange:
    """Decide an act about divisions; of a district or above a second person must confirm it.

    Everything is checked against today's tree now, and again on the day. Raises ``InvalidInput`` with the
    field at fault, ``NotAllowed`` for who may not decide about that level there.
    """
    day = _day(effective_on)
    ops = change_ops(plan, day)
    level, scope = _level_and_scope(ops)
    if not can_change_divisions(actor, level, scope):
        raise NotAllowed(hint=_("网格由街镇、居村由区、街镇和区由市的管理员办理。"))
    change = DivisionChange(
        kind=plan.kind,
        level=level,
        scope=scope,
        document=_document(document),
        effective_on=day,
        plan=plan.as_json(),
        planned_at=clock.now(),
        planned_by=actor.person_id,
        planned_by_name=actor.name[:40],
    )
    change.state = ChangeState.PLANNED if change.is_two_persons else ChangeState.CONFIRMED
    change.save()
    sides = [(DivisionChangePart.Side.BEFORE, ops.before), (DivisionChangePart.Side.AFTER, ops.after)]
    DivisionChangePart.objects.bulk_create(
        DivisionChangePart(change=change, side=side, code=named.code, name=named.name)
        for side, all_named in sides
        for named in all_named
    )
    record("division_change.plan", change, touched=[DivisionChangePart])
    return change


def _lock(actor: Actor, change_id: Any) -> DivisionChange:
    found = DivisionChange.objects.visible_to(actor).filter(public_id=change_id)
    change = found.select_for_update().first()
    if change is None:
        raise NotFound(_("没有找到这项区划变更。"))
    return change


@service
def division_change_confirm(*, actor: Actor, change_id: Any) -> DivisionChange:
    """Confirm a change that somebody else planned."""
    change = _lock(actor, change_id)
    state = CHANGE.require(change.state, "confirm")
    if not can_confirm_division_change(actor, change):
        raise NotAllowed(_("区县级以上的变更须由另一位管理员确认。"))
    after = {
        "confirmed_at": clock.now(),
        "confirmed_by": actor.person_id,
        "confirmed_by_name": actor.name[:40],
    }
    record("division_change.confirm", change, changes_of(change, state=state, **after))
    return change


@service
def division_change_cancel(*, actor: Actor, change_id: Any) -> DivisionChange:
    """Give up a change that has not taken effect; one that has is undone by a change the other way."""
    change = _lock(actor, change_id)
    state = CHANGE.require(change.state, "cancel")
    if not can_handle_division_change(actor, change):
        raise NotAllowed
    record("division_change.cancel", change, changes_of(change, state=state))
    return change


def _touched() -> list[type[Model]]:
    """Return every table that an act may write to."""
    pointing = [model for model, _field in (*division_keys(), *division_holders())]
    return [Division, Compound, Boundary, DivisionMove, *area_models(), *pointing]


@service
def division_change_apply(*, actor: Actor, change_id: Any) -> DivisionChange:
    """Carry out a confirmed change whose day has come, and let its records follow.

    Up to 20,000 records follow in the same transaction; more follow in batches (``division_records_move``).
    Raises ``Conflict`` before the day and while another change's records are on their way, and
    ``InvalidInput`` where the tree is no longer what the plan was made for.
    """
    change = _lock(actor, change_id)
    state = CHANGE.require(change.state, "apply")
    if not can_handle_division_change(actor, change):
        raise NotAllowed
    if change.effective_on > clock.today():
        raise Conflict(_("%s才生效。") % change.effective_on, hint=_("到那天会自动办理。"))
    # One act at a time in a province, whoever started it.
    Division.objects.select_for_update(no_key=True).get(path=f"{path_codes(change.scope)[0]}/", valid_to=None)
    if DivisionChange.objects.filter(state=ChangeState.MOVING).exists():
        raise Conflict(_("上一项区划变更的记录还在迁移。"), hint=_("请等它完成后再办，通常只要几分钟。"))
    ops = change_ops(plan_read(change.plan), change.effective_on)
    moves = [DivisionMove(change=change, old_path=a, new_path=b, compound=c) for a, b, c in moves_of(ops)]
    ops_apply(ops=ops, change=change)
    DivisionMove.objects.bulk_create(moves, batch_size=BATCH)
    after = {"state": state, "applied_at": clock.now(), "failure": "", "records_total": records_left(change)}
    changes = changes_of(change, **after)
    if change.records_total <= INLINE:
        changes |= _follow(change, INLINE * 2)
    purpose = f"{change.kind} moves={len(moves)} records={change.records_total}"
    record("division_change.apply", change, changes, touched=_touched(), purpose=purpose)
    return change


def _follow(change: DivisionChange, limit: int) -> dict[str, tuple[Any, Any]]:
    """Let records follow; when none is left the change is done."""
    count = 0
    while count < limit and (moved := records_move(change=change, limit=min(BATCH, limit - count))):
        count += sum(moved.values())
    changes = changes_of(change, records_moved=change.records_moved + count) if count else {}
    if change.state == ChangeState.MOVING and not has_records_left(change):
        state = CHANGE.require(change.state, "finish")
        changes |= changes_of(change, state=state, finished_at=clock.now())
    return changes


@service
def division_records_move(*, actor: Actor, change_id: Any, limit: int = BATCH) -> int:
    """Let the next batch of records follow a change; returns how many did.

    Also takes up what was written into the old place while the change was being carried out.
    """
    change = _lock(actor, change_id)
    if change.state not in (ChangeState.MOVING, ChangeState.DONE):
        raise Conflict(_("这项变更还没有生效。"))
    if not can_handle_division_change(actor, change):
        raise NotAllowed
    before = change.records_moved
    changes = _follow(change, limit)
    if changes:
        count = change.records_moved - before
        record("division_change.move", change, changes, touched=area_models(), purpose=f"迁移{count}条记录")
    return change.records_moved - before


@service
def division_change_note_failure(*, actor: Actor, change_id: Any, reason: InvalidInput | Conflict) -> None:
    """Write down why a change could not take effect on its day, for those who planned it."""
    change = _lock(actor, change_id)
    if not can_handle_division_change(actor, change):
        raise NotAllowed
    changes = changes_of(change, failure=f"{reason.message}{reason.hint}"[:300])
    if changes:
        record("division_change.note_failure", change, changes)
