"""Who owns a part: the title, its owners with their shares, and who votes for them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, PathField, uuid7
from linli.foundation.places.models import Compound, Part

from .homes import Establishment
from .people import Resident
from .scope import RegisterQuerySet, Sourced


class Ownership(Sourced):
    """The title to one part from–to: registered area in 1/100 m², its document, its owners."""

    area_label = _("产权")
    area_is_compounds = True

    class Kind(models.TextChoices):
        SOLD = "sold", _("已售")
        UNSOLD = "unsold", _("开发商未售")
        PUBLIC = "public", _("公有")
        UNKNOWN = "", _("未登记")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    part = models.ForeignKey(Part, models.PROTECT, related_name="ownerships")
    kind = models.CharField(_("性质"), max_length=10, choices=Kind.choices, blank=True, default="")
    registered_area = models.PositiveBigIntegerField(_("登记面积"))  # in 1/100 m²
    certificate = EncryptedTextField(_("权证号"), blank=True)
    certificate_index = models.CharField(max_length=64, blank=True, db_index=True)
    place_code = PathField(max_length=15, blank=True)
    area_path = PathField(blank=True)
    compound = models.ForeignKey(Compound, models.PROTECT, null=True, blank=True, related_name="ownerships")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("更新时间"))

    objects = RegisterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["area_path"], name="ownership_by_area"),
            models.Index(fields=["compound"], name="ownership_by_compound"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["part"],
                condition=Q(to_on__isnull=True),
                name="ownership_one_open",
                violation_error_message=_("这套房屋已经登记了现有产权，请先办转移。"),
            ),
            models.CheckConstraint(
                condition=Q(registered_area__gt=0),
                name="ownership_area_positive",
                violation_error_message=_("登记面积必须大于0。"),
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="ownership_ends_after_it_begins",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"ownership of {self.part_id}"


class Owner(models.Model):
    """One owner of a title: a person or an establishment, with a share as a fraction where it is known."""

    ownership = models.ForeignKey(Ownership, models.CASCADE, related_name="owners")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="owned")
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, null=True, blank=True, related_name="owned"
    )
    numerator = models.PositiveIntegerField(_("份额分子"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("份额分母"), null=True, blank=True)
    is_voter = models.BooleanField(_("表决人"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resident__isnull=False, establishment__isnull=True)
                | Q(resident__isnull=True, establishment__isnull=False),
                name="owner_is_one",
            ),
            models.UniqueConstraint(
                fields=["ownership"],
                condition=Q(is_voter=True),
                name="ownership_one_voter",
                violation_error_message=_("共有的房屋只能推选一人表决。"),
            ),
            models.UniqueConstraint(
                fields=["ownership", "resident"],
                condition=Q(resident__isnull=False),
                name="owner_person_once",
            ),
            models.UniqueConstraint(
                fields=["ownership", "establishment"],
                condition=Q(establishment__isnull=False),
                name="owner_establishment_once",
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__gt=0, denominator__gt=0, numerator__lte=F("denominator")),
                name="owner_share_is_fraction",
                violation_error_message=_("份额要写成不大于1的分数，如 1/2。"),
            ),
        ]

    def __str__(self) -> str:
        return f"owner of {self.ownership_id}"
