"""People who come from another committee's area, and pairs that somebody looked at and found to be two."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import PathField, uuid7
from linli.foundation.accounts.models import Person, Unit
from linli.foundation.places.models import Part
from linli.foundation.places.models.grids import lies_in

from .homes import Household, Membership, Occupancy
from .people import Resident
from .scope import WORKING
from .ways import lying_in


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Transfers by who gives and who asks."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those of persons in the actor's areas, and of parts there to which somebody moves."""
        if actor.function not in WORKING:
            return self.none()
        coming = lies_in(self.model, actor.areas, [("part__building__", Q())], "part__area_path")
        return self.filter(lying_in(self.model, actor.areas) | coming)


class Transfer(models.Model):
    """That a committee asks for a person registered in another's area; nothing changes until it is confirmed.

    ``area_path`` is where the person is registered (the giving side); ``part`` is where they move to, into
    ``household`` or a new one; with ``is_whole_household`` their household moves as it is.
    """

    area_label = _("迁移")

    class State(models.TextChoices):
        ASKED = "asked", _("待对方确认")
        CONFIRMED = "confirmed", _("已迁入")
        REFUSED = "refused", _("未同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="transfers")
    is_whole_household = models.BooleanField(_("全户迁移"), default=False)
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, null=True, blank=True, related_name="transfers")
    relation = models.CharField(_("与户主关系"), max_length=15, choices=Membership.Relation.choices)
    presence = models.CharField(_("居住情况"), max_length=12, choices=Membership.Presence.choices)
    tenure = models.CharField(_("居住方式"), max_length=10, choices=Occupancy.Tenure.choices, blank=True)
    moved_on = models.DateField(_("迁移日期"))
    area_path = PathField(blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("说明"), max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["area_path", "state"], name="transfer_by_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(state="asked"),
                name="transfer_once",
                violation_error_message=_("这个人已有一件迁移待对方确认。"),
            )
        ]

    def __str__(self) -> str:
        return f"transfer of {self.resident_id}"


class Distinct(models.Model):
    """That somebody compared two registrations that look alike and found two persons; the lower id first."""

    first = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    second = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_lower_first"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
