"""What people do to the suggestions: put a model into use, set how sure it must be; what they decided."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.service import changes_of, record, service

from ..models import AssistCall, AssistModel, AssistThreshold
from ..models.assist import LEAST_PERCENT, MOST_PERCENT
from ..permissions import can_set_assist_threshold, can_train_assist
from ..refusals import invalid


@service
def model_keep(
    *,
    actor: Actor,
    version: str,
    area_path: str,
    source: str,
    rows: int,
    figures: Mapping[str, Any],
    seconds: float,
) -> AssistModel:
    """Put a trained model into use for an area ("" for all); the one before stays on record."""
    if not can_train_assist(actor):
        raise NotAllowed(_("训练由运维人员在服务器上进行。"))
    for old in AssistModel.objects.select_for_update().filter(area_path=area_path, is_current=True):
        record("assist.retire", old, changes_of(old, is_current=False))
    model = AssistModel(
        version=version,
        area_path=area_path,
        source=source[:80],
        rows=rows,
        figures=dict(figures),
        seconds=seconds,
        trained_by=actor.name[:60] or actor.key[:60],
        trained_at=clock.now(),
    )
    model.save(force_insert=True)
    record("assist.train", model)
    return model


@service
def threshold_set(*, actor: Actor, percent: int) -> AssistThreshold:
    """Set how sure the machine must be, in per cent, to suggest something in the actor's street."""
    if not can_set_assist_threshold(actor):
        raise NotAllowed(_("门槛由街镇管理员设置。"))
    if not LEAST_PERCENT <= percent <= MOST_PERCENT:
        raise invalid(percent=_("门槛在20%到99%之间。"))
    said = {"percent": percent, "changed_at": clock.now(), "changed_by_id": actor.person_id}
    found = AssistThreshold.objects.select_for_update().filter(area_path=actor.areas[0]).first()
    if found is None:
        found = AssistThreshold(area_path=actor.areas[0], **said)
        found.save(force_insert=True)
        record("assist.threshold", found)
    else:
        record("assist.threshold", found, changes_of(found, **said))
    return found


@service
def outside_note(*, actor: Actor, is_answered: bool, milliseconds: int) -> AssistCall:
    """Note that a masked text was sent to the larger model, and whether an answer came; never the text."""
    if not actor.is_staff:
        raise NotAllowed()
    call = AssistCall(at=clock.now(), is_answered=is_answered, milliseconds=milliseconds)
    call.save(force_insert=True)
    record("assist.ask_outside", call)
    return call
