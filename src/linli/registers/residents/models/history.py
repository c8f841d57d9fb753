"""What happened to a person, a household or a part of the registry, and how it was before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, PathField, uuid7
from linli.foundation.accounts.models import Person, Unit
from linli.foundation.places.models import Part

from .homes import Establishment, Household
from .people import Resident
from .scope import RegisterQuerySet


class RegisterEvent(models.Model):
    """One act on the registry as people read it; ``undo_text`` (encrypted) is how to take it back.

    ``fields`` names what changed, never the values: those stand sealed in ``undo_text``. One act that
    touches several subjects leaves one row for each, joined by ``act``.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    act = models.UUIDField(default=uuid7, db_index=True)
    verb = models.CharField(max_length=40)
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="events")
    household = models.ForeignKey(Household, models.CASCADE, null=True, blank=True, related_name="events")
    establishment = models.ForeignKey(
        Establishment, models.CASCADE, null=True, blank=True, related_name="events"
    )
    part = models.ForeignKey(Part, models.CASCADE, null=True, blank=True, related_name="+")
    area_path = PathField(blank=True)
    happened_on = models.DateField(_("发生日期"), null=True, blank=True)
    at = models.DateTimeField(_("登记时间"))
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    fields = models.JSONField(default=list)
    reason = models.CharField(_("原因"), max_length=120, blank=True)
    source = models.CharField(_("来源"), max_length=30, blank=True)
    undo_text = EncryptedTextField(blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.verb


class Assessment(models.Model):
    """A personal-information impact assessment (PIPL 55, 56) of one unit, with its digest.

    ``content`` is what the platform said of itself on that day; ``lawful``, ``impact`` and ``measures`` are
    what a person judged, one for each point of article 56. Once concluded nothing of it changes.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评估单位")
    )
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    title = models.CharField(_("名称"), max_length=120)
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    lawful = models.TextField(_("目的、处理方式是否合法、正当、必要"), blank=True)
    impact = models.TextField(_("对个人权益的影响及安全风险"), blank=True)
    measures = models.TextField(_("保护措施是否合法、有效并与风险程度相适应"), blank=True)
    made_at = models.DateTimeField(_("生成时间"))
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    concluded_at = models.DateTimeField(_("定稿时间"), null=True, blank=True)
    concluded_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "version"], name="assessment_version_once"),
        ]

    def __str__(self) -> str:
        return self.title
