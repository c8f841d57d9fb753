"""A matter, its story, and the papers of those for whom a worker runs the errand."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function, Scope
from linli.core.crypto import blind_index
from linli.core.fields import EncryptedTextField, PathField, in_areas, uuid7

from ..workflow import ENDED, State
from .category import AffairClass, Category


class Channel(models.TextChoices):
    """How a matter came in."""

    PHONE_PAGE = "web", _("网页")
    POSTER = "poster", _("扫码")
    DOOR = "door", _("上门")
    TELEPHONE = "telephone", _("电话")
    PATROL = "patrol", _("巡查")
    INTERFACE = "interface", _("接口")
    IMPORT = "import", _("导入")


class ClosedAs(models.TextChoices):
    """In which way a matter ended."""

    VERIFIED = "verified", _("核查通过")
    UNVERIFIABLE = "unverifiable", _("无法核查")
    GUIDED_CONFIRMED = "guided_confirmed", _("引导后确认")
    GUIDED_SILENT = "guided_silent", _("引导后未回应")
    IMPORTED = "imported", _("导入前已办结")


class MatterQuerySet(models.QuerySet["Matter"]):
    """Reads of matters; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor, *, path: str = "area_path") -> MatterQuerySet:
        """Restrict to what this actor may see: by area, by participation, or as the reporter.

        ``path`` is ``area_path__walked`` for a list that is read in the order of another index.
        """
        if actor.function == Function.SYSTEM or actor.is_governing:
            return self.filter(in_areas(path, actor.areas))
        if actor.function == Function.CLIENT:
            return self.filter(in_areas(path, actor.areas), _granted(actor))
        if actor.is_executing:
            return self.filter(
                Q(pk__in=models.Subquery(_assigned(actor.unit_id))) | Q(intake_unit_id=actor.unit_id)
            )
        own = Q(pk__in=[])
        if actor.person_id is not None:
            own = Q(reporter_id=actor.person_id) | Q(intake_by_id=actor.person_id)
        if actor.function == Function.GRID_WORKER and actor.unit_id is not None:
            own |= Q(pk__in=models.Subquery(_assigned(actor.unit_id)))
        return self.filter(own)

    def counted_for(self, actor: Actor) -> MatterQuerySet:
        """Widen ``visible_to`` for figures: a client that was granted figures counts what it may not read."""
        if actor.grants(Scope.FIGURES_READ):
            return self.filter(in_areas("area_path", actor.areas))
        return self.visible_to(actor)

    def known_to(self, actor: Actor) -> MatterQuerySet:
        """Widen ``visible_to``: what one's own report was merged into, and what one said 我也遇到了 to."""
        if actor.person_id is None:
            return self.visible_to(actor)
        affected = Q(
            public_version__withdrawn_at__isnull=True, public_version__affected__person_id=actor.person_id
        )
        joined = Q(merged__reporter_id=actor.person_id)
        known = self.model.objects
        return self.filter(
            Q(pk__in=self.model.objects.visible_to(actor).values("pk"))
            | Q(pk__in=known.filter(affected | joined).values("pk"))
        )


def client_key(actor: Actor) -> str:
    """Return by what a client finds again what it reported: as for a visitor, a keyed digest."""
    return blind_index("client", actor.key)


def _granted(actor: Actor) -> Q:
    if actor.grants(Scope.MATTERS_READ):
        return Q()
    seen = Q(pk__in=[])
    if actor.grants(Scope.MATTERS_REPORT):
        seen |= Q(reporter_key=client_key(actor))
    if actor.grants(Scope.MATTERS_ACT):
        seen |= Q(pk__in=models.Subquery(_assigned(actor.unit_id)))
    return seen


def _assigned(unit_id: int | None) -> models.QuerySet[Any, Any]:
    from .handling import Assignment

    return Assignment.objects.filter(unit_id=unit_id or 0).values("matter_id")


