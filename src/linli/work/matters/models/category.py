"""What a matter is about: editions of a category tree, whose leaves are rows of the 权责清单; 三事."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import uuid7


class AffairClass(models.TextChoices):
    """Who answers for a matter （三事分流）： government, the community together, or the person."""

    MAJOR = "major", _("大事")
    MINOR = "minor", _("小事")
    PRIVATE = "private", _("私事")


class Mark(models.TextChoices):
    """Whether somebody has read what a row cites."""

    CHECKED = "✔", _("已核实")
    TO_CHECK = "○", _("待复核")
    SUGGESTED = "✘", _("建议值")


class CategoryEdition(models.Model):
    """One edition of the tree, from the day on which it begins; it applies until the next one begins."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待发布")
        PUBLISHED = "published", _("已发布")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    version = models.CharField(_("版本"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=80, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(_("从哪天起"), null=True, blank=True)
    rows = models.JSONField(_("待发布的内容"), default=list, blank=True)
    remarks = models.JSONField(_("提示"), default=list, blank=True)
    leaves = models.PositiveIntegerField(_("最细一级的个数"), default=0)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(starts_on__isnull=False),
                name="edition_published_begins_some_day",
                violation_error_message=_("发布的版本要有起用日期。"),
            )
        ]

    def __str__(self) -> str:
        return self.version


class CategoryQuerySet(models.QuerySet["Category"]):
    """Reads of categories; the tree is the same for everybody."""

    def offered(self) -> CategoryQuerySet:
        """Restrict to what a matter may be given today: the leaves of the edition in force."""
        return self.filter(is_active=True, is_leaf=True)


class Category(models.Model):
    """A node of the category tree in one edition; a leaf is also a row of the 权责清单.

    ``path`` names the node within its edition: ``市容/违建/正在搭建``. ``code`` is the same in every edition
    that has the node. ``limits`` and ``questions`` are lists of mappings, their shapes in
    ``catalog.rules.LimitRow`` and ``catalog.rules.QuestionRow``.
    """

    code = models.CharField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(_("路径"), max_length=400, blank=True, default="")
    depth = models.PositiveSmallIntegerField(default=1)
    is_leaf = models.BooleanField(default=True)
    version = models.CharField(_("版本"), max_length=20)
    words = models.JSONField(_("关键词"), default=list)
    default_class = models.CharField(max_length=10, choices=AffairClass.choices, blank=True)
    unit_kind = models.CharField(_("主责单位类别"), max_length=40, blank=True)
    co_kinds = models.JSONField(_("协同单位类别"), default=list, blank=True)
    limits = models.JSONField(_("时限"), default=list, blank=True)
    questions = models.JSONField(_("要问的问题"), default=list, blank=True)
    guidance = models.TextField(_("办理指引"), blank=True)
    is_never_public = models.BooleanField(_("不得公开"), default=False)
    hides_reporter = models.BooleanField(_("对被反映方保密"), default=False)
    is_active = models.BooleanField(default=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    mark = models.CharField(_("核实"), max_length=1, choices=Mark.choices, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="category_once_a_version"),
            models.UniqueConstraint(fields=["version", "path"], name="category_path_once_a_version"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path_shown(self) -> str:
        """The path as people read it: 市容 › 违建 › 正在搭建."""
        return self.path.replace("/", " › ")
