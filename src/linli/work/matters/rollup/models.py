"""The roll-up of matters: three grains and their sums per day; and what is left out of the three rates.

The first three tables follow from matters, their steps and their ratings; nobody writes them but
``rollup.services``. Places are called ``area``, not ``area_path``: the roll-up follows a change of divisions
by following the matters.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import PathField, uuid7

from ..models import Matter

# What is counted of a matter, by the day on which it was reported.
MATTER_MEASURES = (
    *("received", "imported", "emergencies", "open", "closed", "provisional"),
    *("in_time", "late"),  # the lead's work of the present round that is done
    *("overdue", "late_now"),  # limits that still run and were past when the row was last counted
    *("answered", "contacted", "solved", "satisfied"),
    *("left_silent", "left_imported", "left_excluded", "unrated"),
    *("returns", "reopenings", "whistles"),
)
STAGES = ("accept", "sort", "sign", "handle", "verify")
# What is counted of the moves, by the day on which they were made.
MOVE_MEASURES = (
    *("opened", "ended"),
    *(f"{stage}_{end}" for stage in STAGES for end in ("in_time", "late")),
    *("returned", "sent_back", "reopened", "whistled", "supervised"),
)
MEASURES = (*MATTER_MEASURES, *MOVE_MEASURES)


class Axis(models.TextChoices):
    """By what a day of an area is counted: as a whole, or each key of one kind by itself."""

    WHOLE = "", _("合计")
    CATEGORY = "category", _("类别")
    AFFAIR_CLASS = "class", _("三事分类")
    UNIT = "unit", _("主办单位")


class MatterSums(models.Model):
    """The columns that are counted of matters."""

    received = models.IntegerField(default=0)
    imported = models.IntegerField(default=0)
    emergencies = models.IntegerField(default=0)
    open = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    provisional = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)
    late_now = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    contacted = models.IntegerField(default=0)
    solved = models.IntegerField(default=0)
    satisfied = models.IntegerField(default=0)
    left_silent = models.IntegerField(default=0)
    left_imported = models.IntegerField(default=0)
    left_excluded = models.IntegerField(default=0)
    unrated = models.IntegerField(default=0)
    returns = models.IntegerField(default=0)
    reopenings = models.IntegerField(default=0)
    whistles = models.IntegerField(default=0)

    class Meta:
        abstract = True


class MatterFact(MatterSums):
    """The grain of matters: one row for each, under the matter's own id.

    ``due_at`` and ``lead_due_at`` are limits that still run; when one is past the row is counted anew, with
    ``overdue`` or ``late_now``.
    """

    id = models.BigIntegerField(primary_key=True)
    version = models.PositiveIntegerField()
    area = PathField()
    day = models.DateField()
    category_id = models.BigIntegerField(null=True)
    affair_class = models.CharField(max_length=10)
    unit_id = models.BigIntegerField(null=True)
    is_counted = models.BooleanField()
    is_excluded = models.BooleanField()
    due_at = models.DateTimeField(null=True)
    lead_due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "day"], name="rollup_fact_by_area"),
            models.Index(fields=["day"], name="rollup_fact_by_day"),
            models.Index(
                fields=["due_at"], name="rollup_fact_due", condition=Q(due_at__isnull=False, overdue=0)
            ),
            models.Index(
                fields=["lead_due_at"],
                name="rollup_fact_lead_due",
                condition=Q(lead_due_at__isnull=False, late_now=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.day}"


class MoveFact(models.Model):
    """The grain of moves: one row for each step that counts, under the id of its event.

    ``change`` is by how much it changes the number of open matters; ``in_time`` is empty where no limit ran.
    """

    id = models.BigIntegerField(primary_key=True)
    matter_id = models.BigIntegerField(db_index=True)
    day = models.DateField(db_index=True)
    kind = models.CharField(max_length=10)
    change = models.SmallIntegerField()
    in_time = models.SmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.day}"


class DayCell(MatterSums):
    """Sums of one day in one area, of a level down to the street: matters by the day of their report, moves
    by their own. Open at the end of a day is the sum of ``opened`` less ``ended`` up to it."""

    pk = models.CompositePrimaryKey("axis", "level", "area", "day", "key")
    axis = models.CharField(max_length=8, choices=Axis.choices, blank=True)
    level = models.PositiveSmallIntegerField()
    area = PathField()
    key = models.CharField(max_length=20, blank=True)
    day = models.DateField()
    opened = models.IntegerField(default=0)
    ended = models.IntegerField(default=0)
    accept_in_time = models.IntegerField(default=0)
    accept_late = models.IntegerField(default=0)
    sort_in_time = models.IntegerField(default=0)
    sort_late = models.IntegerField(default=0)
    sign_in_time = models.IntegerField(default=0)
    sign_late = models.IntegerField(default=0)
    handle_in_time = models.IntegerField(default=0)
    handle_late = models.IntegerField(default=0)
    verify_in_time = models.IntegerField(default=0)
    verify_late = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    sent_back = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    whistled = models.IntegerField(default=0)
    supervised = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["day"], name="rollup_cell_by_day")]

    def __str__(self) -> str:
        return f"{self.area} {self.day} {self.axis}{self.key}"


class RollupState(models.Model):
    """How far the roll-up has come: one row.

    ``seen_at`` and ``seen_id`` name the last step taken in; ``stage`` and ``position`` say where a rebuild
    is that has not ended, and ``rebuilt_from`` from which step on it is to be followed when it has.
    """

    class Stage(models.TextChoices):
        NONE = "", _("已完成")
        MATTERS = "matters", _("事项")
        MOVES = "moves", _("流转")
        DAYS = "days", _("每日合计")
        INDEXES = "indexes", _("索引")

    seen_at = models.DateTimeField(null=True)
    seen_id = models.BigIntegerField(default=0)
    followed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
    rebuilt_from = models.DateTimeField(null=True)
    stage = models.CharField(max_length=8, choices=Stage.choices, blank=True)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.stage


class Exclusion(models.Model):
    """A matter that is left out of the three rates （剔除）: for a reason of the list, asked for by one
    person and approved by another."""

    class Outcome(models.TextChoices):
        OPEN = "", _("待审批")
        GRANTED = "granted", _("同意")
        REFUSED = "refused", _("不同意")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="exclusions")
    reason = models.CharField(_("剔除情形"), max_length=20)
    note = models.CharField(_("说明"), max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    decision = models.CharField(_("审批意见"), max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(ended_at__isnull=True) & ~Q(outcome="refused"),
                name="exclusion_one_of_a_matter",
                violation_error_message=_("这件事已有剔除申请。"),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="exclusion_approved_by_another",
                violation_error_message=_("剔除须由另一人审批。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.reason}"


class RatesRule(models.Model):
    """How much each of the three rates weighs from a day on, in hundredths, and by which document."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    from_on = models.DateField(_("从哪天起"))
    contacted = models.PositiveSmallIntegerField(_("联系率权重"))
    solved = models.PositiveSmallIntegerField(_("解决率权重"))
    satisfied = models.PositiveSmallIntegerField(_("满意率权重"))
    source = models.CharField(_("依据"), max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    set_unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["from_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="rates_rule_one_a_day",
                violation_error_message=_("这一天已经定了一组权重，请先撤回那一组。"),
            ),
            models.CheckConstraint(
                condition=Q(contacted=100 - F("solved") - F("satisfied")),
                name="rates_rule_adds_up",
                violation_error_message=_("三个权重合计必须是100。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on}"


class ExclusionReason(models.Model):
    """A reason for leaving a matter out: of one's own, or one of the list that is put aside."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(_("剔除情形"), max_length=60)
    source = models.CharField(_("依据"), max_length=200)
    is_used = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="exclusion_reason_name_once",
                violation_error_message=_("已有这种剔除情形。"),
            )
        ]

    def __str__(self) -> str:
        return self.code
