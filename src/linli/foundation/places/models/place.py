"""Divisions with their history, and their boundaries."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import PathField, in_areas


class Level(models.IntegerChoices):
    """The level of a division, from the province to the committee's grid."""

    PROVINCE = 1, _("省级")
    CITY = 2, _("地级")
    COUNTY = 3, _("县级")
    STREET = 4, _("乡级")
    COMMITTEE = 5, _("村级")
    GRID = 6, _("网格")


CODE_LENGTH = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12, 6: 15}


class DivisionQuerySet(models.QuerySet["Division"]):
    """Divisions as of a day, and below a place."""

    def on(self, day: date | None = None) -> Self:
        """Return those that stand on ``day`` (both ends as valid_from ≤ day < valid_to), or stand now."""
        if day is None:
            return self.filter(valid_to__isnull=True)
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)

    def under(self, path: str) -> Self:
        """Return those at or below a path."""
        return self.filter(in_areas("path", (path,)))


class Division(models.Model):
    """A division of the country in one period of its life; ``path`` is its place in today's tree."""

    code = PathField(_("区划代码"), max_length=15)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    level = models.PositiveSmallIntegerField(_("级别"), choices=Level.choices)
    kind = models.CharField(_("类型"), max_length=20, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(_("路径"), db_index=True)
    pinyin = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=30, blank=True)
    valid_from = models.DateField(_("设立日期"))
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    document = models.CharField(_("批准文件"), max_length=200, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="division_code_once_a_day",
                violation_error_message=_("同一代码在同一天只能设立一个区划。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="division_ends_after_it_begins",
                violation_error_message=_("撤销日期必须晚于设立日期。"),
            ),
        ]
        indexes = [
            models.Index(fields=["level", "code"]),
            models.Index(fields=["parent", "code"]),
            models.Index(fields=["short_name", "level"], name="division_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def area_path(self) -> str:
        """The place of the division itself, as every record names its place."""
        return self.path


class Boundary(models.Model):
    """The outline of a division in WGS-84; schematic ones stand in until a file is loaded."""

    division = models.OneToOneField(Division, models.CASCADE, related_name="boundary")
    geometry = models.JSONField("GeoJSON")
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    is_schematic = models.BooleanField(_("示意"), default=False)
    source = models.CharField(_("来源"), max_length=200)
    loaded_at = models.DateTimeField()

    class Meta:
        # Read whole for the version of the map, without touching the outlines.
        indexes = [models.Index(fields=["loaded_at", "west", "north"], name="boundary_version")]

    def __str__(self) -> str:
        return _("%(division)s边界") % {"division": self.division}
