"""One assessment of a committee, and what it said of each member."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, in_areas, uuid7

READING = frozenset({Function.SUPERVISOR, Function.SYSTEM})


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Reads of assessments; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> AssessmentQuerySet:
        """Return those of the areas of who governs or oversees; everybody else sees what is published."""
        if actor.is_governing or actor.function in READING:
            return self.filter(in_areas("area_path", actor.areas))
        return self.published()

    def published(self) -> AssessmentQuerySet:
        """Return those that residents read."""
        return self.filter(state=Assessment.State.PUBLISHED)


class Assessment(models.Model):
    """That a meeting assessed a committee's members （民主评议）.

    The papers are secret and counted at the meeting; only sums are entered. ``rule`` is the rule as it was.
    """

    class State(models.TextChoices):
        ENTERED = "entered", _("待核对")
        PUBLISHED = "published", _("已公布")
        REJECTED = "rejected", _("已退回")

    area_label = _("民主评议")
    area_open = Q(state="entered")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="assessments")
    area_path = PathField(db_index=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ENTERED)
    held_on = models.DateField(_("评议日期"))
    composition = models.PositiveIntegerField(_("应到人数"))
    attendees = models.PositiveIntegerField(_("到会人数"))
    is_valid = models.BooleanField(_("会议有效"))
    rule = models.JSONField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    rejected_reason = models.CharField(_("退回的原因"), max_length=300, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "held_on"],
                condition=~Q(state="rejected"),
                name="assessment_day_once",
                violation_error_message=_("这一天的评议已经登记过。"),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="assessment_confirmed_by_another",
                violation_error_message=_("登记和核对要是两个人。"),
            ),
            models.CheckConstraint(
                condition=Q(attendees__lte=F("composition")),
                name="assessment_no_more_than_all",
                violation_error_message=_("到会人数不能多于应到人数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"assessment of {self.body_id} on {self.held_on}"


class Assessed(models.Model):
    """What an assessment said of one member; ``is_incompetent`` by the rule of the day."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="rows")
    member = models.ForeignKey("bodies.Member", models.PROTECT, related_name="assessed")
    competent = models.PositiveIntegerField(_("称职"))
    basic = models.PositiveIntegerField(_("基本称职"))
    incompetent = models.PositiveIntegerField(_("不称职"))
    abstain = models.PositiveIntegerField(_("弃权"), default=0)
    invalid = models.PositiveIntegerField(_("废票"), default=0)
    is_incompetent = models.BooleanField(_("不称职"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "member"],
                name="assessed_once",
                violation_error_message=_("同一位成员在一次评议里只能登记一次。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.member_id}"
