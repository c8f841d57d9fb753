"""Households, who belongs to them, establishments, and which parts they live in or use."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, PathField, uuid7
from linli.foundation.places.models import Compound, Part

from .people import Resident
from .scope import RegisterQuerySet, Sourced


class Household(models.Model):
    """People who live together and share a book or a kitchen; it goes on when it moves.

    ``data_key`` seals its own sensitive facts. ``number_index`` is the blind index of the household's number
    in the files of the police, by which a newer file recognises it.
    """

    area_label = _("户")
    area_is_compounds = True

    class Kind(models.TextChoices):
        FAMILY = "family", _("家庭户")
        COLLECTIVE = "collective", _("集体户")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("户别"), max_length=10, choices=Kind.choices, default=Kind.FAMILY)
    data_key = models.CharField(max_length=200, blank=True)
    number_sealed = models.TextField(_("户号"), blank=True)
    number_index = models.CharField(max_length=64, null=True, blank=True)
    place_code = PathField(max_length=15, blank=True)
    area_path = PathField(blank=True)
    compound = models.ForeignKey(Compound, models.PROTECT, null=True, blank=True, related_name="households")
    ended_on = models.DateField(_("销户日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = RegisterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["area_path"], name="household_by_area"),
            models.Index(fields=["compound"], name="household_by_compound"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number_index"],
                name="household_number_once",
                violation_error_message=_("这个户号已经登记过。"),
            )
        ]

    def __str__(self) -> str:
        return f"household {self.pk}"


class Membership(Sourced):
    """That a person belongs to a household, as what, and whether they live in it or are only registered."""

    class Relation(models.TextChoices):
        HEAD = "head", _("户主")
        SPOUSE = "spouse", _("配偶")
        CHILD = "child", _("子女")
        CHILD_IN_LAW = "child_in_law", _("儿媳、女婿")
        GRANDCHILD = "grandchild", _("孙辈")
        PARENT = "parent", _("父母")
        PARENT_IN_LAW = "parent_in_law", _("公婆、岳父母")
        GRANDPARENT = "grandparent", _("祖父母、外祖父母")
        SIBLING = "sibling", _("兄弟姐妹")
        OTHER_KIN = "other_kin", _("其他亲属")
        NOT_KIN = "not_kin", _("非亲属")

    class Presence(models.TextChoices):
        LIVING = "living", _("实际居住")
        REGISTERED = "registered", _("户在人不在")

    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="memberships")
    relation = models.CharField(
        _("与户主关系"), max_length=15, choices=Relation.choices, default=Relation.NOT_KIN
    )
    presence = models.CharField(
        _("居住情况"), max_length=12, choices=Presence.choices, default=Presence.LIVING
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "presence"],
                condition=Q(to_on__isnull=True),
                name="membership_one_open_each",
                violation_error_message=_("这个人已经登记在另一户，请先办迁出。"),
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(to_on__isnull=True, relation="head"),
                name="household_one_head",
                violation_error_message=_("这一户已经有户主。"),
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="membership_ends_after_it_begins",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} in {self.household_id}"


class Establishment(models.Model):
    """A unit that is really there (实有单位) or owns parts: shop, firm, school, developer."""

    area_label = _("实有单位")
    area_is_compounds = True

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=120)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    kind = models.CharField(_("类别"), max_length=40, blank=True)
    contact = EncryptedTextField(_("负责人"), blank=True)
    phone = EncryptedTextField(_("联系电话"), blank=True)
    place_code = PathField(max_length=15, blank=True)
    area_path = PathField(blank=True)
    compound = models.ForeignKey(
        Compound, models.PROTECT, null=True, blank=True, related_name="establishments"
    )
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    initials = models.CharField(max_length=60, blank=True, editable=False)
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=30, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = RegisterQuerySet.as_manager()

    class Meta:
        ordering = ["pinyin", "name"]
        indexes = [models.Index(fields=["area_path", "pinyin"], name="establishment_by_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="establishment_code_once",
                violation_error_message=_("这个统一社会信用代码已经登记过。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Occupancy(Sourced):
    """That a household lives in a part, or an establishment uses it."""

    class Tenure(models.TextChoices):
        OWNER = "owner", _("自有")
        TENANT = "tenant", _("租住")
        PUBLIC = "public", _("公房承租")
        EMPLOYER = "employer", _("单位宿舍")
        LENT = "lent", _("借住")
        UNKNOWN = "", _("未登记")

    part = models.ForeignKey(Part, models.PROTECT, related_name="occupancies")
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="occupancies"
    )
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, null=True, blank=True, related_name="occupancies"
    )
    tenure = models.CharField(_("居住方式"), max_length=10, choices=Tenure.choices, blank=True, default="")

    class Meta:
        verbose_name_plural = "occupancies"
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(to_on__isnull=True, household__isnull=False),
                name="household_one_dwelling",
                violation_error_message=_("这一户已经登记在另一套房屋，请先办搬家。"),
            ),
            models.UniqueConstraint(
                fields=["part", "establishment"],
                condition=Q(to_on__isnull=True, establishment__isnull=False),
                name="establishment_part_once",
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=False, establishment__isnull=True)
                | Q(household__isnull=True, establishment__isnull=False),
                name="occupancy_of_one",
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="occupancy_ends_after_it_begins",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"occupancy of {self.part_id}"
