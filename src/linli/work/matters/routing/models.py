"""Decision tables, their versions, which of them may act, and what they said of each matter."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, in_areas, uuid7

from . import rules


class Subject(models.TextChoices):
    """What a table decides about."""

    ROUTE = rules.ROUTE, _("派给谁")
    CLASS = rules.CLASS, _("三事分类")
    CLOCK = rules.CLOCK, _("办理时限")
    URGENCY = rules.URGENCY, _("紧急程度")


class Policy(models.TextChoices):
    """Which of the rows that apply count."""

    FIRST = rules.FIRST, _("从上到下，第一行符合的算数")
    UNIQUE = rules.UNIQUE, _("只能有一行符合，多行符合就报错")
    COLLECT = rules.COLLECT, _("符合的行都算数，合在一起")


class DecisionTableQuerySet(models.QuerySet["DecisionTable"]):
    """Reads of tables."""

    def visible_to(self, actor: Actor) -> DecisionTableQuerySet:
        """Restrict to tables of the actor's areas and of the areas above; only those who govern read them."""
        if actor.function == Function.SYSTEM:
            return self
        if not actor.is_governing:
            return self.none()
        above = {path[: at + 1] for path in actor.areas for at, letter in enumerate(path) if letter == "/"}
        return self.filter(in_areas("area_path", actor.areas) | Q(area_path__in=above))


class DecisionTable(models.Model):
    """The rules of one street, district or city about one subject; its content stands in versions."""

    area_label = _("派单规则")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    area_path = PathField()
    level = models.CharField(
        _("层级"),
        max_length=20,
        choices=[
            (Function.STREET.value, _("街镇")),
            (Function.DISTRICT.value, _("区")),
            (Function.CITY.value, _("市")),
        ],
    )
    subject = models.CharField(_("管什么"), max_length=10, choices=Subject.choices)
    name = models.CharField(_("名称"), max_length=60)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, related_name="+")

    objects = DecisionTableQuerySet.as_manager()

    class Meta:
        ordering = ["area_path", "subject", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_path", "subject"],
                name="decision_table_once_an_area",
                violation_error_message=_("这里已经有一张这样的规则表，请修改那一张。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("草稿")
    WAITING = "waiting", _("待另一人核准")
    PUBLISHED = "published", _("已发布")


class DecisionVersion(models.Model):
    """One content of a table. What is published never changes; it counts from ``starts_at`` to the next.

    ``rows`` is a list of mappings, one a row, in the shape that ``cells`` reads and writes. ``lock`` counts
    the edits of a draft, so that two people do not write over each other.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    table = models.ForeignKey(DecisionTable, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    policy = models.CharField(_("算法"), max_length=10, choices=Policy.choices, default=Policy.FIRST)
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    rows = models.JSONField(default=list)
    lock = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, related_name="+")
    starts_on = models.DateField(_("从哪天起"), null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("修改说明"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="decision_version_number_once"),
            models.UniqueConstraint(
                fields=["table"],
                condition=~Q(state="published"),
                name="decision_version_one_in_work",
                violation_error_message=_("这张表已有一个草稿，请接着改那一个。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(starts_at__isnull=False, published_at__isnull=False),
                name="decision_version_published_begins",
                violation_error_message=_("发布的版本要有起用日期。"),
            ),
        ]
        indexes = [models.Index(fields=["table", "state", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.table_id}.{self.number}"

    def has_begun(self, at: datetime) -> bool:
        """Whether it is published and its day has come."""
        return self.starts_at is not None and self.state == VersionState.PUBLISHED and self.starts_at <= at


class DirectDispatch(models.Model):
    """Whether rows marked 直接派遣 send matters out by themselves in a street; off where there is no row."""

    area_label = _("直接派遣开关")

    area_path = PathField(unique=True)
    is_on = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return self.area_path


class MatterRuling(models.Model):
    """What the tables said of a matter when somebody acted on it; the newest is the one that counts.

    ``versions`` maps a table's id to the version by which the matter is judged from then on. ``because``
    lists the rows that spoke (``selectors.Reason`` as mappings), ``faults`` what kept a row from speaking.
    ``given`` is the unit to which a person then handed the matter.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    matter = models.ForeignKey("matters.Matter", models.CASCADE, related_name="rulings")
    made_at = models.DateTimeField()
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    co_units = models.JSONField(default=list)
    unit_kind = models.CharField(max_length=40, blank=True)
    is_direct = models.BooleanField(default=False)
    affair_class = models.CharField(max_length=10, blank=True)
    limit_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_unit = models.CharField(max_length=10, blank=True)
    limit_source = models.CharField(max_length=200, blank=True)
    urgency = models.CharField(max_length=10, blank=True)
    because = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    versions = models.JSONField(default=dict)
    given = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["matter", "-id"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.made_at:%Y-%m-%d}"
