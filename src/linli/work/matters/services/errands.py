"""Papers that a worker holds for someone （全程代办）, and the QR posters of a compound."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.fields import public_number
from linli.core.service import changes_of, record, service
from linli.foundation.places.models import Building, Compound

from ..models import EntrustedDocument, Poster
from ..permissions import can_hold_document, can_manage_poster
from ..refusals import invalid
from .steps import step_begin
from .texts import text_limited, text_required

CODE_DIGITS = 12


@service
def document_receive(*, actor: Actor, matter_id: int, name: str, note: str = "") -> EntrustedDocument:
    """Take a paper from somebody whose errand is run, with a receipt in the story."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="document", may=can_hold_document, is_versioned=False
    )
    document = EntrustedDocument(
        matter=step.matter,
        name=text_required(value=name, name="name", words=_("请写明是什么材料。"), most=80),
        received_at=step.at,
        received_by_id=actor.person_id or 0,
        note=text_limited(value=note, name="note", most=160),
    )
    step.save_row(document)
    step.facts["document"] = document.name
    step.finish("document_receive")
    return document


@service
def document_return(*, actor: Actor, document_id: int, note: str = "") -> EntrustedDocument:
    """Hand a paper back."""
    document = EntrustedDocument.objects.filter(pk=document_id).first()
    if document is None:
        raise NotFound(_("没有找到这份材料。"))
    step = step_begin(
        actor=actor, matter_id=document.matter_id, move="document", may=can_hold_document, is_versioned=False
    )
    document.refresh_from_db()
    if document.returned_at is not None:
        raise Conflict(_("这份材料已经交还。"))
    document.returned_at, document.returned_by_id = step.at, actor.person_id
    document.note = text_limited(value=note, name="note", most=160) or document.note
    step.save_row(document, "returned_at", "returned_by", "note")
    step.facts["document"] = document.name
    step.finish("document_return")
    return document


@service
def poster_create(*, actor: Actor, compound: Compound, building: Building | None = None) -> Poster:
    """Make the poster of a compound or one of its buildings; one at a time for each place."""
    if not can_manage_poster(actor, compound):
        raise NotAllowed(_("只有小区所在的居委会或街镇可以制作海报。"))
    if building is not None and building.compound_id != compound.pk:
        raise invalid(building=_("这个楼栋不属于所选小区。"))
    poster = Poster(
        code=public_number(CODE_DIGITS),
        compound=compound,
        building=building,
        created_at=time.now(),
        created_by_id=actor.person_id,
    )
    try:
        with transaction.atomic():
            poster.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("这个位置已有海报。"), hint=_("可以直接打印，或先停用旧海报。")) from error
    record("poster.create", poster)
    return poster


@service
def poster_disable(*, actor: Actor, poster_id: int) -> Poster:
    """Take a poster down: its code no longer opens the page."""
    poster = (
        Poster.objects.select_for_update(of=("self",)).select_related("compound").filter(pk=poster_id).first()
    )
    if poster is None:
        raise NotFound(_("没有找到这张海报。"))
    if not can_manage_poster(actor, poster.compound):
        raise NotAllowed(_("只有小区所在的居委会或街镇可以停用海报。"))
    if poster.disabled_at is not None:
        raise Conflict(_("这张海报已经停用。"))
    record("poster.disable", poster, changes_of(poster, disabled_at=time.now()))
    return poster
