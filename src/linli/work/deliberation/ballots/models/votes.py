"""Named votes, and what they were before they were changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7

from .ballot import Ballot, Channel
from .roll import Elector


class Vote(models.Model):
    """What one elector chose, whole: question → list of marked choices. Of secret ballots there is none.

    ``cast_at`` is when the elector voted (for paper: when the sheet was handed in). ``taken_by`` is who wrote
    it down at the door, on the telephone or from paper, ``witness`` who was there or keyed it in too.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes")
    elector = models.OneToOneField(Elector, models.PROTECT, related_name="vote")
    choices = models.JSONField()
    channel = models.CharField(_("途径"), max_length=6, choices=Channel.choices)
    cast_at = models.DateTimeField(_("投票时间"))
    changed = models.PositiveSmallIntegerField(_("改过几次"), default=0)
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    witness = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.CharField(_("回执号"), max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(channel__in=("phone", "door", "paper")) | Q(taken_by__isnull=False),
                name="vote_was_taken_by_somebody",
                violation_error_message=_("代为登记的票要有登记人。"),
            ),
            models.CheckConstraint(
                condition=Q(witness__isnull=True) | Q(taken_by__isnull=True) | ~Q(witness=F("taken_by")),
                name="vote_witness_is_another",
                violation_error_message=_("登记人和见证人要是两个人。"),
            ),
        ]

    def __str__(self) -> str:
        return f"vote of {self.elector_id}"


class VoteBefore(models.Model):
    """A named vote as it was before it was changed."""

    vote = models.ForeignKey(Vote, models.CASCADE, related_name="history")
    choices = models.JSONField()
    channel = models.CharField(max_length=6, choices=Channel.choices)
    cast_at = models.DateTimeField()
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.CharField(max_length=64)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return f"before of {self.vote_id}"
