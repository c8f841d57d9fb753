"""Who is linked to whom, who waits for it, and what a worker compares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Assurance
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Building, Compound, Part, PartKind

from ..masking import name_masked, number_masked
from ..models import AccountLink, DoorCode, Guardian, Membership, Occupancy, Owner, Resident
from ..models.links import LinkQuerySet
from ..sealing import sealed_get
from .rules import Claim, Known, Match, is_child, match_of

MOST_SHOWN = 200
MOST_NEAR = 12
LIVING = (Resident.State.HERE, Resident.State.AWAY)
WAITING = Q(state=AccountLink.State.ASKED) | Q(state=AccountLink.State.STANDING) & ~Q(claim="")


def _moved_out_since() -> QuerySet[Occupancy]:
    """Households that left a link's dwelling since: who entered the code may have gone with them."""
    ended = Occupancy.objects.filter(part_id=OuterRef("part_id"), household__isnull=False)
    return ended.filter(to_on__gt=OuterRef("decided_at__date"), to_on__lte=clock.today())


def links_holding() -> LinkQuerySet:
    """Return standing links that still say something: the person is there, or nobody moved out since."""
    is_somebody = Q(resident__state=Resident.State.HERE) | Q(resident__merged_into__state=Resident.State.HERE)
    is_there = Q(resident__isnull=True, part__closed_on__isnull=True) & ~Exists(_moved_out_since())
    return AccountLink.objects.standing().filter(is_somebody | is_there)


def assurance_of(person_id: int) -> Assurance:
    """Return how surely a person is known by the register today (one query)."""
    rows = links_holding().filter(person_id=person_id)
    found = list(rows.values_list("resident_id", "resident__birth_month")[:1])
    if not found or is_child(found[0][1], clock.today()):
        return Assurance.PHONE
    return Assurance.DWELLING if found[0][0] is None else Assurance.REGISTERED


def link_own(actor: Actor) -> AccountLink | None:
    """Return the actor's link that stands or waits."""
    open_states = (AccountLink.State.ASKED, AccountLink.State.STANDING)
    rows = AccountLink.objects.own(actor).filter(state__in=open_states)
    return rows.select_related("part__building__compound", "part__stair", "resident__merged_into").first()


def link_refused_last(actor: Actor) -> AccountLink | None:
    """Return the actor's newest request where it was refused, so that its reason is shown."""
    newest = AccountLink.objects.own(actor).order_by("-pk").first()
    return newest if newest and newest.state == AccountLink.State.REFUSED else None


def resident_linked(person_id: int | None) -> Resident | None:
    """Return the person of the register whose account this is, also where they have moved away.

    Nobody speaks for the dead, and no child under 14 for themselves, should an account be tied to one after
    all (a day of birth put right later); of somebody merged into another registration it is the other.
    """
    link = AccountLink.objects.standing().filter(person_id=person_id or 0, resident__isnull=False)
    found = link.select_related("resident__merged_into").first()
    if found is None or found.resident is None:
        return None
    resident = found.resident.merged_into or found.resident
    is_speaking = resident.state in LIVING and not is_child(resident.birth_month, clock.today())
    return resident if is_speaking else None


def wards_of(resident: Resident) -> list[Resident]:
    """Return the children under 14 whom somebody looks after today; older ones speak for themselves."""
    today = clock.today()
    begun, standing = (
        Q(from_on__isnull=True) | Q(from_on__lte=today),
        Q(to_on__isnull=True) | Q(to_on__gt=today),
    )
    held = Guardian.objects.filter(begun, standing, guardian=resident).select_related("ward").order_by("pk")
    return [one.ward for one in held if one.ward.state in LIVING and is_child(one.ward.birth_month, today)]


