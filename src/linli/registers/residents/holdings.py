"""What the register holds about a person who is tied to it, and about the children they look after."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.clock import BEIJING
from linli.core.holdings import Holding, Row, holding_add

from .consents.selectors import by_words, how_words
from .facts.dictionary import Of, dictionary
from .facts.rules import is_void
from .facts.subjects import Subject, values_opened
from .facts.values import period_shown, shown
from .linking.selectors import people_of_account
from .models import (
    AccountLink,
    CareEntry,
    Consent,
    Fact,
    Guardian,
    Household,
    Membership,
    Occupancy,
    Owner,
    Receipt,
    Resident,
)
from .own.words import consent_label
from .sealing import sealed_get
from .words import source_words

OF_THE_REGISTER = gettext_lazy("居民登记，每项注明来源")


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _minute(at: datetime | None) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if at else ""


def _whose(one: Resident, people: list[Resident]) -> str:
    return _("本人") if one == people[0] else _("您监护的孩子 %(name)s") % {"name": sealed_get(one, "name")}


def _people(person_id: int) -> Iterator[tuple[str, Resident]]:
    people = people_of_account(person_id)
    for one in people:
        yield _whose(one, people), one


def _origins(one: Resident) -> str:
    """Say field by field from where and when it is known."""
    labels = {
        "name": _("姓名"),
        "number": _("证件号码"),
        "phone": _("电话"),
        "birth": _("出生日期"),
        "sex": _("性别"),
    }
    said: dict[str, list[str]] = {}
    for field, origin in one.origins.items():
        if field in labels and len(origin) > 1:
            said.setdefault(f"{source_words(origin[0])} {origin[1]}", []).append(labels[field])
    lines = [f"{'、'.join(fields)}：{origin}" for origin, fields in said.items()]
    return "；".join(lines) or source_words(one.source)


def _registered(person_id: int) -> Iterator[Row]:
    for whose, one in _people(person_id):
        yield {
            _("谁"): whose,
            _("姓名"): sealed_get(one, "name"),
            _("证件种类"): str(one.get_number_kind_display()) if one.number_kind else "",
            _("证件号码"): sealed_get(one, "number"),
            _("电话"): sealed_get(one, "phone"),
            _("出生日期"): sealed_get(one, "birth"),
            _("性别"): str(one.get_sex_display()) if one.sex else "",
            _("状态"): str(one.get_state_display()),
            _("小区"): str(one.compound or ""),
            _("来源"): _origins(one),
        }


def _homes(person_id: int) -> Iterator[Row]:
    for whose, one in _people(person_id):
        for member in Membership.objects.filter(resident=one).order_by("pk"):
            stay = Occupancy.objects.filter(household=member.household_id).order_by("-pk")
            home = stay.select_related("part__building__compound", "part__stair").first()
            yield {
                _("谁"): whose,
                _("与户主关系"): str(member.get_relation_display()),
                _("居住情况"): str(member.get_presence_display()),
                _("房屋"): str(home.part) if home else "",
                _("居住方式"): str(home.get_tenure_display()) if home and home.tenure else "",
                _("起"): _day(member.from_on),
                _("止"): _day(member.to_on),
                _("来源"): source_words(member.source),
            }


def _fact_rows(subject: Subject, of: Of) -> Iterator[tuple[Fact, str]]:
    rows = Fact.objects.filter(**{"resident" if of is Of.PERSON else "household": subject.pk})
    held = [
        row for row in rows.order_by("key", "period", "pk") if row.key in dictionary() and not is_void(row)
    ]
    opened = values_opened(held, {subject.pk: subject.data_key}, of)
    for row in held:
        yield row, opened.get(row.pk, "")


def _fact(whose: str, row: Fact, value: str) -> Row:
    line = dictionary()[row.key]
    is_known = row.state == Fact.State.KNOWN
    return {
        _("谁"): whose,
        _("项目"): str(line.label),
        _("期间"): period_shown(line, row.period),
        _("内容"): shown(line, value) if is_known else str(row.get_state_display()),
        _("起"): _day(row.from_on),
        _("止"): _day(row.to_on),
        _("来源"): source_words(row.source),
        _("采集日期"): _day(row.collected_on),
        _("用途"): str(line.purpose),
        _("依据"): "、".join(law.name for law in line.laws),
    }


def _own_households(person_id: int) -> QuerySet[Household]:
    """Return the households to which the person themselves belongs now."""
    own = [one for _whose_, one in _people(person_id)][:1]
    living = Membership.objects.filter(resident__in=own, to_on__isnull=True)
    return Household.objects.filter(pk__in=living.values("household_id"))


def _facts(person_id: int) -> Iterator[Row]:
    for whose, one in _people(person_id):
        for row, value in _fact_rows(one, Of.PERSON):
            yield _fact(whose, row, value)
    for household in _own_households(person_id):
        for row, value in _fact_rows(household, Of.HOUSEHOLD):
            yield _fact(_("您的户"), row, value)


def _titles(person_id: int) -> Iterator[Row]:
    for whose, one in _people(person_id):
        owned = Owner.objects.filter(resident=one).select_related("ownership__part__building__compound")
        for owner in owned.order_by("pk"):
            title = owner.ownership
            has_share = owner.numerator and owner.denominator
            yield {
                _("谁"): whose,
                _("房屋"): str(title.part),
                _("登记面积"): f"{title.registered_area / 100:.2f} m²",
                _("份额"): f"{owner.numerator}/{owner.denominator}" if has_share else "",
                _("权证号"): title.certificate,
                _("起"): _day(title.from_on),
                _("止"): _day(title.to_on),
                _("来源"): source_words(title.source),
            }


def _receipt(whose: str, got: Receipt) -> Row:
    return {
        _("谁"): whose,
        _("待遇"): got.policy,
        _("金额"): _("%(yuan).2f元") % {"yuan": got.amount / 100} if got.amount is not None else "",
        _("起"): _day(got.from_on),
        _("止"): _day(got.to_on),
        _("发放单位"): got.authority,
        _("来源"): source_words(got.source),
    }


def _receipts(person_id: int) -> Iterator[Row]:
    for whose, one in _people(person_id):
        for got in Receipt.objects.filter(resident=one).order_by("from_on", "pk"):
            yield _receipt(whose, got)
    for got in Receipt.objects.filter(household__in=_own_households(person_id)).order_by("from_on", "pk"):
        yield _receipt(_("您的户"), got)


def _care(person_id: int) -> Iterator[Row]:
    for whose, one in _people(person_id):
        for entry in CareEntry.objects.filter(resident=one).select_related("unit").order_by("pk"):
            yield {
                _("谁"): whose,
                _("服务"): entry.service,
                _("状态"): str(entry.get_state_display()),
                _("由谁提供"): str(entry.unit or ""),
                _("有效至"): _day(entry.expires_on),
            }


def _agreed(person_id: int) -> Iterator[Row]:
    for whose, one in _people(person_id):
        for said in Consent.objects.filter(resident=one).order_by("given_at", "pk"):
            yield {
                _("谁"): whose,
                _("事项"): consent_label(said.purpose),
                _("告知版本"): said.version,
                _("方式"): how_words(said.how),
                _("由谁表示"): by_words(said),
                _("时间"): _minute(said.given_at),
                _("撤回"): _minute(said.withdrawn_at),
            }


def _guardians(person_id: int) -> Iterator[Row]:
    people = people_of_account(person_id)
    for held in Guardian.objects.filter(guardian__in=people[:1]).select_related("ward"):
        is_seen = held.ward in people
        yield {
            _("关系"): str(held.get_kind_display()),
            _("被监护人"): sealed_get(held.ward, "name") if is_seen else _("已满14周岁，由本人查看"),
            _("起"): _day(held.from_on),
            _("止"): _day(held.to_on),
        }


def _links(person_id: int) -> Iterator[Row]:
    rows = AccountLink.objects.filter(person_id=person_id).order_by("asked_at", "pk")
    for link in rows.select_related("part__building__compound", "part__stair"):
        yield {
            _("房屋"): str(link.part or ""),
            _("方式"): str(link.get_how_display()),
            _("状态"): str(link.get_state_display()),
            _("时间"): _minute(link.asked_at),
            _("说明"): link.reason,
        }


for name, label, rows in (
    ("registry_person", gettext_lazy("居民登记"), _registered),
    ("registry_home", gettext_lazy("户和住处"), _homes),
    ("registry_fact", gettext_lazy("登记的事实"), _facts),
    ("registry_title", gettext_lazy("产权"), _titles),
    ("registry_receipt", gettext_lazy("已享受的待遇"), _receipts),
    ("registry_care", gettext_lazy("关爱服务"), _care),
    ("registry_consent", gettext_lazy("居民登记里的同意和异议"), _agreed),
    ("registry_guardian", gettext_lazy("监护"), _guardians),
    ("registry_link", gettext_lazy("账号与居民登记的关联"), _links),
):
    holding_add(Holding(name, label, OF_THE_REGISTER, rows))
