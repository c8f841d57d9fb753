"""Search over everything: each kind of record has a provider, and each provider its room's own scope.

A provider is a plain function ``(actor, words, most) -> hits``; the tables at the end say which are asked
at the desk and which on the residents' pages, in the order in which groups are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.core.errors import InvalidInput
from linli.foundation.accounts.selectors import roles_by_person, staff_found, unit_named, unit_visible
from linli.foundation.notices.selectors import notice_list
from linli.foundation.places.models import Compound, Level
from linli.foundation.places.permissions import can_see_places
from linli.foundation.places.selectors import compound_filter, division_names, divisions_named
from linli.foundation.search.selectors import query_grams
from linli.foundation.ui.nav import ACCOUNT, DESK, FOOT, PORTAL, SETTINGS, links
from linli.work.benefits.authoring.permissions import can_see_policies
from linli.work.benefits.authoring.selectors import policy_list
from linli.work.benefits.catalogue.selectors import public_list as benefits_public
from linli.work.deliberation.bodies.selectors import BodyFilters, body_list
from linli.work.deliberation.meetings.selectors import MeetingFilters, meeting_list
from linli.work.deliberation.resolutions.selectors import ResolutionFilters, resolution_list
from linli.work.matters.desk.selectors import matters_shown
from linli.work.matters.models import Matter
from linli.work.matters.selectors import (
    MatterFilters,
    MatterList,
    matters_of,
    number_of,
    numbered,
    public_list,
)

MOST_WORDS = 60
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: where it is, what it is called, and a line that tells it from others."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What one provider found; ``more_url`` is the room's own list under the same words."""

    code: str
    label: Text
    icon: str
    hits: Sequence[Hit]
    more_url: str = ""


Provider = Callable[[Actor, str, int], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record that can be searched for; ``more`` is the name of its list's url."""

    code: str
    label: Text
    icon: str
    find: Provider
    more: str = ""


def _with(url_name: str, words: str, **further: str) -> str:
    return f"{reverse(url_name)}?{urlencode({**further, 'q': words})}"


# -- at the desk ---------------------------------------------------------------------------------------
def _matters(actor: Actor, words: str, most: int) -> list[Hit]:
    keys = MatterList(actor, MatterFilters(q=words, order="-reported")).page(Q(), 0, most)
    rows = matters_shown(keys)
    places = division_names({row.area_path for row in rows}, Level.STREET)
    return [
        Hit(
            row.title,
            reverse("matters:record", args=[row.public_id]),
            _joined(row.number, row.get_state_display(), row.address or places.get(row.area_path, "")),
        )
        for row in rows
    ]


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _meetings(actor: Actor, words: str, most: int) -> list[Hit]:
    return [
        Hit(
            row.title,
            reverse("meetings:record", args=[row.public_id]),
            _joined(row.number, row.get_state_display(), row.body),
        )
        for row in meeting_list(actor, MeetingFilters(q=words))[:most]
    ]


def _resolutions(actor: Actor, words: str, most: int) -> list[Hit]:
    return [
        Hit(
            row.title,
            reverse("resolutions:record", args=[row.public_id]),
            _joined(row.number, row.get_state_display(), row.body),
        )
        for row in resolution_list(actor, ResolutionFilters(q=words))[:most]
    ]


def _divisions(actor: Actor, words: str, most: int) -> list[Hit]:
    if not can_see_places(actor):
        return []
    rows = divisions_named(words, actor.areas, most)
    names = division_names([row.path for row in rows])
    register = reverse("places:index")
    return [Hit(row.name, f"{register}?code={row.code}", names.get(row.path, row.code)) for row in rows]


def _compounds(actor: Actor, words: str, most: int) -> list[Hit]:
    rows = compound_filter(Compound.objects.visible_to(actor), words=words).select_related("street")
    return [
        Hit(
            row.name,
            reverse("places:compound", args=[row.public_id]),
            _joined(row.street.name, row.address),
        )
        for row in rows[:most]
    ]


def _units(actor: Actor, words: str, most: int) -> list[Hit]:
    rows = unit_visible(actor).filter(unit_named(words))
    return [
        Hit(
            row.name,
            reverse("organizations:unit_detail", args=[row.public_id]),
            _joined(row.get_function_display(), row.kind, row.phone),
        )
        for row in rows.order_by("pinyin", "name")[:most]
    ]


def _bodies(actor: Actor, words: str, most: int) -> list[Hit]:
    rows = list(body_list(actor, BodyFilters("all", q=words))[:most])
    places = division_names({row.area_path for row in rows}, Level.STREET)
    return [
        Hit(
            row.name,
            reverse("bodies:record", args=[row.public_id]),
            _joined(row.kind_name, places.get(row.area_path, "")),
        )
        for row in rows
    ]


def _staff(actor: Actor, words: str, most: int) -> list[Hit]:
    rows = staff_found(actor, words, most)
    roles = roles_by_person(rows)
    return [
        Hit(
            row.person.name,
            reverse("accounts:staff_detail", args=[row.public_id]),
            _joined(row.username, *(role.unit for role in roles.get(row.person_id, ()))),
        )
        for row in rows
    ]


def _pages(actor: Actor, words: str, most: int) -> list[Hit]:
    entries = (*DESK, *SETTINGS, *ACCOUNT, *FOOT) if actor.is_staff else (*PORTAL, *ACCOUNT, *FOOT)
    is_admin = actor.is_unit_admin or actor.function == "operator"
    open_to = tuple(entry for entry in entries if is_admin or not entry.is_for_admins)
    found = [Hit(str(link.label), link.url) for link in links(open_to, actor.function, "")]
    return [hit for hit in dict.fromkeys(found) if words.casefold() in hit.title.casefold()][:most]


def _policies(actor: Actor, words: str, most: int) -> list[Hit]:
    if not can_see_policies(actor):
        return []
    return [
        Hit(
            row.name,
            reverse("benefits:policy", args=[row.public_id]),
            _joined(row.get_unit_display(), row.authority),
        )
        for row in policy_list(actor, words=words).order_by("name")[:most]
    ]


# -- on both faces --------------------------------------------------------------------------------------
def _notices(actor: Actor, words: str, most: int) -> list[Hit]:
    condition = Q()
    for word in words.split():
        condition &= Q(title__icontains=word) | Q(body__icontains=word)
    inbox = reverse("notices:inbox")
    return [Hit(row.title, row.url or inbox, row.body) for row in notice_list(actor).filter(condition)[:most]]


# -- residents ----------------------------------------------------------------------------------------------
def _own(actor: Actor, words: str, most: int) -> list[Hit]:
    rows = matters_of(actor)
    if number := number_of(words):
        rows = rows.filter(numbered(number))
    else:
        for word in words.split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(text__icontains=word) | Q(address__icontains=word)
            )
    return [
        Hit(
            row.title,
            reverse("matters:matter", args=[row.public_id]),
            _joined(row.number, row.get_state_display()),
        )
        for row in rows.order_by("-reported_at", "-id")[:most]
    ]


