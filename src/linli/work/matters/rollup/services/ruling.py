"""What a city lays down for its three rates: how much each weighs from a day on, which reasons leave out."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, service

from ...refusals import invalid
from ...services.texts import text_required
from ..models import ExclusionReason, RatesRule
from ..permissions import can_set_rates
from ..reasons import reasons_all

WHOLE = 100


def _allowed(actor: Actor) -> int:
    if not can_set_rates(actor) or actor.person_id is None:
        raise NotAllowed(_("三率的权重和剔除情形由市级统一规定。"), hint=_("需要调整时，请向市级提出。"))
    return actor.person_id


@service(idempotent=True)
def rates_rule_set(
    *, actor: Actor, from_on: date, contacted: int, solved: int, satisfied: int, source: str
) -> RatesRule:
    """Lay down weights from a day on that has not begun; earlier periods keep the ones they had."""
    person = _allowed(actor)
    if from_on <= clock.today():
        raise invalid(from_on=_("从明天或以后的一天起，已经开始的日子不能改。"))
    if contacted + solved + satisfied != WHOLE or min(contacted, solved, satisfied) < 0:
        total = contacted + solved + satisfied
        raise invalid(contacted=_("三个权重合计必须是100，现在是%d。") % total)
    rule = RatesRule(
        from_on=from_on, contacted=contacted, solved=solved, satisfied=satisfied,
        source=text_required(value=source, name="source", words=_("请写明依据的文件名称和文号。"), most=200),
        set_at=clock.now(), set_by_id=person, set_unit_id=actor.unit_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise Conflict(_("这一天已经定了一组权重，请先撤回那一组。")) from error
    record("rates_rule.set", rule)
    return rule


@service
def rates_rule_withdraw(*, actor: Actor, public_id: Any) -> RatesRule:
    """Take weights back before their day has come."""
    _allowed(actor)
    rule = RatesRule.objects.select_for_update().filter(public_id=public_id).first()
    if rule is None:
        raise NotFound(_("没有找到这组权重。"))
    if rule.withdrawn_at is not None or rule.from_on <= clock.today():
        raise Conflict(_("已经施行或已经撤回的权重不能撤回；请另定一组，从以后的一天起施行。"))
    record("rates_rule.withdraw", rule, changes_of(rule, withdrawn_at=clock.now()))
    return rule


@service
def exclusion_reason_add(*, actor: Actor, name: str, source: str) -> ExclusionReason:
    """Add a reason of one's own, with the document that allows it."""
    person = _allowed(actor)
    said = text_required(value=name, name="name", words=_("请写明剔除情形。"), most=60)
    if any(reason.name == said for reason in reasons_all()):
        raise invalid(name=_("已有这种剔除情形；没有使用的，点“恢复使用”。"))
    reason = ExclusionReason(
        code=f"own-{ExclusionReason.objects.count() + 1}", name=said,
        source=text_required(value=source, name="source", words=_("请写明依据的文件名称和文号。"), most=200),
        changed_at=clock.now(), changed_by_id=person,
    )  # fmt: skip
    try:
        with transaction.atomic():
            reason.save()
    except IntegrityError as error:
        raise Conflict(_("刚刚有人也在添加剔除情形，请再试一次。")) from error
    record("exclusion_reason.add", reason)
    return reason


@service
def exclusion_reason_use(*, actor: Actor, code: str, is_used: bool) -> ExclusionReason:
    """Use a reason again, or no longer: what was left out for it before stays as it is."""
    person = _allowed(actor)
    found = next((reason for reason in reasons_all() if reason.code == code), None)
    if found is None:
        raise NotFound(_("没有找到这种剔除情形。"))
    if not is_used and sum(reason.is_used for reason in reasons_all()) == 1 and found.is_used:
        raise Conflict(_("至少保留一种剔除情形。"))
    kept = {"name": found.name, "source": found.source, "changed_at": clock.now(), "changed_by_id": person}
    ExclusionReason.objects.get_or_create(code=code, defaults=kept)
    row = ExclusionReason.objects.select_for_update().get(code=code)
    changes = changes_of(row, is_used=is_used, changed_at=clock.now(), changed_by_id=person)
    record("exclusion_reason.use", row, changes)
    return row
