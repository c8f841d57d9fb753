"""Elections: posts, candidates and who named them, rounds; recalls and who asks for them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import EncryptedTextField, PathField, in_areas, uuid7

from .workflow import Recalling, State


class ScopeQuerySet(models.QuerySet[models.Model]):
    """Reads of elections and recalls; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> ScopeQuerySet:
        """Return those of the areas of who governs or oversees; nobody else sees them at the desk."""
        if actor.is_governing or actor.function in (Function.SUPERVISOR, Function.SYSTEM):
            return self.filter(in_areas("area_path", actor.areas))
        return self.none()


class Election(models.Model):
    """One election of an office: by which rule, to which posts, until when candidates may be named."""

    area_label = _("选举")
    area_open = ~Q(state__in=(State.HANDED, State.CANCELLED))

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.NOMINATING)
    title = models.CharField(_("名称"), max_length=80)
    rule_key = models.CharField(_("规则"), max_length=60)
    rule_on = models.DateField(_("规则以哪天为准"))
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    area_path = PathField(db_index=True)
    place_code = models.CharField(_("地点代码"), max_length=15)
    compound = models.ForeignKey("places.Compound", models.PROTECT, null=True, blank=True, related_name="+")
    needs_woman = models.BooleanField(_("须有妇女候选人"), default=False)
    nominations_until = models.DateField(_("提名截止"))
    listed_at = models.DateTimeField(_("候选人公布时间"), null=True, blank=True)
    concluded_at = models.DateTimeField(_("选举结束时间"), null=True, blank=True)
    vacancies = models.CharField(_("缺额说明"), max_length=300, blank=True)
    handover = models.TextField(_("移交内容"), blank=True)
    handed_on = models.DateField(_("移交日期"), null=True, blank=True)
    seated_on = models.DateField(_("当选的人任职日期"), null=True, blank=True)
    cancelled_reason = models.CharField(_("取消的原因"), max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    objects = ScopeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["area_path", "created_at"], name="election_by_area")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=State.HANDED) | Q(handed_on__isnull=False),
                name="election_handed_has_a_day",
                violation_error_message=_("移交要有日期。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Post(models.Model):
    """One office to be filled and how many are elected to it."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="posts")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(_("职务"), max_length=40)
    seats = models.PositiveSmallIntegerField(_("应选名额"))

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["election", "order"], name="post_order_once"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="post_has_a_seat"),
        ]

    def __str__(self) -> str:
        return self.title


class Candidate(models.Model):
    """Somebody who stands for a post. The name stands encrypted; who stands in the end is published.

    ``number`` makes the key by which ballots know the candidate. ``place`` is the round that elected.
    """

    class State(models.TextChoices):
        NAMED = "named", _("已提名")
        STANDING = "standing", _("正式候选人")
        WITHDRAWN = "withdrawn", _("已退出")
        STRUCK = "struck", _("未列入")
        ELECTED = "elected", _("当选")

    class How(models.TextChoices):
        PARTY = "party", _("党组织提名")
        VOTERS = "voters", _("选民联名提名")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    election = models.ForeignKey(Election, models.CASCADE, related_name="candidates")
    post = models.ForeignKey(Post, models.CASCADE, related_name="candidates")
    number = models.PositiveSmallIntegerField(_("序号"))
    resident = models.ForeignKey("residents.Resident", models.PROTECT, related_name="+")
    name = EncryptedTextField(_("姓名"))
    is_woman = models.BooleanField(_("女"), default=False)
    about = models.CharField(_("简介"), max_length=300, blank=True)
    how = models.CharField(_("怎样提名"), max_length=8, choices=How.choices)
    document = models.CharField(_("提名依据"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.NAMED)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    named_at = models.DateTimeField(_("提名时间"))
    agreed_at = models.DateTimeField(_("本人同意"), null=True, blank=True)
    has_relatives = models.BooleanField(_("声明有近亲属任职"), null=True, blank=True)
    relatives_whom = EncryptedTextField(_("声明的近亲属和职务"), blank=True)
    relatives_checked_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    round = models.PositiveSmallIntegerField(_("第几轮当选"), null=True, blank=True)

    class Meta:
        ordering = ["post__order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="candidate_number_once"),
            models.UniqueConstraint(
                fields=["election", "resident"],
                condition=Q(state__in=("named", "standing", "elected")),
                name="candidate_for_one_post",
                violation_error_message=_("这个人已经是候选人，一个人只能列为一个职务的候选人。"),
            ),
        ]

    def __str__(self) -> str:
        return f"candidate {self.number} of {self.election_id}"

    @property
    def key(self) -> str:
        """By what a ballot knows the candidate."""
        return f"c{self.number}"


class Nomination(models.Model):
    """That a voter names a candidate, together with others."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="nominations")
    resident = models.ForeignKey("residents.Resident", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "resident"],
                name="nomination_once",
                violation_error_message=_("同一位选民对同一个人只能提名一次。"),
            )
        ]

    def __str__(self) -> str:
        return f"nomination of {self.candidate_id}"


class RelationNote(models.Model):
    """What the organiser decided about two candidates whom the registry shows as near relatives."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="relations")
    first = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    second = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    note = models.CharField(_("处理意见"), max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="relation_noted_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="relation_in_order"),
        ]

    def __str__(self) -> str:
        return f"relation {self.first_id} {self.second_id}"


class Round(models.Model):
    """One vote of an election, and what came of it: post → elected, tied, seats left."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("第几轮"))
    ballot = models.OneToOneField("ballots.Ballot", models.PROTECT, related_name="round")
    posts = models.JSONField(default=dict)  # question → order of the post
    outcome = models.JSONField(default=dict, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["election", "number"], name="round_number_once")]

    def __str__(self) -> str:
        return f"round {self.number} of {self.election_id}"


class Recall(models.Model):
    """That voters want somebody out of an office; with enough of them it is voted on."""

    area_label = _("罢免")
    area_open = Q(state__in=(Recalling.COLLECTING, Recalling.VOTING))

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(
        _("状态"), max_length=12, choices=Recalling.choices, default=Recalling.COLLECTING
    )
    rule_key = models.CharField(_("规则"), max_length=60)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("组织单位"))
    area_path = PathField(db_index=True)
    office = models.CharField(_("职务"), max_length=60)
    name = EncryptedTextField(_("被提出罢免的人"))
    reason = models.TextField(_("罢免理由"))
    defence = models.TextField(_("本人申辩"), blank=True)
    ballot = models.OneToOneField("ballots.Ballot", models.PROTECT, related_name="recall")
    needed = models.PositiveIntegerField(_("需要附议人数"))
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    ended_reason = models.CharField(_("终止的原因"), max_length=300, blank=True)

    objects = ScopeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.office}"


class RecallSupport(models.Model):
    """That a voter supports a recall."""

    recall = models.ForeignKey(Recall, models.CASCADE, related_name="supports")
    resident = models.ForeignKey("residents.Resident", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "resident"],
                name="recall_supported_once",
                violation_error_message=_("这位选民已经附议过。"),
            )
        ]

    def __str__(self) -> str:
        return f"support of {self.recall_id}"
