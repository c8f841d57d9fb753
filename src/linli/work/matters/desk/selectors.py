"""What the desk's pages read beside the room's own selectors: tabs, choices for filters, rows with names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.core.words import gettext_lazy
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import person_names
from linli.foundation.files import proposals as files_proposals
from linli.foundation.files import storage
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.places.models import Building, Compound, Division, Level
from linli.foundation.places.selectors import Place, division_by_code, division_names

from .. import selectors
from ..models import Assignment, EntrustedDocument, Matter, Poster, PublicVersion
from ..permissions import can_decide_intake
from ..selectors import Counted, MatterFilters, MatterList
from ..selectors.lists import overdue_now
from ..workflow import State

MOST_AREAS = 500
HANDLING = (State.HANDLING, State.SUSPENDED, State.DISCUSSING, State.GUIDED, State.REOPENING)
TABS: dict[str, tuple[str, Q]] = {
    "reported": (gettext_lazy("待受理"), Q(state=State.REPORTED)),
    "accepted": (gettext_lazy("待研判"), Q(state=State.ACCEPTED)),
    "handling": (gettext_lazy("办理中"), Q(state__in=HANDLING)),
    "handled": (gettext_lazy("待核查"), Q(state=State.HANDLED)),
    "overdue": (gettext_lazy("超期"), Q()),  # depends on the time of asking, see tab_condition
    "all": (gettext_lazy("全部"), Q()),
}


def tab_condition(tab: str) -> Q:
    """Return which matters stand under a tab now."""
    if tab == "overdue":
        return overdue_now()
    return TABS.get(tab, TABS["all"])[1]


class TabbedList:
    """The list under its tabs: every tab but 全部 holds open matters only, which the index knows apart."""

    def __init__(self, actor: Actor, wanted: MatterFilters) -> None:
        self.every = self.live = MatterList(actor, wanted)
        if self.every.asks_words and self.every.few is None:
            self.live = MatterList(actor, replace(wanted, stage="open"))

    def counts(self) -> dict[str, Counted]:
        """Return how many matters stand under each tab."""
        live = {tab: tab_condition(tab) for tab in TABS if tab != "all"}
        if self.live is self.every:
            return self.every.counts({**live, "all": Q()})
        return {**self.live.counts(live), **self.every.counts({"all": Q()})}

    def keys(self, tab: str, start: int, size: int) -> list[int]:
        """Return the keys of one page of a tab, in the list's order."""
        listed = self.every if tab == "all" else self.live
        return listed.page(tab_condition(tab), start, size)


class Keys(Sequence[int]):
    """The keys under a tab as a paginator takes them: as many as were counted, read a page at a time."""

    def __init__(self, listed: TabbedList, tab: str, count: int) -> None:
        self.listed, self.tab, self.count_known = listed, tab, count

    def __len__(self) -> int:
        """Return how many were counted."""
        return self.count_known

    def __getitem__(self, part: Any) -> Any:
        """Return one page."""
        return self.listed.keys(self.tab, part.start, part.stop - part.start)


def matters_shown(keys: list[int]) -> list[Matter]:
    """Return the matters of one page in the order of their keys, without what a list never shows.

    The keys alone are sorted over the whole list: that reads an index, not every row.
    """
    rows = Matter.objects.select_related("category").only(
        *("public_id", "number", "state", "title", "affair_class", "class_confirmed_by", "area_path"),
        *("address", "channel", "is_emergency", "reported_at", "accepted_at", "handed_at", "due_at"),
        *("due_is_provisional", "category__name"),
    )
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def lead_units(matters: Iterable[Matter]) -> dict[int, str]:
    """Return the name of the unit that leads each matter now (one query)."""
    rows = Assignment.objects.filter(
        matter__in=[matter.pk for matter in matters], part=Assignment.Part.LEAD
    ).order_by("sent_at", "id")
    return dict(rows.values_list("matter_id", "unit__name"))


def unit_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the units that an actor may filter by: executing ones whose areas touch theirs, committees."""
    if not actor.is_governing:
        return []
    units = Unit.objects.filter(in_areas("areas__path", actor.areas)).exclude(function="operator")
    return [(str(key), name) for key, name in units.distinct().values_list("public_id", "name")]


def area_choices(actor: Actor, chosen: str = "") -> list[tuple[str, str]]:
    """Return the divisions right below an actor's areas, to narrow a list by, and a deeper one if chosen."""
    if not actor.is_governing:
        return []
    below = Q(parent__path__in=actor.areas, level__lte=Level.COMMITTEE)
    asked = Q(code=chosen) & in_areas("path", actor.areas) if chosen else Q(pk__in=[])
    rows = Division.objects.on().filter(below | asked)
    return [(code, name) for code, name in rows.order_by("code").values_list("code", "name")]


