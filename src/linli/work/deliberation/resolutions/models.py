"""A resolution, its tasks with owner, money and date, their progress, and its story."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, in_areas, uuid7

from ..stories import StoryEvent
from .workflow import State

READERS = frozenset({Function.SUPERVISOR, Function.GRID_WORKER})


class Filing(models.TextChoices):
    """Where the filing with the street stands."""

    NONE = "none", _("没有报")
    ASKED = "asked", _("已报，待备案")
    RETURNED = "returned", _("被退回")
    RECEIVED = "received", _("已备案")


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    """Reads of resolutions; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> ResolutionQuerySet:
        """Restrict to what this actor may see: by area who governs or oversees, else by their tasks."""
        if actor.function == Function.SYSTEM:
            return self.filter(in_areas("area_path", actor.areas))
        if not actor.is_staff:
            return self.none()
        seen = Q(pk__in=[])
        if actor.is_governing or actor.function in READERS:
            seen |= in_areas("area_path", actor.areas)
        if actor.unit_id is not None:
            own = Task.objects.filter(unit_id=actor.unit_id).values("resolution_id")
            carried = Q(pk__in=models.Subquery(own)) & ~Q(state=State.DRAFT)
            seen |= Q(unit_id=actor.unit_id) | carried
        return self.filter(seen)


class Resolution(models.Model):
    """What a meeting or a ballot decided, to be made known and carried out （决议）."""

    area_label = _("决议")
    area_open = Q(state__in=(State.DRAFT, State.PUBLISHED))

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(_("决议"), max_length=80)
    text = models.TextField(_("内容"))
    body = models.CharField(_("谁决定的"), max_length=80)
    item = models.OneToOneField(
        "meetings.AgendaItem", models.PROTECT, null=True, blank=True, related_name="resolution"
    )
    ballot = models.OneToOneField(
        "ballots.Ballot", models.PROTECT, null=True, blank=True, related_name="resolution"
    )
    decided_on = models.DateField(_("决定日期"))
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("负责单位"))
    area_path = PathField(db_index=True)
    place_code = models.CharField(_("地点代码"), max_length=15)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    public_until = models.DateField(_("公示到"), null=True, blank=True)
    public_days = models.PositiveSmallIntegerField(_("公示天数"), default=15)
    public_source = models.CharField(_("公示的依据"), max_length=160, blank=True)
    filing = models.CharField(_("备案"), max_length=10, choices=Filing.choices, default=Filing.NONE)
    filing_number = models.CharField(_("备案号"), max_length=40, blank=True)
    filing_note = models.CharField(_("备案意见"), max_length=300, blank=True)
    filed_at = models.DateTimeField(_("备案时间"), null=True, blank=True)
    done_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    outcome = models.CharField(_("办结说明"), max_length=500, blank=True)
    withdrawn_reason = models.CharField(_("撤销的原因"), max_length=300, blank=True)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "-id"]
        indexes = [models.Index(fields=["area_path", "decided_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, ballot__isnull=True)
                | Q(item__isnull=True, ballot__isnull=False),
                name="resolution_of_one_decision",
                violation_error_message=_("决议来自一次会议的议题或一次表决。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.PUBLISHED, State.DONE))
                | Q(published_at__isnull=False, public_until__isnull=False),
                name="resolution_published_until",
                violation_error_message=_("公布的决议必须有公示期限。"),
            ),
            models.CheckConstraint(
                condition=Q(public_days__gte=15),
                name="resolution_fifteen_days",
                violation_error_message=_("公示不少于15日。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Task(models.Model):
    """One thing that a resolution asks of a unit by a day, perhaps with money; a duty stands behind it.

    ``public_photos`` are copies of its progress's photos that somebody has looked at: what residents see.
    """

    class State(models.TextChoices):
        OPEN = "open", _("在办")
        DONE = "done", _("已完成")
        DROPPED = "dropped", _("已取消")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="tasks")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("做什么"), max_length=200)
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, related_name="resolution_tasks", verbose_name=_("谁来办")
    )
    helper = models.CharField(_("一起办的人"), max_length=80, blank=True)
    fen = models.BigIntegerField(_("预算（分）"), null=True, blank=True)
    fund = models.CharField(_("钱从哪里出"), max_length=80, blank=True)
    spent = models.BigIntegerField(_("已用（分）"), default=0)
    due_on = models.DateField(_("完成日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, null=True, blank=True, related_name="resolution_tasks"
    )

    public_photos = models.ManyToManyField("files.PublicCopy", blank=True, related_name="+")

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["resolution", "order"], name="task_order_once"),
            models.CheckConstraint(
                condition=Q(spent__gte=0) & (Q(fen__isnull=True) | Q(fen__gte=0)),
                name="task_money_is_not_negative",
                violation_error_message=_("金额不能是负数。"),
            ),
            models.CheckConstraint(
                condition=Q(fen__isnull=True) | Q(spent__lte=F("fen")),
                name="task_spends_no_more_than_decided",
                violation_error_message=_("已用的钱不能超过决定的预算。"),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and it is not done."""
        return self.state == self.State.OPEN and self.due_on < today


class Progress(models.Model):
    """What was done on a task, with photos; ``public_note`` is what residents read."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="progress")
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("进展"), max_length=500)
    public_note = models.CharField(_("给居民看的话"), max_length=300, blank=True)
    fen = models.BigIntegerField(_("这次用了（分）"), default=0)
    is_end = models.BooleanField(_("已完成"), default=False)
    photos = models.ManyToManyField("files.StoredFile", blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "progress"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(is_end=True),
                name="task_ends_once",
                violation_error_message=_("这项任务已经完成。"),
            )
        ]

    def __str__(self) -> str:
        return f"progress {self.pk}"


class ResolutionEvent(StoryEvent):
    """One line of a resolution's story."""

    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="events")

    class Meta(StoryEvent.Meta):
        indexes = [models.Index(fields=["resolution", "at"])]
