"""What a resolution asks of whom: given, extended, carried out, turned into a matter, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, invalid
from linli.core.service import require_service, service
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.services import duty_reschedule
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_FILES
from linli.foundation.links.services import link_add
from linli.foundation.places.selectors import Place, division_by_code
from linli.foundation.ui.templatetags.linli import day
from linli.work.matters.services import matter_accept, matter_report
from linli.work.matters.services.texts import text_limited, text_required

from ..models import Progress, Resolution, Task
from ..permissions import can_run_resolution, can_work_task
from ..rules import due_refusal, setting, spending_refusal
from ..workflow import State
from .acts import ROOM, Act, act_begin, end_of

MOST_TASKS = 30


@service(idempotent=True)
def task_add(
    *,
    actor: Actor,
    resolution_id: int,
    text: str,
    unit: Unit,
    due_on: date,
    helper: str = "",
    fen: int | None = None,
    fund: str = "",
) -> Task:
    """Give a unit something to do by a day, perhaps with money (fen); on its list once published."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="add_task", may=can_run_resolution)
    if refusal := due_refusal(due_on, clock.today()):
        raise invalid(due_on=refusal)
    if fen is not None and fen < 0:
        raise invalid(fen=_("金额不能是负数。"))
    if fen and not fund.strip():
        raise invalid(fund=_("有预算的，请写明钱从哪里出。"))
    if unit.closed_on is not None and unit.closed_on <= clock.today():
        raise invalid(unit=_("这个单位已经停用，请另选。"))
    if act.resolution.tasks.count() >= MOST_TASKS:
        raise invalid(text=_("一份决议最多%d项任务。") % MOST_TASKS)
    last = act.resolution.tasks.aggregate(last=Max("order"))["last"] or 0
    task = Task(
        resolution=act.resolution,
        order=last + 1,
        text=text_required(value=text, name="text", words=_("请写明做什么。"), most=200),
        unit=unit,
        helper=text_limited(value=helper, name="helper", most=80),
        fen=fen,
        fund=text_limited(value=fund, name="fund", most=80),
        due_on=due_on,
    )
    act.save_row(task)
    if act.resolution.state == State.PUBLISHED:
        task_given(act=act, task=task)
    act.facts.update(unit=unit.name, due_on=str(due_on), fen=fen)
    act.finish("add_task", note=task.text)
    return task


@require_service
def task_given(*, act: Act, task: Task) -> None:
    """Put a task on its unit's list and tell it."""
    act.duty("carry_out", task.unit, task=task)
    act.tell(task.unit, "task", "决议有任务交给您的单位", f"完成日期：{day(task.due_on)}。")


@require_service
def task_of(*, resolution: Resolution, task_id: int | None) -> Task:
    """Return an open task of the resolution, or say why there is none."""
    found = resolution.tasks.select_related("unit").filter(pk=task_id or 0).first()
    if found is None:
        raise NotFound(_("没有找到这项任务。"))
    if found.state != Task.State.OPEN:
        raise Conflict(_("这项任务的状态是「%s」，不能再改。") % found.get_state_display())
    found.resolution = resolution
    return found


@service
def task_drop(*, actor: Actor, resolution_id: int, task_id: int, reason: str) -> Resolution:
    """Take a task back, with a reason; what was spent stays."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="drop_task", may=can_run_resolution)
    task = task_of(resolution=act.resolution, task_id=task_id)
    why = text_required(value=reason, name="reason", words=_("请写明取消的原因。"), most=300)
    task.state = Task.State.DROPPED
    act.save_row(task, "state")
    act.done(task=task)
    if act.resolution.state == State.PUBLISHED:
        act.tell(task.unit, "task", "决议的一项任务已取消")
    _rest(act)
    return act.finish("drop_task", note=f"{task.text}：{why}")


@service(idempotent=True)
def task_extend(*, actor: Actor, resolution_id: int, task_id: int, due_on: date, reason: str) -> Resolution:
    """Give a task another day, with a reason; its clock begins anew, what was late stays in the story."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="extend", may=can_run_resolution)
    task = task_of(resolution=act.resolution, task_id=task_id)
    if refusal := due_refusal(due_on, clock.today()):
        raise invalid(due_on=refusal)
    why = text_required(value=reason, name="reason", words=_("请写明为什么改期限。"), most=300)
    before, task.due_on = task.due_on, due_on
    act.save_row(task, "due_on")
    duty_reschedule(
        room=ROOM, subject_id=str(task.public_id), action="carry_out", due_at=end_of(due_on=due_on)
    )
    act.facts.update(before=str(before), due_on=str(due_on))
    act.tell(task.unit, "extend", "决议任务的期限改了", f"新的完成日期：{day(due_on)}。")
    return act.finish("extend", note=f"{task.text}：{why}")