def area_path_of(actor: Actor, code: str) -> str:
    """Return the path of an area by code, if the actor covers it; raises ``NotFound``."""
    division = division_by_code(code)
    if not actor.covers(division.path):
        raise NotFound
    return division.path


def alike(actor: Actor, matter: Matter) -> list[Matter]:
    """Return live matters nearby that look like this one, most alike first."""
    division = Division.objects.on().filter(path=matter.area_path).first()
    if division is None:
        return []
    found = selectors.duplicates_near(actor, matter.text, Place(division, "chosen"))
    return [other for other in found if isinstance(other, Matter) and other.pk != matter.pk][:5]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list as a file: what the page shows, nothing about the reporter."""

    matter: Matter
    place: str
    unit: str


def list_rows(matters: list[Matter]) -> list[ListRow]:
    """Return matters with the names of their places and leading units (two queries)."""
    places = division_names({matter.area_path for matter in matters}, Level.STREET)
    units = lead_units(matters)
    return [ListRow(matter, places.get(matter.area_path, ""), units.get(matter.pk, "")) for matter in matters]


def photos_of(actor: Actor, matter: Matter) -> list[StoredFile]:
    """Return the files of a matter and of those steps of its story that this actor may see and hear."""
    told = [photo for step in selectors.story_list(actor, matter) for photo in step.photos]
    own = selectors.files_readable(actor, matter, matter.photos.all())
    found = {photo.pk: photo for photo in (*own, *told)}
    return [photo for photo in found.values() if photo.state == StoredFile.State.READY]


def photo_get(actor: Actor, matter: Matter, public_id: UUID) -> StoredFile:
    """Return one of these photos; raises ``NotFound`` for any other file."""
    found = next((photo for photo in photos_of(actor, matter) if photo.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def photo_proposals(actor: Actor, matter: Matter, public_id: UUID) -> list[files_proposals.Proposal]:
    """Return where a photo probably shows faces or plates, for those who may publish it."""
    photo = photo_get(actor, matter, public_id)
    if not photo.is_photo or not can_decide_intake(actor, matter):
        raise NotFound
    return files_proposals.proposals(storage.read(photo.clean_path))


def public_copies_of(matter: Matter) -> list[PublicCopy]:
    """Return the public copies of a matter's photos with their sources, also of a version taken down."""
    version = PublicVersion.objects.filter(matter=matter).first()
    return list(version.photos.select_related("source")) if version else []


def document_list(matter: Matter) -> list[EntrustedDocument]:
    """Return the papers that were handed over, with who took and returned them."""
    rows = list(matter.documents.all())
    names = person_names([p for row in rows for p in (row.received_by_id, row.returned_by_id)])
    for row in rows:
        row.taken_by = names.get(row.received_by_id, "")  # type: ignore[attr-defined]
        row.given_by = names.get(row.returned_by_id or 0, "")  # type: ignore[attr-defined]
    return rows


def affairs_areas(actor: Actor) -> list[tuple[str, str]]:
    """Return the committees whose list of the three affairs an actor may look at, by code."""
    rows = Division.objects.on().filter(in_areas("path", actor.areas), level=Level.COMMITTEE)
    return list(rows.order_by("path").values_list("code", "name")[:MOST_AREAS])


def poster_list(actor: Actor) -> list[Poster]:
    """Return the posters within an actor's areas, those that are up first."""
    rows = Poster.objects.filter(in_areas("compound__area_path", actor.areas))
    return list(
        rows.select_related("compound", "building").order_by(
            "disabled_at", "compound__name", "building__name"
        )
    )


def poster_of(actor: Actor, code: str) -> Poster:
    """Return a poster within an actor's areas; raises ``NotFound``."""
    found = next((poster for poster in poster_list(actor) if poster.code == code), None)
    if found is None:
        raise NotFound
    return found


def poster_place(actor: Actor, key: str) -> tuple[Compound, Building | None]:
    """Return the compound, and the building if one is named: ``compound:ID`` or ``building:ID``."""
    kind, _sep, public_id = key.partition(":")
    compounds = Compound.objects.filter(in_areas("area_path", actor.areas))
    try:
        if kind == "building":
            building = Building.objects.select_related("compound").get(
                public_id=public_id, compound__in=compounds
            )
            return building.compound, building
        return compounds.get(public_id=public_id), None
    except (Compound.DoesNotExist, Building.DoesNotExist, ValueError) as error:
        raise NotFound(_("没有找到这个小区或楼栋。")) from error
