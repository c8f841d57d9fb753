"""Accounts that belong to persons of the registry, codes at the door, and objections."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import EncryptedTextField, PathField, uuid7
from linli.foundation.accounts.models import Person, Unit
from linli.foundation.places.models import Part

from .people import Resident
from .scope import RegisterQuerySet


class LinkQuerySet(RegisterQuerySet):
    """Links of accounts to residents."""

    def standing(self) -> LinkQuerySet:
        """Return those that hold now."""
        return self.filter(state="standing")

    def own(self, actor: Actor) -> LinkQuerySet:
        """Return the actor's own."""
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


class AccountLink(models.Model):
    """That a signed-in person is a person of the registry (assurance L2), or asks to be (L1 by the door).

    ``resident`` is empty while it is only known that the person lives at ``part``. ``claim`` is what somebody
    says of themselves, encrypted, until a worker has compared it; a standing link with a claim waits too.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待确认")
        STANDING = "standing", _("已关联")
        REFUSED = "refused", _("未通过")
        ENDED = "ended", _("已解除")

    class How(models.TextChoices):
        WORKER = "worker", _("工作人员确认")
        CODE = "code", _("入户码")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="registry_links")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="links")
    part = models.ForeignKey(Part, models.PROTECT, null=True, blank=True, related_name="+")
    area_path = PathField(blank=True)
    claim = EncryptedTextField(blank=True)
    how = models.CharField(_("方式"), max_length=10, choices=How.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("解除时间"), null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=("asked", "standing")), name="link_one_a_person"
            ),
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(state="standing", resident__isnull=False),
                name="link_one_a_resident",
                violation_error_message=_("这个人已经关联了另一个账号。"),
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.person_id}"


class DoorCode(models.Model):
    """A code on paper for one dwelling: whoever enters it lives there. Kept as a keyed digest, once used."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="door_codes")
    code_index = models.CharField(max_length=64, unique=True)
    area_path = PathField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    def __str__(self) -> str:
        return f"code for {self.part_id}"
