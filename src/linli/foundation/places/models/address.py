"""Address objects below a compound: buildings, their stairs, and the parts that people live and work in."""

import re
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, uuid7

from .compound import Compound, HousingType, area_check, year_check
from .grids import grids_among, lies_in, register_areas
from .place import Division, Level

FLOORS_MAX = 200
_ROOM_NUMBER = re.compile(r"[0-9A-Za-z\-]*[0-9A-Za-z]")


class BuildingQuerySet(models.QuerySet["Building"]):
    """Buildings by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those of the compounds that an actor sees in the register."""
        areas = register_areas(actor)
        if "" in areas and actor.function in (Function.SYSTEM, Function.OPERATOR):
            return self.all()
        rows = self.filter(compound__in=Compound.objects.visible_to(actor).values("pk"))
        if not grids_among(areas):
            return rows
        return rows.filter(lies_in(Building, areas, [("", Q())], "compound__area_path"))


class Building(models.Model):
    """A building of a compound (楼栋). ``floor_area`` is in 1/100 m²; ``has_lift`` None is unknown.

    ``closed_on`` is the day on which it was torn down or ceased to be one. ``grids`` are the grids that
    it lies in: several, where a grid takes it by its stairs.
    """

    area_label = _("楼栋")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="buildings")
    name = models.CharField(_("楼栋"), max_length=40)
    sort_key = models.CharField(max_length=60, blank=True)  # numbers padded: 2号 stands before 10号
    lng = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    housing_type = models.CharField(_("房屋类型"), max_length=12, choices=HousingType.choices, blank=True)
    built_year = models.PositiveSmallIntegerField(_("建成年份"), null=True, blank=True)
    floors = models.PositiveSmallIntegerField(_("层数"), null=True, blank=True)
    floor_area = models.PositiveBigIntegerField(_("建筑面积"), null=True, blank=True)
    has_lift = models.BooleanField(_("电梯"), null=True, blank=True)
    closed_on = models.DateField(_("注销日期"), null=True, blank=True)
    grids = models.ManyToManyField(
        Division, related_name="buildings_of_grid", blank=True, limit_choices_to={"level": Level.GRID}
    )
    version = models.PositiveIntegerField(default=1)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "name"],
                name="building_name_once_in_compound",
                violation_error_message=_("这个小区已有同名楼栋。"),
            ),
            models.CheckConstraint(
                condition=Q(floors__isnull=True) | Q(floors__range=(1, FLOORS_MAX)),
                name="building_floors_are_some",
                violation_error_message=_("层数应在1到200之间；不知道就留空。"),
            ),
            year_check("building"),
            area_check("building", "floor_area"),
        ]

    def __str__(self) -> str:
        return f"{self.compound}{self.name}"

    @property
    def area_path(self) -> str:
        """The compound's place."""
        return self.compound.area_path


class Stair(models.Model):
    """A stair or entrance of a building (单元, 门); ``has_lift`` None is what the building says."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    building = models.ForeignKey(Building, models.PROTECT, related_name="stairs")
    name = models.CharField(_("单元"), max_length=40)
    sort_key = models.CharField(max_length=60, blank=True)
    has_lift = models.BooleanField(_("电梯"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["sort_key", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "name"],
                name="stair_name_once_in_building",
                violation_error_message=_("这个楼栋已有同名单元。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.building}{self.name}"

    @property
    def area_path(self) -> str:
        """The compound's place."""
        return self.building.area_path


class PartKind(models.TextChoices):
    """What a part is made for; how it is used stands in the registry of residents."""

    DWELLING = "dwelling", _("住宅")
    SHOP = "shop", _("商铺")
    OFFICE = "office", _("办公")
    INDUSTRY = "industry", _("厂房仓库")
    PARKING = "parking", _("车位")
    PUBLIC = "public", _("公共用房")
    OTHER = "other", _("其他")


class PartQuerySet(models.QuerySet["Part"]):
    """Parts by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those in the areas of a governing function, a grid worker, an operator or a machine."""
        others = (Function.GRID_WORKER, Function.SYSTEM, Function.OPERATOR)
        if not (actor.is_governing or actor.function in others):
            return self.none()
        return self.filter(lies_in(Part, register_areas(actor), [("building__", Q())]))

    def open(self) -> Self:
        """Return those that still stand."""
        return self.filter(closed_on__isnull=True)


class Part(models.Model):
    """A part of a building that is owned and used by itself (房屋, 专有部分): a dwelling, a shop, …

    ``name`` is the room number without 室 where it is one. ``compound`` is its building's, and ``area_path``
    the compound's: kept here so that both follow changes of divisions. ``area`` is in 1/100 m².
    ``closed_on`` is the day on which it ceased to be one (torn down, joined with another, an error).
    """

    area_label = _("房屋")
    area_open = Q(closed_on__isnull=True)
    area_is_compounds = True

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="parts")
    building = models.ForeignKey(Building, models.PROTECT, related_name="parts")
    stair = models.ForeignKey(Stair, models.PROTECT, related_name="parts", null=True, blank=True)
    name = models.CharField(_("室号"), max_length=40)
    floor = models.SmallIntegerField(_("楼层"), null=True, blank=True)
    sort_key = models.CharField(max_length=60, blank=True)
    kind = models.CharField(_("类型"), max_length=10, choices=PartKind.choices, default=PartKind.DWELLING)
    area = models.PositiveBigIntegerField(_("建筑面积"), null=True, blank=True)
    area_path = PathField(db_index=True)
    closed_on = models.DateField(_("注销日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=30, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "name"]
        indexes = [models.Index(fields=["building", "sort_key"], name="part_in_its_building")]
        constraints = [
            models.UniqueConstraint(
                fields=["stair", "name"],
                condition=Q(stair__isnull=False),
                name="part_name_once_in_stair",
                violation_error_message=_("这个单元已有同号房屋。"),
            ),
            models.UniqueConstraint(
                fields=["building", "name"],
                condition=Q(stair__isnull=True),
                name="part_name_once_in_building",
                violation_error_message=_("这个楼栋已有同号房屋。"),
            ),
            area_check("part", "area"),
        ]

    def __str__(self) -> str:
        return f"{self.building}{self.stair.name if self.stair else ''}{self.room_label}"

    @property
    def room_label(self) -> str:
        """The part's own name as people say it: 302室, 亭子间, 底层商铺."""
        is_room = self.kind != PartKind.PARKING and _ROOM_NUMBER.fullmatch(self.name)
        return f"{self.name}室" if is_room else self.name

    @property
    def is_dwelling(self) -> bool:
        """Whether it is made to be lived in."""
        return self.kind == PartKind.DWELLING
