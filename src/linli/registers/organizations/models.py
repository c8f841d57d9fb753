"""Workbooks of units and staff that were imported; units and roles themselves belong to accounts."""

from django.db import models

from linli.core.fields import uuid7


class UnitImport(models.Model):
    """That a workbook was applied as a whole: which, by whom, and how much was new."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    file_name = models.CharField("文件名", max_length=160)
    digest = models.CharField("内容摘要", max_length=64)
    units_new = models.PositiveIntegerField("新增单位")
    staff_new = models.PositiveIntegerField("新增人员")
    imported_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return self.file_name
