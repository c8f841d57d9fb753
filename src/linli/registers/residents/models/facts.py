"""What is known of persons and households, benefits already paid, and who is cared for."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import EXECUTING, Actor, Function
from linli.core.fields import PathField, in_areas, uuid7
from linli.foundation.accounts.models import Person, Unit

from .homes import Household
from .people import Resident
from .scope import COUNTING, WORKING, RegisterQuerySet, Sourced
from .ways import lying_in

ABOUT_ONE = Q(resident__isnull=False, household__isnull=True) | Q(
    resident__isnull=True, household__isnull=False
)


class Fact(Sourced):
    """One thing known of a person or a household by a key of the dictionary (``data/facts.yaml``).

    ``state`` tells a value from a known absence (``none``) and from what was asked and is not known. A plain
    value stands in ``value``, a sensitive one in ``value_sealed`` under the subject's data key. ``period``
    tells values of one key apart (``2026-03/pension`` for an income). Half-open from–to.
    """

    class State(models.TextChoices):
        KNOWN = "known", _("已知")
        NONE = "none", _("没有")
        UNKNOWN = "unknown", _("不清楚")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="facts")
    household = models.ForeignKey(Household, models.CASCADE, null=True, blank=True, related_name="facts")
    key = models.CharField(_("项目"), max_length=40)
    period = models.CharField(_("期间"), max_length=30, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.KNOWN)
    value = models.CharField(_("内容"), max_length=200, blank=True)
    value_sealed = models.TextField(blank=True)
    collected_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    collected_on = models.DateField(_("采集日期"))
    document = models.CharField(_("依据"), max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["key", "value"], name="fact_by_key")]
        constraints = [
            models.CheckConstraint(condition=ABOUT_ONE, name="fact_about_one"),
            models.UniqueConstraint(
                fields=["resident", "key", "period"],
                condition=Q(to_on__isnull=True, resident__isnull=False),
                name="fact_of_person_once",
            ),
            models.UniqueConstraint(
                fields=["household", "key", "period"],
                condition=Q(to_on__isnull=True, household__isnull=False),
                name="fact_of_household_once",
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="fact_ends_after_it_begins",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"fact {self.key}"

    @property
    def area_path(self) -> str:
        """The place of whom it is about, for the record of what was done."""
        subject = self.resident or self.household
        return subject.area_path if subject is not None else ""


class Receipt(models.Model):
    """A benefit that was paid or granted, as the paying office's file says."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="receipts")
    household = models.ForeignKey(Household, models.CASCADE, null=True, blank=True, related_name="receipts")
    policy = models.CharField(_("待遇"), max_length=80)
    amount = models.PositiveBigIntegerField(_("金额"), null=True, blank=True)  # in fen
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"), null=True, blank=True)
    authority = models.CharField(_("发放单位"), max_length=80, blank=True)
    source = models.CharField(_("来源"), max_length=30, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        indexes = [models.Index(fields=["policy", "from_on"], name="receipt_by_policy")]
        constraints = [
            models.CheckConstraint(condition=ABOUT_ONE, name="receipt_about_one"),
            models.UniqueConstraint(
                fields=["resident", "policy", "from_on"],
                condition=Q(resident__isnull=False),
                name="receipt_of_person_once",
            ),
            models.UniqueConstraint(
                fields=["household", "policy", "from_on"],
                condition=Q(household__isnull=False),
                name="receipt_of_household_once",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt {self.policy}"

    @property
    def area_path(self) -> str:
        """The place of whom it is about, for the record of what was done."""
        subject = self.resident or self.household
        return subject.area_path if subject is not None else ""


class CareQuerySet(RegisterQuerySet):
    """Entries by who gives the service: nobody else sees them, whatever their area."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those of the actor's own unit; of people who work there within their areas, too."""
        if actor.function == Function.SYSTEM:
            return self.all()
        if actor.unit_id is None or actor.function not in WORKING | EXECUTING:
            return self.none()
        own = self.filter(unit_id=actor.unit_id)
        return own if actor.is_executing else own.filter(lying_in(self.model, actor.areas))


class CareEntry(models.Model):
    """That a rule proposes somebody for a named service, a person confirmed it, and until when it holds.

    ``reasons`` names the conditions that were met, without their values. ``unit`` gives the service.
    """

    area_label = _("关爱服务")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待核")
        CONFIRMED = "confirmed", _("已确认")
        REFUSED = "refused", _("不纳入")
        ENDED = "ended", _("已结束")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="care")
    group = models.CharField(_("类别"), max_length=40)
    rule_version = models.CharField(_("规则版本"), max_length=20)
    service = models.CharField(_("服务"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PROPOSED)
    reasons = models.JSONField(default=list)
    area_path = PathField(blank=True)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    expires_on = models.DateField(_("有效至"), null=True, blank=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["area_path", "state"], name="care_by_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "group"],
                condition=Q(state__in=("proposed", "confirmed")),
                name="care_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(expires_on__isnull=False, decided_by__isnull=False),
                name="care_confirmed_by_somebody_until",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("proposed_at")),
                name="care_decided_after_proposal",
            ),
        ]

    def __str__(self) -> str:
        return self.group


class CareGapQuerySet(models.QuerySet["CareGap"]):
    """Numbers by place."""

    def countable_by(self, actor: Actor) -> Self:
        """Return those of the areas of whoever counts people; a grid is too small for numbers of its own."""
        if actor.function not in COUNTING:
            return self.none()
        return self.filter(in_areas("area_path", actor.areas))


class CareGap(models.Model):
    """How many people of a place a care rule cannot judge: in all (``missing`` empty), or for want of what.

    Written anew every night; numbers only, nobody is named.
    """

    area_label = _("关爱规则判断不了的人数")

    group = models.CharField(_("类别"), max_length=40)
    area_path = PathField()
    missing = models.CharField(_("缺什么"), max_length=60, blank=True)
    people = models.PositiveIntegerField(_("人数"))

    objects = CareGapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "area_path", "missing"], name="care_gap_once")
        ]
        indexes = [models.Index(fields=["area_path"], name="care_gap_by_area")]

    def __str__(self) -> str:
        return f"{self.group} {self.missing}"
