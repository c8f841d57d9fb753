"""Who a matter was handed to, what they asked for, what was asked and answered, and how it was rated."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7

from .answering import Way
from .matter import Matter


class Assignment(models.Model):
    """That a unit takes part in handling a matter; the only source of what an executing unit sees."""

    class Part(models.TextChoices):
        LEAD = "lead", _("主办")
        CO = "co", _("协办")
        WHISTLED = "whistled", _("报到")
        COUNTER = "counter", _("会签")

    class State(models.TextChoices):
        SENT = "sent", _("待签收")
        SIGNED = "signed", _("已签收")
        HANDLED = "handled", _("已反馈")
        RETURNED = "returned", _("已退单")
        WAIVED = "waived", _("已免除")
        MOVED = "moved", _("已改派")
        RECALLED = "recalled", _("已收回")
        OPPOSED = "opposed", _("不同意")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="assignments")
    round = models.PositiveSmallIntegerField(default=1)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="assignments")
    part = models.CharField(_("角色"), max_length=10, choices=Part.choices, default=Part.LEAD)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.SENT)
    is_final = models.BooleanField(_("不得退单"), default=False)
    instruction = models.CharField(_("交办要求"), max_length=500, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    returns_to = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(_("办理时限"), null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)
    due_source = models.CharField(max_length=200, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    result = models.TextField(_("办理结果"), blank=True)
    waived_reason = models.CharField(_("免除理由"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(part="lead", ended_at__isnull=True),
                name="assignment_one_lead",
                violation_error_message=_("一件事同时只能有一个主办单位。"),
            ),
            models.UniqueConstraint(
                fields=["matter", "unit"],
                condition=Q(ended_at__isnull=True),
                name="assignment_unit_once",
                violation_error_message=_("这个单位已在办理这件事。"),
            ),
        ]
        indexes = [models.Index(fields=["unit", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.unit}"


class HandlingRequest(models.Model):
    """What a unit asks the street (returns: or the committee) to decide: return, more time, a pause."""

    class Kind(models.TextChoices):
        RETURN = "return", _("退单")
        EXTENSION = "extension", _("延期")
        PAUSE = "pause", _("挂起")
        REOPEN = "reopen", _("重办")

    class Outcome(models.TextChoices):
        OPEN = "", _("待审批")
        GRANTED = "granted", _("同意")
        REFUSED = "refused", _("不同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="requests")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(_("理由"), max_length=500)
    lawful_reason = models.CharField(_("法定情形"), max_length=40, blank=True)
    proposal = models.CharField(_("建议"), max_length=300, blank=True)
    proposed_unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    new_due_at = models.DateTimeField(_("申请的新时限"), null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    asked_unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(_("审批意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "kind"],
                condition=Q(outcome=""),
                name="request_one_open_of_a_unit",
                violation_error_message=_("本单位已有同类申请在审批，请等待结果。"),
            ),
            models.UniqueConstraint(
                fields=["matter", "kind"],
                condition=Q(outcome="", assignment__isnull=True),
                name="request_one_open_of_a_kind",
                violation_error_message=_("已有同类申请在审批，请等待结果。"),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Question(models.Model):
    """A question to the reporter and its answer."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="questions")
    text = models.CharField(_("问题"), max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        return self.text


class Rating(models.Model):
    """What the reporter says after closing: contacted? solved? satisfied? （三率）, once a round.

    ``reasons`` are codes of ``data/satisfaction.yaml``; ``asked_by`` wrote down what was said on the
    telephone or in person.
    """

    Way = Way

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField(default=1)
    was_contacted = models.BooleanField(_("是否联系过您"))
    was_solved = models.BooleanField(_("是否解决"))
    was_satisfied = models.BooleanField(_("是否满意"))
    reasons = models.JSONField(_("原因"), default=list, blank=True)
    comment = models.CharField(_("想说的话"), max_length=500, blank=True)
    way = models.CharField(_("评价方式"), max_length=10, choices=Way.choices, default=Way.HERE)
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    rated_at = models.DateTimeField()
    rated_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "round"],
                name="rating_once_a_round",
                violation_error_message=_("这件事您已经评价过了。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.round}"
