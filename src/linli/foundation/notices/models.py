"""Who is told what, written in the same transaction as the event, sent later by a channel.

A notice is its own outbox: ``is_queued`` until the sender has made a delivery of it for each channel
that reaches the person. A broadcast becomes notices in batches, all with its words.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import PathField, in_areas, uuid7

from .rules import opens_for_anyone
from .workflow import State


class Purpose(models.TextChoices):
    """Why somebody is told; information alone can be switched off, emergencies alone go out at night."""

    TRANSACTION = "transaction", _("办事进展")
    LAWFUL = "lawful", _("法定告知")
    INFORMATION = "information", _("信息")
    EMERGENCY = "emergency", _("紧急通知")


class BroadcastQuerySet(models.QuerySet["Broadcast"]):
    """Reads of broadcasts; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> BroadcastQuerySet:
        """Restrict to broadcasts to places inside the actor's areas (governing functions alone)."""
        return self.filter(in_areas("area_path", actor.areas)) if actor.is_governing else self.none()


class Broadcast(models.Model):
    """One message to many people of some areas.

    ``area_path`` is the smallest area that holds all of them: who covers it may see, approve and stop.
    ``audience`` names the groups (``audiences.py``). ``cursor`` is the last person who was reached:
    batches go by ascending person, so that a killed worker goes on where it was. ``kind`` and ``url`` are
    what its notices carry where it tells of a room's record (``notice_spread``).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    purpose = models.CharField(_("性质"), max_length=12, choices=Purpose.choices, default=Purpose.INFORMATION)
    kind = models.CharField(max_length=40, default="broadcast")
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("正文"), max_length=2000)
    url = models.CharField(max_length=200, blank=True)
    sms_text = models.CharField(_("短信内容"), max_length=300, blank=True)
    channels = models.JSONField(_("外发渠道"), default=list, blank=True)
    audience = models.JSONField(_("发给谁"), default=list)
    reported_days = models.PositiveSmallIntegerField(_("近多少天"), default=365)
    places = models.ManyToManyField("places.Division", related_name="+", verbose_name=_("区域"))
    area_path = PathField()
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    send_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    planned_count = models.PositiveIntegerField(_("可送达人数"), default=0)
    planned_cost = models.PositiveBigIntegerField(_("预计费用（分）"), default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    note = models.CharField(_("意见"), max_length=200, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)
    spread_count = models.PositiveIntegerField(_("已发人数"), default=0)

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        verbose_name = _("群发")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["area_path", "-created_at"]),
            models.Index(fields=["send_at"], condition=Q(state__in=State.moving()), name="broadcast_moving"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("created_by")),
                name="broadcast_approved_by_another",
                violation_error_message=_("群发须由另一人审批。"),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Notice(models.Model):
    """One message to one person, as it stands in the inbox; never holds personal details.

    A broadcast's body stays with the broadcast, so that a million people do not carry it each.
    """

    Purpose = Purpose

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="notices", db_index=False)
    purpose = models.CharField(_("性质"), max_length=12, choices=Purpose.choices, default=Purpose.TRANSACTION)
    kind = models.CharField(max_length=40)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("正文"), blank=True)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    is_queued = models.BooleanField(_("待外发"), default=True)
    broadcast = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, blank=True, related_name="notices", db_index=False
    )

    class Meta:
        verbose_name = _("消息")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["id"], condition=Q(is_queued=True, broadcast__isnull=True), name="notice_queued"
            ),
            models.Index(
                fields=["broadcast", "id"],
                condition=Q(is_queued=True, broadcast__isnull=False),
                name="notice_queued_broadcast",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "person"],
                condition=Q(broadcast__isnull=False),
                name="notice_once_a_broadcast",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> str:
        """The body: its own, or its broadcast's."""
        return self.broadcast.body if self.broadcast else self.body

    @property
    def short_words(self) -> str:
        """What a short message says: the broadcast's own words for it, else the title.

        A page that opens without signing in is named with it; every other one is not.
        """
        words = (self.broadcast.sms_text if self.broadcast else "") or self.title
        return f"{words} {settings.BASE_URL}{self.url}" if opens_for_anyone(self.url) else words


class Delivery(models.Model):
    """One try-until-sent over an outside channel (console, e-mail, SMS).

    ``rank`` orders what waits: emergencies, then what concerns the person alone, then broadcasts.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")
        HELD = "held", _("未外发")
        STOPPED = "stopped", _("已叫停")

    class Rank(models.IntegerChoices):
        EMERGENCY = 0
        PERSONAL = 1
        BROADCAST = 2

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", db_index=False)
    broadcast = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, blank=True, related_name="deliveries", db_index=False
    )
    channel = models.CharField(_("渠道"), max_length=20)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    rank = models.PositiveSmallIntegerField(choices=Rank.choices, default=Rank.PERSONAL)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_a_channel")]
        indexes = [
            models.Index(fields=["rank", "next_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(
                fields=["broadcast", "channel", "state"],
                condition=Q(broadcast__isnull=False),
                name="delivery_of_broadcast",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Refused(models.Model):
    """That a person does not want one purpose over one channel; ``inbox`` is a channel too."""

    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="refused_channels")
    purpose = models.CharField(_("性质"), max_length=12, choices=Purpose.choices)
    channel = models.CharField(_("渠道"), max_length=20)
    since = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("不接收的消息")
        constraints = [
            models.UniqueConstraint(fields=["person", "purpose", "channel"], name="refused_once"),
            models.CheckConstraint(condition=~Q(purpose="emergency"), name="emergency_is_never_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}"


class Subscription(models.Model):
    """That a person wants to hear from the neighbourhood they named as theirs, agreed to on a page."""

    person = models.OneToOneField("accounts.Person", models.CASCADE, related_name="subscription")
    place_code = models.CharField(_("社区代码"), max_length=15)
    area_path = PathField(_("社区"), db_index=True)
    agreed_at = models.DateTimeField(_("同意时间"))

    class Meta:
        verbose_name = _("接收社区通知")

    def __str__(self) -> str:
        return self.place_code
