"""Closing many at once: proposed by one person, looked through by another before anything happens."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import PathField, in_areas, uuid7

from .matter import Matter


class ClosingRule(models.Model):
    """How many matters the units of a street may propose to close at once, and on one day."""

    area_label = _("批量办结规则")

    area_path = PathField(unique=True)
    at_once = models.PositiveSmallIntegerField(_("一次最多几件"), validators=[MinValueValidator(1)])
    a_day = models.PositiveSmallIntegerField(_("一个单位一天最多几件"), validators=[MinValueValidator(1)])
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.at_once}/{self.a_day}"


class ClosingBatchQuerySet(models.QuerySet["ClosingBatch"]):
    """Reads of proposals to close many."""

    def visible_to(self, actor: Actor) -> ClosingBatchQuerySet:
        """Restrict to those of the areas of whoever governs; others see none."""
        return self.filter(in_areas("area_path", actor.areas)) if actor.is_governing else self.none()


class ClosingBatch(models.Model):
    """Several handled matters that one person proposes to close; nothing happens before another agrees."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已办结")
        REFUSED = "refused", _("复核不通过")
        WITHDRAWN = "withdrawn", _("已撤回")
        UNDONE = "undone", _("办结已撤销")

    area_label = _("批量办结")
    area_open = Q(state="waiting")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    area_path = PathField()
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    finding = models.CharField(_("核查情况"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    proposed_at = models.DateTimeField(_("提交时间"))
    proposed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(_("复核意见"), max_length=500, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    undone_reason = models.CharField(_("撤销原因"), max_length=500, blank=True)

    objects = ClosingBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="closing_decided_by_another",
                violation_error_message=_("批量办结须由另一人复核。"),
            )
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class ClosingItem(models.Model):
    """One matter of a proposal in the version of then; struck out by the reviewer, or closed by itself."""

    class Outcome(models.TextChoices):
        WAITING = "", _("等待复核")
        STRUCK = "struck", _("划掉，不办结")
        FAILED = "failed", _("没有办成")
        CLOSED = "closed", _("已办结")
        UNDONE = "undone", _("办结已撤销")

    batch = models.ForeignKey(ClosingBatch, models.CASCADE, related_name="items")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome.choices, blank=True, default="")
    why = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "matter"], name="closing_matter_once_a_batch")
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
