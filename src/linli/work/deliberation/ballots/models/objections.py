"""Objections to a roll or to a result, and what became of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, uuid7

from .ballot import Ballot
from .roll import Elector


class Objection(models.Model):
    """That somebody objects to the roll or to the result; a ruling is due within the lawful days.

    Its text and who objects are personal and stand encrypted.
    """

    class About(models.TextChoices):
        ROLL = "roll", _("名册")
        RESULT = "result", _("结果")

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        UPHELD = "upheld", _("成立")
        REJECTED = "rejected", _("不成立")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="objections")
    about = models.CharField(_("对什么"), max_length=6, choices=About.choices)
    elector = models.ForeignKey(Elector, models.PROTECT, null=True, blank=True, related_name="objections")
    text = EncryptedTextField(_("异议内容"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    by_name = EncryptedTextField(_("提出人"), blank=True)
    made_at = models.DateTimeField(_("提出时间"))
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(_("最迟处理日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    ruling = models.CharField(_("处理意见"), max_length=500, blank=True)
    ruled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    ruled_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | (Q(ruled_at__isnull=False) & ~Q(ruling="")),
                name="objection_ruled_with_words",
                violation_error_message=_("处理异议要写明意见。"),
            )
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"
