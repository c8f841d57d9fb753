"""Everything somebody must do by some time, and the holidays that clocks run over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Function
from linli.core.fields import PathField, uuid7
from linli.foundation.accounts.models import FUNCTIONS

from .rules import Colour, duty_colour, law_words


class Duty(models.Model):
    """One thing to do: about which record, by whom, by when, under which rule.

    Responsible is a person, or everybody with ``function`` in ``unit``, or (no unit) everybody with
    ``function`` whose areas cover ``area_path``.
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
                fields=["due_at"], condition=Q(state="open", escalation_step=0), name="duty_not_yet_overdue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_label} {self.title}"

    @property
    def colour(self) -> Colour:
        """Green, amber or red, as the clock stands now."""
        return duty_colour(clock.now(), self.due_at, self.remind_at)

    @property
    def law(self) -> str:
        """The limit and the rule behind it, in words."""
        return law_words(self.limit_amount, self.limit_unit, self.source)


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
