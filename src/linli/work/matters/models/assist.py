"""What the machine has learnt, how sure it must be to speak, and what people decided after it had spoken."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import PathField, in_areas

LEAST_PERCENT, MOST_PERCENT, USUAL_PERCENT = 20, 99, 50


class SuggestionTarget(models.TextChoices):
    """What is suggested about a matter."""

    CATEGORY = "category", _("类别")
    AFFAIR_CLASS = "affair_class", _("三事分类")
    UNIT_KIND = "unit_kind", _("主责单位类别")
    URGENCY = "urgency", _("紧急程度")


class AssistModel(models.Model):
    """One training: its files stand under ``assist/<version>/``; the figures are of texts held back.

    ``figures`` maps each target that could be learnt to its rows, macro-F1, calibration and labels.
    """

    area_label = _("建议模型")

    version = models.CharField(_("版本"), max_length=40, unique=True)
    area_path = PathField(blank=True)
    source = models.CharField(_("训练数据"), max_length=80)
    rows = models.PositiveIntegerField(_("条数"))
    figures = models.JSONField(_("检验结果"), default=dict)
    seconds = models.FloatField(_("用时（秒）"))
    trained_by = models.CharField(_("训练人"), max_length=60)
    trained_at = models.DateTimeField(_("训练时间"))
    is_current = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["-trained_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_path"],
                condition=Q(is_current=True),
                name="assist_model_current_once",
                violation_error_message=_("同一范围只能有一个在用的模型。"),
            )
        ]

    def __str__(self) -> str:
        return self.version


class AssistThreshold(models.Model):
    """How sure the machine must be, in per cent, to suggest something in a street; below it is silent."""

    area_label = _("建议门槛")

    area_path = PathField(unique=True)
    percent = models.PositiveSmallIntegerField(
        _("门槛（%）"), validators=[MinValueValidator(LEAST_PERCENT), MaxValueValidator(MOST_PERCENT)]
    )
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=LEAST_PERCENT, percent__lte=MOST_PERCENT),
                name="assist_threshold_in_range",
                violation_error_message=_("门槛在20%到99%之间。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.percent}%"


class AssistChoiceQuerySet(models.QuerySet["AssistChoice"]):
    """Reads of what people decided; governing functions count them over their areas."""

    def visible_to(self, actor: Actor) -> AssistChoiceQuerySet:
        """Restrict to decisions about matters of the actor's areas; others see none."""
        if not actor.is_governing:
            return self.none()
        return self.filter(in_areas("matter__area_path", actor.areas))


class AssistChoice(models.Model):
    """What was suggested about a matter and what a person decided: every override is an example.

    ``suggested`` is empty where the machine was silent; ``probability`` where words alone spoke.
    """

    matter = models.ForeignKey("matters.Matter", models.CASCADE, related_name="+")
    target = models.CharField(_("对象"), max_length=12, choices=SuggestionTarget.choices)
    suggested = models.CharField(_("建议"), max_length=40, blank=True)
    probability = models.FloatField(_("把握"), null=True, blank=True)
    chosen = models.CharField(_("决定"), max_length=40)
    model_version = models.CharField(_("模型版本"), max_length=40, blank=True)
    at = models.DateTimeField(_("时间"), db_index=True)

    objects = AssistChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.target} {self.at:%Y-%m-%d}"


class AssistCall(models.Model):
    """One question to the larger model outside: when, how long it took, and whether it was answered."""

    at = models.DateTimeField(_("时间"), db_index=True)
    is_answered = models.BooleanField(_("有答复"))
    milliseconds = models.PositiveIntegerField(_("用时（毫秒）"))

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
