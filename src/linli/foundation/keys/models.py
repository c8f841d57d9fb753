"""Work that a new key brings: everything under older ones is renewed, batch by batch."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7


class KeyRun(models.Model):
    """One renewal from its beginning to its end; it goes on where it stopped.

    ``place`` and ``after`` say how far it is: the column, and the primary key of its last row looked at.
    """

    class Kind(models.TextChoices):
        DATA = "data", _("重新加密")
        TOKENS = "tokens", _("重建检索码")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind.choices)
    key = models.CharField(_("新密钥"), max_length=20)
    place = models.CharField(max_length=120, blank=True)
    after = models.CharField(max_length=60, blank=True)
    done = models.PositiveBigIntegerField(_("已完成"), default=0)
    started_at = models.DateTimeField(_("开始时间"))
    updated_at = models.DateTimeField(_("更新时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(finished_at__isnull=True),
                name="key_run_one_of_a_kind",
                violation_error_message=_("上一次还没有做完。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
