"""The service counter （窗口）: who came today, in which order, who serves them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import EncryptedTextField, uuid7


class VisitPurpose(models.TextChoices):
    """What somebody comes to the counter for."""

    ADVICE = "advice", _("咨询")
    MATTER = "matter", _("反映事情")
    ERRAND = "errand", _("全程代办")


class VisitState(models.TextChoices):
    """Where a visitor stands; there is nothing after done and left."""

    WAITING = "waiting", _("等候")
    SERVING = "serving", _("接待中")
    DONE = "done", _("已办")
    LEFT = "left", _("已离开")


class CounterVisitQuerySet(models.QuerySet["CounterVisit"]):
    """Reads of visits; a counter is seen by the people of its unit and nobody else."""

    def visible_to(self, actor: Actor) -> CounterVisitQuerySet:
        """Restrict to the counter of the actor's own unit."""
        return self.filter(unit_id=actor.unit_id or 0)


class CounterVisit(models.Model):
    """One visitor of one day: a number, as little else as possible, and what came of it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    on = models.DateField(_("日期"))
    number = models.PositiveSmallIntegerField(_("排号"))
    purpose = models.CharField(_("来意"), max_length=10, choices=VisitPurpose.choices)
    topic = models.CharField(_("事由"), max_length=80, blank=True)
    name = EncryptedTextField(_("称呼"), blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=VisitState.choices, default=VisitState.WAITING)
    came_at = models.DateTimeField(_("到达"))
    called_at = models.DateTimeField(_("开始接待"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    served_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接待人")
    )
    matter = models.ForeignKey("matters.Matter", models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.CharField(_("当场答复"), max_length=300, blank=True)

    objects = CounterVisitQuerySet.as_manager()

    class Meta:
        ordering = ["on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "on", "number"],
                name="visit_number_once_a_day",
                violation_error_message=_("这个号已经发出，请再试一次。"),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(state="left") | Q(served_by__isnull=False),
                name="visit_served_by_somebody",
                violation_error_message=_("接待要有接待人。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"
