"""What can be done to a household, a person, a part: the form, the service, the words, in the order shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from linli.core.words import gettext_lazy as _

from .. import services
from ..selectors import HouseholdPeople, MemberCard
from . import agreed, firms, forms, joining, paid


class About(StrEnum):
    """What an act is done to."""

    HOUSEHOLD = "household"
    PERSON = "person"
    PART = "part"
    ESTABLISHMENT = "establishment"


@dataclass(frozen=True, slots=True)
class ActPage:
    """One act: what it is called, what it does in a sentence, its form, its service, its subject.

    ``of_household`` says that a person's act is guarded by the version of the household, ``leads_on`` that
    the household which the service returns is shown next.
    """

    title: str
    text: str
    form: type[forms.ActForm]
    service: Callable[..., Any]
    about: About
    is_once: bool = False
    of_household: bool = False
    has_version: bool = True
    leads_on: bool = False


ACT_ICONS = {
    "phone": "phone",
    "correct": "edit",
    "member": "users",
    "guardian": "shield",
    "consent": "check",
    "consent_end": "x",
    "receipt": "gift",
    "away": "logout",
    "death": "candle",
    "register": "user-plus",
    "birth": "baby-carriage",
    "tenure": "key",
    "head": "star",
    "split": "arrows-split",
    "move": "home-move",
    "move_in": "door-enter",
    "move_out": "truck-delivery",
    "merge": "arrows-join",
    "join": "transfer",
    "firm": "building-store",
    "update": "edit",
    "relocate": "truck-delivery",
    "close": "circle-x",
    "open": "home-plus",
    "claim": "arrows-right-left",
}
PERSON_ACTS: dict[str, ActPage] = {
    "phone": ActPage(
        _("改电话"), _("换号了，或原来的不对"), forms.PhoneForm, services.resident_correct, About.PERSON
    ),
    "correct": ActPage(
        _("更正信息"),
        _("姓名、证件号码、出生日期、性别登记错了"),
        forms.CorrectForm,
        services.resident_correct,
        About.PERSON,
    ),
    "member": ActPage(
        _("更正关系"),
        _("与户主关系、是否实际居住"),
        forms.MemberForm,
        services.member_correct,
        About.PERSON,
        of_household=True,
    ),
    "guardian": ActPage(
        _("登记监护人"),
        _("孩子或不能独自办事的人由谁照管"),
        forms.GuardianForm,
        services.guardian_set,
        About.PERSON,
    ),
    "join": ActPage(
        _("转到另一户"),
        _("搬去您负责区域里的另一户，或本来就属于那一户"),
        joining.JoinOtherForm,
        services.resident_move,
        About.PERSON,
    ),
    "consent": ActPage(
        _("登记同意"),
        _("本人或监护人书面或口头同意了什么"),
        agreed.ConsentForm,
        agreed.consent_add,
        About.PERSON,
        has_version=False,
    ),
    "consent_end": ActPage(
        _("撤回同意"),
        _("撤回和同意一样方便，不需要理由"),
        agreed.ConsentEndForm,
        agreed.consent_end,
        About.PERSON,
        has_version=False,
    ),
    "receipt": ActPage(
        _("登记待遇"),
        _("已经在享受的补贴、救助等；来自发放单位的文件会自动登记"),
        paid.ReceiptForm,
        paid.person_receipt,
        About.PERSON,
        has_version=False,
    ),
    "away": ActPage(_("迁出"), _("不再住在这里"), forms.AwayForm, services.resident_move_away, About.PERSON),
    "death": ActPage(
        _("去世登记"),
        _("登记去世日期，结束在户的登记"),
        forms.DeathForm,
        services.death_register,
        About.PERSON,
    ),
}
HOUSEHOLD_ACTS: dict[str, ActPage] = {
    "register": ActPage(
        _("添加人员"),
        _("有人搬来同住，或漏登了"),
        forms.RegisterForm,
        services.resident_register,
        About.HOUSEHOLD,
        is_once=True,
    ),
    "birth": ActPage(
        _("出生登记"),
        _("孩子随母亲登记在这一户"),
        forms.BirthForm,
        services.birth_register,
        About.HOUSEHOLD,
        is_once=True,
        has_version=False,
    ),
    "tenure": ActPage(
        _("居住方式"),
        _("自有、租住等登记错了或变了"),
        forms.TenureForm,
        services.occupancy_tenure_set,
        About.HOUSEHOLD,
    ),
    "head": ActPage(
        _("变更户主"), _("同一户里换一位户主"), forms.HeadForm, services.head_change, About.HOUSEHOLD
    ),
    "split": ActPage(
        _("分户"),
        _("一部分人单独成为一户，还住在这里"),
        forms.SplitForm,
        services.household_split,
        About.HOUSEHOLD,
        is_once=True,
    ),
    "merge": ActPage(
        _("并户"),
        _("这一户并入另一户；这一户就此结束"),
        joining.MergeForm,
        services.household_merge,
        About.HOUSEHOLD,
        leads_on=True,
    ),
    "move": ActPage(
        _("全户搬家"),
        _("搬到您负责区域里的另一套房屋"),
        forms.MoveForm,
        services.household_move,
        About.HOUSEHOLD,
    ),
    "move_in": ActPage(
        _("全户迁入"),
        _("登记这一户现在住哪里"),
        forms.MoveForm,
        services.household_move_in,
        About.HOUSEHOLD,
    ),
    "receipt": ActPage(
        _("登记待遇"),
        _("全户享受的，如最低生活保障"),
        paid.ReceiptForm,
        paid.household_receipt,
        About.HOUSEHOLD,
    ),
    "move_out": ActPage(
        _("全户迁出"),
        _("全家搬走，离开这个区域"),
        forms.MoveOutForm,
        services.household_move_out,
        About.HOUSEHOLD,
    ),
}
PART_ACTS: dict[str, ActPage] = {
    "open": ActPage(
        _("登记一户"),
        _("先登记户主，其他人在户的页面上添加"),
        forms.OpenForm,
        services.household_open,
        About.PART,
        is_once=True,
    ),
    "claim": ActPage(
        _("申请迁入"),
        _("这个人已登记在别的居委；对方确认后登记到这里，在此之前什么都不变"),
        forms.ClaimForm,
        services.resident_claim,
        About.PART,
        is_once=True,
    ),
    "firm": ActPage(
        _("登记单位"),
        _("商铺、公司、学校等使用这里的单位"),
        firms.FirmOpenForm,
        services.establishment_open,
        About.PART,
        is_once=True,
    ),
}
ESTABLISHMENT_ACTS: dict[str, ActPage] = {
    "update": ActPage(
        _("修改信息"),
        _("名称、代码、负责人、电话"),
        firms.FirmUpdateForm,
        services.establishment_update,
        About.ESTABLISHMENT,
    ),
    "relocate": ActPage(
        _("迁址"),
        _("换到另一处，或多用一处"),
        firms.FirmMoveForm,
        services.establishment_move,
        About.ESTABLISHMENT,
    ),
    "close": ActPage(
        _("撤销"),
        _("单位不在了；登记和历史保留"),
        firms.FirmCloseForm,
        services.establishment_close,
        About.ESTABLISHMENT,
    ),
}


def acts_menu(acts: Iterable[tuple[str, ActPage]]) -> list[dict[str, Any]]:
    """Return acts as a page's menu shows them."""
    return [
        {"code": code, "title": page.title, "text": page.text, "icon": ACT_ICONS[code]} for code, page in acts
    ]


def household_acts(card: HouseholdPeople) -> list[tuple[str, ActPage]]:
    """Return what makes sense for a household as it is."""
    if card.household.ended_on is not None:
        return []
    left_out = {"move_in"} if card.occupancy else {"move", "move_out", "tenure"}
    if not card.members:
        left_out |= {"birth", "head", "split", "merge", "move_out"}
    if len(card.members) < 2:
        left_out |= {"head", "split"}
    if not any(member.resident.sex in ("f", "") for member in card.members):
        left_out.add("birth")
    return [(code, page) for code, page in HOUSEHOLD_ACTS.items() if code not in left_out]


def person_acts(card: HouseholdPeople, member: MemberCard) -> list[tuple[str, ActPage]]:
    """Return what makes sense for a person of a household."""
    left_out = {"consent_end"}  # stands beside the consents themselves
    if not member.is_here:
        left_out |= {"phone", "correct", "join", "death", "consent", "receipt"}
    if not member.lacks_guardian:
        left_out.add("guardian")
    if len(card.members) < 2:
        left_out.add("guardian")
    return [(code, page) for code, page in PERSON_ACTS.items() if code not in left_out]
