"""Policies and what they say: begin one, write a draft, propose it, another person publishes it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion, invalid, invalid_if
from linli.core.service import changes_of, record, service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.notices.services.outbox import notice_queue
from linli.foundation.places.rules import path_codes

from ...language.writing import policy_write
from ...models import Policy, PolicyVersion, Preview
from ...models.policies import VersionState
from ..checked import draft_of, first_text, looked_through
from ..drafts import digest_of, draft_for_change, draft_set, policy_for_change
from ..permissions import can_publish_version, can_start_policy, can_write_policy, level_of, own_area
from ..selectors import version_in_work, version_latest

ROOM, CONFIRM, CONFIRM_WORDS = "benefits", "confirm_policy", "核准惠民政策"
CONFIRM_LIMIT = Limit(3, LimitUnit.WORKING_DAY, "惠民政策须由另一人核准（建议值）")
MOST_NAME, MOST_REMARK = 80, 200
NOT_TAKEN_OVER = {"document", "source", "notes"}  # they speak of the policy that was looked at
RESERVED = {"check"}  # an address of the public catalogue
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


@service
def policy_start(*, actor: Actor, code: str, name: str, authority: str, unit: str, like: str = "") -> Policy:
    """Begin a policy of the actor's own district or city.

    Its first draft says nothing yet, or what a published policy says (``like``: the code of one for the same
    unit), but for whence that has it and how sure it is.
    """
    if not can_start_policy(actor):
        raise NotAllowed(_("惠民政策由区、市制定。"), hint=_("请联系区或市的工作人员。"))
    said = {"code": code.strip(), "name": name.strip(), "authority": authority.strip()}
    model = Policy.objects.public().filter(code=like).first() if like else None
    invalid_if(_start_faults(**said, unit=unit) | _like_faults(like, model, unit))
    area = own_area(actor)
    policy = Policy(**said, unit=unit, area_path=area, place_code=path_codes(area)[-1])
    policy.created_at, policy.created_by_id = clock.now(), actor.person_id
    policy.save(force_insert=True)
    draft = _version_make(actor, policy, *_first_texts(model, unit))
    record("policy.start", policy, touched=[draft])
    return policy


def _like_faults(like: str, model: Policy | None, unit: str) -> dict[str, str]:
    if like and model is None:
        return {"like": _("没有找到照着写的政策。")}
    if model is not None and model.unit != unit:
        return {"like": _("这项政策是发给“%s”的，“发给谁”要选一样的。") % model.get_unit_display()}
    return {}


def _first_texts(model: Policy | None, unit: str) -> tuple[str, str]:
    """Return rule and cases with which a policy begins."""
    before = version_latest(model) if model else None
    if before is None:
        return first_text(unit), ""
    said = {name: value for name, value in draft_of(before).items() if name not in NOT_TAKEN_OVER}
    return policy_write({**said, "mark": "✘"}), before.cases


def _start_faults(code: str, name: str, authority: str, unit: str) -> dict[str, str]:
    faults = dict[str, str]()
    if not CODE.fullmatch(code):
        faults["code"] = _("代号用小写字母、数字和下划线，字母开头，2至40个，例如 elder_allowance。")
    elif code in RESERVED or Policy.objects.filter(code=code).exists():
        faults["code"] = _("这个代号已经用了，请换一个。")
    if not name or len(name) > MOST_NAME:
        faults["name"] = _("请填写名称，最多%d个字。") % MOST_NAME
    if not authority or len(authority) > MOST_NAME:
        faults["authority"] = _("请填写主管部门，最多%d个字。") % MOST_NAME
    if unit not in Policy.Unit.values:
        faults["unit"] = _("请选择发给谁。")
    return faults


def _version_make(actor: Actor, policy: Policy, text: str, cases: str) -> PolicyVersion:
    last = policy.versions.aggregate(last=Max("number"))["last"] or 0
    at = clock.now()
    version = PolicyVersion(policy=policy, number=last + 1, text=text, cases=cases, made_at=at, changed_at=at)
    version.made_by_id = actor.person_id
    version.findings = looked_through(version).kept
    version.save(force_insert=True)
    return version


@service
def version_draft(*, actor: Actor, policy_id: int) -> PolicyVersion:
    """Begin a new version as a copy of the latest; one that is begun already goes on."""
    policy = policy_for_change(actor, policy_id)
    if (begun := version_in_work(policy)) is not None:
        return begun
    before = version_latest(policy)
    text, cases = (before.text, before.cases) if before else (first_text(policy.unit), "")
    version = _version_make(actor, policy, text, cases)
    record("policy.draft", version)
    return version


@service
def version_save(*, actor: Actor, policy_id: int, lock: int, text: str, cases: str) -> PolicyVersion:
    """Write the whole text of a draft and its cases; they are looked through, and every case is run."""
    version = draft_for_change(actor, policy_id, lock)
    record("policy.edit", version, draft_set(version, text=text, cases=cases))
    return version


@service
def version_undo(*, actor: Actor, policy_id: int, lock: int) -> PolicyVersion:
    """Take the last edit of a draft's rule back."""
    version = draft_for_change(actor, policy_id, lock)
    if not version.earlier:
        raise Conflict(_("没有可以退回的修改。"))
    *rest, text = version.earlier
    record("policy.undo", version, draft_set(version, text=text, cases=version.cases, earlier=rest))
    return version


