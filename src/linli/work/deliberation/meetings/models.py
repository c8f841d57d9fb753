"""A meeting, its agenda, who was asked and came, who spoke, what was decided, and its minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor, Function
from linli.core.fields import EncryptedTextField, PathField, in_areas, uuid7

from ..stories import StoryEvent
from .workflow import HELD, State

READERS = frozenset({Function.SUPERVISOR, Function.GRID_WORKER})


class Kind(models.TextChoices):
    """What a meeting is for; which rules of law may stand behind it says ``data/meetings.yaml``."""

    HEARING = "hearing", _("听证会")
    COORDINATION = "coordination", _("协调会")
    REVIEW = "review", _("评议会")
    COUNCIL = "council", _("议事会")
    JOINT = "joint", _("联席会议")
    REPRESENTATIVES = "representatives", _("代表会议")
    ONE_MATTER = "one_matter", _("一事一议")


class Told(models.TextChoices):
    """How somebody was told of a meeting."""

    SYSTEM = "system", _("站内消息")
    PHONE = "phone", _("电话")
    DOOR = "door", _("上门")
    PAPER = "paper", _("书面送达")
    GROUP = "group", _("微信群或短信")


class Way(models.TextChoices):
    """How somebody was found to be there."""

    LIST = "list", _("签到簿")
    CODE = "code", _("扫码")
    ONLINE = "online", _("线上")


class Outcome(models.TextChoices):
    """What came of an item."""

    PASSED = "passed", _("通过")
    FAILED = "failed", _("未通过")
    AGREED = "agreed", _("协商一致")
    NOT_AGREED = "not_agreed", _("没有达成一致")
    HEARD = "heard", _("听取了意见")
    POSTPONED = "postponed", _("改到下次会议")


DECIDED = (Outcome.PASSED, Outcome.AGREED)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Reads of meetings; ``visible_to`` is the only place where scope becomes a query."""

    def visible_to(self, actor: Actor) -> MeetingQuerySet:
        """Restrict to what this actor may see: by area who governs or oversees, else where they are asked."""
        if actor.function == Function.SYSTEM:
            return self.filter(in_areas("area_path", actor.areas))
        if not actor.is_staff:
            return self.none()
        seen = Q(pk__in=[])
        if actor.is_governing or actor.function in READERS:
            seen |= in_areas("area_path", actor.areas)
        if actor.unit_id is not None:
            asked = Invitee.objects.filter(unit_id=actor.unit_id, told_at__isnull=False)
            seen |= Q(unit_id=actor.unit_id) | Q(pk__in=models.Subquery(asked.values("meeting_id")))
        return self.filter(seen)

    def public(self) -> MeetingQuerySet:
        """Keep what anybody may read: public meetings that were called."""
        return self.filter(is_public=True).exclude(state=State.DRAFT)