class Matter(models.Model):
    """Something that a resident or a worker has brought before the neighbourhood （事项）."""

    area_label = _("事项")
    area_open = ~Q(state__in=ENDED)

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.REPORTED)
    round = models.PositiveSmallIntegerField(_("办理轮次"), default=1)

    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("内容"), blank=True)
    photos = models.ManyToManyField("files.StoredFile", blank=True, related_name="+")
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        verbose_name=_("类别"),
        db_index=False,  # an index below begins with it
    )

    affair_class = models.CharField(_("三事分类"), max_length=10, choices=AffairClass.choices, blank=True)
    class_reason = models.CharField(_("分类理由"), max_length=300, blank=True)
    class_set_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    class_confirmed_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    class_confirmed_on = models.DateField(_("议定日期"), null=True, blank=True)
    class_minutes = models.CharField(_("会议纪要"), max_length=500, blank=True)

    place_code = models.CharField(_("地点代码"), max_length=15)
    area_path = PathField()
    place_how = models.CharField(max_length=12)
    compound = models.ForeignKey("places.Compound", models.PROTECT, null=True, blank=True, related_name="+")
    building = models.ForeignKey("places.Building", models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(_("地址"), max_length=160, blank=True)
    lng = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)

    channel = models.CharField(_("来源"), max_length=12, choices=Channel.choices, default=Channel.PHONE_PAGE)
    reporter = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    reporter_name = EncryptedTextField(_("称呼"), blank=True)
    reporter_phone = EncryptedTextField(_("联系电话"), blank=True)
    reporter_phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    reporter_key = models.CharField(_("未登录反映人的标识"), max_length=64, blank=True, db_index=True)
    beneficiary_name = EncryptedTextField(_("代谁反映"), blank=True)
    beneficiary_relation = models.CharField(_("关系"), max_length=20, blank=True)
    intake_by = models.ForeignKey(
        "accounts.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("首问责任人"),
    )
    intake_unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")

    is_emergency = models.BooleanField(_("紧急"), default=False)
    emergency_kind = models.CharField(max_length=20, blank=True)
    is_never_public = models.BooleanField(_("不得公开"), default=False)
    hides_reporter = models.BooleanField(_("对被反映方保密"), default=False)
    about_unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("被反映单位")
    )
    is_imported = models.BooleanField(_("导入"), default=False)
    is_counted = models.BooleanField(_("计入三率"), default=True)
    source = models.CharField(_("来件渠道"), max_length=40, blank=True, help_text=_("如 12345、旧系统"))
    source_number = models.CharField(_("来件编号"), max_length=60, blank=True)
    source_due_at = models.DateTimeField(_("来件时限"), null=True, blank=True)

    happened_at = models.DateTimeField(_("发生时间"))
    reported_at = models.DateTimeField(_("上报时间"))
    accepted_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_as = models.CharField(max_length=20, choices=ClosedAs.choices, blank=True)
    due_at = models.DateTimeField(_("当前时限"), null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)
    due_source = models.CharField(max_length=200, blank=True)
    bounces = models.PositiveSmallIntegerField(_("退单次数"), default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    guidance = models.TextField(_("引导内容"), blank=True)
    # what was asked for its category: the question's key → the answer, or a list of answers
    answers = models.JSONField(_("对类别问题的回答"), default=dict, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at", "-id"]
        indexes = [
            # What lists narrow and sort by (docs/decisions/0006): by place, by category, by state, by date.
            models.Index(
                fields=["area_path", "state", "due_at", "category", "reported_at"], name="matter_by_area"
            ),
            models.Index(
                fields=["category", "state", "due_at", "-id", "reported_at", "area_path"],
                name="matter_by_category",
            ),
            models.Index(
                fields=["state", "due_at", "-id", "category", "reported_at", "area_path"],
                name="matter_by_state",
            ),
            models.Index(fields=["due_at", "-id"], name="matter_by_due"),
            models.Index(fields=["reporter", "-reported_at"]),
            models.Index(fields=["reported_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_number"],
                condition=~Q(source_number=""),
                name="matter_source_number_once",
                violation_error_message=_("这个来件编号已经登记过。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.MERGED) | Q(merged_into__isnull=False),
                name="matter_merged_into_something",
                violation_error_message=_("并案必须指明并入哪一件。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | Q(closed_at__isnull=False),
                name="matter_closed_has_a_time",
                violation_error_message=_("办结必须有办结时间。"),
            ),
            models.CheckConstraint(
                condition=Q(class_confirmed_by__isnull=True)
                | ~Q(class_confirmed_by=models.F("class_set_by")),
                name="matter_class_confirmed_by_another",
                violation_error_message=_("分类须由另一人确认。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class MatterEvent(models.Model):
    """One step of a matter's story."""

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("居民可见")
        DESK = "desk", _("工作人员可见")
        GOVERNING = "governing", _("居委街镇可见")

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    deputy_for = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    from_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)  # the limit that ran until this step ended it
    photos = models.ManyToManyField("files.StoredFile", blank=True, related_name="+")

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [
            models.Index(fields=["matter", "recorded_at"]),
            models.Index(fields=["verb", "at"]),
            models.Index(fields=["recorded_at", "id"]),  # the stream that other systems follow
        ]

    def __str__(self) -> str:
        return self.verb


class EntrustedDocument(models.Model):
    """A paper handed to a worker who runs an errand for someone （全程代办）, and handed back."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="documents")
    name = models.CharField(_("材料名称"), max_length=80)
    received_at = models.DateTimeField(_("收到时间"))
    received_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(_("交还时间"), null=True, blank=True)
    returned_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("备注"), max_length=160, blank=True)

    class Meta:
        ordering = ["received_at", "id"]

    def __str__(self) -> str:
        return self.name
