"""Who may be entitled and is to be told: waves, visits to households, leads with their trace, batches."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import GOVERNING, Actor, Function
from linli.core.fields import PathField, in_areas, uuid7
from linli.foundation.accounts.models import Person, Unit
from linli.foundation.accounts.selectors import path_prefixes
from linli.foundation.places.models.grids import lies_in
from linli.registers.residents.models import Household, Resident
from linli.registers.residents.models.ways import household_ways

from .policies import Policy, PolicyVersion
from .runs import Run

# They go to people; district and city read numbers only.
VISITING = frozenset({Function.GRID_WORKER, Function.COMMITTEE, Function.STREET, Function.SYSTEM})
RELEASING = frozenset({Function.STREET, Function.DISTRICT, Function.CITY})  # who lets waves begin


class LeadQuerySet(models.QuerySet[Any]):
    """Rows about people: only who works with them reads any; who governs may count."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the rows in the areas of those who go to people; in a grid, of its buildings."""
        if actor.function not in VISITING:
            return self.none()
        return self.filter(lies_in(self.model, actor.areas, household_ways("household__")))

    def countable_by(self, actor: Actor) -> Self:
        """Return the rows that the actor may count, never to be listed for them."""
        if actor.function == Function.SYSTEM:
            return self.all()
        return self.filter(in_areas("area_path", actor.areas)) if actor.function in GOVERNING else self.none()


class WaveQuerySet(models.QuerySet[Any]):
    """Waves by the area over which they run."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the waves in the actor's areas and those from above that reach into them."""
        if actor.function == Function.SYSTEM:
            return self.all()
        if actor.function not in GOVERNING:
            return self.none()
        above = [path for area in actor.areas for path in path_prefixes(area)]
        return self.filter(in_areas("area_path", actor.areas) | Q(area_path__in=above))


class BatchQuerySet(models.QuerySet[Any]):
    """Lists without application, by area; they say how many, never who."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the lists in the areas of whoever governs."""
        if actor.function == Function.SYSTEM:
            return self.all()
        return self.filter(in_areas("area_path", actor.areas)) if actor.function in GOVERNING else self.none()


class Wave(models.Model):
    """That whoever is found under a policy in an area is handed to workers, so many a week for each."""

    area_label = _("政策找人批次")

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        PAUSED = "paused", _("暂停")
        DONE = "done", _("已结束")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="waves")
    area_path = PathField()
    per_worker_week = models.PositiveIntegerField(_("每人每周几户"), default=10)
    includes_unknown = models.BooleanField(_("包括值得上门核实的"), default=False)
    until_on = models.DateField(_("派到哪天为止"), null=True, blank=True)  # the last day of handing out
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    released_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField()
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="+")  # looked through
    filled_at = models.DateTimeField(null=True, blank=True)  # everybody whom that run found is a lead
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["-released_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "area_path"], condition=~Q(state="done"), name="wave_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"wave {self.pk}"


class Outreach(models.Model):
    """One going to a household, for all that was found for its people; a duty of whoever is named."""

    area_label = _("政策上门")

    class State(models.TextChoices):
        OPEN = "open", _("待上门")
        DONE = "done", _("已办")

    class Channel(models.TextChoices):
        VISIT = "visit", _("上门")
        PHONE = "phone", _("电话")
        MESSAGE = "message", _("站内消息")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="outreach")
    area_path = PathField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(_("怎么联系"), max_length=10, choices=Channel.choices, default=Channel.VISIT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    first_contact_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(state="open"), name="outreach_one_open_a_household"
            )
        ]
        indexes = [models.Index(fields=["area_path", "state", "due_at"], name="outreach_by_area")]

    def __str__(self) -> str:
        return f"outreach {self.pk}"


class Lead(models.Model):
    """That a policy may be for somebody: recommended by a run, judged by people.

    ``resident`` is whom it is for, empty where it is the household's. ``trace_sealed`` keeps every condition
    with its value, clause and date, sealed under the data key of whom it is about; ``missing`` names facts,
    never values. Leads wait (``WAITING``) until a wave takes them.
    """

    area_label = _("政策线索")

    class Verdict(models.TextChoices):
        ELIGIBLE = "eligible", _("符合")
        UNKNOWN = "unknown", _("待核")

    class State(models.TextChoices):
        WAITING = "waiting", _("待派")
        OPEN = "open", _("待联系")
        TOLD = "told", _("已告知")
        APPLIED = "applied", _("已申请")
        GRANTED = "granted", _("已享受")
        REFUSED = "refused", _("未获批")
        HAS = "has", _("早已享受")
        DECLINED = "declined", _("本人不要")
        WRONG = "wrong", _("信息有误")
        GONE = "gone", _("不再符合")
        OBJECTED = "objected", _("本人反对自动匹配")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="leads")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="+")
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, blank=True, related_name="leads")
    batch = models.ForeignKey("Batch", models.SET_NULL, null=True, blank=True, related_name="leads")
    outreach = models.ForeignKey(Outreach, models.SET_NULL, null=True, blank=True, related_name="leads")
    household = models.ForeignKey(Household, models.PROTECT, related_name="leads")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="leads")
    area_path = PathField()
    verdict = models.CharField(_("结论"), max_length=10, choices=Verdict.choices)
    missing = models.JSONField(default=list)
    amount = models.BigIntegerField(_("金额"), null=True, blank=True)  # fen, by the policy's period
    trace_sealed = models.TextField(blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    found_on = models.DateField(_("发现日期"))
    contacted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["found_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "resident"],
                condition=Q(resident__isnull=False, state__in=("waiting", "open", "told", "applied")),
                name="lead_one_open_a_person",
            ),
            models.UniqueConstraint(
                fields=["policy", "household"],
                condition=Q(resident__isnull=True, state__in=("waiting", "open", "told", "applied")),
                name="lead_one_open_a_household",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path", "policy", "state"], name="lead_by_area"),
            models.Index(fields=["policy", "state"], name="lead_by_policy"),
        ]

    def __str__(self) -> str:
        return f"lead {self.pk}"


class LeadEvent(models.Model):
    """One step of a lead: who moved it from where to where, when and why."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    from_state = models.CharField(max_length=10, choices=Lead.State.choices)
    to_state = models.CharField(max_length=10, choices=Lead.State.choices)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)  # a wrong press, taken back then

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Batch(models.Model):
    """Leads of a policy without application (免申即享), put together by one person, approved by another."""

    area_label = _("免申即享名单")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待另一人核准")
        APPROVED = "approved", _("已核准")
        REFUSED = "refused", _("未核准")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="batches")
    area_path = PathField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    people = models.PositiveIntegerField(_("人数"), default=0)
    amount = models.BigIntegerField(_("金额"), default=0)  # fen
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="batch_two_persons",
                violation_error_message=_("提交的人不能自己核准，请另一人核准。"),
            )
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"