def people_of_account(person_id: int | None) -> list[Resident]:
    """Return oneself and the children one looks after, oneself first; nobody without a link."""
    resident = resident_linked(person_id)
    return [resident, *wards_of(resident)] if resident else []


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person who lives in, is registered in or owns a dwelling, and how a claim compares with them."""

    resident: Resident
    relation: str
    name: str
    number: str
    match: Match
    refusal: str

    @property
    def name_masked(self) -> str:
        """The name as it is shown before a reveal."""
        return name_masked(self.name)

    @property
    def number_masked(self) -> str:
        """The number as it is shown before a reveal."""
        return number_masked(self.number)


def _of_part(part: Part) -> dict[int, str]:
    """Who belongs to a dwelling today: resident → as what."""
    homes = Occupancy.objects.filter(part=part, to_on__isnull=True, household__isnull=False)
    members = Membership.objects.filter(household__in=homes.values("household_id"), to_on__isnull=True)
    owners = Owner.objects.filter(
        ownership__part=part, ownership__to_on__isnull=True, resident__isnull=False
    ).values_list("resident_id", flat=True)
    found: dict[int, str] = {int(pk): _("产权人") for pk in owners if pk}
    for member in members.order_by("pk"):
        found[member.resident_id] = str(member.get_relation_display())
    return found


def _is_linked(residents: Iterable[int]) -> set[int]:
    rows = AccountLink.objects.standing().filter(resident__in=list(residents))
    return {int(pk) for pk in rows.values_list("resident_id", flat=True) if pk}


def _known(row: Resident, is_linked: bool) -> Known:
    return Known(
        row.pk,
        sealed_get(row, "name"),
        sealed_get(row, "number"),
        sealed_get(row, "birth"),
        row.birth_month,
        is_linked,
    )


def known_in(part: Part) -> list[Known]:
    """Return who lives or is registered in a dwelling, opened to be compared and not to be shown."""
    rows = Resident.objects.filter(pk__in=_of_part(part), state=Resident.State.HERE)
    linked = _is_linked(row.pk for row in rows)
    return [_known(row, row.pk in linked) for row in rows]


def _refusal(row: Resident, is_linked: bool) -> str:
    if is_child(row.birth_month, clock.today()):
        return _("不满14周岁，由监护人查看")
    return _("已关联另一个账号") if is_linked else ""


def candidates_of(link: AccountLink) -> list[Candidate]:
    """Return whom a waiting claim may mean, those whose name is the same first."""
    if link.part is None:
        return []
    relations, claim = _of_part(link.part), Claim.of_text(link.claim)
    rows = list(Resident.objects.filter(pk__in=relations, state=Resident.State.HERE).order_by("pk"))
    linked = _is_linked(row.pk for row in rows)
    found = []
    for row in rows:
        known = _known(row, row.pk in linked)
        match = match_of(claim, known)
        refusal = _refusal(row, known.is_linked)
        found.append(Candidate(row, relations[row.pk], known.name, known.number, match, refusal))
    return sorted(
        found, key=lambda one: (not one.match.name, one.match.last_four is not True, one.resident.pk)
    )


def links_visible(actor: Actor) -> LinkQuerySet:
    """Return the links of the actor's areas with their dwellings."""
    rows = AccountLink.objects.visible_to(actor)
    return rows.select_related("part__building__compound", "part__stair")


def links_waiting(actor: Actor) -> list[AccountLink]:
    """Return the requests that wait in the actor's areas, oldest first."""
    return list(links_visible(actor).filter(WAITING).order_by("asked_at")[:MOST_SHOWN])


def links_standing(actor: Actor) -> LinkQuerySet:
    """Return the links that hold in the actor's areas, newest first."""
    return links_visible(actor).standing().order_by("-decided_at", "-pk")


