"""The key of a secret ballot, who holds its shares, and what came of opening it. No secret stands here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Function
from linli.core.fields import PathField, uuid7

from .workflow import State

HASH = 64


class Side(models.TextChoices):
    """From where the three trustees come, one each."""

    COMMITTEE = "committee", _("居委会")
    SUPERVISION = "supervision", _("监督委员会")
    STREET = "street", _("街道")


FUNCTION_OF = {
    Side.COMMITTEE: Function.COMMITTEE,
    Side.SUPERVISION: Function.SUPERVISOR,
    Side.STREET: Function.STREET,
}


class Ceremony(models.Model):
    """The key to which a ballot's choices are sealed, from its making to its destruction.

    ``public_key`` is 32 bytes in hex. ``groups`` are set at the close: ``{"key", "label", "ballots"}``, none
    with fewer than ten where that can be. ``receipts`` are the sorted SHA-256 hashes of what was sealed,
    ``receipts_digest`` the hash over them. Nothing here says who, when or what.
    """

    area_label = _("密钥")
    area_open = ~Q(state=State.DESTROYED)

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    ballot = models.OneToOneField("ballots.Ballot", models.PROTECT, related_name="ceremony")
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.APPOINTED)
    area_path = PathField(db_index=True)
    public_key = models.CharField(_("公钥"), max_length=HASH, blank=True)
    keyed_at = models.DateTimeField(_("密钥生成时间"), null=True, blank=True)
    groups = models.JSONField(default=list, blank=True)
    receipts = models.JSONField(default=list, blank=True)
    receipts_digest = models.CharField(_("封存摘要"), max_length=HASH, blank=True)
    sealed_at = models.DateTimeField(_("封存时间"), null=True, blank=True)
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state"], name="secret_key_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.APPOINTED, public_key="")
                | Q(state=State.DESTROYED)
                | (~Q(state=State.APPOINTED) & ~Q(public_key="")),
                name="secret_key_before_it_is_used",
                violation_error_message=_("先登记公钥，才能投票。"),
            )
        ]

    def __str__(self) -> str:
        return f"key of {self.ballot_id}"


class Trustee(models.Model):
    """Who holds one of the three shares; the server knows what the share hashes to and nothing else of it."""

    ceremony = models.ForeignKey(Ceremony, models.CASCADE, related_name="trustees")
    seat = models.PositiveSmallIntegerField(_("第几份"))
    side = models.CharField(_("代表"), max_length=12, choices=Side.choices)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    share_hash = models.CharField(max_length=HASH, blank=True)
    kept_at = models.DateTimeField(_("确认收好的时间"), null=True, blank=True)
    destroyed_at = models.DateTimeField(_("确认销毁的时间"), null=True, blank=True)

    class Meta:
        ordering = ["seat"]
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "seat"], name="trustee_seat_once"),
            models.UniqueConstraint(
                fields=["ceremony", "side"],
                name="trustee_side_once",
                violation_error_message=_("居委会、监督委员会、街道各出一位保管人。"),
            ),
            models.UniqueConstraint(
                fields=["ceremony", "person"],
                name="trustee_person_once",
                violation_error_message=_("同一个人不能保管两份。"),
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.seat} of {self.ceremony_id}"


class Opening(models.Model):
    """What two trustees brought back from opening the sealed choices: counts, in no order.

    ``result`` holds for each group ``{"key", "ballots", "questions": [{combination: n}], "unopened"}``,
    where a combination is the JSON of the marked choices, ``[]`` an abstention, ``null`` an invalid ballot.
    """

    ceremony = models.ForeignKey(Ceremony, models.CASCADE, related_name="openings")
    number = models.PositiveSmallIntegerField(_("第几次"))
    seats = models.JSONField()
    result = models.JSONField()
    digest = models.CharField(max_length=HASH)
    unopened = models.PositiveIntegerField(_("解不开的"), default=0)
    at = models.DateTimeField(_("送回时间"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["ceremony", "number"], name="opening_number_once")]

    def __str__(self) -> str:
        return f"opening {self.number} of {self.ceremony_id}"
