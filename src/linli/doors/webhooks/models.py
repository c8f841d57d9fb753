"""Who is told of what, the messages that wait or went, and each attempt to send one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, uuid7


class Subscription(models.Model):
    """An address of a client's system that is told of some steps of matters in some of its areas.

    It is told no more than the client may read. ``owner`` set it up or resumed it last, and is called when
    its receiver fails for long.
    """

    area_label = _("推送")

    class State(models.TextChoices):
        ACTIVE = "active", _("推送中")
        PAUSED = "paused", _("已暂停")
        DISABLED = "disabled", _("长时间失败，已停用")
        CLOSED = "closed", _("已停止")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", models.PROTECT, related_name="subscriptions")
    owner = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    url = EncryptedTextField(_("接收网址"))  # its path may hold a secret of the receiver
    host = models.CharField(_("接收方"), max_length=200)
    kinds = models.JSONField(_("推送哪些动态"), default=list)
    areas = models.ManyToManyField("places.Division", related_name="+", blank=True)
    secret = EncryptedTextField()
    former_secret = EncryptedTextField(blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(_("设立时间"))

    class Meta:
        ordering = ["host", "id"]

    def __str__(self) -> str:
        return self.host

    @property
    def area_path(self) -> str:
        """The client's first area: whose administrators read in the audit record what was set up."""
        return self.client.area_path


class Progress(models.Model):
    """How far a subscription has read the stream of steps, and how its receiver does.

    Nothing is sent before ``quiet_until``: a receiver that fails is not hammered.
    """

    subscription = models.OneToOneField(
        Subscription, models.CASCADE, primary_key=True, related_name="progress"
    )
    read_until = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.read_until)


class Message(models.Model):
    """One step for one subscription, or (without ``event_id``) a test; its content is made when sent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENT = "sent", _("已送达")
        FAILED = "failed", _("发送失败")
        DROPPED = "dropped", _("不再发送")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="messages")
    event_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "event_id"],
                name="webhook_step_once",
                violation_error_message=_("这一步已经推送过。"),
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="webhook_to_send"),
            models.Index(fields=["subscription", "-created_at"], name="webhook_log"),
        ]

    def __str__(self) -> str:
        return self.kind


class Attempt(models.Model):
    """One request: what the receiver answered, or why there was none. Never what was sent."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.status or self.words)
