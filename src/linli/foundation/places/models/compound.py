"""Address objects with ids of their own: compounds, and what a file names without a street."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, in_areas, uuid7

from .grids import lies_in, register_areas
from .place import Division

YEARS = (1840, 2100)


class HousingType(models.TextChoices):
    """How a building came to be housing, or something else."""

    COMMERCIAL = "commercial", _("商品房")
    REFORMED = "reformed", _("售后公房")
    PUBLIC = "public", _("直管公房")
    RESETTLEMENT = "resettlement", _("动迁安置房")
    AFFORDABLE = "affordable", _("经济适用房")
    RENTAL = "rental", _("公租房")
    LANE = "lane", _("里弄")
    SELF_BUILT = "self_built", _("自建房")
    BUSINESS = "business", _("商办")
    OTHER = "other", _("其他")


def year_check(what: str) -> models.CheckConstraint:
    """Return the constraint that a year of building is unknown or a year."""
    return models.CheckConstraint(
        condition=Q(built_year__isnull=True) | Q(built_year__range=YEARS),
        name=f"{what}_built_year_is_a_year",
        violation_error_message=_("建成年份应在1840年到2100年之间。"),
    )


def area_check(what: str, field: str) -> models.CheckConstraint:
    """Return the constraint that an area in 1/100 m² is unknown or more than nothing."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": 0}),
        name=f"{what}_{field}_is_positive",
        violation_error_message=_("面积必须大于0；不知道就留空。"),
    )


class CompoundQuerySet(models.QuerySet["Compound"]):
    """Compounds by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those in the areas of a governing function or an operator; others read no register.

        A committee also sees what nobody has claimed yet in its street. Names and positions of compounds
        are no secret: the public search reads all of them.
        """
        if not (actor.is_governing or actor.function in (Function.SYSTEM, Function.OPERATOR)):
            return self.none()
        areas = register_areas(actor)
        if "" in areas:
            return self.all()
        parts = [area.split("/")[:-1] for area in areas]
        around = {"/".join(codes[:count]) + "/" for codes in parts for count in range(1, len(codes))}
        unclaimed = Q(is_committee_confirmed=False, area_path__in=around)
        return self.filter(lies_in(Compound, areas, [("buildings__", Q())]) | unclaimed)


class Compound(models.Model):
    """A residential compound (小区): an address object with its own id, in a street, later in a committee.

    ``area_path`` is the committee's path once the committee is confirmed, until then the street's.
    ``housing_type`` and ``built_year`` are what a file says of the whole; its buildings may say otherwise.
    """

    area_label = _("小区")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=160, blank=True)
    street = models.ForeignKey(Division, models.PROTECT, related_name="compounds_of_street")
    committee = models.ForeignKey(
        Division, models.PROTECT, related_name="compounds_of_committee", null=True, blank=True
    )
    is_committee_confirmed = models.BooleanField(_("居委已确认"), default=False)
    area_path = PathField(db_index=True)
    lng = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    pinyin = models.CharField(max_length=160, blank=True)
    initials = models.CharField(max_length=40, blank=True)
    housing_type = models.CharField(_("房屋类型"), max_length=12, choices=HousingType.choices, blank=True)
    built_year = models.PositiveSmallIntegerField(_("建成年份"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=30, blank=True)
    source_key = models.CharField(max_length=64, blank=True)  # by which its file knows it again
    version = models.PositiveIntegerField(default=1)

    objects = CompoundQuerySet.as_manager()

    class Meta:
        ordering = ["pinyin", "name"]
        indexes = [models.Index(fields=["lat", "lng"])]
        constraints = [
            models.UniqueConstraint(
                fields=["street", "name"],
                name="compound_name_once_in_street",
                violation_error_message=_("这个街镇已有同名小区。"),
            ),
            models.CheckConstraint(
                condition=Q(lng__isnull=True, lat__isnull=True)
                | Q(lng__isnull=False, lat__isnull=False, lng__range=(-180, 180), lat__range=(-90, 90)),
                name="compound_position_is_whole",
                violation_error_message=_("经度和纬度要么都填，要么都不填。"),
            ),
            models.CheckConstraint(
                condition=Q(is_committee_confirmed=False) | Q(committee__isnull=False),
                name="compound_confirmed_has_committee",
                violation_error_message=_("先选居委，才能确认。"),
            ),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source_key=""),
                name="compound_once_of_its_file",
                violation_error_message=_("这份文件的这个小区已经登记过。"),
            ),
            year_check("compound"),
        ]

    def __str__(self) -> str:
        return self.name


class Unplaced(models.TextChoices):
    """Why a compound of a file has no street yet."""

    NO_STREET = "no_street", _("没有街镇信息")
    NOT_FOUND = "not_found", _("街镇名称或代码不在区划中")
    AMBIGUOUS = "ambiguous", _("街镇名称不唯一")


class UnplacedCompoundQuerySet(models.QuerySet["UnplacedCompound"]):
    """Compounds without a street by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those that may lie in an actor's areas, by what is known of them; operators see all.

        A street also sees what is only known to lie in its district; what is not even known by its
        district is seen by the city.
        """
        if actor.function in (Function.SYSTEM, Function.OPERATOR):
            return self.all()
        if not actor.is_governing:
            return self.none()
        parts = [area.split("/")[:-1] for area in actor.areas]
        above = {"/".join(codes[:count]) + "/" for codes in parts for count in range(3, len(codes))}
        mine = in_areas("area_path", actor.areas) | Q(area_path__in=above)
        return self.filter(mine | Q(area_path="") if actor.function == Function.CITY else mine)


class UnplacedCompound(models.Model):
    """A compound that a file names without a street: kept until somebody says where it is.

    ``area_path`` is as much as is known: that of ``near``, of the district, or nothing. ``near`` is the
    nearest street with an outline and ``near_m`` how far it is: a suggestion. Placing makes a ``Compound``
    of it; ``dismissed_on`` is set where it is none of ours (then the same file brings it no more).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=160, blank=True)
    district = models.CharField(_("区（文件所写）"), max_length=60, blank=True)
    town = models.CharField(_("街镇（文件所写）"), max_length=60, blank=True)
    code = models.CharField(_("代码（文件所写）"), max_length=15, blank=True)
    reason = models.CharField(_("原因"), max_length=10, choices=Unplaced.choices)
    lng = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    near = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    near_m = models.PositiveIntegerField(null=True, blank=True)
    area_path = PathField(db_index=True, blank=True)
    housing_type = models.CharField(_("房屋类型"), max_length=12, choices=HousingType.choices, blank=True)
    built_year = models.PositiveSmallIntegerField(_("建成年份"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=30)
    source_key = models.CharField(max_length=64)
    dismissed_on = models.DateField(_("不属于本地"), null=True, blank=True)

    objects = UnplacedCompoundQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="unplaced_once_of_its_file"),
            models.CheckConstraint(
                condition=Q(lng__isnull=True, lat__isnull=True)
                | Q(lng__isnull=False, lat__isnull=False, lng__range=(-180, 180), lat__range=(-90, 90)),
                name="unplaced_position_is_whole",
            ),
            year_check("unplaced"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def near_km(self) -> float | None:
        """How far the nearest street is, in kilometres with one decimal."""
        return None if self.near_m is None else round(self.near_m / 1000, 1)
