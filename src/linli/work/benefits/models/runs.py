"""Snapshots of the registry, runs of the policies in force over one, and previews before publication."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.core.fields import PathField, uuid7

from .policies import PolicyVersion


class JobState(models.TextChoices):
    """Where long work stands."""

    WAITING = "waiting", _("等待开始")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有完成")
    DROPPED = "dropped", _("已清除")


def snapshot_folder(day: date, edition: int) -> str:
    """Return where one of a day's snapshots lies, below the room's own folder."""
    return f"snapshots/{day.isoformat()}" if edition == 1 else f"snapshots/{day.isoformat()}-{edition}"


class Snapshot(models.Model):
    """The registry of one day in columns, under ``folder``: no names, numbers or telephones.

    It holds the ``facts`` at which policies and drafts look, and no more; a rule that asks for another one
    is given a further edition. Persons and households bear running numbers that mean nothing outside; which
    resident is which number stands apart (``keys``), and only finding leads reads it.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    day = models.DateField(_("日期"))
    edition = models.PositiveSmallIntegerField(default=1)
    facts = models.JSONField(default=list)
    folder = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    persons = models.PositiveIntegerField(_("人数"), default=0)
    households = models.PositiveIntegerField(_("户数"), default=0)
    size = models.PositiveBigIntegerField(_("字节"), default=0)
    parts_done = models.PositiveIntegerField(default=0)
    parts_all = models.PositiveIntegerField(default=0)
    fault = models.CharField(_("原因"), max_length=200, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["day", "edition"], name="snapshot_edition_once")]

    def __str__(self) -> str:
        return f"snapshot {self.day}"

    @property
    def path(self) -> Path:
        """Where its files lie; ``folder`` is below the installation's own."""
        return Path(settings.HOME) / "benefits" / self.folder


class Run(models.Model):
    """The policies in force on ``as_of`` over everybody in a snapshot; its verdicts lie under ``folder``.

    The first of a policy is a baseline and makes no leads by itself. ``parts_done`` counts the parts that are
    whole: a run that was broken off goes on with the next.
    """

    class Kind(models.TextChoices):
        FULL = "full", _("全部政策")
        AGAIN = "again", _("指定的政策")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FULL)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs")
    as_of = models.DateField(_("按哪天算"))
    policies = models.JSONField(default=list)  # codes; empty: every policy in force
    folder = models.CharField(max_length=200)
    before = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    parts_done = models.PositiveIntegerField(default=0)
    parts_all = models.PositiveIntegerField(default=0)
    fault = models.CharField(_("原因"), max_length=200, blank=True)
    asked_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    led_at = models.DateTimeField(null=True, blank=True)  # what it found and finds no more is in the leads

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"run {self.as_of}"

    @property
    def state_words(self) -> str:
        """Where it stands; of what is gone, whether somebody gave it up or its time was over."""
        is_given_up = self.state == JobState.DROPPED and self.led_at is None
        return str(_("已取消") if is_given_up else self.get_state_display())

    @property
    def path(self) -> Path:
        """Where its files lie; ``folder`` is below the installation's own."""
        return Path(settings.HOME) / "benefits" / self.folder


class RunCount(models.Model):
    """What a run says of one policy in one district: numbers only."""

    area_label = _("政策匹配人数")

    run = models.ForeignKey(Run, models.CASCADE, related_name="counts")
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    area_path = PathField()
    eligible = models.PositiveIntegerField(_("符合"), default=0)
    refused = models.PositiveIntegerField(_("不符合"), default=0)
    unknown = models.PositiveIntegerField(_("待核"), default=0)
    new = models.PositiveIntegerField(_("新线索"), default=0)
    missing = models.JSONField(default=dict)  # fact → how often it is missing
    is_baseline = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "version", "area_path"], name="run_count_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.area_path}"


class Preview(models.Model):
    """What a draft would mean: people by district, cost, who gains and loses, facts missing, leads."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="previews")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)  # of the text that was reckoned
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    result = models.JSONField(default=dict)
    fault = models.CharField(_("原因"), max_length=200, blank=True)
    asked_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"preview of {self.version_id}"
