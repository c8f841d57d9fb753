"""The roll: who may vote in a ballot, with how much area; and where a sealed choice hangs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, uuid7

from .ballot import Ballot

STANDING = ("in", "added")


class Elector(models.Model):
    """One row of a roll: one head, one household, one member. Needs no account.

    ``subject`` says who it is by keys of the registry (``r12``, ``e5``, ``h7``, owners ``r1+r2``, a part
    whose owners are unknown ``p33``) and stands once in a ballot. ``resident`` is who votes for it, empty
    until co-owners have named one. What is not known for certain is in doubt and counts only once
    somebody has said so. ``name`` is kept only of whom the registry does not know. ``label`` is masked.
    ``area`` is in 1/100 m². For secret ballots the sealed choice hangs here and says nothing of when.
    """

    class State(models.TextChoices):
        IN = "in", _("在册")
        ADDED = "added", _("补入")
        DOUBT = "doubt", _("待核")
        STRUCK = "struck", _("已划去")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="electors")
    number = models.PositiveIntegerField(_("名册号"))
    subject = models.CharField(max_length=200)
    resident = models.ForeignKey(
        "residents.Resident", models.PROTECT, null=True, blank=True, related_name="+"
    )
    establishment = models.ForeignKey(
        "residents.Establishment", models.PROTECT, null=True, blank=True, related_name="+"
    )
    household = models.ForeignKey(
        "residents.Household", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    name = EncryptedTextField(_("姓名"), blank=True)
    label = models.CharField(_("公示名"), max_length=60)
    place = models.CharField(_("房屋"), max_length=160, blank=True)
    heads = models.PositiveSmallIntegerField(_("人数"), default=1)
    area = models.PositiveBigIntegerField(_("面积"), default=0)  # in 1/100 m²
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.IN)
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    sealed_choice = models.BinaryField(null=True, blank=True)
    voided_web_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "number"],
                name="elector_number_once",
                violation_error_message=_("这个名册号已经用过。"),
            ),
            models.UniqueConstraint(
                fields=["ballot", "subject"],
                name="elector_once",
                violation_error_message=_("这位表决人已经在名册上，不能列两次。"),
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="elector_is_somebody"),
            models.CheckConstraint(
                condition=Q(heads__lte=1),
                name="elector_is_one_head",
                violation_error_message=_("名册上的一行最多算一人。"),
            ),
            models.CheckConstraint(
                condition=Q(sealed_choice__isnull=True) | Q(voided_web_at__isnull=True),
                name="elector_on_paper_has_no_web_choice",
                violation_error_message=_("已领纸质票的，网上的票已作废。"),
            ),
        ]

    def __str__(self) -> str:
        return f"elector {self.number} of {self.ballot_id}"

    @property
    def is_standing(self) -> bool:
        """Whether the row counts."""
        return self.state in STANDING


class ElectorPart(models.Model):
    """That a part's area counts with an elector: each part once in a ballot, however many own it."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="+")
    elector = models.ForeignKey(Elector, models.CASCADE, related_name="parts")
    part = models.ForeignKey("places.Part", models.PROTECT, related_name="+")
    area = models.PositiveBigIntegerField(_("登记面积"))  # in 1/100 m²

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "part"],
                name="elector_part_once",
                violation_error_message=_("这套房屋的面积已经计入名册，不能计两次。"),
            )
        ]

    def __str__(self) -> str:
        return f"part {self.part_id} of {self.elector_id}"
