"""The append-only record of writes and of looks at personal data, its seals, and request keys."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import PathField, uuid7


class AuditRecord(models.Model):
    """One act: ids, field names and keyed digests, never personal values.

    The key is made by the writer (UUIDv7), so that ``mac`` can cover it together with every column.
    ``at`` is the act's time on Linli's clock. ``changes`` maps a field to [digest before, digest after];
    ``looked_at`` names personal fields that were shown, of the person ``about_id``.
    """

    area_is_of_its_day = True  # sealed: a change of divisions leaves the rows where they were written

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("时间"), db_index=True)
    actor_key = models.CharField(max_length=80)
    actor_function = models.CharField(max_length=20)
    person_id = models.BigIntegerField(null=True)
    role_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    deputy_for = models.BigIntegerField(null=True)
    service = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    area_path = PathField(blank=True)
    changes = models.JSONField(default=dict)
    looked_at = models.JSONField(default=list)
    about_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=120, blank=True)
    parent_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=40, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"]),
            models.Index(fields=["person_id", "at"]),
            models.Index(fields=["about_id", "at"], condition=Q(about_id__isnull=False), name="audit_looks"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"


class Seal(models.Model):
    """A signed Merkle root over committed rows, chained to the seal before."""

    number = models.PositiveBigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    row_count = models.PositiveIntegerField()
    merkle_root = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealedRow(models.Model):
    """Which row stands at which place under which seal."""

    record = models.OneToOneField(AuditRecord, models.PROTECT, related_name="sealed", primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="rows", db_index=False)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "position"], name="seal_position_once")]

    def __str__(self) -> str:
        return f"{self.seal_id}/{self.position}"


class RequestKey(models.Model):
    """A request that has been carried out: its input's digest and its result's public id."""

    actor_key = models.CharField(max_length=80)
    service = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    result_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_key", "service", "key"], name="request_key_once")
        ]

    def __str__(self) -> str:
        return self.service
