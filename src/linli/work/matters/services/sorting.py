"""Whose affair it is （三事分流）： sorted, confirmed by another person, guided or discussed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import service
from linli.foundation.accounts.models import Unit
from linli.foundation.links.services import link_add

from ..models import AffairClass, Assignment, Category, ClosedAs, Matter
from ..permissions import can_decide_intake, can_guide_matter, is_never_public, is_reporter
from ..refusals import invalid
from ..routing.services import dispatch_directly, ruling_keep
from ..wording import instant_words
from .answers import answers_renew
from .assigning import assignment_send, unit_checked
from .choices import choices_keep
from .steps import ROOM, Step, class_set, step_begin
from .texts import text_required

MAX_GUIDANCE = 2_000


@service(idempotent=True)
def matter_sort(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    affair_class: str,
    reason: str,
    category: Category | None = None,
    answers: Mapping[str, Any] | None = None,
    about_unit: Unit | None = None,
    is_complaint: bool = False,
) -> Matter:
    """Sort into 大事, 小事 or 私事 with a reason; provisional until another person confirms it.

    What the decision tables then say is kept; a row marked 直接派遣 hands it over at once where that is on.

    ``answers`` are those to the category's questions, as far as they are known by now.
    ``is_complaint`` marks a complaint about a named person or unit (``about_unit``): it is never
    published, and whoever is complained about does not see who complained.
    """
    step = step_begin(actor=actor, matter_id=matter_id, move="sort", may=can_decide_intake, version=version)
    answers_renew(step=step, category=category, said=answers)
    if category is not None:
        step.set(category_id=category.pk)
    if about_unit is not None:
        step.set(about_unit_id=about_unit.pk)
    if is_complaint or about_unit is not None:
        step.set(hides_reporter=True, is_never_public=True)
    if is_never_public(step.matter):
        step.protect()
    class_set(step=step, affair_class=affair_class, reason=reason)
    choices_keep(step=step, is_category_chosen=category is not None)
    ruling = ruling_keep(step=step)
    return dispatch_directly(matter=step.finish("sort", note=step.matter.class_reason), ruling=ruling)


@service(idempotent=True)
def matter_class_confirm(
    *, actor: Actor, matter_id: int, version: int | None, council_on: date, minutes: str
) -> Matter:
    """Confirm the class after the council has met: another person, its date and its minutes."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="confirm_class", may=can_decide_intake, version=version
    )
    matter = step.matter
    if not matter.affair_class:
        raise InvalidInput(_("这件事还没有分类，请先研判分类。"))
    if matter.class_set_by_id in actor.person_ids:
        raise NotAllowed(_("分类是您作的，须由另一人确认。"), hint=_("请另一位居委会或街镇工作人员确认。"))
    if not matter.reported_at.date() <= council_on <= time.today():
        raise invalid(council_on=_("议事日期应在上报之后、今天之前。"))
    step.set(
        class_confirmed_by_id=actor.person_id,
        class_confirmed_on=council_on,
        class_minutes=text_required(value=minutes, name="minutes", words=_("请填写会议纪要。")),
    )
    step.facts.update(affair_class=matter.affair_class, council_on=str(council_on))
    step.done("confirm_class")
    return step.finish("class_confirm")


@service(idempotent=True)
def matter_guide(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    guidance: str,
    target_link: str = "",
    reason: str = "",
) -> Matter:
    """Give the reporter of a private affair a way: words, or a link to a service of another room.

    Where the matter is not yet 私事, ``reason`` says why it is. The reporter confirms or objects; five
    working days of silence close it as such.
    """
    step = step_begin(actor=actor, matter_id=matter_id, move="guide", may=can_guide_matter, version=version)
    words = _("请写明可以怎么办、找谁办。")
    step.set(guidance=text_required(value=guidance, name="guidance", words=words, most=MAX_GUIDANCE))
    if step.matter.affair_class != AffairClass.PRIVATE:
        class_set(step=step, affair_class=AffairClass.PRIVATE, reason=reason)
    _link(step, target_link, "guided_to")
    return step.finish("guide", note=step.matter.guidance)


