"""The acts that change divisions, what stood before and after, and which places' records move."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, uuid7

from ..workflow import ChangeState
from .compound import Compound
from .place import Level


class ChangeKind(models.TextChoices):
    """What an act does to divisions."""

    SET_UP = "set_up", _("设立")
    ABOLISH = "abolish", _("撤销")
    MERGE = "merge", _("合并")
    SPLIT = "split", _("拆分")
    RENUMBER = "renumber", _("代码变更")
    BOUNDARY = "boundary", _("边界调整")
    RENAME = "rename", _("更名")


class DivisionChangeQuerySet(models.QuerySet["DivisionChange"]):
    """Changes by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all of them to whoever sees the register of places: acts of government are no secret."""
        is_reader = actor.is_governing or actor.function in (Function.OPERATOR, Function.SYSTEM)
        return self.all() if is_reader else self.none()


class DivisionChange(models.Model):
    """An act that sets up, abolishes, merges, splits, renumbers, renames or re-bounds divisions.

    ``plan`` is what was decided (``ChangePlan`` as JSON). ``effective_on`` is the first day of the new
    state. Persons are ids of natural persons, for "another person confirms". ``failure`` says why it could
    not take effect on its day. ``records_total`` and ``records_moved`` tell how far its records have come.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("变更类型"), max_length=10, choices=ChangeKind.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=ChangeState.choices, default=ChangeState.PLANNED
    )
    level = models.PositiveSmallIntegerField(_("级别"), choices=Level.choices)
    scope = PathField(_("所在区域"))
    document = models.CharField(_("批准文号"), max_length=200)
    effective_on = models.DateField(_("生效日期"))
    plan = models.JSONField()
    planned_at = models.DateTimeField()
    planned_by = models.BigIntegerField(null=True)
    planned_by_name = models.CharField(max_length=40, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_by_name = models.CharField(max_length=40, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    records_total = models.PositiveIntegerField(default=0)
    records_moved = models.PositiveIntegerField(default=0)

    objects = DivisionChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_on", "-id"]
        indexes = [models.Index(fields=["state", "effective_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__gt=Level.COUNTY)
                | Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("planned_by")),
                name="division_change_confirmed_by_another",
                violation_error_message=_("区县级以上的变更须由另一人确认。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document}"

    @property
    def is_two_persons(self) -> bool:
        """Whether a second person must confirm it."""
        return self.level <= Level.COUNTY


class DivisionChangePart(models.Model):
    """A division that an act ended, changed or made: the code and name of its day."""

    class Side(models.TextChoices):
        BEFORE = "before", _("变更前")
        AFTER = "after", _("变更后")

    change = models.ForeignKey(DivisionChange, models.CASCADE, related_name="parts")
    side = models.CharField(max_length=6, choices=Side.choices)
    code = PathField(max_length=15, db_index=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["change", "side", "code"], name="change_part_once")]

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class DivisionMove(models.Model):
    """That records of one place of the tree, or of one compound there, belong to another from now on."""

    change = models.ForeignKey(DivisionChange, models.CASCADE, related_name="moves")
    old_path = PathField()
    new_path = PathField()
    compound = models.ForeignKey(Compound, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["change", "old_path"], name="move_by_old_path")]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.new_path}"
