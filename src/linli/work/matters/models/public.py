"""What the public sees, the drafts of those who have not signed in yet, and QR posters."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import EncryptedTextField, PathField, uuid7

from .matter import Matter


class PublicVersion(models.Model):
    """A worker's own title and text about a matter, with chosen photos and a rounded place."""

    area_label = _("公开版本")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="public_version")
    area_path = PathField(db_index=True)
    title = models.CharField(_("公开标题"), max_length=80)
    text = models.TextField(_("公开内容"))
    photos = models.ManyToManyField("files.PublicCopy", blank=True, related_name="+")
    place_name = models.CharField(_("公开地点"), max_length=120)
    lng = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.title


class Affected(models.Model):
    """That somebody else says: it happened to me too （我也遇到了）."""

    version = models.ForeignKey(PublicVersion, models.PROTECT, related_name="affected")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="affected_once")]

    def __str__(self) -> str:
        return str(self.version_id)


class Poster(models.Model):
    """A QR poster of a compound or building; its code opens the report page with the place filled in."""

    code = models.CharField(max_length=20, unique=True)
    compound = models.ForeignKey("places.Compound", models.PROTECT, related_name="+")
    building = models.ForeignKey("places.Building", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["building"],
                condition=Q(disabled_at__isnull=True),
                name="poster_once_a_building",
                violation_error_message=_("这个楼栋已有海报。"),
            ),
            models.UniqueConstraint(
                fields=["compound"],
                condition=Q(disabled_at__isnull=True, building__isnull=True),
                name="poster_once_a_compound",
                violation_error_message=_("这个小区已有海报。"),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReportDraft(models.Model):
    """A report that waits for its phone code; kept for seven days, then forgotten."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    owner_key = models.CharField(max_length=80, db_index=True)
    content = EncryptedTextField()
    photos = models.ManyToManyField("files.StoredFile", blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return str(self.public_id)
