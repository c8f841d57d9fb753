"""Views that people saved of lists, and which of them somebody's list opens with."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.fields import uuid7
from linli.core.listing import Text, listing_get


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views, and who may open them."""

    def visible_to(self, actor: Actor) -> "SavedViewQuerySet":
        """Keep one's own in this unit, and those that somebody of this unit shares."""
        if actor.unit_id is None or not actor.is_staff:
            return self.none()
        own_or_shared = models.Q(person_id=actor.person_id) | models.Q(is_shared=True)
        return self.filter(own_or_shared, unit_id=actor.unit_id)


class SavedView(models.Model):
    """What a list is narrowed and sorted by, under a name: its maker's own, or shared with their unit.

    It belongs to a unit, since its conditions name areas and units that the same person does not see in
    another role. ``query`` is the list page's own, so that what somebody finds there stays their own sight.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    listing = models.CharField(_("列表"), max_length=40)
    name = models.CharField(_("名称"), max_length=20)
    query = models.TextField(_("条件"), blank=True)
    person = models.ForeignKey(
        "accounts.Person", models.CASCADE, related_name="saved_views", verbose_name=_("保存人")
    )
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, related_name="saved_views", verbose_name=_("单位")
    )
    is_shared = models.BooleanField(_("本单位共用"), default=False)
    made_at = models.DateTimeField(_("保存时间"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("保存的视图")
        ordering = ["listing", "is_shared", "made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit", "listing", "name"],
                name="view_name_once_a_person",
                violation_error_message=_("您已经有同名的视图，请换个名称。"),
            ),
            models.UniqueConstraint(
                fields=["unit", "listing", "name"],
                condition=models.Q(is_shared=True),
                name="view_name_once_a_unit",
                violation_error_message=_("本单位已有同名的共用视图，请换个名称。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The list's page under this view; a view that narrows nothing says so, or another would open."""
        return f"{reverse(listing_get(self.listing).page)}?{self.query or 'page=1'}"

    @property
    def title(self) -> Text:
        """What the list is called."""
        return listing_get(self.listing).title


class DefaultView(models.Model):
    """That somebody's list opens with a view: one a person, unit and list."""

    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    listing = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="defaults")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "unit", "listing"], name="view_one_default_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.listing}: {self.view_id}"
