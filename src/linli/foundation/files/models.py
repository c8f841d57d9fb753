"""Uploads: stored before they are judged, checked by content, metadata stripped; and what was published."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7

from .words import length_words


class StoredFile(models.Model):
    """One upload; ``path`` is the original kept privately, ``clean_path`` what may be shown."""

    class State(models.TextChoices):
        STORED = "stored", _("已保存")
        READY = "ready", _("可用")
        REFUSED = "refused", _("不可用")

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        VOICE = "voice", _("录音")
        VIDEO = "video", _("视频")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    uploaded_by = models.CharField(_("上传者"), max_length=80)
    uploaded_at = models.DateTimeField()
    name = models.CharField(_("文件名"), max_length=160)
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices, default=Kind.PHOTO)
    media_type = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STORED)
    refusal = models.CharField(_("不可用的原因"), max_length=160, blank=True)
    path = models.CharField(max_length=200)
    clean_path = models.CharField(max_length=200, blank=True)
    thumb_path = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    milliseconds = models.PositiveBigIntegerField(_("时长（毫秒）"), null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        """Whether it is looked at, not played."""
        return self.kind == self.Kind.PHOTO

    @property
    def length(self) -> str:
        """Return how long a recording plays, in words."""
        return length_words(self.milliseconds) if self.milliseconds else ""


class PublicCopy(models.Model):
    """What the public sees of a photo: a copy of its own, with the places that somebody chose blurred.

    ``redaction`` and ``source`` make it anew at any time; without ``path`` it is not shown to anybody.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    source = models.ForeignKey(StoredFile, models.PROTECT, related_name="public_copies")
    redaction = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True)
    thumb_path = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    kind = StoredFile.Kind.PHOTO

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.public_id)
