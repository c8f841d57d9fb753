"""What a matter is about: a versioned tree; and the three affairs （三事）."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AffairClass(models.TextChoices):
    """Who answers for a matter （三事分流）： government, the community together, or the person."""

    MAJOR = "major", _("大事")
    MINOR = "minor", _("小事")
    PRIVATE = "private", _("私事")


class Category(models.Model):
    """A node of the category tree in one version of it."""

    code = models.CharField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    version = models.CharField(_("版本"), max_length=20)
    words = models.JSONField(_("关键词"), default=list)
    default_class = models.CharField(max_length=10, choices=AffairClass.choices, blank=True)
    unit_kind = models.CharField(_("主责单位类别"), max_length=40, blank=True)
    is_never_public = models.BooleanField(_("不得公开"), default=False)
    hides_reporter = models.BooleanField(_("对被反映方保密"), default=False)
    is_active = models.BooleanField(default=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="category_once_a_version")]

    def __str__(self) -> str:
        return self.name