@service(idempotent=True)
def task_progress(
    *,
    actor: Actor,
    resolution_id: int,
    task_id: int,
    note: str,
    public_note: str = "",
    fen: int = 0,
    is_end: bool = False,
    photos: Sequence[StoredFile] = (),
) -> Resolution:
    """Write what was done on a task and what it cost (fen), with photos; ``is_end`` ends the task."""
    act = act_begin(
        actor=actor,
        resolution_id=resolution_id,
        move="progress",
        may=lambda who, found: any(can_work_task(who, task) for task in _tasks(found)),
    )
    task = task_of(resolution=act.resolution, task_id=task_id)
    if not can_work_task(actor, task):
        raise NotAllowed(_("这项任务由%s办理。") % task.unit.name)
    if refusal := spending_refusal(task.fen, task.spent, fen):
        raise invalid(fen=refusal)
    row = Progress(
        task=task,
        at=act.at,
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        note=text_required(value=note, name="note", words=_("请写明做了什么。")),
        public_note=text_limited(value=public_note, name="public_note", most=300),
        fen=fen,
        is_end=is_end,
    )
    act.save_row(row)
    _photos_add(act, row, photos)
    task.spent += fen
    if is_end:
        task.state, task.done_at = Task.State.DONE, act.at
        act.done(task=task)
    act.save_row(task, "spent", "state", "done_at")
    _rest(act)
    act.facts.update(unit=task.unit.name, fen=fen)
    if actor.unit_id != act.resolution.unit_id:
        act.tell(act.resolution.unit, "progress", "决议有了新进展")
    return act.finish("finish_task" if is_end else "progress", note=f"{task.text}：{row.note}")


def _tasks(resolution: Resolution) -> list[Task]:
    rows = list(resolution.tasks.all())
    for row in rows:
        row.resolution = resolution
    return rows


def _photos_add(act: Act, row: Progress, photos: Sequence[StoredFile]) -> None:
    if len(photos) > MAX_FILES:
        raise invalid(photos=_("照片、录音、视频一共最多%d个。") % MAX_FILES)
    for photo in photos:
        if photo.state == StoredFile.State.REFUSED:
            raise invalid(photos=f"{photo.name}：{photo.refusal or _('不是可用的照片。')}")
    if photos:
        row.photos.add(*photos)
        act.touched.add(Progress.photos.through)


def _rest(act: Act) -> None:
    """When the last task ends, closing the resolution becomes somebody's duty."""
    resolution = act.resolution
    if resolution.state == State.PUBLISHED and not resolution.tasks.filter(state=Task.State.OPEN).exists():
        act.done("finish")
        act.duty("finish", resolution.unit, days=setting("finish_workdays"))


@service(idempotent=True)
def task_to_matter(*, actor: Actor, resolution_id: int, task_id: int) -> Resolution:
    """Open a matter of a task, accepted, to be sorted and handed over like any other."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="matter", may=can_run_resolution)
    task = task_of(resolution=act.resolution, task_id=task_id)
    if task.matter_id is not None:
        raise Conflict(_("这项任务已经转为事项。"), hint=_("请打开那件事项查看进展。"))
    resolution = act.resolution
    matter = matter_report(
        actor=actor,
        text=f"落实决议“{resolution.title}”：{task.text}",
        place=Place(division_by_code(resolution.place_code), "chosen"),
        channel="patrol",
        is_emergency=False,
    )
    matter_accept(actor=actor, matter_id=matter.pk, version=matter.version)
    task.matter = matter
    act.save_row(task, "matter")
    link_add(
        actor=actor,
        from_room=ROOM,
        from_id=str(resolution.public_id),
        to_room="matters",
        to_id=str(matter.public_id),
        kind="carried_out_by",
    )
    act.facts["matter"] = matter.number
    return act.finish("matter", note=task.text)
