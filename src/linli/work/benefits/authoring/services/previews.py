"""What a draft would mean, before anybody is told: asked by an author, reckoned by the worker."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, service

from ...engine.order import facts_of
from ...language.policy import PolicyText
from ...models import Policy, Preview, Snapshot
from ...models.runs import JobState
from ...snapshots.serving import snapshot_lately
from ..checked import facts_wanted, looked_through, rules_on
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
    looked = looked_through(version)
    if looked.says is None or looked.faults:
        raise Conflict(
            _("规则还有要改的地方，不能预演：%s") % looked.faults[0].words, hint=_("请改好再预演。")
        )
    digest = digest_of(version)
    begun = version.previews.filter(digest=digest, state__in=STANDING).first()
    if begun is not None:
        return begun
    snapshot = _snapshot(looked.says, policy.code)
    preview = Preview(version=version, snapshot=snapshot, digest=digest, asked_at=clock.now())
    preview.asked_by_id = actor.person_id
    preview.save(force_insert=True)
    record("policy.preview", preview, touched=[Snapshot])
    return preview


def _snapshot(draft: PolicyText, code: str) -> Snapshot:
    """Return the newest snapshot over which a draft can be reckoned, or one that is to be made today."""
    today = clock.today()
    needed = facts_of([draft.rule(code), *rules_on(today)])
    return snapshot_lately(needed, facts_wanted(today))


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
