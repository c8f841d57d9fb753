"""Looking for people and being shown personal values: each recorded, each for a purpose, each limited."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.core.service import record, service
from linli.core.words import gettext_lazy
from linli.foundation.accounts.rules import RateLimit
from linli.foundation.accounts.services.rates import rate_check
from linli.foundation.places.models import Division

from ..models import AccountLink, Establishment, Household, Membership, Resident
from ..sealing import PERSONAL, sealed_get
from ..tokens import query_of
from .permissions import can_find_people, can_reveal_people
from .selectors import Found, hits_of, people_matching, search_areas

# What for personal values are opened; kept in Chinese, whoever looks.
PURPOSES: Mapping[str, str] = {
    "visit": gettext_lazy("走访"),
    "verify": gettext_lazy("核对登记"),
    "handle": gettext_lazy("办理事项"),
    "contact": gettext_lazy("通知联系"),
    "rescue": gettext_lazy("紧急救助"),
}
PURPOSES_KEPT = {
    "visit": "走访",
    "verify": "核对登记",
    "handle": "办理事项",
    "contact": "通知联系",
    "rescue": "紧急救助",
}
# A worker at the door looks for some dozens of people in an hour; whoever tries names in a row is stopped.
SEARCHES = (
    RateLimit("residents.search.minute", 20, timedelta(minutes=1)),
    RateLimit("residents.search.hour", 200, timedelta(hours=1)),
    RateLimit("residents.search.day", 1000, timedelta(days=1)),
)
REVEALS = (
    RateLimit("residents.reveal.hour", 120, timedelta(hours=1)),
    RateLimit("residents.reveal.day", 500, timedelta(days=1)),
)


@service
def residents_search(*, actor: Actor, words: str, area: str = "") -> Found:
    """Find people of the actor's areas by name, parts of it, pinyin, telephone or number; masked.

    ``area`` (a path) narrows it to a part of them. Recorded with a keyed digest of the words, never the
    words. Raises ``InvalidInput`` for fewer than two characters, ``TooMany``.
    """
    if not can_find_people(actor):
        raise NotAllowed(
            _("按姓名找人由居村委会、网格员和街镇在自己的区域内进行。"), hint=_("区和市看统计，不看个人。")
        )
    query = query_of(words)
    place = _place(actor, area)
    rate_check(limits=SEARCHES, key=actor.key, message=_("查找太频繁了，请{wait}后再查。"))
    areas = (place.path,) if area else actor.areas
    people, has_more = people_matching(actor, query, areas)
    digest = key_ring().digest("search-words", query.words)[:16]
    count = f"{len(people)}{'+' if has_more else ''}"
    record("resident.search", place, purpose=f"按姓名等查找（摘要 {digest}），找到 {count} 人")
    return Found(hits_of(people), has_more, place)


def _place(actor: Actor, area: str) -> Division:
    """Return the chosen area, or the first of the actor's; one that is not theirs is missing."""
    places = search_areas(actor)
    chosen = [place for place in places if place.path == area or not area]
    if not chosen:
        raise NotFound(_("没有找到这个区域。"), hint=_("请在您负责的区域内查找。"))
    return chosen[0]


@service
def resident_reveal(
    *, actor: Actor, resident_id: UUID | str, fields: Iterable[str], purpose: str
) -> dict[str, str]:
    """Show personal values of one person for a purpose: recorded, and shown to that person.

    ``fields`` are of ``name number phone birth``, ``purpose`` a code of ``PURPOSES``.
    """
    asked, why = _asked(actor, fields, purpose)
    resident = Resident.objects.visible_to(actor).filter(public_id=resident_id).first()
    if resident is None:
        raise NotFound(_("没有找到这个人。"))
    rate_check(limits=REVEALS, key=actor.key, message=_("查看太频繁了，请{wait}后再看。"))
    return _shown(resident, asked, why)


@service
def household_reveal(
    *, actor: Actor, household_id: UUID | str, fields: Iterable[str], purpose: str
) -> dict[UUID, dict[str, str]]:
    """Show personal values of those who belong to a household today, by person; each is told of it."""
    asked, why = _asked(actor, fields, purpose)
    household = Household.objects.visible_to(actor).filter(public_id=household_id).first()
    if household is None:
        raise NotFound(_("没有找到这一户。"))
    rate_check(limits=REVEALS, key=actor.key, message=_("查看太频繁了，请{wait}后再看。"))
    open_rows = Membership.objects.filter(household=household, to_on__isnull=True)
    visible = Resident.objects.visible_to(actor).filter(pk__in=open_rows.values("resident_id"))
    return {resident.public_id: _shown(resident, asked, why) for resident in visible.order_by("pk")}


@service
def establishment_reveal(*, actor: Actor, establishment_id: UUID | str, purpose: str) -> dict[str, str]:
    """Show who answers for an establishment and their telephone for a purpose: recorded.

    Somebody's name and telephone are personal also where they are met at work (PIPL art. 4).
    """
    why = _allowed(actor, purpose)
    firm = Establishment.objects.visible_to(actor).filter(public_id=establishment_id).first()
    if firm is None:
        raise NotFound(_("没有找到这个单位。"))
    rate_check(limits=REVEALS, key=actor.key, message=_("查看太频繁了，请{wait}后再看。"))
    record("establishment.reveal", firm, purpose=why, looked_at=["contact", "phone"])
    return {"contact": firm.contact, "phone": firm.phone}


def _asked(actor: Actor, fields: Iterable[str], purpose: str) -> tuple[list[str], str]:
    asked = [name for name in PERSONAL if name in set(fields)]
    if can_reveal_people(actor) and not asked:
        message = _("请选择要查看哪些内容。")
        raise InvalidInput(message, details={"fields": message})
    return asked, _allowed(actor, purpose)


def _allowed(actor: Actor, purpose: str) -> str:
    """Return a purpose as it is kept, or refuse the look."""
    if not can_reveal_people(actor):
        raise NotAllowed(_("您的岗位不查看居民的个人信息。"), hint=_("区和市看统计，不看个人。"))
    if purpose not in PURPOSES_KEPT:
        message = _("请选择查看的目的。")
        raise InvalidInput(message, details={"purpose": message})
    return PURPOSES_KEPT[purpose]


def _shown(resident: Resident, asked: list[str], why: str) -> dict[str, str]:
    linked = AccountLink.objects.filter(resident=resident, state=AccountLink.State.STANDING)
    record(
        "resident.reveal",
        resident,
        purpose=why,
        looked_at=[f"{name}_sealed" for name in asked],
        about_id=linked.values_list("person_id", flat=True).first(),
    )
    return {name: sealed_get(resident, name) for name in asked}