@service
def version_discard(*, actor: Actor, policy_id: int, lock: int) -> Policy:
    """Throw a draft away; what is published stays. A policy that never was published goes with it."""
    version = draft_for_change(actor, policy_id, lock)
    policy = version.policy
    record("policy.discard", version, touched=[Preview])
    version.delete()
    if not policy.versions.exists():
        record("policy.remove", policy)
        Policy.objects.filter(pk=policy.pk).delete()
    return policy


# -- publication ----------------------------------------------------------------------------------------
@service
def version_propose(
    *,
    actor: Actor,
    policy_id: int,
    lock: int,
    from_on: date,
    document: str,
    remark: str,
    to_on: date | None = None,
) -> PolicyVersion:
    """Hand a draft to a second person, with the day from which it counts.

    The day may have passed (what is paid backwards), but lies after the first day of every version that is
    published. Refused while the checker finds a fault or a case comes out otherwise.
    """
    version = draft_for_change(actor, policy_id, lock)
    words = {"document": document.strip(), "remark": remark.strip()}
    invalid_if(_proposal_faults(version, from_on, to_on, **words))
    _ready(version)
    changed = changes_of(
        version,
        state=VersionState.WAITING,
        digest=digest_of(version),
        from_on=from_on,
        to_on=to_on,
        earlier=[],
        proposed_at=clock.now(),
        proposed_by_id=actor.person_id,
        refusal="",
        refused_at=None,
        refused_by_id=None,
        **words,
    )
    _confirm_duty(version)
    record("policy.propose", version, changed)
    return version


def _proposal_faults(
    version: PolicyVersion, from_on: date, to_on: date | None, document: str, remark: str
) -> dict[str, str]:
    faults = dict[str, str]()
    if not document or len(document) > 120:
        faults["document"] = _("请填写文号，最多120个字；没有文号的写“无文号”并说明来源。")
    if not remark or len(remark) > MOST_REMARK:
        faults["remark"] = _("请写明这一版改了什么，最多%d个字。") % MOST_REMARK
    if to_on is not None and to_on <= from_on:
        faults["to_on"] = _("停用日期要晚于起用日期。")
    latest = version_latest(version.policy)
    if latest is not None and latest.from_on is not None and from_on <= latest.from_on:
        said = {"n": latest.number, "day": latest.from_on}
        faults["from_on"] = _("版本%(n)d从%(day)s起用，新版本要晚于那一天。") % said
    return faults


def _ready(version: PolicyVersion) -> None:
    looked = looked_through(version)
    if looked.faults:
        raise Conflict(
            _("还有%(n)d处必须改好：%(words)s") % {"n": len(looked.faults), "words": looked.faults[0].words},
            hint=_("请按“检查”里的提示改好，再提交核准。"),
        )
    if not looked.cases:
        raise Conflict(_("还没有案例。"), hint=_("请在“案例”里至少写一个例子，说明谁符合、谁不符合。"))
    if failed := [case for case in looked.cases if not case.is_right]:
        raise Conflict(
            _("有%(n)d个案例的结果和写的不一样：%(name)s") % {"n": len(failed), "name": failed[0].name},
            hint=_("请核对是规则写错了，还是案例写错了。"),
        )


