"""What a draft would mean, before anybody is told: asked by an author, reckoned by the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, service

from ...engine.snapshot import MOST_DAYS
from ...models import Policy, Preview, Snapshot
from ...models.runs import JobState, snapshot_folder
from ..checked import looked_through
from ..drafts import digest_of
from ..permissions import can_see_drafts
from ..selectors import version_in_work

STANDING = (JobState.WAITING, JobState.RUNNING)


@service
def preview_ask(*, actor: Actor, policy_id: int) -> Preview:
    """Ask what a draft, as it stands, would mean; one that is reckoned already goes on."""
    policy = Policy.objects.visible_to(actor).filter(pk=policy_id).first()
    if policy is None or not can_see_drafts(actor, policy.area_path):
        raise NotFound(_("没有找到这项政策。"))
    version = version_in_work(policy)
    if version is None:
        raise Conflict(_("这项政策现在没有草稿。"), hint=_("请先起草新版本。"))
    if faults := looked_through(version).faults:
        raise Conflict(_("规则还有要改的地方，不能预演：%s") % faults[0].words, hint=_("请改好再预演。"))
    digest = digest_of(version)
    begun = version.previews.filter(digest=digest, state__in=STANDING).first()
    if begun is not None:
        return begun
    snapshot = _snapshot()
    preview = Preview(version=version, snapshot=snapshot, digest=digest, asked_at=clock.now())
    preview.asked_by_id = actor.person_id
    preview.save(force_insert=True)
    record("policy.preview", preview, touched=[Snapshot])
    return preview


def _snapshot() -> Snapshot:
    """Return the newest snapshot that may be reckoned upon, or one that is to be made today."""
    since = clock.today() - timedelta(days=MOST_DAYS)
    usable = Snapshot.objects.filter(day__gte=since).exclude(state__in=(JobState.FAILED, JobState.DROPPED))
    if (found := usable.order_by("-day").first()) is not None:
        return found
    day = clock.today()
    made = Snapshot(day=day, folder=snapshot_folder(day))
    made.save(force_insert=True)
    return made


@service
def snapshot_ready(*, actor: Actor, snapshot_id: int, persons: int, households: int) -> Snapshot:
    """Note that the files of a snapshot are whole."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    row = Snapshot.objects.select_for_update().get(pk=snapshot_id)
    said: dict[str, Any] = {"state": JobState.DONE, "persons": persons, "households": households}
    record("snapshot.ready", row, changes_of(row, **said, ready_at=clock.now()))
    return row


@service
def preview_end(*, actor: Actor, preview_id: int, result: dict[str, Any], fault: str = "") -> Preview:
    """Keep what came out, or why nothing did."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    row = Preview.objects.select_for_update().get(pk=preview_id)
    state = JobState.FAILED if fault else JobState.DONE
    said = {"state": state, "result": result, "fault": fault[:200], "finished_at": clock.now()}
    record("policy.preview", row, changes_of(row, **said))
    return row
