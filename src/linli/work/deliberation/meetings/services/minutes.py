"""The minutes: written, signed, objected to, answered, filed. A version that was written never changes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound, invalid
from linli.core.service import record, require_service, service
from linli.work.matters.services.texts import text_required

from ..models import Meeting, Minutes, Objection, OpenPoint, Part, Signature
from ..permissions import can_run_meeting
from ..rules import content_digest, date_read, points_read, points_refusal, setting
from ..selectors import content_of
from .acts import act_begin, invitee_of

MOST_TEXT = 20_000
NEEDED = (Part.CHAIR, Part.RECORDER)


@service(idempotent=True)
def minutes_write(*, actor: Actor, meeting_id: int, text: str, points: str = "") -> Minutes:
    """Write the minutes, or a new version of them; who signed an earlier one signs anew.

    What was decided, who was there and how hands were counted comes from the meeting itself. ``points``: what
    is left to somebody, one a line: what, who, by when.
    """
    act = act_begin(actor=actor, meeting_id=meeting_id, move="write", may=can_run_meeting)
    words = text_required(value=text, name="text", words=_("请写明讨论的情况。"), most=MOST_TEXT)
    rows = points_read(points)
    if refusal := points_refusal(rows):
        raise invalid(points=refusal)
    meeting = act.meeting
    content = content_of(meeting)
    content["points"] = [list(row) for row in rows]
    minutes = Minutes(
        meeting=meeting,
        edition=meeting.minutes.count() + 1,
        text=words,
        content=content,
        digest=content_digest(content, words),
        written_at=act.at,
        written_by_id=actor.person_id,
    )
    act.save_row(minutes)
    for order, (what, who, when) in enumerate(rows, 1):
        act.save_row(OpenPoint(minutes=minutes, order=order, text=what, who=who, due_on=date_read(when)))
    act.done("write")
    act.done("file")
    act.duty("file", days=setting("file_workdays"))
    act.facts["edition"] = minutes.edition
    act.finish("write")
    return minutes


@require_service
def minutes_last(*, meeting: Meeting) -> Minutes:
    """Return the version that holds, or raise ``Conflict``."""
    found = meeting.minutes.order_by("-edition").first()
    if found is None:
        raise Conflict(_("还没有写会议纪要。"))
    return found


@service(idempotent=True)
def minutes_sign(*, actor: Actor, meeting_id: int, invitee_id: int, part: str, digest: str = "") -> Meeting:
    """Note that somebody signed the last version on paper; ``digest`` names the version that they read."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="sign", may=can_run_meeting)
    one = invitee_of(meeting=act.meeting, invitee_id=invitee_id)
    minutes = minutes_last(meeting=act.meeting)
    if digest and digest != minutes.digest:
        raise Conflict(_("纪要已经有了新的一版，请打印新的一版再签。"))
    _signer_checked(act.meeting, one.pk, part)
    if minutes.signatures.filter(invitee=one, part=part).exists():
        raise Conflict(_("这个人已经签过这一版。"))
    act.save_row(
        Signature(minutes=minutes, invitee=one, part=part, signed_at=act.at, noted_by_id=actor.person_id)
    )
    act.facts.update(part=part, edition=minutes.edition)
    return act.finish("sign")


def _signer_checked(meeting: Meeting, invitee_id: int, part: str) -> None:
    expected = {Part.CHAIR: meeting.chair_id, Part.RECORDER: meeting.recorder_id}
    if part not in Part.values:
        raise invalid(part=_("请选择以什么身份签字。"))
    wanted = expected.get(Part(part))
    if part != Part.MEMBER and wanted is not None and wanted != invitee_id:
        raise invalid(invitee=_("主持人、记录人要由开会时登记的那个人签。"))
    was_there = meeting.invitees.filter(pk=invitee_id, attendances__isnull=False).exists()
    if part == Part.MEMBER and not was_there:
        raise invalid(invitee=_("这个人没有到会，不能以出席人签字。"))


@service
def minutes_sign_self(*, actor: Actor, meeting: Meeting, digest: str) -> Signature:
    """Sign the last version oneself, signed in as somebody who was there; ``digest`` is what was read."""
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    one = locked.invitees.filter(person_id=actor.person_id or 0).first()
    if one is None or not one.attendances.exists():
        raise NotFound(_("没有找到您要签的会议纪要。"))
    minutes = minutes_last(meeting=locked)
    if locked.state != "minuted":
        raise Conflict(_("这份纪要现在不能签字。"))
    if digest != minutes.digest:
        raise Conflict(_("纪要已经有了新的一版，请重新看过再签。"))
    part = {locked.chair_id: Part.CHAIR, locked.recorder_id: Part.RECORDER}.get(one.pk, Part.MEMBER)
    if minutes.signatures.filter(invitee=one, part=part).exists():
        raise Conflict(_("您已经签过这一版。"))
    signature = Signature(minutes=minutes, invitee=one, part=part, is_on_paper=False)
    signature.signed_at, signature.noted_by_id = clock.now(), actor.person_id
    signature.save(force_insert=True)
    record("meeting.sign", locked, touched=[Signature])
    return signature


@service(idempotent=True)
def objection_make(*, actor: Actor, meeting_id: int, invitee_id: int, text: str) -> Objection:
    """Note what somebody who was there objects to; it stands in the minutes with its answer."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="object", may=can_run_meeting)
    one = invitee_of(meeting=act.meeting, invitee_id=invitee_id)
    if not one.attendances.exists():
        raise invalid(invitee=_("这个人没有到会。对决定有不同意见的，请通过“我要反映”提出。"))
    words = text_required(value=text, name="text", words=_("请写明对什么有异议。"))
    objection = Objection(meeting=act.meeting, invitee=one, text=words, made_at=act.at)
    act.save_row(objection)
    act.finish("object")
    return objection


@service(idempotent=True)
def objection_answer(*, actor: Actor, meeting_id: int, objection_id: int, answer: str) -> Meeting:
    """Answer an objection, once."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="answer", may=can_run_meeting)
    objection = act.meeting.objections.filter(pk=objection_id).first()
    if objection is None:
        raise NotFound(_("没有找到这条异议。"))
    if objection.answered_at is not None:
        raise Conflict(_("这条异议已经答复过。"))
    objection.answer = text_required(value=answer, name="answer", words=_("请写明答复。"))
    objection.answered_at, objection.answered_by_id = act.at, actor.person_id
    act.save_row(objection, "answer", "answered_at", "answered_by")
    return act.finish("answer")


@service(idempotent=True)
def meeting_file(*, actor: Actor, meeting_id: int) -> Meeting:
    """File the meeting: signed by who led and who wrote, every objection answered; then nothing changes."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="file", may=can_run_meeting)
    minutes = minutes_last(meeting=act.meeting)
    signed = set(minutes.signatures.values_list("part", flat=True))
    missing = [part for part in NEEDED if part not in signed]
    if act.meeting.opened_at is None:
        missing = [] if signed else [Part.RECORDER]
    if missing:
        names = "、".join(str(part.label) for part in missing)
        raise Conflict(_("还缺%(names)s的签字，不能归档。") % {"names": names}, hint=_("请先登记签字。"))
    if act.meeting.objections.filter(answered_at__isnull=True).exists():
        raise Conflict(_("还有异议没有答复，不能归档。"), hint=_("请先答复异议。"))
    act.set(filed_at=act.at)
    act.done("file")
    return act.finish("file")
