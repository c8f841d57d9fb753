"""Who can be reached: groups of people by area; a room adds its own in ``ready()``.

Until a register of residents tells who lives where, an area's residents are those who named it as their
neighbourhood and those whom a room knows from there (可送达: not all who live there).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import EXECUTING, GOVERNING, Function
from linli.core.fields import in_areas
from linli.foundation.accounts.models import Account, Person, Role

from .models import Broadcast, Notice, Purpose, Refused, Subscription

Areas = tuple[str, ...]
Members = Callable[[Areas, int], "QuerySet[Any, Any]"]


@dataclass(frozen=True, slots=True)
class Audience:
    """One group: ``members(areas, days)`` is a query whose one column is the person's key."""

    name: str
    label: str | Promise
    members: Members


@dataclass(frozen=True, slots=True)
class RecordAudience:
    """A group that belongs to one record (the electors of a ballot): ``members(pk)``, one column as above.

    In ``Broadcast.audience`` it stands as ``name:pk``; nobody chooses it by hand.
    """

    name: str
    label: str | Promise
    members: Callable[[int], "QuerySet[Any, Any]"]


_AUDIENCES: dict[str, Audience] = {}
_OF_RECORDS: dict[str, RecordAudience] = {}


def audience_add(audience: Audience) -> None:
    """Add a group, or replace one of the same name."""
    _AUDIENCES[audience.name] = audience


def record_audience_add(audience: RecordAudience) -> None:
    """Add a group that belongs to a record, or replace one of the same name."""
    _OF_RECORDS[audience.name] = audience


def audience_label(name: str) -> str | Promise:
    """Return what a group is called; one that no room offers any more by its own name."""
    found = _AUDIENCES.get(name) or _OF_RECORDS.get(name.partition(":")[0])
    return found.label if found else name


def _members(name: str, areas: Areas, days: int) -> "QuerySet[Any, Any] | None":
    if name in _AUDIENCES:
        return _AUDIENCES[name].members(areas, days)
    kind, _colon, key = name.partition(":")
    return _OF_RECORDS[kind].members(int(key)) if kind in _OF_RECORDS and key.isdigit() else None


def audience_choices() -> list[tuple[str, str | Promise]]:
    """Return the groups by name with their labels."""
    return [(audience.name, audience.label) for audience in _AUDIENCES.values()]


def people_of(areas: Areas, names: Iterable[str], days: int) -> QuerySet[Person]:
    """Return everybody of the groups in the areas, each once, without those who have left.

    Groups that no room offers any more count as empty.
    """
    found = [_members(name, areas, days) for name in names]
    groups = [group.order_by() for group in found if group is not None]
    if not groups:
        return Person.objects.none()
    active = Account.objects.filter(person_id=OuterRef("pk"), is_active=True)
    people = Person.objects.filter(Exists(active), erased_at__isnull=True)
    return people.filter(pk__in=groups[0].union(*groups[1:]) if len(groups) > 1 else groups[0])


def people_reached(broadcast: Broadcast, areas: Areas) -> QuerySet[Person]:
    """Return whom a broadcast reaches: information not those who switched it off altogether."""
    people = people_of(areas, broadcast.audience, broadcast.reported_days)
    if broadcast.purpose == Purpose.INFORMATION:
        refused = Refused.objects.filter(
            person_id=OuterRef("pk"), purpose=Purpose.INFORMATION, channel="inbox"
        )
        people = people.filter(~Exists(refused))
    return people


def people_left(broadcast: Broadcast, areas: Areas) -> QuerySet[Person]:
    """Return whom a running broadcast has not reached yet, by ascending key."""
    told = Notice.objects.filter(broadcast=broadcast, person_id=OuterRef("pk"))
    left = people_reached(broadcast, areas).filter(pk__gt=broadcast.cursor)
    return left.filter(~Exists(told)).order_by("pk")


def _subscribers(areas: Areas, days: int) -> QuerySet[Any, Any]:
    return Subscription.objects.filter(in_areas("area_path", areas)).values("person_id")


def _holding(*functions: Function) -> Members:
    def members(areas: Areas, days: int) -> QuerySet[Any, Any]:
        roles = Role.objects.valid_on(clock.today()).filter(function__in=functions)
        of_unit = Q(areas__isnull=True) & in_areas("unit__areas__path", areas)
        return roles.filter(in_areas("areas__path", areas) | of_unit).values("person_id")

    return members


for _audience in (
    Audience("subscribers", _("订阅了社区通知的居民"), _subscribers),
    Audience("workers", _("居委会工作人员和网格员"), _holding(Function.COMMITTEE, Function.GRID_WORKER)),
    Audience("governing", _("街镇、区、市的工作人员"), _holding(*(GOVERNING - {Function.COMMITTEE}))),
    Audience("executing", _("部门、物业、服务商的工作人员"), _holding(*EXECUTING)),
):
    audience_add(_audience)
