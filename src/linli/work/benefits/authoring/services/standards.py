"""Dated figures of a city or district that several policies look at: one proposes, another publishes."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, invalid, invalid_if
from linli.core.service import changes_of, record, service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.notices.services.outbox import notice_queue

from ...models import StandardValue
from ...models.policies import VersionState
from ..permissions import can_publish_standard, can_start_policy, can_write_standard, level_of, own_area

ROOM, CONFIRM, CONFIRM_WORDS = "benefits", "confirm_standard", "核准政策标准"
CONFIRM_LIMIT = Limit(3, LimitUnit.WORKING_DAY, "政策标准须由另一人核准（建议值）")
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
MARKS = ("✔", "○", "✘")
MOST_AMOUNT, MOST_REASON = 10**12, 200  # fen; letters


@service
def standard_propose(
    *,
    actor: Actor,
    code: str,
    name: str,
    from_on: date,
    amount: int,
    source: str,
    is_money: bool = True,
    mark: str = "✘",
) -> StandardValue:
    """Put a figure forward (``amount`` in fen, or a plain number); another person publishes it."""
    if not can_start_policy(actor):
        raise NotAllowed(_("政策标准由区、市制定。"))
    area = own_area(actor)
    said = {"code": code.strip(), "name": name.strip(), "source": source.strip(), "mark": mark}
    invalid_if(_faults(area, from_on, amount, is_money, **said))
    row = StandardValue(**said, area_path=area, from_on=from_on, amount=amount, is_money=is_money)
    row.proposed_at, row.proposed_by_id = clock.now(), actor.person_id
    row.save(force_insert=True)
    _confirm_duty(row)
    record("standard.propose", row)
    return row


def _faults(
    area: str, from_on: date, amount: int, is_money: bool, *, code: str, name: str, source: str, mark: str
) -> dict[str, str]:
    faults = dict[str, str]()
    if not CODE.fullmatch(code):
        faults["code"] = _("代号用小写字母、数字和下划线，字母开头，2至40个，例如 dibao。")
    if not name or len(name) > 60:
        faults["name"] = _("请填写名称，最多60个字。")
    if not source or len(source) > 200:
        faults["source"] = _("请写明依据（文号或出处），最多200个字。")
    if not 0 <= amount <= MOST_AMOUNT:
        faults["amount"] = _("请填写0以上的数。")
    if mark not in MARKS:
        faults["mark"] = _("请选择核实情况。")
    faults.update(_clashes(area, code, from_on, is_money))
    return faults


def _clashes(area: str, code: str, from_on: date, is_money: bool) -> dict[str, str]:
    same = StandardValue.objects.filter(code=code, area_path=area)
    if same.filter(from_on=from_on).exists():
        return {"from_on": _("这一天已有一个数值，请另选日期。")}
    if same.exclude(is_money=is_money).exists():
        return {"is_money": _("这个标准以前不是这样记的，请与以前的数值一致。")}
    return {}


def _confirm_duty(row: StandardValue) -> None:
    duty_open(
        room=ROOM,
        subject_id=str(row.public_id),
        subject_number="",
        title=f"{row.name}新标准待核准（{row.from_on}起）",
        url="/desk/benefits/standards/",
        action=CONFIRM,
        action_label=CONFIRM_WORDS,
        area_path=row.area_path,
        limit=CONFIRM_LIMIT,
        function=level_of(row.area_path),
    )


def _waiting(actor: Actor, standard_id: int) -> StandardValue:
    found = StandardValue.objects.select_for_update().filter(pk=standard_id).first()
    if found is None or not (actor.covers(found.area_path) or can_write_standard(actor, found)):
        raise NotFound(_("没有找到这个标准。"))
    if found.state != VersionState.WAITING:
        raise Conflict(_("这个数值已经核准。"))
    return found


@service
def standard_publish(*, actor: Actor, standard_id: int) -> StandardValue:
    """Another person publishes a figure; from then on it never changes."""
    row = _waiting(actor, standard_id)
    if not can_publish_standard(actor, row):
        raise NotAllowed(_("须由另一人核准。"), hint=_("请同级或上级的另一位工作人员核准。"))
    changed = changes_of(
        row, state=VersionState.PUBLISHED, published_at=clock.now(), published_by_id=actor.person_id
    )
    duty_close(room=ROOM, subject_id=str(row.public_id), by=actor.person_id)
    record("standard.publish", row, changed)
    return row


@service
def standard_withdraw(*, actor: Actor, standard_id: int, reason: str = "") -> StandardValue:
    """Take a figure back that is not published: those who proposed it, or who would publish it.

    Another than who proposed it says why; they are told.
    """
    row, why = _waiting(actor, standard_id), reason.strip()
    if not (can_write_standard(actor, row) or can_publish_standard(actor, row)):
        raise NotAllowed(_("由提出它的区或市的工作人员，或核准人撤回。"))
    is_own = row.proposed_by_id in actor.person_ids
    if not is_own and not 1 <= len(why) <= MOST_REASON:
        raise invalid(reason=_("请写明为什么不核准，最多%d个字。") % MOST_REASON)
    duty_close(room=ROOM, subject_id=str(row.public_id), by=actor.person_id, state="cancelled")
    if not is_own and row.proposed_by_id is not None:
        notice_queue(
            person_ids=[row.proposed_by_id],
            kind="benefits.standard",
            title=f"{row.name}（{row.from_on}起）没有核准",
            body=f"理由：{why}",
            url="/desk/benefits/standards/",
        )
    record("standard.withdraw", row, purpose=why)
    StandardValue.objects.filter(pk=row.pk).delete()
    return row
