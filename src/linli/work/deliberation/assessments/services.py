"""Every write about assessments: entering sums, another person's comparing, the yearly duty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.clock import BEIJING
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service
from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import in_house_language
from linli.foundation.duties.calendar import HOURS
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import STANDING, duty_close, duty_open

from ..bodies.models import Body
from ..bodies.refusals import invalid, invalid_if
from ..bodies.rules import day_faults, is_warned
from ..bodies.selectors import members_on
from ..law import rule_of, rule_to_json
from .models import Assessed, Assessment
from .permissions import can_confirm_assessment, can_enter_assessment
from .rules import ASSESSED, Marks, count_faults, verdict_of
from .selectors import assess_by, committees_for
from .words import ACTIONS

ROOM = "assessments"
WARN_DAYS = 60
CONFIRM = Limit(3, LimitUnit.WORKING_DAY, "建议值（评议办法）")


@service(idempotent=True)
def assessment_enter(
    *,
    actor: Actor,
    body_id: int,
    held_on: date,
    composition: int,
    attendees: int,
    marks: Mapping[int, Marks],
) -> Assessment:
    """Enter the sums that were counted at a meeting: member → marks, every member of that day.

    Nothing is published before another person has compared the figures with the paper.
    """
    body = Body.objects.visible_to(actor).standing().filter(pk=body_id, kind__in=ASSESSED).first()
    if body is None:
        raise NotFound(_("没有找到要评议的委员会。"))
    if actor.person_id is None or not can_enter_assessment(actor, body):
        raise NotAllowed(hint=_("评议票数由当地居委会或街镇登记。"))
    invalid_if(day_faults("held_on", held_on, clock.today(), not_before=body.founded_on))
    members = {member.pk for member in members_on(body, held_on)}
    if not members or set(marks) != members:
        raise invalid(held_on=_("请为这一天的每位成员填写票数；成员有变动的，请先登记成员。"))
    invalid_if(count_faults(composition, attendees, {f"m{key}": one for key, one in marks.items()}))
    rule = rule_of(ASSESSED[body.kind][1], held_on)
    verdicts = {key: verdict_of(rule, composition, attendees, one) for key, one in marks.items()}
    assessment = Assessment(
        body=body,
        area_path=body.area_path,
        held_on=held_on,
        composition=composition,
        attendees=attendees,
        is_valid=all(verdict.is_valid for verdict in verdicts.values()),
        rule=rule_to_json(rule),
        entered_at=clock.now(),
        entered_by_id=actor.person_id,
    )
    _saved(assessment, marks, {key for key, verdict in verdicts.items() if verdict.is_passed})
    _duty(
        body=body, subject=str(assessment.public_id), action="confirm", url=_page(assessment), limit=CONFIRM
    )
    record("assessment.enter", assessment, touched=(Assessed,))
    return assessment


def _saved(assessment: Assessment, marks: Mapping[int, Marks], incompetent: set[int]) -> None:
    try:
        with transaction.atomic():
            assessment.save()
    except IntegrityError as error:
        raise Conflict(_("这一天的评议已经登记过。")) from error
    for key, one in sorted(marks.items()):
        Assessed.objects.create(
            assessment=assessment,
            member_id=key,
            competent=one.competent,
            basic=one.basic,
            incompetent=one.incompetent,
            abstain=one.abstain,
            invalid=one.invalid,
            is_incompetent=key in incompetent,
        )


def _page(assessment: Assessment) -> str:
    return reverse("assessments:record", args=[assessment.public_id])


@require_service
def _duty(
    *,
    body: Body,
    subject: str,
    action: str,
    url: str,
    limit: Limit | None = None,
    due_at: datetime | None = None,
) -> None:
    """Put a duty on the list of the unit that keeps the committee's register."""
    with in_house_language():
        duty_open(
            room=ROOM,
            subject_id=subject,
            subject_number="",
            title=f"{body.name}民主评议",
            url=url,
            action=action,
            action_label=_(ACTIONS[action]),
            area_path=body.area_path,
            limit=limit,
            function=body.unit.function,
            unit_id=body.unit_id,
            due_at=due_at,
        )


def _for_confirming(actor: Actor, assessment_id: int) -> Assessment:
    rows = Assessment.objects.visible_to(actor).select_related("body__unit").select_for_update(of=("self",))
    found = rows.filter(pk=assessment_id).first()
    if found is None:
        raise NotFound(_("没有找到这次评议。"))
    if found.state != Assessment.State.ENTERED:
        raise Conflict(_("这次评议已经核对过。"))
    if actor.person_id is None or not can_confirm_assessment(actor, found):
        raise NotAllowed(_("请由登记人以外的另一个人核对。"))
    return found


@service(idempotent=True)
def assessment_confirm(*, actor: Actor, assessment_id: int) -> Assessment:
    """Publish an assessment: another person has compared the sums with the paper."""
    found = _for_confirming(actor, assessment_id)
    changes = changes_of(
        found,
        state=Assessment.State.PUBLISHED,
        confirmed_at=clock.now(),
        confirmed_by_id=actor.person_id,
    )
    duty_close(room=ROOM, subject_id=str(found.public_id), by=actor.person_id)
    record("assessment.confirm", found, changes)
    if found.is_valid:
        _settle(body=found.body, last_on=found.held_on)
    return found


@service(idempotent=True)
def assessment_reject(*, actor: Actor, assessment_id: int, reason: str) -> Assessment:
    """Send the sums back because they do not agree with the paper; they are entered anew."""
    found = _for_confirming(actor, assessment_id)
    why = reason.strip()
    if not why:
        raise invalid(reason=_("请写明哪里不符。"))
    changes = changes_of(found, state=Assessment.State.REJECTED, rejected_reason=why[:300])
    duty_close(room=ROOM, subject_id=str(found.public_id), by=actor.person_id, state="cancelled")
    record("assessment.reject", found, changes)
    return found


@service
def assessments_watch(*, actor: Actor) -> int:
    """Warn where a committee must be assessed before a year ends; returns how many duties changed."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    return sum(_settle(body=body, last_on=last_on) for body, last_on in committees_for(actor))


@require_service
def _settle(*, body: Body, last_on: date | None) -> bool:
    """Let exactly one duty stand for a lawful date that is near, none for one that is not."""
    limit, key = assess_by(body, last_on), str(body.public_id)
    is_near = limit is not None and is_warned(limit, clock.today(), WARN_DAYS)
    wanted = [datetime.combine(limit, HOURS.end, BEIJING)] if limit and is_near else []
    rows = Duty.objects.filter(room=ROOM, subject_id=key, action="assess", state__in=STANDING)
    standing = list(rows.values_list("due_at", flat=True))
    if standing == wanted:
        return False
    if standing:
        duty_close(room=ROOM, subject_id=key, action="assess")
    if wanted:
        url = f"{reverse('assessments:new')}?body={key}"
        _duty(body=body, subject=key, action="assess", url=url, due_at=wanted[0])
    return True