def _public(actor: Actor, words: str, most: int) -> list[Hit]:
    condition = Q()
    for word in words.split():
        condition &= Q(title__icontains=word) | Q(text__icontains=word)
    rows = list(public_list().filter(condition)[:most])
    places = division_names({row.area_path for row in rows}, Level.STREET)
    return [
        Hit(
            row.title,
            reverse("matters:public_detail", args=[row.public_id]),
            _joined(row.matter.get_state_display(), places.get(row.area_path, "")),
        )
        for row in rows
    ]


def _benefits(actor: Actor, words: str, most: int) -> list[Hit]:
    named_first = sorted(benefits_public(words=words), key=lambda line: words not in line.policy.name)
    return [
        Hit(line.policy.name, reverse("benefits:public", args=[line.policy.code]), line.first_words)
        for line in named_first[:most]
    ]


DESK_KINDS = (
    Kind("matters", gettext_lazy("事项"), "message-report", _matters, "matters:list"),
    Kind("meetings", gettext_lazy("会议"), "messages", _meetings, "deliberation:list"),
    Kind("resolutions", gettext_lazy("决议"), "clipboard-check", _resolutions, "resolutions:list"),
    Kind("policies", gettext_lazy("惠民政策"), "heart-handshake", _policies, "benefits:policies"),
    Kind("divisions", gettext_lazy("区划"), "map", _divisions),
    Kind("compounds", gettext_lazy("小区"), "building-community", _compounds, "places:compounds"),
    Kind("units", gettext_lazy("单位"), "users", _units, "organizations:unit_list"),
    Kind("bodies", gettext_lazy("议事组织"), "users", _bodies, "bodies:list"),
    Kind("staff", gettext_lazy("人员"), "id-badge", _staff, "accounts:staff_list"),
    Kind("notices", gettext_lazy("我的消息"), "bell", _notices),
    Kind("pages", gettext_lazy("页面"), "list", _pages),
)
RESIDENT_KINDS = (
    Kind("own", gettext_lazy("我反映的"), "route", _own),
    Kind("benefits", gettext_lazy("惠民政策"), "heart-handshake", _benefits, "benefits:public_list"),
    Kind("public", gettext_lazy("邻里公开"), "eye", _public),
    Kind("notices", gettext_lazy("我的消息"), "bell", _notices),
    Kind("pages", gettext_lazy("页面"), "list", _pages),
)


def words_checked(words: str) -> str:
    """Return the words as they are looked for; raises ``InvalidInput`` where they are too few."""
    plain = " ".join(words.split())[:MOST_WORDS]
    if not plain:
        raise InvalidInput(_("请写要找的字。"), details={"q": _("请至少输入两个字。")})
    query_grams(plain)
    return plain


def find(actor: Actor, words: str, kinds: Iterable[Kind], most: int) -> list[Group]:
    """Ask each kind's provider and return the groups that hold something, at most so many hits in each.

    One hit more than ``most`` is asked for, so that a group knows whether to lead to its list. Raises
    ``InvalidInput`` where the words are too few.
    """
    plain = words_checked(words)
    groups = []
    for kind in kinds:
        hits = kind.find(actor, plain, most + 1)
        is_more = len(hits) > most and bool(kind.more)
        more_url = (
            _with(kind.more, plain, **({"stage": "all"} if kind.code == "matters" else {})) if is_more else ""
        )
        if hits:
            groups.append(Group(kind.code, kind.label, kind.icon, hits[:most], more_url))
    return groups


def record_numbered(actor: Actor, words: str) -> Matter | None:
    """Return the one matter that a whole number stands for, ours or an outside one, if it may be seen."""
    number = number_of(words)
    if not number:
        return None
    seen = Matter.objects.visible_to(actor) if actor.is_staff else matters_of(actor)
    rows = [row for row in seen.filter(numbered(number))[:2] if number in (row.number, row.source_number)]
    return rows[0] if len(rows) == 1 else None