def link_get(actor: Actor, public_id: UUID | str) -> AccountLink:
    """Return a link of the actor's areas, or raise ``NotFound``."""
    found: AccountLink | None = links_visible(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这条账号关联。"))
    return found


def part_named(public_id: UUID | str) -> Part:
    """Return a dwelling that still stands by its public id, or raise ``NotFound``."""
    try:
        rows = Part.objects.open().filter(kind=PartKind.DWELLING)
        return rows.select_related("building__compound", "stair").get(public_id=public_id)
    except (Part.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFound(_("没有找到这套房屋。"), hint=_("请重新选择小区、楼栋和室号。")) from error


def compounds_near(area_path: str) -> list[Compound]:
    """Return the compounds of a neighbourhood, for those who look for their own."""
    rows = Compound.objects.filter(in_areas("area_path", (area_path,))).select_related("street", "committee")
    return list(rows.order_by("pinyin", "name")[:MOST_NEAR])


def dwellings_in(building: Building) -> QuerySet[Part]:
    """Return the dwellings of a building that still stand, by number."""
    return building.parts.open().filter(kind=PartKind.DWELLING).select_related("stair")


@dataclass(frozen=True, slots=True)
class BuildingCodes:
    """A building and how many of its codes can still be used, were used, or ran out."""

    building: Building
    dwellings: int
    live: int
    used: int


def _live(now: Any) -> Q:
    return Q(used_at__isnull=True, voided_at__isnull=True, expires_at__gt=now)


def codes_live(part_ids: Iterable[int]) -> QuerySet[DoorCode]:
    """Return the codes of dwellings that can still be used."""
    return DoorCode.objects.filter(_live(clock.now()), part__in=list(part_ids))


def building_for_codes(actor: Actor, public_id: UUID | str) -> Building:
    """Return a building with dwellings in the actor's areas, or raise ``NotFound``."""
    parts = Part.objects.visible_to(actor).open()
    rows = Building.objects.filter(pk__in=parts.values("building_id"), public_id=public_id)
    found = rows.select_related("compound").first()
    if found is None:
        raise NotFound(_("没有找到这个楼栋。"), hint=_("请从楼栋列表重新进入。"))
    return found


def building_codes(actor: Actor, words: str = "") -> list[BuildingCodes]:
    """Return the buildings of the actor's areas that have dwellings, with the state of their codes."""
    parts = Part.objects.visible_to(actor).open().filter(kind=PartKind.DWELLING)
    rows = Building.objects.filter(compound__name__contains=words) if words else Building.objects.all()
    rows = rows.filter(pk__in=parts.values("building_id")).select_related("compound")
    found = list(rows.order_by("compound__pinyin", "compound__name", "sort_key", "name")[:MOST_SHOWN])
    ids = [row.pk for row in found]
    homes = dict(parts.filter(building__in=ids).values_list("building").annotate(n=Count("pk")))
    codes = DoorCode.objects.filter(part__building__in=ids).annotate(home=F("part__building"))
    live = dict(codes.filter(_live(clock.now())).values_list("home").annotate(n=Count("pk")))
    used = dict(codes.filter(used_at__isnull=False).values_list("home").annotate(n=Count("pk")))
    return [
        BuildingCodes(row, homes.get(row.pk, 0), live.get(row.pk, 0), used.get(row.pk, 0)) for row in found
    ]


@dataclass(frozen=True, slots=True)
class PartCodes:
    """A dwelling: how many of its codes can still be used and until when, were used, were ever made."""

    part: Part
    live: int
    used: int
    made: int
    until: datetime | None


def part_codes(building: Building) -> list[PartCodes]:
    """Return every dwelling of a building with what became of its codes (two queries)."""
    parts = list(dwellings_in(building))
    live = _live(clock.now())
    rows = DoorCode.objects.filter(part__in=parts).values("part_id")
    counted = rows.annotate(
        live=Count("pk", filter=live),
        used=Count("pk", filter=Q(used_at__isnull=False)),
        made=Count("pk"),
        until=Max("expires_at", filter=live),
    )
    found = {row.pop("part_id"): row for row in counted}
    none = {"live": 0, "used": 0, "made": 0, "until": None}
    return [PartCodes(part, **found.get(part.pk, none)) for part in parts]
