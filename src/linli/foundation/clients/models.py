"""Other systems that may ask and act: who they are, what they were granted, their tokens and requests."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Scope
from linli.core.fields import EncryptedTextField, uuid7

SCOPES = [
    (Scope.MATTERS_READ, _("查看区域内的事项")),
    (Scope.MATTERS_REPORT, _("上报事项，并查看自己上报的")),
    (Scope.MATTERS_ACT, _("查看、办理派给本单位的事项")),
    (Scope.FIGURES_READ, _("查看区域内的统计数字")),
    (Scope.REGISTRY_COUNT, _("查看区域内的人口统计，不含个人")),
    (Scope.PLACES_READ, _("查询区划和小区")),
]


class Client(models.Model):
    """A system of a unit （如热线、城运中心）: it sees no more than the unit, in some of its areas."""

    area_label = _("接口")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("系统名称"), max_length=40)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="clients")
    areas = models.ManyToManyField("places.Division", related_name="clients", blank=True)
    scopes = models.JSONField(_("授权"), default=list)
    addresses = models.TextField(_("允许的网络地址"), blank=True)
    requests_a_minute = models.PositiveIntegerField(_("每分钟请求数"), default=120)
    contact_name = EncryptedTextField(_("联系人"), blank=True)
    contact_phone = EncryptedTextField(_("联系电话"), blank=True)
    expires_on = models.DateField(_("到期日"))
    created_at = models.DateTimeField(_("设立时间"))
    closed_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=models.Q(closed_at__isnull=True),
                name="client_name_once_in_a_unit",
                violation_error_message=_("本单位已有同名的接口。"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def area_paths(self) -> tuple[str, ...]:
        """The paths of its areas, shortest first; without own ones there are none, so it sees nothing."""
        return tuple(sorted(area.path for area in self.areas.all()))

    @property
    def area_path(self) -> str:
        """The first of its areas: whose administrators read in the audit record what was granted."""
        return next(iter(self.area_paths), "") if self.pk else ""

    @property
    def scope_labels(self) -> list[str]:
        """What it was granted, in words."""
        return [str(label) for scope, label in SCOPES if scope in self.scopes]


class ClientToken(models.Model):
    """One secret of a client; several stand beside each other while a system changes from one to the next."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="tokens")
    label = models.CharField(_("用途"), max_length=40, blank=True)
    prefix = models.CharField(_("开头"), max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("签发时间"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.prefix


class TokenUse(models.Model):
    """How many requests came with a token in one minute: for the limit, 最近使用 and the day's number."""

    token = models.ForeignKey(ClientToken, models.CASCADE, related_name="uses")
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "minute"], name="token_use_once_a_minute")]
        indexes = [models.Index(fields=["minute"])]

    def __str__(self) -> str:
        return f"{self.minute} {self.count}"