def _confirm_duty(version: PolicyVersion) -> None:
    policy = version.policy
    duty_open(
        room=ROOM,
        subject_id=str(policy.public_id),
        subject_number="",
        title=f"《{policy.name}》第{version.number}版待核准",
        url=f"/desk/benefits/{policy.public_id}/draft/",
        action=CONFIRM,
        action_label=CONFIRM_WORDS,
        area_path=policy.area_path,
        limit=CONFIRM_LIMIT,
        function=level_of(policy.area_path),
    )


def _waiting(actor: Actor, policy_id: int) -> PolicyVersion:
    policy = Policy.objects.visible_to(actor).select_for_update().filter(pk=policy_id).first()
    if policy is None:
        raise NotFound(_("没有找到这项政策。"))
    version = version_in_work(policy)
    if version is None or version.state != VersionState.WAITING:
        raise Conflict(_("这项政策现在没有待核准的版本。"))
    return version


def _second(actor: Actor, version: PolicyVersion) -> None:
    if not can_publish_version(actor, version):
        raise NotAllowed(_("须由另一人核准。"), hint=_("请同级或上级的另一位工作人员核准。"))


@service
def version_publish(*, actor: Actor, policy_id: int, digest: str) -> PolicyVersion:
    """Another person publishes what was proposed; ``digest`` is of the text that they have read."""
    version = _waiting(actor, policy_id)
    _second(actor, version)
    if digest != version.digest or digest != digest_of(version):
        raise StaleVersion(_("您看到的内容和待核准的不一样。"), hint=_("请刷新页面，看过最新的内容再核准。"))
    _ready(version)
    at = clock.now()
    changed = changes_of(
        version, state=VersionState.PUBLISHED, published_at=at, published_by_id=actor.person_id
    )
    duty_close(room=ROOM, subject_id=str(version.policy.public_id), action=CONFIRM, by=actor.person_id)
    record("policy.publish", version, changed)
    _proposer_told(version, title="已发布", body="可以在政策页重新匹配、放出批次。")
    return version


@service
def version_refuse(*, actor: Actor, policy_id: int, reason: str) -> PolicyVersion:
    """Another person sends a proposed version back to be worked on."""
    version = _waiting(actor, policy_id)
    _second(actor, version)
    words = reason.strip()
    if not words or len(words) > MOST_REMARK:
        raise invalid(reason=_("请写明为什么不核准，最多%d个字。") % MOST_REMARK)
    said = {"refusal": words, "refused_at": clock.now(), "refused_by_id": actor.person_id}
    back = _back(actor, version, "policy.refuse", **said)
    _proposer_told(back, title="被退回修改", body="谁退回的、为什么，写在草稿最上面。", page="draft/")
    return back


def _proposer_told(version: PolicyVersion, *, title: str, body: str, page: str = "") -> None:
    policy = version.policy
    if version.proposed_by_id is not None:
        notice_queue(
            person_ids=[version.proposed_by_id],
            kind="benefits.version",
            title=f"《{policy.name}》第{version.number}版{title}",
            body=body,
            url=f"/desk/benefits/{policy.public_id}/{page}",
        )


@service
def version_withdraw(*, actor: Actor, policy_id: int) -> PolicyVersion:
    """Those who wrote a version take it back before it is published, and go on writing."""
    version = _waiting(actor, policy_id)
    if not can_write_policy(actor, version.policy):
        raise NotAllowed(_("由制定它的区或市的工作人员撤回。"))
    return _back(actor, version, "policy.withdraw")


def _back(actor: Actor, version: PolicyVersion, verb: str, **more: Any) -> PolicyVersion:
    changed = changes_of(version, state=VersionState.DRAFT, digest="", lock=version.lock + 1, **more)
    duty_close(room=ROOM, subject_id=str(version.policy.public_id), action=CONFIRM, by=actor.person_id)
    record(verb, version, changed)
    return version
