"""What stands against a wave as it is asked for; what it would mean, before anything is written."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound, invalid_if
from linli.foundation.places.models import Division, Level

from ..models import Policy, Wave
from ..models.policies import VersionState
from .outlook import OutlookShown, outlook_shown, wave_outlook
from .permissions import can_release_wave

MOST_A_WEEK = 100


def wave_foreseen(
    actor: Actor,
    *,
    policy_id: UUID | str,
    area_path: str,
    per_worker_week: int,
    includes_unknown: bool = False,
    until_on: date | None = None,
) -> OutlookShown:
    """Return what ``wave_release`` would mean, as its reader may see it; refuses what that refuses."""
    asked: dict[str, Any] = {"area_path": area_path, "per_worker_week": per_worker_week}
    policy = policy_released(actor, policy_id, until_on=until_on, **asked)
    return outlook_shown(actor, wave_outlook(policy, includes_unknown=includes_unknown, **asked))


def wave_change_foreseen(
    actor: Actor,
    wave: Wave,
    *,
    area_path: str,
    per_worker_week: int,
    includes_unknown: bool = False,
    until_on: date | None = None,
) -> OutlookShown | None:
    """Return what a wave would mean that goes elsewhere, or to more people; ``None`` where it does neither,
    or where ``wave_change`` refuses."""
    is_wider = area_path != wave.area_path or includes_unknown > wave.includes_unknown
    if not is_wider or wave_faults(actor, area_path, per_worker_week, until_on):
        return None
    asked: dict[str, Any] = {"per_worker_week": per_worker_week, "includes_unknown": includes_unknown}
    return outlook_shown(actor, wave_outlook(wave.policy, area_path, **asked))


def policy_released(
    actor: Actor, policy_id: UUID | str, *, area_path: str, per_worker_week: int, until_on: date | None
) -> Policy:
    """Return the policy of which a wave is asked for, or refuse."""
    policy = _policy(actor, policy_id)
    invalid_if(wave_faults(actor, area_path, per_worker_week, until_on))
    wave_alone(policy, area_path)
    return policy


def wave_faults(actor: Actor, area_path: str, per_worker_week: int, until_on: date | None) -> dict[str, str]:
    """Return what is wrong, by field."""
    place = Division.objects.filter(path=area_path, valid_to__isnull=True).first()
    wrong = {}
    if place is None or place.level > Level.COMMITTEE or not can_release_wave(actor, area_path):
        wrong["area"] = _("请选择本辖区内的区域。")
    if not 1 <= per_worker_week <= MOST_A_WEEK:
        wrong["per_worker_week"] = _("每人每周1到%d户。") % MOST_A_WEEK
    if until_on is not None and until_on < clock.today():
        wrong["until_on"] = _("截止日期不能早于今天。")
    return wrong


def wave_alone(policy: Policy, area_path: str) -> None:
    """Refuse where a wave of the policy runs in the area already."""
    if Wave.objects.filter(policy=policy, area_path=area_path).exclude(state=Wave.State.DONE).exists():
        raise Conflict(_("这项政策在这个区域已有一个批次。"), hint=_("请在原批次上继续，或先结束它。"))


def _policy(actor: Actor, policy_id: UUID | str) -> Policy:
    found = Policy.objects.visible_to(actor).filter(public_id=policy_id).first()
    if found is None:
        raise NotFound(_("没有找到这项政策。"))
    if found.ended_on is not None and found.ended_on <= clock.today():
        raise Conflict(_("这项政策已经停办，不能派出。"))
    if not found.versions.filter(state=VersionState.PUBLISHED).exists():
        raise Conflict(_("这项政策还没有发布，不能派出。"), hint=_("请先发布，再放出批次。"))
    return found
