"""Making, judging and concluding an impact assessment."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service

from ..models import Assessment
from .content import content_now, digest_of
from .permissions import can_assess

LONGEST = 5000


@service
def assessment_make(*, actor: Actor) -> Assessment:
    """Fill a new document from the platform as it stands today."""
    _allowed(actor)
    content = content_now()
    made = Assessment.objects.create(
        title=f"居民登记个人信息保护影响评估 {clock.today():%Y-%m-%d}",
        content=content,
        digest=digest_of(content, ""),
        made_at=clock.now(),
        made_by_id=actor.person_id,
    )
    record("assessment.make", made)
    return made


@service
def assessment_write(*, actor: Actor, assessment_id: UUID | str, opinion: str) -> Assessment:
    """Write the opinion of who judges: is the purpose lawful, are the risks in proportion."""
    found = _open(actor, assessment_id)
    plain = opinion.strip()
    if not 0 < len(plain) <= LONGEST:
        words = _("请填写评估意见，最多%(n)d个字。") % {"n": LONGEST}
        raise InvalidInput(words, details={"opinion": words})
    changes = changes_of(found, opinion=plain, digest=digest_of(found.content, plain))
    record("assessment.write", found, changes)
    return found


@service
def assessment_conclude(*, actor: Actor, assessment_id: UUID | str) -> Assessment:
    """Conclude: from now on nothing of it changes, and it is kept for three years at least (PIPL 56)."""
    found = _open(actor, assessment_id)
    if not found.opinion:
        words = _("请先填写评估意见，再定稿。")
        raise InvalidInput(words, details={"opinion": words})
    changes = changes_of(found, concluded_at=clock.now(), concluded_by_id=actor.person_id)
    record("assessment.conclude", found, changes)
    return found


def _allowed(actor: Actor) -> None:
    if not can_assess(actor):
        raise NotAllowed(_("影响评估由街镇以上的单位管理员和运维办理。"))


def _open(actor: Actor, assessment_id: UUID | str) -> Assessment:
    _allowed(actor)
    found = Assessment.objects.select_for_update(of=("self",)).filter(public_id=assessment_id).first()
    if found is None:
        raise NotFound(_("没有找到这份评估。"))
    if found.concluded_at is not None:
        raise Conflict(_("这份评估已经定稿，不能再改。"), hint=_("情况变了，请另做一份。"))
    return found
