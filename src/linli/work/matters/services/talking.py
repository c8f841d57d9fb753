"""Questions and notes, 督办, what is made public, and looking up who reported."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor
from linli.core.clock import BEIJING
from linli.core.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from linli.core.service import record, service
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.calendar import HOURS
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.files.services import public_copies_make, public_copies_remove
from linli.foundation.places.selectors import division_name

from ..models import Affected, Assignment, Matter, PublicVersion, Question
from ..permissions import (
    can_answer_question,
    can_ask_reporter,
    can_decide_intake,
    can_note_matter,
    can_publish_matter,
    can_reveal_reporter,
    can_supervise_matter,
)
from ..refusals import invalid
from .steps import Step, matter_locked, step_begin
from .texts import text_required

MAX_ANSWER = 2_000


@service(idempotent=True)
def question_ask(*, actor: Actor, matter_id: int, text: str) -> Question:
    """Ask the reporter something; they are told and find it on their list."""
    step = step_begin(actor=actor, matter_id=matter_id, move="ask", may=can_ask_reporter, is_versioned=False)
    if step.matter.reporter_id is None:
        raise Conflict(
            _("反映人没有登录过，收不到询问。"), hint=_("请查看联系方式后打电话，再用「补记」记下。")
        )
    question = Question(
        matter=step.matter,
        text=text_required(value=text, name="text", words=_("请写明想问什么。"), most=300),
        asked_at=step.at,
        asked_by_id=actor.person_id or 0,
        asked_unit_id=actor.unit_id,
    )
    step.save_row(question)
    step.duty("answer_question")
    step.finish("question_ask", note=question.text)
    return question


@service(idempotent=True)
def question_answer(
    *, actor: Actor, question_id: int, answer: str, photos: Sequence[StoredFile] = ()
) -> Question:
    """Answer a question: the reporter, or a worker who writes down what the reporter said."""
    question = Question.objects.filter(pk=question_id).first()
    if question is None:
        raise NotFound(_("没有找到这个问题。"))
    step = step_begin(
        actor=actor,
        matter_id=question.matter_id,
        move="answer_question",
        may=can_answer_question,
        is_versioned=False,
    )
    question.refresh_from_db()
    if question.answered_at is not None:
        raise Conflict(_("这个问题已经答复过了。"))
    question.answer = text_required(value=answer, name="answer", words=_("请填写答复。"), most=MAX_ANSWER)
    question.answered_at = step.at
    step.save_row(question, "answer", "answered_at")
    if not step.matter.questions.filter(answered_at__isnull=True).exists():
        step.done("answer_question")
    step.tell_staff([question.asked_by_id], "question_answer", "您的问题有了答复")
    step.finish("question_answer", note=question.answer, photos=photos)
    return question


@service(idempotent=True)
def note_add(*, actor: Actor, matter_id: int, note: str, photos: Sequence[StoredFile] = ()) -> Matter:
    """Keep something with the story, for people at the desk."""
    step = step_begin(actor=actor, matter_id=matter_id, move="note", may=can_note_matter, is_versioned=False)
    words = text_required(value=note, name="note", words=_("请填写补记内容。"), most=MAX_ANSWER)
    return step.finish("note", note=words, photos=photos)


@service(idempotent=True)
def matter_supervise(*, actor: Actor, matter_id: int, note: str, due_on: date | None = None) -> Matter:
    """Press for progress （督办）： a duty with its own clock; the state stays."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="supervise", may=can_supervise_matter, is_versioned=False
    )
    words = text_required(value=note, name="note", words=_("请填写督办意见。"))
    if due_on is not None and due_on <= time.today():
        raise invalid(due_on=_("督办的期限必须晚于今天。"))
    due_at = datetime.combine(due_on, HOURS.end, BEIJING) if due_on else None
    unit = _lead_unit(step)
    step.duty("supervise", unit=unit, due_at=due_at, function=None if unit else step.area_function())
    if unit is not None:
        step.tell_unit(unit, "supervise", "一件事被督办", words)
    step.tell_function(step.area_function(), "supervise", "一件事被督办", words)
    step.facts["function"] = str(actor.function)
    return step.finish("supervise", note=words)


def _lead_unit(step: Step) -> Unit | None:
    lead = step.matter.assignments.filter(part=Assignment.Part.LEAD, ended_at__isnull=True)
    found = lead.select_related("unit").first()
    return found.unit if found else None


