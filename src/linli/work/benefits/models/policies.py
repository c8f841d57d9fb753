"""Policies, what they say from which day on, and the dated figures that several of them look at."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, in_areas, uuid7

WRITING = frozenset({Function.DISTRICT, Function.CITY})  # who may have policies of their own


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Policies by the area that gives them."""

    def visible_to(self, actor: Actor) -> Self:
        """Restrict to policies of the actor's areas and the areas above; only who governs reads drafts."""
        if actor.function == Function.SYSTEM:
            return self.all()
        if not actor.is_governing:
            return self.none()
        above = {path[: at + 1] for path in actor.areas for at, letter in enumerate(path) if letter == "/"}
        return self.filter(in_areas("area_path", actor.areas) | Q(area_path__in=above))

    def public(self) -> Self:
        """Return those of which a version has been published: everybody reads them."""
        return self.filter(versions__state=VersionState.PUBLISHED).distinct()


class Policy(models.Model):
    """A benefit of a city or district; what it says stands in versions. Other rules call it by ``code``."""

    area_label = _("惠民政策")

    class Unit(models.TextChoices):
        PERSON = "person", _("个人")
        HOUSEHOLD = "household", _("家庭")
        CHILD = "child", _("孩子")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(_("代号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    authority = models.CharField(_("主管部门"), max_length=80)
    unit = models.CharField(_("发给谁"), max_length=10, choices=Unit.choices, default=Unit.PERSON)
    area_path = PathField()
    place_code = PathField(max_length=15, blank=True)
    ending_on = models.DateField(_("提出的停办日期"), null=True, blank=True)
    ending_reason = models.CharField(_("停办的原因"), max_length=200, blank=True)
    ending_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    # Why an end was not agreed to: the last time, until one is asked for again.
    end_refusal = models.CharField(_("不同意停办的理由"), max_length=200, blank=True)
    end_refused_at = models.DateTimeField(null=True, blank=True)
    end_refused_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_on = models.DateField(_("停办日期"), null=True, blank=True)  # the first day without it
    ended_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | ~Q(ended_by=F("ending_by")),
                name="policy_end_two_persons",
                violation_error_message=_("提出的人不能自己核准，请另一人核准。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    """Where a version, or a dated figure, stands."""

    DRAFT = "draft", _("草稿")
    WAITING = "waiting", _("待另一人核准")
    PUBLISHED = "published", _("已发布")


class PolicyVersion(models.Model):
    """What a policy says from a day on to the next version's day (or ``to_on``). Published, it never changes.

    ``text`` is the rule and ``cases`` are its examples, both YAML in the language of ``language``; ``digest``
    is of both as published. ``findings`` is what the checker said of this text. ``lock`` counts the edits of
    a draft, so that two people do not write over each other; ``earlier`` lets the last edits be taken back.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    text = models.TextField(_("规则"))
    cases = models.TextField(_("案例"), blank=True)
    findings = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    lock = models.PositiveIntegerField(default=1)
    earlier = models.JSONField(default=list)  # the texts before the last edits of a draft, the newest last
    document = models.CharField(_("文号"), max_length=120, blank=True)
    from_on = models.DateField(_("从哪天起"), null=True, blank=True)
    to_on = models.DateField(
        _("到哪天止"), null=True, blank=True
    )  # the first day on which it no longer holds
    remark = models.CharField(_("修改说明"), max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    refusal = models.CharField(_("退回的理由"), max_length=200, blank=True)  # the last, until proposed again
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number_once"),
            models.UniqueConstraint(
                fields=["policy"],
                condition=~Q(state="published"),
                name="policy_version_one_in_work",
                violation_error_message=_("这项政策已有一个草稿，请接着改那一个。"),
            ),
            models.UniqueConstraint(
                fields=["policy", "from_on"],
                condition=Q(state="published"),
                name="policy_version_one_a_day",
                violation_error_message=_("这一天已有一个发布的版本起用，请另选日期。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(from_on__isnull=False, published_at__isnull=False),
                name="policy_version_published_begins",
                violation_error_message=_("发布的版本要有起用日期。"),
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("proposed_by")),
                name="policy_version_two_persons",
                violation_error_message=_("提交的人不能自己核准，请另一人核准。"),
            ),
        ]
        indexes = [models.Index(fields=["policy", "state", "from_on"], name="policy_version_in_force")]

    def __str__(self) -> str:
        return f"{self.policy_id}.{self.number}"

    @property
    def is_returned(self) -> bool:
        """Whether a second person sent it back and it is being mended."""
        return self.state == VersionState.DRAFT and self.refused_at is not None


class StandardValue(models.Model):
    """A figure that policies look at by name, from a day on: 低保标准 1,595 元 since 2024-07-01.

    ``amount`` is fen (or a plain number where ``is_money`` is false). What nobody could check carries the
    mark ✘ and says so wherever it is used.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(_("代号"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    area_path = PathField()
    from_on = models.DateField(_("从哪天起"))
    amount = models.BigIntegerField(_("数值"))
    is_money = models.BooleanField(default=True)
    source = models.CharField(_("依据"), max_length=200)
    mark = models.CharField(max_length=1, default="✘")
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.WAITING)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["code", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "area_path", "from_on"],
                name="standard_once_a_day",
                violation_error_message=_("这一天已有一个数值，请另选日期。"),
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("proposed_by")),
                name="standard_two_persons",
                violation_error_message=_("提交的人不能自己核准，请另一人核准。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.from_on}"
