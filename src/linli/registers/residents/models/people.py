"""Persons of the registry, their search tokens, who looks after a minor, and to what they agreed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.core.fields import PathField, uuid7
from linli.foundation.places.models import Compound

from .scope import RegisterQuerySet, Sourced


class Resident(models.Model):
    """One person of the registry: who lives, is registered or owns here.

    Name, number, phone and day of birth are sealed under the person's own ``data_key`` (wrapped by the key
    ring); an empty key means that the person was erased and nothing can be opened again. ``number_index``
    recognises a number in the whole installation, tokens find people within a county. ``place_code``,
    ``area_path`` and ``compound`` are where the person is now. ``origins`` keeps field → [source, date].
    """

    area_label = _("居民")
    area_is_compounds = True

    class State(models.TextChoices):
        HERE = "here", _("在册")
        AWAY = "away", _("已迁出")
        DEAD = "dead", _("已去世")
        MERGED = "merged", _("已并入")
        ERASED = "erased", _("已删除")

    class Sex(models.TextChoices):
        MALE = "m", _("男")
        FEMALE = "f", _("女")
        UNKNOWN = "", _("未登记")

    class NumberKind(models.TextChoices):
        IDENTITY_CARD = "id", _("居民身份证")
        HONGKONG_MACAO = "hm", _("港澳居民居住证或通行证")
        TAIWAN = "tw", _("台湾居民居住证或通行证")
        FOREIGN = "foreign", _("外国人永久居留身份证")
        PASSPORT = "passport", _("护照")
        OTHER = "other", _("其他证件")
        NONE = "", _("没有登记")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.HERE)
    data_key = models.CharField(max_length=200, blank=True)
    name_sealed = models.TextField(_("姓名"), blank=True)
    number_kind = models.CharField(
        _("证件种类"), max_length=10, choices=NumberKind.choices, blank=True, default=""
    )
    number_sealed = models.TextField(_("证件号码"), blank=True)
    number_index = models.CharField(max_length=64, null=True, blank=True)
    phone_sealed = models.TextField(_("电话"), blank=True)
    birth_sealed = models.TextField(_("出生日期"), blank=True)
    birth_month = models.DateField(_("出生年月"), null=True, blank=True)  # the first of the month
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, blank=True, default="")

    county_code = PathField(max_length=6, blank=True)  # under which the tokens were made
    place_code = PathField(max_length=15, blank=True)
    area_path = PathField(blank=True)
    compound = models.ForeignKey(Compound, models.PROTECT, null=True, blank=True, related_name="residents")

    state_on = models.DateField(_("状态日期"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    source = models.CharField(_("来源"), max_length=30, blank=True)
    origins = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        indexes = [
            # whole in itself for the figures of an area, which then read no row
            models.Index(fields=["area_path", "birth_month", "sex", "state"], name="resident_by_area"),
            models.Index(fields=["compound"], name="resident_by_compound"),
            models.Index(fields=["updated_at", "id"], name="resident_by_change"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number_index"],
                name="resident_number_once",
                violation_error_message=_("这个证件号码已经登记在另一个人名下。"),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="merged"),
                name="resident_merged_says_so",
                violation_error_message=_("只有已并入的登记才指向另一个人。"),
            ),
        ]

    def __str__(self) -> str:
        return f"resident {self.pk}"


class SearchToken(models.Model):
    """That a keyed token stands for something of a person: a name, a part of it, its pinyin, a number.

    An index, made anew from the persons at any time: the database does not look up the person of each of
    ten tokens, which is a tenth of an import's time.
    """

    pk = models.CompositePrimaryKey("token", "resident_id")
    token = models.BigIntegerField()
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="tokens", db_constraint=False)

    def __str__(self) -> str:
        return f"token of {self.resident_id}"


class Guardian(Sourced):
    """That somebody looks after a minor or a person who cannot act alone; both are in the registry."""

    class Kind(models.TextChoices):
        PARENT = "parent", _("父母")
        GRANDPARENT = "grandparent", _("祖父母、外祖父母")
        SIBLING = "sibling", _("成年兄姐")
        SPOUSE = "spouse", _("配偶")
        CHILD = "child", _("成年子女")
        OTHER = "other", _("其他监护人")

    ward = models.ForeignKey(Resident, models.CASCADE, related_name="guardians")
    guardian = models.ForeignKey(Resident, models.CASCADE, related_name="wards")
    kind = models.CharField(_("关系"), max_length=12, choices=Kind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "guardian"], condition=Q(to_on__isnull=True), name="guardian_once"
            ),
            models.CheckConstraint(
                condition=~Q(ward=F("guardian")),
                name="guardian_is_another",
                violation_error_message=_("监护人必须是另一个人。"),
            ),
        ]

    def __str__(self) -> str:
        return f"guardian of {self.ward_id}"


class Consent(models.Model):
    """That a person, or the guardian for them, agreed to one use of their data, until taken back."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("用途"), max_length=40)
    version = models.CharField(_("告知版本"), max_length=20)
    how = models.CharField(_("方式"), max_length=20)
    given_by = models.ForeignKey(
        Resident, models.SET_NULL, null=True, blank=True, related_name="consents_given"
    )
    given_at = models.DateTimeField(_("同意时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="registry_consent_once",
            )
        ]

    def __str__(self) -> str:
        return self.purpose
