"""That something was here and why it is gone; what must stay for now; what went when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7


class Run(models.Model):
    """One batch that a rule let go: how many, under which period."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    days = models.PositiveIntegerField()
    at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"


class Tombstone(models.Model):
    """One record that went: a keyed digest of its id, so that who knows the id can see that it was here."""

    kind = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    run = models.ForeignKey(Run, models.PROTECT, related_name="tombstones")

    def __str__(self) -> str:
        return self.kind


class Hold(models.Model):
    """That one record must stay although its time is over (暂缓删除), until the hold is lifted."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_name = models.CharField(_("编号"), max_length=80)
    reason = models.CharField(_("理由"), max_length=200)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(lifted_at__isnull=True),
                name="hold_once_a_record",
                violation_error_message=_("这条记录已经暂缓删除。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_name}"
