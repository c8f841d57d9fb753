"""Waves: that whoever is found in an area is handed out, how many a week; changing, pausing, ending."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion, invalid_if
from linli.core.service import changes_of, record, service
from linli.foundation.places.models import Division

from ...models import Policy, Wave
from ...models.policies import VersionState
from ..permissions import can_change_wave, can_release_wave

MOST_A_WEEK = 100
S = Wave.State


@service(idempotent=True)
def wave_release(
    *,
    actor: Actor,
    policy_id: UUID | str,
    area_path: str,
    per_worker_week: int,
    includes_unknown: bool = False,
    until_on: date | None = None,
) -> Wave:
    """Let those whom a policy is for in an area be handed to workers, ``per_worker_week`` households each.

    With ``includes_unknown`` also those 待核 who are worth a visit. Who was found before becomes a lead in
    the next minutes; who is found later joins by itself, up to ``until_on``. One wave of a policy runs in an
    area at a time.
    """
    policy = _policy(actor, policy_id)
    invalid_if(_faults(actor, area_path, per_worker_week, until_on))
    _alone(policy, area_path)
    wave = Wave(
        policy=policy,
        area_path=area_path,
        per_worker_week=per_worker_week,
        includes_unknown=includes_unknown,
        until_on=until_on,
        released_by_id=actor.person_id,
        released_at=clock.now(),
    )
    wave.save(force_insert=True)
    record("wave.release", wave)
    return wave


def _faults(actor: Actor, area_path: str, per_worker_week: int, until_on: date | None) -> dict[str, str]:
    place = Division.objects.filter(path=area_path, valid_to__isnull=True).first()
    wrong = {}
    if place is None or not can_release_wave(actor, area_path):
        wrong["area"] = _("请选择本辖区内的区域。")
    if not 1 <= per_worker_week <= MOST_A_WEEK:
        wrong["per_worker_week"] = _("每人每周1到%d户。") % MOST_A_WEEK
    if until_on is not None and until_on < clock.today():
        wrong["until_on"] = _("截止日期不能早于今天。")
    return wrong


def _alone(policy: Policy, area_path: str) -> None:
    if Wave.objects.filter(policy=policy, area_path=area_path).exclude(state=S.DONE).exists():
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


def _wave(actor: Actor, wave_id: UUID | str, version: int) -> Wave:
    wave: Wave | None = Wave.objects.visible_to(actor).select_for_update().filter(public_id=wave_id).first()
    if wave is None:
        raise NotFound(_("没有找到这个批次。"))
    if not can_change_wave(actor, wave):
        raise NotAllowed(_("这个批次由上级放出，不能在这里更改。"))
    if wave.version != version:
        raise StaleVersion(details={"theirs": wave.version, "yours": version})
    return wave


def _moved(wave: Wave, verb: str, to_state: str, sources: tuple[str, ...]) -> Wave:
    if wave.state not in sources:
        raise Conflict(_("批次现在是“%s”，这一步不能办理。") % wave.get_state_display())
    after = {"ended_at": clock.now()} if to_state == S.DONE else {}
    record(verb, wave, changes_of(wave, state=to_state, version=wave.version + 1, **after))
    return wave


@service
def wave_pause(*, actor: Actor, wave_id: UUID | str, version: int) -> Wave:
    """Hand nobody out for the time being; visits that are under way go on."""
    return _moved(_wave(actor, wave_id, version), "wave.pause", S.PAUSED, (S.OPEN,))


@service
def wave_resume(*, actor: Actor, wave_id: UUID | str, version: int) -> Wave:
    """Go on handing out."""
    return _moved(_wave(actor, wave_id, version), "wave.resume", S.OPEN, (S.PAUSED,))


@service
def wave_end(*, actor: Actor, wave_id: UUID | str, version: int) -> Wave:
    """Hand nobody out any more; whoever still waits stays waiting for another wave."""
    return _moved(_wave(actor, wave_id, version), "wave.end", S.DONE, (S.OPEN, S.PAUSED))


@service
def wave_change(
    *,
    actor: Actor,
    wave_id: UUID | str,
    version: int,
    area_path: str,
    per_worker_week: int,
    includes_unknown: bool = False,
    until_on: date | None = None,
) -> Wave:
    """Hand out elsewhere, more or fewer a week, or up to another day, from now on.

    Visits that are under way go on. In another area everybody whom the latest run found there is looked for.
    """
    wave = _wave(actor, wave_id, version)
    if wave.state == S.DONE:
        raise Conflict(_("批次已经结束。"))
    invalid_if(_faults(actor, area_path, per_worker_week, until_on))
    after: dict[str, object] = {"per_worker_week": per_worker_week, "until_on": until_on}
    if area_path != wave.area_path:
        _alone(wave.policy, area_path)
        after |= {"area_path": area_path, "run": None, "filled_at": None}
    after |= {"includes_unknown": includes_unknown, "version": wave.version + 1}
    record("wave.change", wave, changes_of(wave, **after))
    return wave


@service
def wave_run_out(*, actor: Actor, wave: Wave) -> Wave:
    """End a wave whose last day has passed."""
    if actor.function != "system":
        raise NotAllowed
    return _moved(wave, "wave.end", S.DONE, (S.OPEN, S.PAUSED))


@service
def wave_filled(*, actor: Actor, wave: Wave, run_id: int) -> Wave:
    """Note that everybody whom a run found in a wave's area is a lead now."""
    if actor.function != "system":
        raise NotAllowed
    record("wave.fill", wave, changes_of(wave, run_id=run_id, filled_at=clock.now()))
    return wave