# -- what the public sees -----------------------------------------------------
@service(idempotent=True)
def matter_publish(
    *,
    actor: Actor,
    matter_id: int,
    title: str,
    text: str,
    photos: Sequence[StoredFile] = (),
    redactions: Mapping[str, Any] | None = None,
    are_photos_checked: bool = False,
) -> PublicVersion:
    """Publish a separate version: own title and text, chosen photos, the place rounded to the compound.

    The original is never shown: of each photo a copy is made in which the places that ``redactions``
    names (by the photo's public id, see ``redaction_read``) cannot be made out any more, and a person says
    that nobody can be recognised. Recordings are never public. Family violence, minors, aid, health and
    complaints about persons can never be published. Publishing again replaces title, text and photos.
    """
    step = step_begin(actor=actor, matter_id=matter_id, move="publish", may=_may_publish, is_versioned=False)
    if not can_publish_matter(actor, step.matter):
        raise NotAllowed(
            _("这件事涉及家庭暴力、未成年人、救助、健康或对人员的投诉，不得公开。"),
            hint=_("请不要用其他方式公开它。"),
        )
    _photos_own(step.matter, photos)
    copies = public_copies_make(photos=photos, redactions=redactions or {}, are_checked=are_photos_checked)
    version, is_new = _version_of(step)
    version.title = text_required(value=title, name="title", words=_("请填写公开标题。"), most=80)
    version.text = text_required(value=text, name="text", words=_("请填写公开内容。"), most=MAX_ANSWER)
    version.published_at, version.published_by_id, version.withdrawn_at = step.at, actor.person_id, None
    version.save(force_insert=is_new)
    before = list(version.photos.all())
    version.photos.set(copies)
    public_copies_remove(copies=before)
    step.touched |= {PublicVersion, PublicVersion.photos.through, PublicCopy}
    step.is_told = is_new
    step.finish("publish")
    return version


def _may_publish(actor: Actor, matter: Matter) -> bool:
    return can_decide_intake(actor, matter)


def _version_of(step: Step) -> tuple[PublicVersion, bool]:
    matter = step.matter
    found = PublicVersion.objects.filter(matter=matter).first()
    version = found or PublicVersion(matter=matter)
    compound = matter.compound
    version.area_path = matter.area_path
    version.place_name = compound.name if compound else division_name(matter.area_path, 4)
    version.lng, version.lat = (compound.lng, compound.lat) if compound else (None, None)
    return version, found is None


def _photos_own(matter: Matter, photos: Sequence[StoredFile]) -> None:
    own = set(matter.photos.values_list("pk", flat=True))
    own |= set(matter.events.filter(photos__isnull=False).values_list("photos", flat=True))
    if any(photo.pk not in own for photo in photos):
        raise invalid(photos=_("所选的里面有不是这件事的照片。"))


@service(idempotent=True)
def matter_unpublish(*, actor: Actor, matter_id: int, reason: str) -> PublicVersion:
    """Take the public version down."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="unpublish", may=_may_publish, is_versioned=False
    )
    version = PublicVersion.objects.filter(matter=step.matter, withdrawn_at__isnull=True).first()
    if version is None:
        raise Conflict(_("这件事没有公开版本。"))
    step.public_withdraw(version)
    step.finish("unpublish", note=text_required(value=reason, name="reason", words="请写明撤下的理由。"))
    return version


@service(idempotent=True)
def matter_protect(*, actor: Actor, matter_id: int, reason: str) -> Matter:
    """Mark by hand that a matter may never be published and its reporter stays hidden; nobody unmarks it."""
    step = step_begin(actor=actor, matter_id=matter_id, move="protect", may=_may_publish, is_versioned=False)
    step.set(hides_reporter=True)
    step.protect()
    return step.finish("protect", note=text_required(value=reason, name="reason", words="请写明理由。"))


def _public_version(public_id: UUID) -> PublicVersion:
    found = PublicVersion.objects.filter(public_id=public_id, withdrawn_at__isnull=True).first()
    if found is None:
        raise NotFound(_("没有找到这条公开事项。"))
    return found


@service
def affected_add(*, actor: Actor, public_id: UUID) -> Affected:
    """Say: it happened to me too （我也遇到了）； on public versions only, once a person."""
    if actor.person_id is None:
        raise NotSignedIn()
    version = _public_version(public_id)
    found = Affected.objects.filter(version=version, person_id=actor.person_id).first()
    if found is not None:
        return found
    affected = Affected(version=version, person_id=actor.person_id, at=time.now())
    affected.save(force_insert=True)
    record("affected.add", affected)
    return affected


@service
def affected_remove(*, actor: Actor, public_id: UUID) -> None:
    """Take 我也遇到了 back."""
    if actor.person_id is None:
        raise NotSignedIn()
    version = _public_version(public_id)
    found = Affected.objects.filter(version=version, person_id=actor.person_id).first()
    if found is not None:
        record("affected.remove", found)
        found.delete()


# -- who reported -------------------------------------------------------------
@service
def reporter_reveal(*, actor: Actor, matter_id: int, purpose: str) -> dict[str, str]:
    """Show name and phone of the reporter for a purpose; recorded, and shown to the reporter."""
    matter = matter_locked(actor=actor, matter_id=matter_id)
    if not can_reveal_reporter(actor, matter):
        raise NotAllowed(_("您不能查看这件事的反映人。"), hint=_("请通过「询问反映人」与其联系。"))
    why = text_required(value=purpose, name="purpose", words=_("请写明查看的用途。"), most=120)
    person = matter.reporter
    shown = {
        "name": matter.reporter_name or (person.name if person else ""),
        "phone": matter.reporter_phone or (person.phone if person else ""),
        "beneficiary": matter.beneficiary_name,
    }
    fields = ["reporter_name", "reporter_phone"]
    record("matter.reveal", matter, purpose=why, looked_at=fields, about_id=matter.reporter_id)
    return shown
