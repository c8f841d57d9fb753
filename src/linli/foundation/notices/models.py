"""Who is told what, written in the same transaction as the event, sent later by a channel.

A notice is its own outbox: ``is_queued`` until the sender has made a delivery of it for each channel
that reaches the person.
"""

from django.db import models
from django.db.models import Q

from linli.core.fields import uuid7


class Notice(models.Model):
    """One message to one person, as it stands in the inbox; never holds personal details."""

    class Purpose(models.TextChoices):
        TRANSACTION = "transaction", "办事进展"
        LAWFUL = "lawful", "法定告知"
        INFORMATION = "information", "信息"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="notices", db_index=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.TRANSACTION)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    is_queued = models.BooleanField("待外发", default=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["id"], condition=Q(is_queued=True), name="notice_queued"),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """One try-until-sent over an outside channel (console, e-mail; later SMS, WeChat)."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_a_channel")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_waiting")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
