"""A ballot, what it asks, and who sees it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import PathField, in_areas, uuid7
from linli.foundation.places.models.grids import grids_among

from ..workflow import PUBLIC, State

READING = frozenset({Function.SUPERVISOR, Function.SYSTEM})


class Kind(models.TextChoices):
    """What comes of a ballot."""

    DECISION = "decision", _("表决事项")
    ELECTION = "election", _("选举")
    RECALL = "recall", _("罢免")
    ASSESSMENT = "assessment", _("民主评议")


class Way(models.TextChoices):
    """Whether a choice stands beside a name."""

    NAMED = "named", _("记名")
    SECRET = "secret", _("无记名")


class Channel(models.TextChoices):
    """How an elector votes."""

    WEB = "web", _("网上")
    PAPER = "paper", _("纸质票")
    PHONE = "phone", _("电话")
    DOOR = "door", _("上门")
    BOX = "box", _("流动票箱")


NAMED_ONLY = frozenset({Channel.PHONE, Channel.DOOR})


class BallotQuerySet(models.QuerySet["Ballot"]):
    """Reads of ballots; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> BallotQuerySet:
        """Return those of the areas of who governs or oversees, for a grid worker the committee's.

        Everybody else sees what is announced, drafts never.
        """
        if actor.is_governing or actor.function in READING:
            return self.filter(in_areas("area_path", actor.areas))
        if actor.function == Function.GRID_WORKER:
            around = tuple(path[:-1].rpartition("/")[0] + "/" for path in grids_among(actor.areas))
            return self.filter(in_areas("area_path", actor.areas + around)).exclude(state=State.DRAFT)
        return self.public()

    def public(self) -> BallotQuerySet:
        """Return those that were announced."""
        return self.filter(state__in=PUBLIC, announced_at__isnull=False)


class Ballot(models.Model):
    """One ballot on one occasion: by which rule, of whom, about what, from when to when.

    ``rule`` is the content of the rule, copied when the ballot is announced. ``channels`` are values of
    ``Channel``. ``body`` is whose members vote, where members do. ``meeting`` is the public id of the
    meeting it belongs to. ``sealed_counts`` are the opened choices of a secret ballot's web votes,
    ``{"ballots": n, question: {choice: n}}``; ``tally`` is what was counted of all.
    """

    area_label = _("表决")
    area_open = Q(state__in=(State.DRAFT, State.ANNOUNCED, State.FROZEN, State.OPEN, State.CLOSED))

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices, default=Kind.DECISION)
    title = models.CharField(_("题目"), max_length=80)
    text = models.TextField(_("说明"), blank=True)
    rule_key = models.CharField(_("规则"), max_length=60)
    rule_on = models.DateField(_("规则以哪天为准"))
    rule = models.JSONField(default=dict, blank=True)
    electorate = models.CharField(_("谁来表决"), max_length=30)
    way = models.CharField(_("方式"), max_length=8, choices=Way.choices)
    channels = models.JSONField(_("投票途径"), default=list)
    may_change = models.BooleanField(_("截止前可以改"), default=False)
    body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="ballots")
    meeting = models.UUIDField(null=True, blank=True, db_index=True)
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("组织单位"), null=True, blank=True
    )
    area_path = PathField(db_index=True)
    place_code = models.CharField(_("地点代码"), max_length=15)
    compound = models.ForeignKey(
        "places.Compound", models.PROTECT, null=True, blank=True, related_name="ballots"
    )
    buildings = models.ManyToManyField("places.Building", blank=True, related_name="ballots")
    stairs = models.ManyToManyField("places.Stair", blank=True, related_name="ballots")
    opens_at = models.DateTimeField(_("开始时间"))
    closes_at = models.DateTimeField(_("截止时间"))
    roll_on = models.DateField(_("名册以哪天为准"), null=True, blank=True)
    roll_objections_until = models.DateField(_("名册异议截止"), null=True, blank=True)
    roll_digest = models.CharField(_("名册摘要"), max_length=64, blank=True)
    result_objections_until = models.DateField(_("结果异议截止"), null=True, blank=True)
    sealed_counts = models.JSONField(default=dict, blank=True)
    tally = models.JSONField(default=dict, blank=True)
    tally_digest = models.CharField(_("计票摘要"), max_length=64, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    announced_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("名册确定时间"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(_("计票时间"), null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(_("取消的原因"), max_length=300, blank=True)
    override_reason = models.CharField(_("期限不足的说明"), max_length=300, blank=True)
    recount_reason = models.CharField(_("重新计票的原因"), max_length=300, blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "-id"]
        indexes = [
            models.Index(fields=["state", "closes_at"], name="ballot_by_state"),
            models.Index(fields=["area_path", "opens_at"], name="ballot_by_area"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="ballot_closes_after_it_opens",
                violation_error_message=_("截止时间要晚于开始时间。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.FROZEN, State.OPEN, State.CLOSED, State.COUNTED, State.SETTLED))
                | ~Q(roll_digest=""),
                name="ballot_votes_on_a_frozen_roll",
                violation_error_message=_("名册确定以后才能表决。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.COUNTED, State.SETTLED)) | Q(counted_at__isnull=False),
                name="ballot_counted_has_a_time",
                violation_error_message=_("计票必须有时间。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CANCELLED) | ~Q(cancelled_reason=""),
                name="ballot_cancelled_has_a_reason",
                violation_error_message=_("取消表决要写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_secret(self) -> bool:
        """Whether no choice may stand beside a name."""
        return self.way == Way.SECRET

    def takes(self, channel: str) -> bool:
        """Whether votes come this way."""
        return channel in self.channels


class Question(models.Model):
    """One thing that a ballot asks; ``choices`` is a list of ``{"key": …, "label": …}``.

    ``seats`` is how many choices may be marked: 1 for a decision, the number of seats in an election;
    ``passes`` the choice that the rule's threshold is about.
    """

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("表决事项"), max_length=300)
    choices = models.JSONField(default=list)
    seats = models.PositiveSmallIntegerField(default=1)
    passes = models.CharField(max_length=20, default="yes")

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "order"], name="question_order_once"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="question_has_a_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id}.{self.order}"

    @property
    def key(self) -> str:
        """By what its answers are kept: its place in the ballot."""
        return str(self.order)

    @property
    def labels(self) -> dict[str, str]:
        """What may be chosen: key → label."""
        return {str(choice["key"]): str(choice["label"]) for choice in self.choices}
