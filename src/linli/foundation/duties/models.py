"""Everything somebody must do by some time, and the holidays that clocks run over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Function
from linli.core.fields import PathField, uuid7
from linli.foundation.accounts.models import FUNCTIONS

from .rules import Colour, duty_colour, law_words
from .rungs import KIND_WORDS, LEVEL_WORDS, RUNG_WORDS, Rung


class Duty(models.Model):
    """One thing to do: about which record, by whom, by when, under which rule.

    Responsible is a person, or everybody with ``function`` in ``unit``, or (no unit) everybody with
    ``function`` whose areas cover ``area_path``. Once it was handed up, those of ``held_by`` over the place
    have it, until ``stage_due_at``; whoever had it goes on reading, and ``due_at`` stays what it was.
    ``next_at`` is when the ladder's next rung is due.
    """

    area_label = _("待办")
    area_open = Q(state__in=("open", "paused"))

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        PAUSED = "paused", _("已暂停")
        DONE = "done", _("已办")
        CANCELLED = "cancelled", _("已取消")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=40)
    subject_number = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("事由"), max_length=120)
    url = models.CharField(max_length=200)
    action = models.CharField(_("要办的事"), max_length=40)
    action_label = models.CharField(max_length=40)
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="duties", db_index=False
    )
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="duties", db_index=False
    )
    function = models.CharField(max_length=20, choices=FUNCTIONS, default=Function.COMMITTEE)
    area_path = PathField()
    clock = models.CharField(_("时限"), max_length=40, blank=True)
    limit_amount = models.PositiveSmallIntegerField(_("时限数量"), null=True, blank=True)
    limit_unit = models.CharField(_("时限单位"), max_length=10, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    is_provisional = models.BooleanField(_("暂定"), default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    paused_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    escalation_step = models.PositiveSmallIntegerField(default=0)
    ladder_round = models.PositiveSmallIntegerField(default=0)
    held_by = models.CharField(max_length=20, choices=FUNCTIONS, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    stage_due_at = models.DateTimeField(null=True, blank=True)
    is_supervised = models.BooleanField(_("督办"), default=False)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        indexes = [
            models.Index(fields=["room", "subject_id"]),
            models.Index(fields=["unit", "due_at"], condition=Q(state="open"), name="duty_open_unit"),
            models.Index(fields=["person", "due_at"], condition=Q(state="open"), name="duty_open_person"),
            models.Index(
                fields=["function", "area_path", "due_at"], condition=Q(state="open"), name="duty_open_area"
            ),
            models.Index(
                fields=["held_by", "area_path", "due_at"],
                condition=Q(state="open") & ~Q(held_by=""),
                name="duty_open_handed",
            ),
            models.Index(
                fields=["next_at"], condition=Q(state="open", next_at__isnull=False), name="duty_to_climb"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_label} {self.title}"

    @property
    def colour(self) -> Colour:
        """Green, amber or red, as the clock stands now."""
        return duty_colour(clock.now(), self.due_at, self.remind_at)

    @property
    def held_words(self) -> str:
        """The level that has it, in words; empty where it was not handed up."""
        return str(LEVEL_WORDS.get(self.held_by, ""))

    @property
    def stage_colour(self) -> Colour:
        """Green or red for the clock of whoever it was handed up to."""
        return duty_colour(clock.now(), self.stage_due_at, None)

    @property
    def law(self) -> str:
        """The limit and the rule behind it, in words."""
        return law_words(self.limit_amount, self.limit_unit, self.source)


class DutyStep(models.Model):
    """One rung that a duty climbed: when, who had it from then on, by which version of the ladder.

    ``round`` begins anew with an extension. ``void``: taken back so many times before (a clock ran ahead).
    ``next_at`` and ``stage_due_at`` are the duty's as this step left them.
    """

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="steps", db_index=False)
    round = models.PositiveSmallIntegerField()
    rung = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()
    stage_due_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    is_vacant = models.BooleanField(default=False)
    void = models.PositiveSmallIntegerField(default=0)
    ladder = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "round", "rung", "level", "void"],
                name="duty_climbs_a_rung_once",
                violation_error_message=_("这一步已经走过。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.rung} {self.level}"

    @property
    def words(self) -> str:
        """The rung in words, with the level where there is one."""
        words = str(RUNG_WORDS[Rung(self.rung)])
        level = str(LEVEL_WORDS.get(self.level, ""))
        return f"{level}{words}" if self.rung == Rung.SUPERVISED else f"{words}{level}"


class LadderClock(models.Model):
    """The latest time the ladder has seen (one row), by which a clock set back is noticed."""

    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.seen_at)


class LadderRule(models.Model):
    """A street's or district's own figures for one kind of duty, from a day on.

    Working days for ``day``, minutes for ``hour``; remind and amber in per cent of the limit.
    """

    area_label = _("超时阶梯的规定")

    area_path = PathField()
    kind = models.CharField(_("适用于"), max_length=4, choices=list(KIND_WORDS.items()))
    valid_from = models.DateField(_("生效日期"))
    remind = models.PositiveSmallIntegerField(_("提醒（时限用去的百分比）"))
    amber = models.PositiveSmallIntegerField(_("变黄（时限用去的百分比）"))
    hand_up = models.PositiveSmallIntegerField(_("超时后多久上交"))
    street = models.PositiveSmallIntegerField(_("街镇办理期限"))
    district = models.PositiveSmallIntegerField(_("区办理期限"))
    city = models.PositiveSmallIntegerField(_("市办理期限"))
    supervise = models.PositiveSmallIntegerField(_("督办期限"))
    reason = models.CharField(_("依据"), max_length=200)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["area_path", "kind", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.area_path} {self.kind} {self.valid_from}"


class HolidayYear(models.Model):
    """A year whose official holiday notice has been loaded."""

    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(_("依据"), max_length=200)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.year)


class Holiday(models.Model):
    """A day that differs from the plain week: a day off, or a weekend day that is worked (调休)."""

    year = models.ForeignKey(HolidayYear, models.CASCADE, related_name="days")
    on = models.DateField(unique=True)
    is_workday = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
