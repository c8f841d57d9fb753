"""Imports, what each row of a file became, rows that wait for correction, saved column maps."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import EncryptedTextField, PathField, in_areas, uuid7

from .targets import target_choices

ROW_COUNTS = ("new", "changed", "unchanged", "conflicts", "quarantined")


class ColumnMap(models.Model):
    """Which column is which field, kept under a name for the next file of the same kind."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    target = models.CharField(max_length=30)
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="column_maps"
    )
    name = models.CharField(_("名称"), max_length=60)
    spec = models.JSONField(_("对应关系"), default=dict)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(fields=["target", "unit", "name"], name="column_map_name_once"),
            models.UniqueConstraint(
                fields=["target", "name"], condition=Q(unit__isnull=True), name="column_map_name_once_alone"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportQuerySet(models.QuerySet["Import"]):
    """Reads of imports; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> ImportQuerySet:
        """Restrict to the actor's areas: administrators there; operators and machines all of theirs."""
        if actor.function in (Function.OPERATOR, Function.SYSTEM):
            return self.filter(in_areas("area_path", actor.areas or ("",)))
        if actor.is_governing and actor.is_unit_admin:
            return self.filter(in_areas("area_path", actor.areas))
        return self.none()


class Import(models.Model):
    """One file that is brought in: uploaded, mapped, looked through, run, perhaps undone.

    ``data_key`` (wrapped) opens what is kept under ``path``; empty for a file that was kept in clear once.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("待设置")
        CHECKING = "checking", _("正在预览")
        CHECKED = "checked", _("待确认")
        RUNNING = "running", _("正在导入")
        HELD = "held", _("待复核")
        DONE = "done", _("已导入")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        FAILED = "failed", _("出错")
        DISCARDED = "discarded", _("已放弃")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    target = models.CharField(_("导入什么"), max_length=30)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.UPLOADED)
    area_path = PathField(blank=True)
    areas = models.JSONField(default=list)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="imports")
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    name = models.CharField(_("文件名"), max_length=160)
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200, blank=True)
    data_key = models.CharField(max_length=200, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    headers = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    dropped = models.JSONField(default=list)
    total = models.PositiveIntegerField(_("行数"), default=0)
    first_text = EncryptedTextField(blank=True)

    spec = models.JSONField(_("对应关系"), default=dict)
    is_counted = models.BooleanField(_("计入统计"), default=False)
    preview_text = EncryptedTextField(blank=True)
    cursor = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    ending = models.JSONField(default=dict)
    failure = models.CharField(_("出错原因"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    file_gone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["area_path", "-created_at"]), models.Index(fields=["state"])]

    def __str__(self) -> str:
        return self.name

    @property
    def target_label(self) -> Any:
        """What is imported, in words."""
        return dict(target_choices()).get(self.target, self.target)

    @property
    def first_lines(self) -> list[list[str]]:
        """The cells of the file's first rows; empty once the file is gone."""
        found: list[list[str]] = json.loads(self.first_text) if self.first_text else []
        return found

    @property
    def rows_done(self) -> int:
        """How many rows of the file have become something."""
        return sum(self.counts.get(name, 0) for name in ROW_COUNTS)

    @property
    def is_working(self) -> bool:
        """Whether the worker has something to do here."""
        return self.state in (self.State.CHECKING, self.State.RUNNING, self.State.UNDOING)

    @property
    def preview(self) -> dict[str, Any]:
        """What looking through the file found; empty before that."""
        found: dict[str, Any] = json.loads(self.preview_text) if self.preview_text else {}
        return found


class PreviewPage(models.Model):
    """A stretch of the rows with one outcome as looking through the file saw them; personal values masked.

    ``first`` is the place of its first line among all lines of that outcome.
    """

    of = models.ForeignKey(Import, models.CASCADE, related_name="pages")
    outcome = models.CharField(max_length=12)
    first = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    lines_text = EncryptedTextField()

    class Meta:
        ordering = ["first"]
        constraints = [models.UniqueConstraint(fields=["of", "outcome", "first"], name="preview_page_once")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.outcome} {self.first}"


class ImportProgress(models.Model):
    """How far the job is and when it last gave a sign of life; one that is silent is started again."""

    of = models.OneToOneField(Import, models.CASCADE, related_name="progress", primary_key=True)
    done = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.of_id} {self.done}"


class ImportedRow(models.Model):
    """What one row of a file became; ``is_current`` is the last word on its record.

    ``key`` and ``digest`` are keyed digests: equal rows are recognised, nothing can be read from them.
    After an undo the row stays as the tombstone.
    """

    class Outcome(models.TextChoices):
        STANDS = "", _("有效")
        UNDONE = "undone", _("已撤销")
        KEPT = "kept", _("已保留")

    of = models.ForeignKey(Import, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(_("行号"))
    target = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    is_new = models.BooleanField()
    is_current = models.BooleanField(default=True)
    before_text = EncryptedTextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    reason = models.CharField(_("保留的原因"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "key"], condition=Q(is_current=True), name="imported_row_current_once"
            )
        ]
        indexes = [
            models.Index(fields=["of", "outcome"]),
            models.Index(fields=["target", "key"]),
            models.Index(fields=["target", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.of_id} {self.number}"


class QuarantinedRow(models.Model):
    """A row that waits: it could not be taken (cells and why), or a person has to decide between two values.

    Gone when corrected, decided, undone or expired. ``is_corrected``: to be tried again. ``is_keyless``: not
    even whom or what it means could be read. ``clashes_text``: what disagrees, ours and theirs; ``decided``
    field → choice, by whom and when.
    """

    of = models.ForeignKey(Import, models.PROTECT, related_name="quarantine")
    number = models.PositiveIntegerField(_("行号"))
    cells_text = EncryptedTextField()
    reasons = models.JSONField(_("原因"), default=list)
    is_corrected = models.BooleanField(default=False)
    is_keyless = models.BooleanField(default=False)
    is_conflict = models.BooleanField(default=False)
    clashes_text = EncryptedTextField(blank=True)
    decided = models.JSONField(default=dict)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="quarantined_row_once")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.number}"

    @property
    def clashes(self) -> list[dict[str, Any]]:
        """What disagrees, field by field."""
        found: list[dict[str, Any]] = json.loads(self.clashes_text) if self.clashes_text else []
        return found
