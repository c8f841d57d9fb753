"""A cluster of matters on one cause, and each reporter's receipt in it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, in_areas, uuid7


class Told(models.TextChoices):
    """How a reporter without an account was told what came of it."""

    PHONE = "phone", _("电话")
    VISIT = "visit", _("上门")
    PAPER = "paper", _("纸质回执")


class ClusterQuerySet(models.QuerySet["Cluster"]):
    """Reads of clusters; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> ClusterQuerySet:
        """Restrict to what this actor may see: those who govern the place."""
        if actor.is_governing or actor.function == Function.SYSTEM:
            return self.filter(in_areas("area_path", actor.areas))
        return self.none()


class Cluster(models.Model):
    """Many matters on one cause, handled as one （一案多回执）: what is handled is ``head``."""

    area_label = _("同类事项")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    title = models.CharField(_("共同的事"), max_length=80)
    head = models.ForeignKey("matters.Matter", models.PROTECT, related_name="clusters")
    area_path = PathField(db_index=True)
    place_code = models.CharField(_("地点代码"), max_length=15)
    made_at = models.DateTimeField(_("合并时间"))
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    dissolved_at = models.DateTimeField(_("解散时间"), null=True, blank=True)
    dissolved_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    dissolved_reason = models.CharField(_("解散的原因"), max_length=300, blank=True)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["head"],
                condition=Q(dissolved_at__isnull=True),
                name="cluster_head_once",
                violation_error_message=_("这件事已经是一案多回执里办理的那一件。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Receipt(models.Model):
    """One reporter's own receipt in a cluster: their number, when they joined, how they were told.

    ``left_at``: it turned out to be another matter and goes its own way again; the row stays.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="receipts")
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="receipts")
    joined_at = models.DateTimeField(_("并入时间"))
    joined_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(_("告知结果的时间"), null=True, blank=True)
    told_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    told_how = models.CharField(_("怎样告知"), max_length=8, choices=Told.choices, blank=True)
    left_at = models.DateTimeField(_("分出时间"), null=True, blank=True)
    left_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    left_reason = models.CharField(_("分出的原因"), max_length=300, blank=True)

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(left_at__isnull=True),
                name="receipt_matter_once",
                violation_error_message=_("这件事已经有一份回执。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.cluster_id} {self.matter_id}"
