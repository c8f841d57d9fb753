"""How an answer about a closed matter is asked for: by a link that is used once, or by a call."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7

from .matter import Matter


class Way(models.TextChoices):
    """How somebody answered."""

    HERE = "here", _("登录")
    LINK = "link", _("链接")
    PHONE = "phone", _("电话回访")
    IN_PERSON = "in_person", _("当面")


class RatingLink(models.Model):
    """One link to the three questions, sent to a reporter when a round closes; good once, for some days.

    The link itself stands only in the notice; here is its keyed digest.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="rating_links")
    round = models.PositiveSmallIntegerField()
    key_index = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.round}"


class RevisitCall(models.Model):
    """One try to ask a reporter on the telephone or in person, and what came of it."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("接通，已回答")
        NO_ANSWER = "no_answer", _("没有接通")
        WRONG_NUMBER = "wrong_number", _("号码不对")
        REFUSED = "refused", _("不愿回答")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="revisit_calls")
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.get_outcome_display()
