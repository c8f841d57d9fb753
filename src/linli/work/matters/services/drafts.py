"""Reports that wait for their phone code, and emergencies that did not wait."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.crypto import blind_index
from linli.core.errors import Conflict, Expired, InvalidInput, NotAllowed, NotFound, NotSignedIn
from linli.core.service import changes_of, record, service
from linli.foundation.duties.calendar import limit_due
from linli.foundation.files.judging import is_recording
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store

from ..catalog.answers import answers_cleaned
from ..catalog.asked import leaf_chosen, questions_about
from ..clocks import clocks
from ..models import Matter, ReportDraft
from ..permissions import can_report_matter
from ..place import place_of
from ..refusals import invalid_if
from ..rules import text_refusals
from .answers import answers_checked
from .floods import CLIPS, DRAFTS, PHOTOS, visitor_limited
from .intake import matter_report
from .steps import step_begin

# What a draft may hold: what matter_report takes in words; the place as its token; what was stored already.
WORDS = frozenset(
    {
        *("text", "address", "channel", "reporter_name", "reporter_phone"),
        *("beneficiary_name", "beneficiary_relation", "is_complaint", "answers"),
    }
)
BESIDES = frozenset({"place", "category", "happened_at", "request_key", "matter"})


def _content_checked(content: Mapping[str, Any], photos: Sequence[StoredFile]) -> str:
    if unknown := set(content) - WORDS - BESIDES:
        raise InvalidInput(_("草稿里有不认识的内容：%(unknown)s。") % {"unknown": "、".join(sorted(unknown))})
    invalid_if(text_refusals(str(content.get("text", "")), bool(photos)))
    return json.dumps(content, ensure_ascii=False, default=str, sort_keys=True)


@service(idempotent=True)
def photo_keep(*, actor: Actor, upload: UploadedFile) -> StoredFile:  # type: ignore[type-arg]
    """Keep what comes with a form: a photo, a recording; of somebody who has not signed in only so many."""
    visitor_limited(actor=actor, flood=CLIPS if is_recording(upload) else PHOTOS)
    return file_store(actor=actor, upload=upload)


def _own_draft(actor: Actor, draft_id: int, owner_keys: Sequence[str] = ()) -> ReportDraft:
    draft = ReportDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None or draft.owner_key not in {actor.key, *owner_keys}:
        raise NotFound(_("没有找到这份草稿。"))
    return draft


@service(idempotent=True)
def draft_save(
    *,
    actor: Actor,
    content: dict[str, Any],
    photos: Sequence[StoredFile] = (),
    draft_id: int | None = None,
    owner_keys: Sequence[str] = (),
) -> ReportDraft:
    """Keep a report for seven days, until its reporter has entered the phone code.

    ``content`` holds what ``matter_report`` takes in words, ``happened_at`` in ISO form, ``place`` as the
    token that the page sent, and ``matter``, the public id of an emergency that was stored at once. It is
    kept encrypted.
    """
    if not can_report_matter(actor):
        raise NotAllowed(_("您没有上报事项的权限。"))
    visitor_limited(actor=actor, flood=DRAFTS)
    kept, now = _content_checked(content, photos), time.now()
    answers_checked(category=leaf_chosen(str(content.get("category", ""))), said=content.get("answers"))
    expires = limit_due(now, clocks().clock("draft").limit).at
    if draft_id is None:
        draft = ReportDraft(owner_key=actor.key, content=kept, created_at=now, expires_at=expires)
        draft.save(force_insert=True)
        record("draft.save", draft, touched=[ReportDraft.photos.through])
    else:
        draft = _own_draft(actor, draft_id, owner_keys)
        changes = changes_of(draft, content=kept, expires_at=expires)
        record("draft.save", draft, changes, touched=[ReportDraft.photos.through])
    draft.photos.set(photos)
    return draft


def _draft_arguments(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a draft says as the arguments of ``matter_report``; the place is resolved anew."""
    said = {name: content[name] for name in WORDS & set(content)}
    happened = content.get("happened_at")
    at = datetime.fromisoformat(happened) if happened else None
    leaf = leaf_chosen(str(content.get("category", "")))
    _right, wrong = answers_cleaned(questions_about(leaf), said.get("answers", {}))
    if wrong:  # another edition asks other questions since
        del said["answers"]
    return {**said, "place": place_of(content.get("place", "")), "happened_at": at, "category": leaf}


@service(idempotent=True)
def draft_submit(*, actor: Actor, draft_id: int, owner_keys: Sequence[str] = ()) -> Matter:
    """Turn a draft into a report of the person who has signed in meanwhile; a second time gives the first.

    ``owner_keys`` are the keys under which this browser was known before (its visitor key).
    """
    if not actor.is_signed_in:
        raise NotSignedIn(_("请先用手机验证码登录，您写的内容已保留。"))
    draft = _own_draft(actor, draft_id, owner_keys)
    if draft.matter_id is not None:
        return Matter.objects.get(pk=draft.matter_id)
    if draft.expires_at <= time.now():
        raise Expired(_("这份草稿已经超过7天。"), hint=_("请重新反映一次。"))
    content = json.loads(draft.content)
    if content.get("matter"):
        stored = Matter.objects.get(public_id=content["matter"])
        matter = reporter_attach(actor=actor, matter_id=stored.pk, draft_id=draft.pk, owner_keys=owner_keys)
    else:
        matter = matter_report(actor=actor, photos=list(draft.photos.all()), **_draft_arguments(content))
    record("draft.submit", draft, changes_of(draft, matter_id=matter.pk))
    return matter


@service
def drafts_forget(*, actor: Actor) -> int:
    """Delete drafts whose seven days are over, with what they say; returns how many."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    old = list(ReportDraft.objects.filter(expires_at__lte=time.now()))
    for draft in old:
        draft.photos.clear()
        record("draft.forget", draft, touched=[ReportDraft, ReportDraft.photos.through])
        draft.delete()
    return len(old)


@service(idempotent=True)
def reporter_attach(
    *, actor: Actor, matter_id: int, draft_id: int | None = None, owner_keys: Sequence[str] = ()
) -> Matter:
    """Join the person to an emergency that was stored before they had signed in.

    One of ``owner_keys`` (or the draft's) must be the visitor who reported it; a digest of it was kept.
    """
    if actor.person_id is None:
        raise NotSignedIn(_("请先用手机验证码登录。"))
    keys = {actor.key, *owner_keys}
    if draft_id is not None:
        keys.add(_own_draft(actor, draft_id, owner_keys).owner_key)
    step = step_begin(
        actor=actor,
        matter_id=matter_id,
        move="attach",
        may=lambda *_: True,
        is_versioned=False,
        scope=Matter.objects.filter(reporter_key__in=[blind_index("visitor", key) for key in keys]),
    )
    if step.matter.reporter_id is not None:
        raise Conflict(_("这件事已有反映人。"))
    step.set(reporter_id=actor.person_id, reporter_key="")
    return step.finish("attach")
