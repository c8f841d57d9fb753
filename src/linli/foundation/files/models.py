"""Uploads: stored before they are judged, checked by content, metadata stripped."""

from django.db import models

from linli.core.fields import uuid7


class StoredFile(models.Model):
    """One upload; ``path`` is the original kept privately, ``clean_path`` what may be shown."""

    class State(models.TextChoices):
        STORED = "stored", "已保存"
        READY = "ready", "可用"
        REFUSED = "refused", "不可用"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    uploaded_by = models.CharField("上传者", max_length=80)
    uploaded_at = models.DateTimeField()
    name = models.CharField("文件名", max_length=160)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STORED)
    refusal = models.CharField("不可用的原因", max_length=160, blank=True)
    path = models.CharField(max_length=200)
    clean_path = models.CharField(max_length=200, blank=True)
    thumb_path = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.name