@service(idempotent=True)
def guidance_confirm(*, actor: Actor, matter_id: int, version: int | None) -> Matter:
    """The reporter says that the way helped: closed."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="confirm_guidance", may=is_reporter, version=version
    )
    step.set(closed_at=step.at, closed_as=ClosedAs.GUIDED_CONFIRMED)
    return step.finish("guidance_confirm")


@service(idempotent=True)
def guidance_object(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """The reporter says that the way does not help: back to sorting."""
    step = step_begin(actor=actor, matter_id=matter_id, move="object", may=is_reporter, version=version)
    why = text_required(value=reason, name="reason", words=_("请写明为什么不合适。"))
    step.facts["unit"] = "居委会" if step.area_function() == Function.COMMITTEE else "街镇"
    return step.finish("guidance_object", note=why)


@service(idempotent=True)
def guidance_lapse(*, actor: Actor, matter_id: int) -> Matter:
    """Close a guided matter after five working days' silence, recorded as such."""
    step = step_begin(actor=actor, matter_id=matter_id, move="lapse", may=_is_system, is_versioned=False)
    due = step.matter.due_at
    if due is None or due > step.at:
        raise InvalidInput(_("反映人回应的期限还没有到。"))
    step.set(closed_at=step.at, closed_as=ClosedAs.GUIDED_SILENT)
    window = step.due("reopen_window")
    step.facts["window"] = instant_words(window.at, window.is_provisional)
    return step.finish("guidance_lapse")


def _is_system(actor: Actor, matter: Matter) -> bool:
    return actor.function == Function.SYSTEM


@service(idempotent=True)
def matter_discussion_start(*, actor: Actor, matter_id: int, version: int | None, topic_link: str) -> Matter:
    """Give a 小事 to the neighbours to talk over; ``topic_link`` names the topic, or time and place."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="start_discussion", may=can_decide_intake, version=version
    )
    if step.matter.affair_class != AffairClass.MINOR:
        raise invalid(affair_class=_("只有小事可以转协商，请先研判分类。"))
    topic = text_required(value=topic_link, name="topic_link", words=_("请写明协商的时间地点，或议题链接。"))
    _link(step, topic if topic.startswith("deliberation:") else "", "discussed_in")
    return step.finish("discussion_start", note=topic)


@service(idempotent=True)
def matter_discussion_finish(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    unit: Unit | None = None,
    resolution: str,
) -> Matter:
    """End a talk with a resolution: a unit carries it out, or (no unit) it is done and gets verified."""
    move = "finish_discussion_task" if unit else "finish_discussion"
    step = step_begin(actor=actor, matter_id=matter_id, move=move, may=can_decide_intake, version=version)
    words = text_required(
        value=resolution, name="resolution", words=_("请写明商量的结果。"), most=MAX_GUIDANCE
    )
    if unit is None:
        step.set(handled_at=step.at)
        return step.finish("discussion_finish", note=words)
    unit_checked(step=step, unit=unit)
    step.set(handed_at=step.at)
    assignment_send(step=step, unit=unit, part=Assignment.Part.LEAD, instruction=words)
    return step.finish("discussion_finish_task", note=words)


@service(idempotent=True)
def matter_discussion_end(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """End a talk that came to no decision; the reporter is told why."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="end_discussion", may=can_decide_intake, version=version
    )
    return step.finish(
        "discussion_end", note=text_required(value=reason, name="reason", words="请写明没有达成一致的原因。")
    )


@service(idempotent=True)
def mandatory_report(
    *, actor: Actor, matter_id: int, version: int | None, authority: str, note: str
) -> Matter:
    """Record that an authority was told at once, as the law demands; nobody else learns of it."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="mandatory_report", may=can_decide_intake, version=version
    )
    step.facts["authority"] = text_required(
        value=authority, name="authority", words=_("请写明报告给哪个机关。"), most=80
    )
    words = text_required(
        value=note, name="note", words=_("请写明何时、报告给谁、对方怎么说。"), most=MAX_GUIDANCE
    )
    step.protect()
    step.done("emergency")
    return step.finish("mandatory_report", note=words)


def _link(step: Step, target: str, kind: str) -> None:
    """Link to a record of another room (``room:id``), or keep the address of one of our own pages."""
    if not target:
        return
    if target.startswith("/") and not target.startswith("//"):
        step.facts["link"] = target[:200]
        return
    room, _sep, record_id = target.partition(":")
    if not (room.isidentifier() and record_id) or record_id.startswith("//"):
        raise invalid(target_link=_("链接要以“/”开头，是本站的页面。"))
    link_add(
        actor=step.actor,
        from_room=ROOM,
        from_id=str(step.matter.public_id),
        to_room=room,
        to_id=record_id,
        kind=kind,
    )
