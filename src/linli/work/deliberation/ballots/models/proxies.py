"""Proxies: that somebody votes with the row of another, and by which paper."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7

from .ballot import Ballot
from .roll import Elector


class Proxy(models.Model):
    """That an elector lets somebody vote for them in one ballot; what counts stays the elector's.

    While it stands the elector's vote is the holder's to cast, and a vote that was cast is the holder's;
    it is taken back before. ``label`` is the holder's name as it is published, masked.
    """

    class How(models.TextChoices):
        BROUGHT = "brought", _("交来书面委托书")
        SIGNED_HERE = "signed", _("当面签署，已核对身份")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="proxies")
    giver = models.ForeignKey(Elector, models.PROTECT, related_name="proxies")
    holder = models.ForeignKey("residents.Resident", models.PROTECT, related_name="+")
    label = models.CharField(_("受托人"), max_length=60)
    how = models.CharField(_("怎样委托的"), max_length=8, choices=How.choices)
    document = models.CharField(_("委托书"), max_length=120)
    scans = models.ManyToManyField("files.StoredFile", blank=True, related_name="+")
    given_at = models.DateTimeField(_("登记时间"))
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    ended_reason = models.CharField(_("撤销的原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["given_at", "id"]
        verbose_name_plural = "proxies"
        constraints = [
            models.UniqueConstraint(
                fields=["giver"],
                condition=Q(ended_at__isnull=True),
                name="ballot_proxy_given_once",
                violation_error_message=_("这位表决人已经委托了别人。"),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(ended_reason=""),
                name="ballot_proxy_ended_with_a_reason",
                violation_error_message=_("撤销委托要写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"proxy {self.pk}"
