"""That a list was taken away as a file, and the file for as long as it is kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.fields import PathField, in_areas, uuid7
from linli.core.listing import Text, listing_get

from .permissions import can_see_every_export, can_see_exports


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports, and who sees that they were made."""

    def visible_to(self, actor: Actor) -> "ExportQuerySet":
        """Keep one's own; for those who oversee, also their unit's and those over their areas."""
        if can_see_every_export(actor):
            return self
        seen = Q(actor_key=actor.key)
        if can_see_exports(actor):
            seen |= Q(area_path__gt="") & in_areas("area_path", actor.areas)
            seen |= Q(unit_id=actor.unit_id, unit__isnull=False)
        return self.filter(seen)


class Export(models.Model):
    """One list taken away: who, when, which list, narrowed by what, how many rows, what for.

    ``query`` is the list page's query, ``conditions`` the same in words. ``role``, ``areas`` and
    ``account`` are those the list was asked for with, so that the worker asks for the same.
    """

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel 表格")
        CSV = "csv", _("CSV 文本")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    listing = models.CharField(_("列表"), max_length=40)
    format = models.CharField(_("格式"), max_length=4, choices=Format.choices)
    query = models.TextField(_("筛选参数"), blank=True)
    conditions = models.TextField(_("筛选条件"), blank=True)
    row_count = models.PositiveIntegerField(_("行数"))
    purpose = models.CharField(_("用途"), max_length=120, blank=True)
    made_at = models.DateTimeField(_("导出时间"))
    actor_key = models.CharField(max_length=80)
    actor_name = models.CharField(_("导出身份"), max_length=40)
    person = models.ForeignKey(
        "accounts.Person",
        models.PROTECT,
        null=True,
        related_name="exports",
        db_index=False,
        verbose_name=_("导出人"),
    )
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    role = models.ForeignKey("accounts.Role", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, related_name="exports", verbose_name=_("单位")
    )
    areas = models.JSONField(default=list)
    area_path = PathField(blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("导出记录")
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["-made_at", "-id"]),
            models.Index(fields=["actor_key", "-made_at"]),
            models.Index(fields=["person", "-made_at"]),
            models.Index(fields=["area_path", "-made_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.listing}.{self.format}"

    @property
    def title(self) -> Text:
        """What the list is called."""
        return listing_get(self.listing).title

    @property
    def is_inline(self) -> bool:
        """Whether it has so few rows that the browser waits for the file."""
        return self.row_count <= int(settings.EXPORT_INLINE_ROWS)


class ExportFile(models.Model):
    """The work on an export and its result: a consequence of the export, not a record of its own."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在生成")
        READY = "ready", _("可下载")
        FAILED = "failed", _("没有完成")
        REMOVED = "removed", _("已到期删除")

    export = models.OneToOneField(Export, models.CASCADE, related_name="file", primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="ready"), name="export_expires")]

    def __str__(self) -> str:
        return f"{self.state} {self.path}"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still being made."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_downloadable(self) -> bool:
        """Whether the file is there and its time is not over."""
        return (
            self.state == self.State.READY and self.expires_at is not None and clock.now() < self.expires_at
        )

    @property
    def percent(self) -> int:
        """How far the work is, 0 to 100."""
        return min(100, self.done * 100 // max(self.export.row_count, 1))
