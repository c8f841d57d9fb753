"""Making, judging and concluding an impact assessment."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service
from linli.core.words import in_house_language
from linli.foundation.accounts.models import Unit

from ..models import Assessment
from .content import content_now, digest_of
from .permissions import can_assess, can_judge
from .selectors import OPINIONS, opinions_of, versions_of

LONGEST = 5000


@service
def assessment_make(*, actor: Actor) -> Assessment:
    """Fill a new version of the actor's unit from the platform as it stands today."""
    _allowed(actor)
    with in_house_language():
        content = content_now()
    made = Assessment.objects.create(
        unit_id=actor.unit_id,
        version=_next_version(actor.unit_id),
        title=f"居民登记个人信息保护影响评估 {clock.today():%Y-%m-%d}",
        content=content,
        digest=digest_of(content, dict.fromkeys(OPINIONS, "")),
        made_at=clock.now(),
        made_by_id=actor.person_id,
    )
    record("assessment.make", made)
    return made


@service
def assessment_write(
    *, actor: Actor, assessment_id: UUID | str, lawful: str = "", impact: str = "", measures: str = ""
) -> Assessment:
    """Write down what was judged on the three points of PIPL 56; what is empty is still to be judged."""
    found = _open(actor, assessment_id)
    opinions = _opinions({"lawful": lawful, "impact": impact, "measures": measures})
    changes = changes_of(found, **opinions, digest=digest_of(found.content, opinions))
    record("assessment.write", found, changes)
    return found


@service
def assessment_conclude(*, actor: Actor, assessment_id: UUID | str) -> Assessment:
    """Conclude: from now on nothing of it changes, and it is kept for three years at least (PIPL 56)."""
    found = _open(actor, assessment_id)
    missing = [name for name, text in opinions_of(found).items() if not text]
    if missing:
        words = _("请先填写三项评估意见，再定稿。")
        raise InvalidInput(words, details=dict.fromkeys(missing, words))
    changes = changes_of(found, concluded_at=clock.now(), concluded_by_id=actor.person_id)
    record("assessment.conclude", found, changes)
    return found


def _next_version(unit_id: int | None) -> int:
    """Return the number after the unit's last; two at once wait for each other."""
    list(Unit.objects.select_for_update().filter(pk=unit_id or 0))
    last: int | None = versions_of(unit_id).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def _opinions(said: Mapping[str, str]) -> dict[str, str]:
    plain = {name: text.strip() for name, text in said.items()}
    if not any(plain.values()) or max(len(text) for text in plain.values()) > LONGEST:
        words = _("请填写评估意见，每项最多%(n)d个字。") % {"n": LONGEST}
        raise InvalidInput(words, details={"lawful": words})
    return plain


def _allowed(actor: Actor) -> None:
    if not can_assess(actor):
        raise NotAllowed(_("影响评估由街镇以上的单位管理员和运维办理。"))


def _open(actor: Actor, assessment_id: UUID | str) -> Assessment:
    _allowed(actor)
    found = Assessment.objects.select_for_update(of=("self",)).filter(public_id=assessment_id).first()
    if found is None:
        raise NotFound(_("没有找到这份评估。"))
    if not can_judge(actor, found):
        raise NotAllowed(_("这份评估由生成它的单位填写和定稿。"), hint=_("可以查看，或为本单位另生成一份。"))
    if found.concluded_at is not None:
        raise Conflict(_("这份评估已经定稿，不能再改。"), hint=_("情况变了，请另做一份。"))
    return found
