"""Waves: that whoever is found in an area is handed out, how many a week; changing, pausing, ending."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion, invalid_if
from linli.core.service import changes_of, record, service

from ...models import Wave
from ..outlook import outlook_shown, wave_outlook
from ..permissions import can_change_wave
from ..releasing import policy_released, wave_alone, wave_faults

S = Wave.State


class WaveForNobody(Conflict):
    """A wave would send nobody anywhere."""

    code = "wave.nobody"


@service(idempotent=True)
def wave_release(
    *,
    actor: Actor,
    policy_id: UUID | str,
    area_path: str,
    per_worker_week: int,
    includes_unknown: bool = False,
    until_on: date | None = None,
    even_if_nobody: bool = False,
) -> Wave:
    """Let those whom a policy is for in an area be handed to workers, ``per_worker_week`` households each.

    With ``includes_unknown`` also those 待核 who are worth a visit. Who was found before becomes a lead in
    the next minutes; who is found later joins by itself, up to ``until_on``. One wave of a policy runs in an
    area at a time. Refused where it would be for nobody now (``wave_outlook``) unless ``even_if_nobody``.
    """
    asked: dict[str, Any] = {"area_path": area_path, "per_worker_week": per_worker_week}
    policy = policy_released(actor, policy_id, until_on=until_on, **asked)
    if not even_if_nobody:
        seen = outlook_shown(actor, wave_outlook(policy, includes_unknown=includes_unknown, **asked))
        if seen.nobody:
            raise WaveForNobody(seen.nobody, hint=seen.todo)
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
    invalid_if(wave_faults(actor, area_path, per_worker_week, until_on))
    after: dict[str, object] = {"per_worker_week": per_worker_week, "until_on": until_on}
    if area_path != wave.area_path:
        wave_alone(wave.policy, area_path)
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
