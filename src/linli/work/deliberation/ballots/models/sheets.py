"""Ballot sheets on paper, how they were keyed in, and boxes for secret ones."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7

from .ballot import Ballot
from .roll import Elector


class Box(models.Model):
    """A ballot box that stands somewhere or is carried from door to door, for secret sheets without a code.

    ``sealed_by`` and ``witness`` are the two who sealed it; what it held is counted by two people each for
    themselves (``BoxCount``) and settles when both agree.
    """

    class Kind(models.TextChoices):
        STATION = "station", _("固定票箱")
        MOBILE = "mobile", _("流动票箱")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="boxes")
    number = models.PositiveSmallIntegerField(_("箱号"))
    kind = models.CharField(_("种类"), max_length=8, choices=Kind.choices)
    place = models.CharField(_("放在哪里"), max_length=120)
    sealed_at = models.DateTimeField(_("封箱时间"), null=True, blank=True)
    sealed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    witness = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    counts = models.JSONField(default=dict, blank=True)
    counted_at = models.DateTimeField(_("清点时间"), null=True, blank=True)
    difference_reason = models.CharField(_("数目不符的说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "number"], name="box_number_once"),
            models.CheckConstraint(
                condition=Q(witness__isnull=True) | ~Q(witness=models.F("sealed_by")),
                name="box_sealed_by_two",
                violation_error_message=_("封箱要两个人在场。"),
            ),
        ]

    def __str__(self) -> str:
        return f"box {self.number} of {self.ballot_id}"


class BoxCount(models.Model):
    """What one person counted in a box: question → choice → sheets, and how many sheets in all."""

    box = models.ForeignKey(Box, models.CASCADE, related_name="readings")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    counts = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["box", "person"],
                name="box_counted_once_by_each",
                violation_error_message=_("同一个票箱要由两个人各点一遍，您已经点过了。"),
            )
        ]

    def __str__(self) -> str:
        return f"count of {self.box_id}"


class Sheet(models.Model):
    """One numbered sheet that was handed to an elector. Named: it carries its code. Secret: its stub does.

    issued = returned + spoiled + missing, or the count does not begin.
    """

    class State(models.TextChoices):
        ISSUED = "issued", _("已发出")
        RETURNED = "returned", _("已收回")
        SPOILED = "spoiled", _("作废")
        MISSING = "missing", _("未收回")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="sheets")
    number = models.PositiveIntegerField(_("票号"))
    code = models.CharField(_("票码"), max_length=12)
    elector = models.ForeignKey(Elector, models.PROTECT, related_name="sheets")
    box = models.ForeignKey(Box, models.PROTECT, null=True, blank=True, related_name="sheets")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ISSUED)
    issued_at = models.DateTimeField(_("发出时间"))
    issued_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    returned_at = models.DateTimeField(_("收回时间"), null=True, blank=True)
    returned_to = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_keyed = models.BooleanField(_("已录入"), default=False)
    remark = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "number"], name="sheet_number_once"),
            models.UniqueConstraint(fields=["ballot", "code"], name="sheet_code_once"),
            models.UniqueConstraint(
                fields=["elector"],
                condition=Q(state__in=("issued", "returned", "missing")),
                name="sheet_one_for_an_elector",
                violation_error_message=_("这位表决人已经领过票纸；要换票，请先把原来的作废。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(returned_at__isnull=False),
                name="sheet_returned_has_a_time",
                violation_error_message=_("收回的票纸要有收回时间。"),
            ),
            models.CheckConstraint(
                condition=Q(is_keyed=False) | Q(state="returned"),
                name="sheet_keyed_was_returned",
                violation_error_message=_("收回的票纸才能录入。"),
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.number} of {self.ballot_id}"


class Keying(models.Model):
    """What one person read on a named sheet; two people key each sheet in, and both must read the same."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="keyings")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    choices = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "person"],
                name="keying_once_by_each",
                violation_error_message=_("同一张票要由两个人各录一遍，您已经录过了。"),
            )
        ]

    def __str__(self) -> str:
        return f"keying of {self.sheet_id}"
