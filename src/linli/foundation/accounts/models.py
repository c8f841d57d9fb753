"""Persons, their accounts, units, roles, deputies, one-time codes."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Function
from linli.core.fields import EncryptedTextField, uuid7

FUNCTIONS = [
    (Function.RESIDENT, _("居民")),
    (Function.GRID_WORKER, _("网格员")),
    (Function.COMMITTEE, _("居村委会")),
    (Function.STREET, _("街镇")),
    (Function.DISTRICT, "区"),
    (Function.CITY, "市"),
    (Function.DEPARTMENT, _("职能部门")),
    (Function.PROPERTY, _("物业企业")),
    (Function.SOCIAL_ORG, _("社会组织")),
    (Function.PROVIDER, _("服务商")),
    (Function.SUPERVISOR, _("监督")),
    (Function.OPERATOR, _("运维")),
]


class Person(models.Model):
    """One human being, however many accounts and roles they have; rules about persons compare this."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = EncryptedTextField(_("姓名"), blank=True)
    phone = EncryptedTextField(_("手机号"), blank=True)
    phone_index = models.CharField(max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"person {self.pk}"


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by user name; the person comes along, since every page needs both."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        """Return accounts with their persons in one query."""
        return super().get_queryset().select_related("person")


class Account(AbstractBaseUser):
    """A way to sign in: a user name with password and TOTP for staff, a phone for residents.

    The phone belongs to the person. An account of kind ``phone`` never carries a staff role, however
    many roles its person holds: a code by phone is not enough for the desk.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("居民（手机号）")
        STAFF = "staff", _("工作人员")

    last_login = None
    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    username = models.CharField(
        _("用户名"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("这个用户名已被使用，请换一个。")},
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    email = models.EmailField(_("工作邮箱"), blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(_("演示账号"), default=False)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    must_prove_phone = models.BooleanField(_("首次登录须验证手机号"), default=False)
    created_at = models.DateTimeField()
    signed_in_at = models.DateTimeField(_("最近登录"), null=True, blank=True)

    objects = AccountManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="phone"), name="account_one_phone_sign_in_a_person"
            )
        ]

    def __str__(self) -> str:
        return self.username


class Identity(models.Model):
    """That a subject of the common sign-in (OpenID Connect) is one of our staff accounts.

    It lets nobody in before an administrator has confirmed it (or entered it by hand).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="identities")
    issuer = models.CharField(_("认证方"), max_length=200)
    subject = models.CharField(_("统一认证标识"), max_length=255)
    created_at = models.DateTimeField(_("登记时间"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("解除时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=Q(ended_at__isnull=True),
                name="identity_is_one_account",
                violation_error_message=_("这个统一认证标识已经关联了别的账号。"),
            ),
            models.UniqueConstraint(
                fields=["account", "issuer"],
                condition=Q(ended_at__isnull=True),
                name="identity_one_an_account",
                violation_error_message=_("这个账号已经关联了统一认证，请先解除。"),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class PrivacyConsent(models.Model):
    """That a person was shown one version of the privacy notice and agreed, until they took it back."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    version = models.CharField(_("版本"), max_length=20)
    agreed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_once_a_version",
            )
        ]

    def __str__(self) -> str:
        return self.version


class Unit(models.Model):
    """An office, department, company or organisation that people act for."""

    area_label = _("单位")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=40, blank=True, help_text=_("如 城管、房管、物业"))
    function = models.CharField(_("职能"), max_length=20, choices=FUNCTIONS)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    areas = models.ManyToManyField("places.Division", related_name="units", blank=True)
    phone = models.CharField(_("值班电话"), max_length=40, blank=True)
    address = models.CharField(_("地址"), max_length=160, blank=True)
    email = models.EmailField(_("单位邮箱"), blank=True)
    pinyin = models.CharField(max_length=120, blank=True, editable=False)
    initials = models.CharField(max_length=30, blank=True, editable=False)
    opened_on = models.DateField(_("启用日期"))
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        ordering = ["function", "pinyin", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "parent"],
                name="unit_name_once_under_parent",
                violation_error_message=_("同名单位已存在。"),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(parent__isnull=True),
                name="unit_name_once_at_the_top",
                violation_error_message=_("同名单位已存在。"),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="unit_closes_after_it_opens",
                violation_error_message=_("停用日期不能早于启用日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def area_paths(self) -> tuple[str, ...]:
        """The paths of its areas, shortest first."""
        return tuple(sorted(area.path for area in self.areas.all()))


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles, and which of them hold on a day."""

    def valid_on(self, day: date) -> "RoleQuerySet":
        """Keep the roles that hold on ``day`` for a unit that is open (both ends included)."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            Q(unit__isnull=True) | Q(unit__closed_on__isnull=True) | Q(unit__closed_on__gt=day),
            ended_at__isnull=True,
            valid_from__lte=day,
        )


class Role(models.Model):
    """That a person acts for a unit in one function over some areas, from–to (both included).

    A role without areas of its own covers its unit's areas, also those added later. ``ended_at`` ends
    it at once, whatever ``valid_to`` had planned.
    """

    area_label = _("岗位")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="roles")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="roles")
    function = models.CharField(_("职能"), max_length=20, choices=FUNCTIONS)
    title = models.CharField(_("职务"), max_length=40, blank=True)
    areas = models.ManyToManyField("places.Division", related_name="roles", blank=True)
    is_unit_admin = models.BooleanField(_("单位管理员"), default=False)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    ended_at = models.DateTimeField(_("提前结束"), null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="role_ends_after_it_begins",
                violation_error_message=_("结束日期不能早于开始日期。"),
            )
        ]

    def __str__(self) -> str:
        function = self.get_function_display()
        return self.title if self.title.startswith(function) else f"{function} {self.title}".strip()


class Deputyship(models.Model):
    """That another person exercises a role while its holder is on leave (both days included)."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="deputyships")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="deputyships")
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"))
    reason = models.CharField(_("原因"), max_length=100, blank=True)
    ended_at = models.DateTimeField(_("提前结束"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="deputyship_ends_after_it_begins",
                violation_error_message=_("结束日期不能早于开始日期。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.from_on}–{self.to_on}"


class OneTimeCode(models.Model):
    """A code sent to a phone; only its keyed digest is kept."""

    phone_index = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=20)
    code_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.purpose


class RateHit(models.Model):
    """One use of something that is limited; ``key`` is a keyed digest of a number or an address."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "at"])]

    def __str__(self) -> str:
        return self.kind
