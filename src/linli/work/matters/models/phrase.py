"""Stock answers （常用语）: texts that are put into answers again and again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import uuid7
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes


class PhraseUse(models.TextChoices):
    """In which answer a text is offered."""

    ANY = "", _("都可以用")
    RESULT = "result", _("反馈结果")
    REPLY = "reply", _("答复协办、答复询问")
    GUIDE = "guide", _("引导")
    DECLINE = "decline", _("不予受理")


class PhraseQuerySet(models.QuerySet["Phrase"]):
    """Reads of stock answers; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> PhraseQuerySet:
        """Restrict to one's own, one's unit's, and what units above share over one's areas."""
        prefixes = {prefix for area in actor.areas for prefix in path_prefixes(area)}
        own = Q(owner__isnull=False, owner_id=actor.person_id or 0)
        units = Q(unit_id=actor.unit_id or 0)
        sharing = Unit.areas.through.objects.filter(division__path__in=prefixes)
        shared = Q(is_shared=True, unit_id__in=sharing.values("unit_id"))
        return self.filter(own | units | shared)


class Phrase(models.Model):
    """A text with variables, of one person or of a unit, for one use and one category or for all.

    ``category_code`` names any node of the tree: the text is offered for everything below it. ``law`` and
    ``quote`` are what ``{依据}`` becomes.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    owner = models.ForeignKey("accounts.Person", models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.CASCADE, null=True, blank=True, related_name="+")
    is_shared = models.BooleanField(_("街镇内共享"), default=False)
    use = models.CharField(_("用在哪里"), max_length=10, choices=PhraseUse.choices, blank=True)
    category_code = models.CharField(_("类别"), max_length=40, blank=True)
    title = models.CharField(_("名称"), max_length=40)
    text = models.TextField(_("内容"))
    law = models.CharField(_("依据的条款"), max_length=80, blank=True)
    quote = models.CharField(_("条款原文"), max_length=400, blank=True)
    is_law_checked = models.BooleanField(_("已对照原文核实"), default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, related_name="+")

    objects = PhraseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) ^ Q(unit__isnull=True),
                name="phrase_of_a_person_or_a_unit",
                violation_error_message=_("常用语属于一个人或一个单位。"),
            ),
            models.CheckConstraint(
                condition=Q(is_shared=False) | Q(unit__isnull=False),
                name="phrase_shared_by_a_unit",
                violation_error_message=_("只有单位的常用语可以共享。"),
            ),
            models.CheckConstraint(
                condition=Q(quote="") | ~Q(law=""),
                name="phrase_quotes_a_law",
                violation_error_message=_("写了条款原文，也要写明是哪部法规第几条。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title
