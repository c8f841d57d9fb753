"""Workbooks that were imported, and who is on duty when; units and roles themselves belong to accounts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, uuid7


class UnitImport(models.Model):
    """That a workbook was applied as a whole: which, by whom, and how much was new."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    file_name = models.CharField(_("文件名"), max_length=160)
    digest = models.CharField(_("内容摘要"), max_length=64)
    units_new = models.PositiveIntegerField(_("新增单位"))
    staff_new = models.PositiveIntegerField(_("新增人员"))
    imported_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(_("导入时间"))

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return self.file_name


class ShiftKind(models.TextChoices):
    """The shifts of a day; their hours stand in ``shifts.HOURS``."""

    LEAD = "lead", _("带班")
    DAY = "day", _("白班")
    NIGHT = "night", _("夜班")


class DutyShift(models.Model):
    """That a person is on duty for a unit in one shift of one day （值班）."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="shifts")
    on = models.DateField(_("日期"))
    kind = models.CharField(_("班次"), max_length=10, choices=ShiftKind.choices)
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, related_name="shifts", verbose_name=_("值班人")
    )
    phone = EncryptedTextField(_("值班手机"), blank=True)
    swap_to = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["on", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "on", "kind"],
                name="shift_one_person",
                violation_error_message=_("这一班已经排了人。"),
            ),
            models.CheckConstraint(
                condition=Q(swap_to__isnull=True) | ~Q(swap_to=F("person")),
                name="shift_swapped_with_another",
                violation_error_message=_("换班要换给另一个人。"),
            ),
        ]
        indexes = [models.Index(fields=["on", "kind"])]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"
