"""Stopping a policy on a day: one person asks with a reason, another confirms; taken back before the day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion, invalid, invalid_if
from linli.core.service import changes_of, record, service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.notices.services.outbox import notice_queue

from ...models import Policy
from ...models.policies import VersionState
from ..drafts import policy_for_change
from ..permissions import can_confirm_end, can_write_policy, level_of

ROOM, CONFIRM_END = "benefits", "confirm_end"
LIMIT = Limit(3, LimitUnit.WORKING_DAY, "停办惠民政策须由另一人核准（建议值）")
MOST_REASON = 200


@service
def policy_end_ask(*, actor: Actor, policy_id: int, on: date, reason: str) -> Policy:
    """Ask that a published policy holds no more from a day on; another person confirms it."""
    policy = policy_for_change(actor, policy_id)
    if not policy.versions.filter(state=VersionState.PUBLISHED).exists():
        raise Conflict(_("这项政策还没有发布，不用停办。"), hint=_("不要了的草稿可以丢弃。"))
    if policy.ended_on is not None or policy.ending_on is not None:
        raise Conflict(_("这项政策已经停办，或正在等另一人核准停办。"))
    why, wrong = reason.strip(), {}
    if on < clock.today():
        wrong["on"] = _("停办日期不能早于今天；已经发的不受影响。")
    if not why or len(why) > MOST_REASON:
        wrong["reason"] = _("请写明为什么停办，最多%d个字。") % MOST_REASON
    invalid_if(wrong)
    asked = {"ending_on": on, "ending_reason": why, "ending_by_id": actor.person_id}
    asked |= {"end_refusal": "", "end_refused_at": None, "end_refused_by_id": None}
    changes = changes_of(policy, **asked, version=policy.version + 1)
    duty_open(
        room=ROOM,
        subject_id=str(policy.public_id),
        subject_number="",
        title=f"停办《{policy.name}》待核准",
        url=f"/desk/benefits/{policy.public_id}/",
        action=CONFIRM_END,
        action_label="核准停办",
        area_path=policy.area_path,
        limit=LIMIT,
        function=level_of(policy.area_path),
    )
    record("policy.end_ask", policy, changes, touched=[Duty], purpose=why)
    return policy


@service
def policy_end_confirm(*, actor: Actor, policy_id: int, on: date) -> Policy:
    """Another person lets the policy end on the day that they read; leads that nobody spoke of go with it."""
    policy = _asked(actor, policy_id)
    if not can_confirm_end(actor, policy):
        raise NotAllowed(_("须由另一人核准。"), hint=_("请同级或上级的另一位工作人员核准。"))
    if policy.ended_on is not None:
        raise Conflict(_("这项政策已经停办。"))
    if policy.ending_on != on:
        raise StaleVersion(_("停办日期在您看的时候改过。"), hint=_("请刷新页面，看过再核准。"))
    ended = {"ended_on": on, "ended_by_id": actor.person_id, "version": policy.version + 1}
    changes = changes_of(policy, **ended)
    duty_close(room=ROOM, subject_id=str(policy.public_id), action=CONFIRM_END, by=actor.person_id)
    record("policy.end", policy, changes, touched=[Duty], purpose=policy.ending_reason)
    return policy


@service
def policy_end_refuse(*, actor: Actor, policy_id: int, reason: str) -> Policy:
    """Another person does not agree to an end and says why; whoever asked for it is told."""
    policy = _asked(actor, policy_id)
    if not can_confirm_end(actor, policy):
        raise NotAllowed(_("须由另一人答复。"), hint=_("请同级或上级的另一位工作人员答复。"))
    if policy.ended_on is not None:
        raise Conflict(_("停办已经核准。"), hint=_("停办日期以前，由制定它的区或市撤回。"))
    words = reason.strip()
    if not words or len(words) > MOST_REASON:
        raise invalid(reason=_("请写明为什么不同意，最多%d个字。") % MOST_REASON)
    asked_by = policy.ending_by_id
    said = {"end_refusal": words, "end_refused_at": clock.now(), "end_refused_by_id": actor.person_id}
    _taken_back(actor, policy, "policy.end_refuse", **said)
    if asked_by is not None:
        notice_queue(
            person_ids=[asked_by],
            kind="benefits.version",
            title=f"停办《{policy.name}》没有核准",
            body="谁答复的、为什么，写在政策页最上面。",
            url=f"/desk/benefits/{policy.public_id}/",
        )
    return policy


@service
def policy_end_withdraw(*, actor: Actor, policy_id: int) -> Policy:
    """Those who write a policy take its end back before the day."""
    policy = _asked(actor, policy_id)
    if not can_write_policy(actor, policy):
        raise NotAllowed(_("由制定它的区或市的工作人员撤回。"))
    if policy.ended_on is not None and policy.ended_on <= clock.today():
        raise Conflict(_("停办日期已到，不能撤回。"), hint=_("如要恢复，请新写一项政策。"))
    return _taken_back(actor, policy, "policy.end_withdraw")


def _taken_back(actor: Actor, policy: Policy, verb: str, **more: Any) -> Policy:
    asked = {"ending_on": None, "ending_reason": "", "ending_by_id": None}
    ended = {"ended_on": None, "ended_by_id": None}
    changes = changes_of(policy, **asked, **ended, **more, version=policy.version + 1)
    duty_close(room=ROOM, subject_id=str(policy.public_id), action=CONFIRM_END, by=actor.person_id)
    record(verb, policy, changes, touched=[Duty])
    return policy


def _asked(actor: Actor, policy_id: int) -> Policy:
    policy = Policy.objects.visible_to(actor).select_for_update().filter(pk=policy_id).first()
    if policy is None:
        raise NotFound(_("没有找到这项政策。"))
    if policy.ending_on is None:
        raise Conflict(_("没有人提出停办这项政策。"))
    return policy
