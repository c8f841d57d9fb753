"""Every read of assessments that is more than a lookup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound

from ..bodies.models import Body
from ..law import rule_from_json, rule_of
from ..law.dates import meeting_by
from ..law.deciding import Step
from .models import Assessed, Assessment
from .rules import ASSESSED, Marks, ends_office, verdict_of

PUBLISHED = Assessment.State.PUBLISHED
SORTS = {
    "": ("-held_on", "-id"),
    "oldest": ("held_on", "id"),
    "body": ("body__name", "-held_on", "-id"),
    "incompetent": ("-incompetent", "-held_on", "-id"),
}


@dataclass(frozen=True, slots=True)
class AssessmentFilters:
    """What a list of assessments is narrowed by; ``sort`` is a key of ``SORTS``."""

    q: str = ""
    state: str = ""
    year: int | None = None
    sort: str = ""


def assessment_list(actor: Actor, filters: AssessmentFilters | None = None) -> QuerySet[Assessment]:
    """Return the assessments that an actor may see at the desk, the latest first or as asked."""
    asked = filters or AssessmentFilters()
    rows = Assessment.objects.visible_to(actor).select_related("body")
    if words := asked.q.strip():
        rows = rows.filter(body__name__icontains=words)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.year:
        rows = rows.filter(held_on__year=asked.year)
    found = Count("rows", filter=Q(rows__is_incompetent=True))
    return rows.annotate(assessed=Count("rows"), incompetent=found).order_by(
        *SORTS.get(asked.sort, SORTS[""])
    )


def assessment_get(actor: Actor, public_id: UUID) -> Assessment:
    """Return an assessment that the actor may see, or raise ``NotFound``."""
    found = assessment_list(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次评议。"))
    return found


def assessment_public(public_id: UUID) -> Assessment:
    """Return a published assessment, or raise ``NotFound``."""
    found = Assessment.objects.published().select_related("body").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次评议。"))
    return found


def committees_for(actor: Actor) -> list[tuple[Body, date | None]]:
    """Return the committees that are assessed and that the actor sees, with when they were last."""
    rows = Body.objects.visible_to(actor).standing().filter(kind__in=ASSESSED).select_related("unit")
    valid = Assessment.objects.published().filter(is_valid=True, body__in=rows.values("pk")).order_by()
    last = dict(valid.values_list("body").annotate(last=Max("held_on")))
    return [(body, last.get(body.pk)) for body in rows.order_by("area_path", "pk")]


def assess_by(body: Body, last_on: date | None) -> date | None:
    """Return the day by which a committee must be assessed next （每年至少一次）."""
    rule = rule_of(ASSESSED[body.kind][1], clock.today())
    since = max(body.founded_on, rule.begins, clock.local_date(body.created_at))
    return meeting_by(rule.every, last_on, since) if rule.every else None


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """One member's result: the sums, the comparison by the rule, and whether the office ends by law."""

    row: Assessed
    steps: tuple[Step, ...]
    before: bool | None
    ends_office: bool


def lines_of(assessment: Assessment) -> list[AssessedLine]:
    """Return what an assessment said of each member, with the one before （two queries）."""
    rows = list(assessment.rows.select_related("member__body", "member__resident", "member__person"))
    before = _outcomes_before(assessment, [row.member_id for row in rows])
    rule = rule_from_json(assessment.rule)
    lines = []
    for row in rows:
        marks = Marks(row.competent, row.basic, row.incompetent, row.abstain, row.invalid)
        steps = verdict_of(rule, assessment.composition, assessment.attendees, marks).steps
        earlier = before.get(row.member_id)
        outcomes = [row.is_incompetent, *([] if earlier is None else [earlier])]
        lines.append(AssessedLine(row, steps, earlier, assessment.is_valid and ends_office(outcomes)))
    return lines


def _outcomes_before(assessment: Assessment, members: Iterable[int]) -> dict[int, bool]:
    """Return member → what the valid, published assessment before this one said of them."""
    rows = Assessed.objects.filter(
        member__in=list(members),
        assessment__state=PUBLISHED,
        assessment__is_valid=True,
        assessment__held_on__lt=assessment.held_on,
    )
    ordered = rows.order_by("assessment__held_on", "pk")
    return dict(ordered.values_list("member_id", "is_incompetent"))
