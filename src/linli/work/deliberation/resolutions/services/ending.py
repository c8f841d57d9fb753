"""Making a resolution known, filing it with the street, ending it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_date
from linli.core.errors import Conflict
from linli.core.service import service
from linli.foundation.accounts.models import Unit
from linli.foundation.ui.templatetags.linli import day
from linli.work.matters.services.texts import text_limited, text_required

from ..models import Filing, Resolution, Task
from ..permissions import can_file_resolution, can_run_resolution
from ..rules import public_until, setting
from .acts import Act, act_begin
from .photos import photos_hide
from .tasks import task_given


@service(idempotent=True)
def resolution_publish(*, actor: Actor, resolution_id: int) -> Resolution:
    """Make the resolution known; from now on its tasks stand on the lists of their units."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="publish", may=can_run_resolution)
    resolution = act.resolution
    tasks = list(resolution.tasks.filter(state=Task.State.OPEN).select_related("unit"))
    if any(task.due_on < clock.today() for task in tasks):
        raise Conflict(_("有任务的完成日期已经过了。"), hint=_("请先取消它，再按新的日期增加。"))
    act.set(published_at=act.at, public_until=public_until(local_date(act.at), resolution.public_days))
    act.done("publish")
    for task in tasks:
        task_given(act=act, task=task)
    if not tasks:
        act.duty("finish", resolution.unit, days=setting("finish_workdays"))
    act.facts["until"] = str(resolution.public_until)
    return act.finish("publish")


@service(idempotent=True)
def filing_ask(*, actor: Actor, resolution_id: int, note: str = "") -> Resolution:
    """Send the resolution to the street for filing （备案）."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="ask_filing", may=can_run_resolution)
    if act.resolution.filing in (Filing.ASKED, Filing.RECEIVED):
        raise Conflict(_("这份决议%s。") % act.resolution.get_filing_display())
    street = _street(act.resolution)
    act.set(filing=Filing.ASKED, filing_note="")
    act.done("refile")
    act.duty("receive", street, days=setting("filing_workdays"))
    act.tell(street, "filing", "有决议报备案")
    return act.finish("ask_filing", note=text_limited(value=note, name="note", most=300))


def _street(resolution: Resolution) -> Unit:
    """Return the street that the resolution's unit stands under, or its unit if that is one."""
    unit: Unit | None = resolution.unit
    while unit is not None and unit.function != "street":
        unit = unit.parent
    if unit is None:
        raise Conflict(_("还没有登记上级街镇，不能报备案。"), hint=_("请联系管理员登记上级单位。"))
    return unit


@service(idempotent=True)
def filing_receive(*, actor: Actor, resolution_id: int, number: str, note: str = "") -> Resolution:
    """The street takes the resolution into its files under a number."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="receive", may=can_file_resolution)
    _asked(act)
    words = _("请填写备案号。")
    act.set(
        filing=Filing.RECEIVED,
        filing_number=text_required(value=number, name="number", words=words, most=40),
        filing_note=text_limited(value=note, name="note", most=300),
        filed_at=act.at,
    )
    act.done("receive")
    act.tell(act.resolution.unit, "filing", "决议已备案")
    return act.finish("receive", note=act.resolution.filing_number)


@service(idempotent=True)
def filing_return(*, actor: Actor, resolution_id: int, reason: str) -> Resolution:
    """The street sends the filing back with what has to be mended."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="return", may=can_file_resolution)
    _asked(act)
    why = text_required(value=reason, name="reason", words=_("请写明要改什么。"), most=300)
    act.set(filing=Filing.RETURNED, filing_note=why)
    act.done("receive")
    act.duty("refile", act.resolution.unit, days=setting("filing_workdays"))
    act.tell(act.resolution.unit, "filing", "决议备案被退回，请修改后再报")
    return act.finish("return", note=why)


def _asked(act: Act) -> None:
    if act.resolution.filing != Filing.ASKED:
        raise Conflict(_("这份决议%s，现在不用办理备案。") % act.resolution.get_filing_display())


@service(idempotent=True)
def resolution_finish(*, actor: Actor, resolution_id: int, outcome: str) -> Resolution:
    """Close the resolution: all tasks ended, and published for as long as the law asks."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="finish", may=can_run_resolution)
    resolution = act.resolution
    left = resolution.tasks.filter(state=Task.State.OPEN).count()
    if left:
        raise Conflict(_("还有%d项任务没有完成。") % left, hint=_("请先写明完成情况，或取消任务。"))
    if resolution.public_until is not None and local_date(act.at) <= resolution.public_until:
        raise Conflict(
            _("公示期还没有满：要公示到%(until)s。依据：%(source)s。")
            % {"until": day(resolution.public_until), "source": resolution.public_source},
            hint=_("请在%s以后办结。") % day(resolution.public_until),
        )
    if resolution.filing == Filing.ASKED:
        raise Conflict(_("还在等街镇备案，不能办结。"))
    words = _("请写明落实得怎么样。")
    act.set(done_at=act.at, outcome=text_required(value=outcome, name="outcome", words=words))
    act.done()
    return act.finish("finish", note=resolution.outcome)


@service(idempotent=True)
def resolution_withdraw(*, actor: Actor, resolution_id: int, reason: str) -> Resolution:
    """Take a resolution back; what it opened is called off, nothing is erased."""
    act = act_begin(actor=actor, resolution_id=resolution_id, move="withdraw", may=can_run_resolution)
    why = text_required(value=reason, name="reason", words=_("请写明撤销的原因和依据。"), most=300)
    for task in act.resolution.tasks.filter(state=Task.State.OPEN).select_related("unit"):
        task.state = Task.State.DROPPED
        act.save_row(task, "state")
        act.done(task=task)
        if act.resolution.published_at is not None:
            act.tell(task.unit, "task", "决议已撤销，任务取消")
    photos_hide(act=act)
    act.set(withdrawn_reason=why)
    act.done()
    return act.finish("withdraw", note=why)
