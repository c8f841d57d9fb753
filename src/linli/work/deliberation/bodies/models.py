"""A body, its terms, who belongs to it from when to when, and when it sat."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import EncryptedTextField, PathField, in_areas, uuid7
from linli.foundation.places.models.grids import grids_among
from linli.registers.residents.sealing import sealed_get

from .kinds import BodyKind, kinds

READING = frozenset({Function.SUPERVISOR, Function.SYSTEM})


class BodyQuerySet(models.QuerySet["Body"]):
    """Reads of bodies; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> BodyQuerySet:
        """Return those of the areas of who governs or oversees, for a grid worker the committee's."""
        if actor.is_governing or actor.function in READING:
            return self.filter(in_areas("area_path", actor.areas))
        if actor.function == Function.GRID_WORKER:
            around = tuple(path[:-1].rpartition("/")[0] + "/" for path in grids_among(actor.areas))
            return self.filter(in_areas("area_path", actor.areas + around))
        return self.none()

    def standing(self) -> BodyQuerySet:
        """Leave out those that were dissolved."""
        return self.filter(dissolved_on__isnull=True)


class Body(models.Model):
    """A body that deliberates or decides: 居民代表会议、居委会、业委会、议事会 …

    ``meet_by`` is the lawful day by which it must meet next, ``None`` where nothing says how often.
    """

    area_label = _("议事组织")
    area_open = Q(dissolved_on__isnull=True)

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(_("种类"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级组织")
    )
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    area_path = PathField(db_index=True)
    place_code = models.CharField(_("地点代码"), max_length=15)
    compound = models.ForeignKey(
        "places.Compound", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("小区")
    )
    founded_on = models.DateField(_("成立日期"))
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)
    dissolved_reason = models.CharField(_("撤销的原因"), max_length=300, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)
    meet_by = models.DateField(_("最迟开会日期"), null=True, blank=True)
    created_at = models.DateTimeField()

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["area_path", "id"]
        indexes = [models.Index(fields=["dissolved_on", "meet_by"], name="body_by_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["area_path", "kind", "name"],
                condition=Q(dissolved_on__isnull=True),
                name="body_name_once",
                violation_error_message=_("这里已经有同类同名的组织。"),
            ),
            models.CheckConstraint(
                condition=Q(dissolved_on__isnull=True)
                | (Q(dissolved_on__gte=F("founded_on")) & ~Q(dissolved_reason="")),
                name="body_dissolved_after_founding",
                violation_error_message=_("撤销要写明原因，日期不早于成立日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def what(self) -> BodyKind:
        """What the law says of its kind."""
        return kinds()[self.kind]

    @property
    def kind_name(self) -> str:
        """What its kind is called."""
        return self.what.name


class Term(models.Model):
    """One term of a body （第几届）: ``ends_on`` is its last lawful day, ``ended_on`` when it was over."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField(_("届次"))
    begins_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("届满日期"))
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-begins_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "number"],
                name="term_number_once",
                violation_error_message=_("这一届已经登记过。"),
            ),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(ended_on__isnull=True),
                name="term_one_runs",
                violation_error_message=_("上一届还没有结束。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("begins_on")),
                name="term_ends_after_it_begins",
                violation_error_message=_("届满日期要晚于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.number}"


class Member(models.Model):
    """That somebody belongs to a body from one day to another, with a post.

    Who is in the register is named there (``resident``); ``name`` is kept only of others. ``person`` is the
    natural person behind an account of the platform.
    """

    class Leaving(models.TextChoices):
        TERM = "term", _("任期届满")
        RESIGNED = "resigned", _("辞职")
        RECALLED = "recalled", _("罢免、撤换")
        ASSESSED = "assessed", _("连续两次评议不称职")
        ENDED = "ended", _("职务自行终止")
        MOVED = "moved", _("迁出或不再代表")
        DIED = "died", _("去世")
        MISTAKE = "mistake", _("登记有误")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="members")
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="members")
    resident = models.ForeignKey(
        "residents.Resident", models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    name = EncryptedTextField(_("姓名"), blank=True)
    post = models.CharField(_("职务"), max_length=20)
    is_woman = models.BooleanField(_("妇女"), null=True, blank=True)
    speaks_for = models.CharField(_("代表哪里"), max_length=80, blank=True)
    ballot = models.UUIDField(null=True, blank=True)
    has_relatives = models.BooleanField(_("声明有近亲属任职"), null=True, blank=True)
    relatives_whom = EncryptedTextField(_("声明的近亲属和职务"), blank=True)
    relatives_checked_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_on = models.DateField(_("从哪天起"))
    to_on = models.DateField(_("到哪天"), null=True, blank=True)
    leaving = models.CharField(_("离任原因"), max_length=10, choices=Leaving.choices, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "resident"],
                condition=Q(to_on__isnull=True, resident__isnull=False),
                name="member_resident_once",
                violation_error_message=_("这位居民已经是成员。"),
            ),
            models.UniqueConstraint(
                fields=["body", "person"],
                condition=Q(to_on__isnull=True, person__isnull=False),
                name="member_person_once",
                violation_error_message=_("这位工作人员已经是成员。"),
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True, leaving="") | (Q(to_on__gte=F("from_on")) & ~Q(leaving="")),
                name="member_left_for_a_reason",
                violation_error_message=_("离任要写明原因，日期不早于任职日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"member of {self.body_id}"

    @property
    def full_name(self) -> str:
        """Who it is: the name of the register, of the account, or the one that was written down."""
        if self.resident is not None:
            return sealed_get(self.resident, "name")
        return self.person.name if self.person is not None else self.name

    @property
    def post_name(self) -> str:
        """What the post is called in this body."""
        return self.body.what.post_name(self.post)

    def is_in(self, day: date) -> bool:
        """Whether the member belonged to the body on a day."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


class Sitting(models.Model):
    """That a body met on a day; ``meeting`` is the public id of the meeting that the platform held."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="sittings")
    on = models.DateField(_("开会日期"))
    meeting = models.UUIDField(null=True, blank=True)
    note = models.CharField(_("说明"), max_length=160, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "meeting"],
                condition=Q(meeting__isnull=False),
                name="sitting_meeting_once",
                violation_error_message=_("这次会议已经登记过。"),
            ),
            models.UniqueConstraint(
                fields=["body", "on"],
                condition=Q(meeting__isnull=True),
                name="sitting_day_once",
                violation_error_message=_("这一天的会议已经登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.on}"


class BodyEvent(models.Model):
    """One line of a body's history: what was done, by whom; nothing personal in the note."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=20)
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["body", "at"], name="body_event_by_body")]

    def __str__(self) -> str:
        return self.verb
