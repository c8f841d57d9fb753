"""A whistle, the units that it calls, and its joint record."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function, Scope
from linli.core.fields import PathField, in_areas, uuid7

from .workflow import State


class Cause(models.TextChoices):
    """For which of three causes units are called."""

    CONCERN = "concern", _("居民急难、街镇解决不了")
    JOINT = "joint", _("联合执法、综合整治")
    EMERGENCY = "emergency", _("应急处置")


class Way(models.TextChoices):
    """How a unit checked in."""

    CODE = "code", _("扫码")
    POSITION = "position", _("到场定位")
    ONLINE = "online", _("线上")


class Mark(models.TextChoices):
    """What the caller thinks of a unit's coming, and of its work."""

    GOOD = "good", _("满意")
    FAIR = "fair", _("基本满意")
    POOR = "poor", _("不满意")


class WhistleQuerySet(models.QuerySet["Whistle"]):
    """Reads of whistles; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> WhistleQuerySet:
        """Restrict to what this actor may see: governing by area, others where their unit is called."""
        if actor.function == Function.SYSTEM:
            return self.filter(in_areas("area_path", actor.areas))
        if not (actor.is_staff or actor.function == Function.CLIENT):
            return self.none()
        seen = Q(pk__in=[])
        if actor.is_governing or actor.grants(Scope.MATTERS_READ):
            seen |= in_areas("area_path", actor.areas)
        if actor.unit_id is not None and (actor.is_staff or actor.grants(Scope.MATTERS_ACT)):
            called = Call.objects.filter(unit_id=actor.unit_id).values("whistle_id")
            seen |= Q(pk__in=models.Subquery(called)) | Q(unit_id=actor.unit_id)
        return self.filter(seen)


class Whistle(models.Model):
    """That units are called to a place at a time （吹哨）."""

    area_label = _("吹哨")
    area_open = Q(state__in=(State.CALLED, State.FINISHED))

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.CALLED)
    cause = models.CharField(_("哪种哨"), max_length=12, choices=Cause.choices)
    title = models.CharField(_("事由"), max_length=80)
    reason = models.CharField(_("请来做什么"), max_length=500)
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, null=True, blank=True, related_name="whistles"
    )
    area_path = PathField(db_index=True)
    place_code = models.CharField(_("地点代码"), max_length=15)
    place = models.CharField(_("集合地点"), max_length=160)
    lng = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    gather_at = models.DateTimeField(_("集合时间"))
    online = models.CharField(_("线上会议"), max_length=160, blank=True)
    code = models.CharField(_("现场码"), max_length=12)
    called_at = models.DateTimeField(_("吹哨时间"))
    called_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("吹哨单位"))
    finished_at = models.DateTimeField(null=True, blank=True)
    is_solved = models.BooleanField(_("当场解决"), null=True, blank=True)
    outcome = models.TextField(_("办了什么"), blank=True)
    told = models.CharField(_("告诉居民的话"), max_length=500, blank=True)
    cancelled_reason = models.CharField(_("取消的原因"), max_length=300, blank=True)

    objects = WhistleQuerySet.as_manager()

    class Meta:
        ordering = ["-gather_at", "-id"]
        indexes = [
            models.Index(fields=["state", "gather_at"]),
            models.Index(fields=["area_path", "called_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=(State.FINISHED, State.CLOSED)) | Q(finished_at__isnull=False),
                name="whistle_finished_has_a_time",
                violation_error_message=_("办结必须有办结时间。"),
            ),
            models.CheckConstraint(
                condition=~Q(cause=Cause.CONCERN) | Q(matter__isnull=False),
                name="whistle_concern_has_a_matter",
                violation_error_message=_("居民急难的哨要从一件事项吹起。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Call(models.Model):
    """That one unit is called by a whistle; the only source of what a called unit sees of it."""

    class State(models.TextChoices):
        CALLED = "called", _("待报到")
        CAME = "came", _("已报到")
        ANSWERED = "answered", _("已反馈")
        ABSENT = "absent", _("没有到场")
        DROPPED = "dropped", _("已取消")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    whistle = models.ForeignKey(Whistle, models.PROTECT, related_name="calls")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="whistle_calls")
    is_lead = models.BooleanField(_("牵头"), default=False)
    assignment = models.ForeignKey(
        "matters.Assignment", models.PROTECT, null=True, blank=True, related_name="whistle_calls"
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CALLED)
    due_at = models.DateTimeField(_("报到时限"))
    came_at = models.DateTimeField(_("报到时间"), null=True, blank=True)
    came_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    way = models.CharField(_("报到方式"), max_length=10, choices=Way.choices, blank=True)
    metres = models.PositiveIntegerField(_("离集合地点（米）"), null=True, blank=True)
    result = models.TextField(_("做了什么"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    coming = models.CharField(_("到场"), max_length=6, choices=Mark.choices, blank=True)
    work = models.CharField(_("办理"), max_length=6, choices=Mark.choices, blank=True)
    comment = models.CharField(_("评语"), max_length=300, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    rated_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    was_proper = models.BooleanField(_("这次哨该不该吹"), null=True, blank=True)
    reply = models.CharField(_("对评价的回应"), max_length=300, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-is_lead", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["whistle", "unit"],
                name="call_unit_once",
                violation_error_message=_("同一个单位只能请一次。"),
            ),
            models.UniqueConstraint(
                fields=["whistle"],
                condition=Q(is_lead=True),
                name="call_one_lead",
                violation_error_message=_("一次哨只能有一个牵头单位。"),
            ),
            models.CheckConstraint(
                condition=Q(came_at__isnull=True, way="") | (Q(came_at__isnull=False) & ~Q(way="")),
                name="call_came_in_some_way",
                violation_error_message=_("报到必须有时间和方式。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.whistle_id} {self.unit_id}"

    @property
    def is_present(self) -> bool:
        """Whether the unit has checked in."""
        return self.came_at is not None

    @property
    def is_unrated(self) -> bool:
        """Whether it is still to be rated; a call that came to nothing is not rated."""
        return self.rated_at is None and self.state != self.State.DROPPED

    def is_late(self, now: datetime) -> bool:
        """Whether it came after its limit, or has not come and its limit is over."""
        return self.state != self.State.DROPPED and (self.came_at or now) > self.due_at


class WhistleEvent(models.Model):
    """One line of a whistle's joint record: what happened, or what somebody on the spot wrote down."""

    whistle = models.ForeignKey(Whistle, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=20)
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    photos = models.ManyToManyField("files.StoredFile", blank=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["whistle", "at"])]

    def __str__(self) -> str:
        return self.verb
