"""What people ask about their own data that needs a person to answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import EncryptedTextField, PathField, in_areas, uuid7


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    """Reads of requests; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> DataRequestQuerySet:
        """Restrict to those that the actor must answer: operators all, a committee or street its own."""
        if actor.function in (Function.OPERATOR, Function.SYSTEM):
            return self
        if actor.function in (Function.COMMITTEE, Function.STREET) and actor.unit_id is not None:
            return self.filter(unit_id=actor.unit_id)
        return self.none()

    def overseen_by(self, actor: Actor) -> DataRequestQuerySet:
        """Restrict to those whose progress the actor watches: besides its own a street's committees'."""
        if actor.function != Function.STREET:
            return self.visible_to(actor)
        return self.filter(Q(unit_id=actor.unit_id or 0) | in_areas("area_path", actor.areas))

    def own(self, actor: Actor) -> DataRequestQuerySet:
        """Restrict to those that the actor made."""
        return self.filter(person_id=actor.person_id or 0)


class DataRequest(models.Model):
    """One request of a person about their data, with a limit by which it is answered with reasons.

    ``subject_kind`` and ``subject_id`` name the record of another room that it is about, ``proposal`` (JSON,
    encrypted) what should stand there: granting it lets that room carry it out (``carrying``).
    """

    class Kind(models.TextChoices):
        CORRECT = "correct", _("更正或补充")
        OBJECT = "object", _("不同意某种用法")
        DELETE = "delete", _("删除某些信息")
        EXPLAIN = "explain", _("请求解释说明")
        RESTRICT = "restrict", _("限制某种处理")

    class State(models.TextChoices):
        OPEN = "open", _("待答复")
        GRANTED = "granted", _("已照办")
        REFUSED = "refused", _("未能照办")
        WITHDRAWN = "withdrawn", _("已撤回")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    area_path = PathField(blank=True)
    kind = models.CharField(_("事由"), max_length=10, choices=Kind.choices)
    text = EncryptedTextField(_("内容"), blank=True)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    proposal = EncryptedTextField(_("建议改为"), blank=True)
    photo = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="data_requests"
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("个人信息申请")
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["person"], condition=Q(state="open"), name="data_request_open"),
        ]

    def __str__(self) -> str:
        return self.kind