class Meeting(models.Model):
    """That people of a body come together at a time to talk and to decide （会议）."""

    area_label = _("会议")
    area_open = Q(state__in=(State.DRAFT, State.CALLED, State.OPEN))

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    kind = models.CharField(_("类型"), max_length=16, choices=Kind.choices)
    title = models.CharField(_("会议名称"), max_length=80)
    about = models.CharField(_("为什么开这个会"), max_length=500, blank=True)
    body = models.CharField(_("会议组织"), max_length=80)
    organ = models.ForeignKey(
        "bodies.Body",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("登记的组织"),
    )
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("召集单位"))
    area_path = PathField(db_index=True)
    place_code = models.CharField(_("地点代码"), max_length=15)
    place = models.CharField(_("开会地点"), max_length=160)
    online = models.CharField(_("线上会议"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("开会时间"))
    is_public = models.BooleanField(_("居民可以查看"), default=True)
    rule_key = models.CharField(_("依据的规则"), max_length=60, blank=True)
    rule_on = models.DateField(_("规则的日期"), null=True, blank=True)
    composition = models.PositiveIntegerField(_("组成人员总数"), default=0)
    is_by_household = models.BooleanField(_("每户一名代表"), default=False)
    previous = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name=_("上一次会议")
    )
    code = models.CharField(_("到会码"), max_length=12)
    chair = models.ForeignKey("Invitee", models.PROTECT, null=True, blank=True, related_name="+")
    recorder = models.ForeignKey("Invitee", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(_("发通知时间"), null=True, blank=True)
    notice_by = models.DateField(_("最迟通知日"), null=True, blank=True)
    late_reason = models.CharField(_("晚于法定期限通知的理由"), max_length=300, blank=True)
    opened_at = models.DateTimeField(_("开会"), null=True, blank=True)
    closed_at = models.DateTimeField(_("散会"), null=True, blank=True)
    is_quorate = models.BooleanField(_("达到法定人数"), null=True, blank=True)
    present = models.PositiveIntegerField(_("散会时统计的到会人数"), null=True, blank=True)
    filed_at = models.DateTimeField(_("归档时间"), null=True, blank=True)
    cancelled_reason = models.CharField(_("取消的原因"), max_length=300, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [
            models.Index(fields=["state", "starts_at"]),
            models.Index(fields=["area_path", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=(State.DRAFT, State.CANCELLED)) | Q(called_at__isnull=False),
                name="meeting_called_has_a_time",
                violation_error_message=_("先发会议通知，才能开会。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(closed_at__isnull=False, is_quorate__isnull=False),
                name="meeting_held_has_an_end",
                violation_error_message=_("散会必须有时间，并记下是否达到法定人数。"),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="meeting_ends_after_it_opens",
                violation_error_message=_("散会不能早于开会。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Invitee(models.Model):
    """Somebody who is asked to a meeting: a member who counts, or a guest who may speak."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitees")
    number = models.PositiveIntegerField(_("序号"))
    name = EncryptedTextField(_("姓名"))
    part = models.CharField(_("身份"), max_length=30, blank=True)
    is_member = models.BooleanField(_("有表决权"), default=True)
    is_candidate = models.BooleanField(_("是本次选举的候选人"), default=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(_("请柬码"), max_length=12)
    told_how = models.CharField(_("怎样通知的"), max_length=8, choices=Told.choices, blank=True)
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="invitee_number_once",
                violation_error_message=_("序号重复。"),
            ),
            models.UniqueConstraint(fields=["meeting", "code"], name="invitee_code_once"),
            models.UniqueConstraint(
                fields=["meeting", "person"],
                condition=Q(person__isnull=False),
                name="invitee_person_once",
                violation_error_message=_("同一个人只能请一次。"),
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, told_how="") | (Q(told_at__isnull=False) & ~Q(told_how="")),
                name="invitee_told_in_some_way",
                violation_error_message=_("通知必须有时间和方式。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.number}"


class Attendance(models.Model):
    """That somebody came, and when they left; nobody is there twice at a time."""

    invitee = models.ForeignKey(Invitee, models.PROTECT, related_name="attendances")
    way = models.CharField(_("签到方式"), max_length=6, choices=Way.choices)
    came_at = models.DateTimeField(_("到场"))
    left_at = models.DateTimeField(_("离场"), null=True, blank=True)
    noted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["came_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitee"],
                condition=Q(left_at__isnull=True),
                name="attendance_once_at_a_time",
                violation_error_message=_("这个人已经签到。"),
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("came_at")),
                name="attendance_leaves_after_coming",
                violation_error_message=_("离场不能早于到场。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitee_id} {self.way}"


class Proxy(models.Model):
    """That a member who does not come lets another member act for them at this meeting."""

    giver = models.OneToOneField(Invitee, models.PROTECT, related_name="proxy_given")
    holder = models.ForeignKey(Invitee, models.PROTECT, related_name="proxies_held")
    is_written = models.BooleanField(_("有书面委托"), default=False)
    given_at = models.DateTimeField(_("登记时间"))
    noted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "proxies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("holder")),
                name="proxy_is_another",
                violation_error_message=_("不能委托自己。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.holder_id}"


class AgendaItem(models.Model):
    """One thing that a meeting talks over, and what came of it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField(_("次序"))
    title = models.CharField(_("议题"), max_length=80)
    text = models.TextField(_("说明"), blank=True)
    is_vote_wanted = models.BooleanField(_("要表决"), default=False)
    rule_key = models.CharField(_("表决依据的规则"), max_length=60, blank=True)
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    ballot = models.UUIDField(_("交付表决"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices, blank=True)
    decision = models.TextField(_("决定"), blank=True)
    yes = models.PositiveIntegerField(_("赞成"), null=True, blank=True)
    no = models.PositiveIntegerField(_("反对"), null=True, blank=True)
    abstain = models.PositiveIntegerField(_("弃权"), null=True, blank=True)
    present = models.PositiveIntegerField(_("表决时到会人数"), null=True, blank=True)
    steps = models.JSONField(_("计票过程"), default=list, blank=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "order"],
                name="agenda_order_once",
                violation_error_message=_("议题的次序重复。"),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="agenda_outcome_has_a_time",
                violation_error_message=_("结果必须有时间。"),
            ),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(present__gte=F("yes") + F("no") + F("abstain")),
                name="agenda_hands_of_those_present",
                violation_error_message=_("举手的人数不能超过到会人数。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SpeakerTurn(models.Model):
    """Whose turn it is to speak on an item, in which order."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="turns")
    invitee = models.ForeignKey(Invitee, models.PROTECT, related_name="turns")
    order = models.PositiveSmallIntegerField(_("次序"))
    minutes = models.PositiveSmallIntegerField(_("分钟"), default=3)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["item", "order"], name="speaker_order_once")]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.order}"


class Minutes(models.Model):
    """One version of what was said and decided; later versions never change earlier ones （纪要）."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes")
    edition = models.PositiveSmallIntegerField(_("版次"))
    text = models.TextField(_("讨论情况"))
    content = models.JSONField(_("写定时的会议情况"), default=dict)
    digest = models.CharField(max_length=64)
    written_at = models.DateTimeField(_("写定时间"))
    written_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "minutes"
        ordering = ["edition"]
        constraints = [models.UniqueConstraint(fields=["meeting", "edition"], name="minutes_edition_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} v{self.edition}"


class OpenPoint(models.Model):
    """What was left to somebody at the end of a meeting."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="points")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("待办的事"), max_length=200)
    who = models.CharField(_("谁来办"), max_length=80, blank=True)
    due_on = models.DateField(_("什么时候"), null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text


class Part(models.TextChoices):
    """As what somebody signs the minutes."""

    CHAIR = "chair", _("主持人")
    RECORDER = "recorder", _("记录人")
    MEMBER = "member", _("出席人")


class Signature(models.Model):
    """That somebody signed one version of the minutes, on paper or by themselves here."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="signatures")
    invitee = models.ForeignKey(Invitee, models.PROTECT, related_name="signatures")
    part = models.CharField(_("身份"), max_length=10, choices=Part.choices)
    is_on_paper = models.BooleanField(_("在纸上签"), default=True)
    signed_at = models.DateTimeField(_("签字时间"))
    noted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "invitee", "part"],
                name="signature_once",
                violation_error_message=_("这个人已经签过字。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.part}"


class Objection(models.Model):
    """That somebody present objects to the meeting or its minutes, and the answer."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="objections")
    invitee = models.ForeignKey(Invitee, models.PROTECT, related_name="objections")
    text = models.CharField(_("异议"), max_length=500)
    made_at = models.DateTimeField(_("提出时间"))
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"objection {self.pk}"


class MeetingEvent(StoryEvent):
    """One line of a meeting's story; it names no person who was asked."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="events")

    class Meta(StoryEvent.Meta):
        indexes = [models.Index(fields=["meeting", "at"])]
